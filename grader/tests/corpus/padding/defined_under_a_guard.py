# expect:
#   verdict: passed
#   earned: all
#
# Everything stands below `if __name__ == "__main__":`, and the program tests itself at its end.

import unittest

import numpy as np

if __name__ == "__main__":

    def pad2d(x, padding, value=0.0):
        ph, pw = (padding, padding) if isinstance(padding, int) else padding
        if min(ph, pw) < 0:
            raise ValueError("negative")
        n, c, height, width = x.shape
        kind = x.dtype if x.dtype == np.float32 else np.float64
        out = np.full((n, c, height + 2 * ph, width + 2 * pw), value, dtype=kind)
        out[..., ph : ph + height, pw : pw + width] = x
        return out

    def output_size(size, kernel, stride=1, padding=0):
        if size < 1 or kernel < 1 or stride < 1 or padding < 0:
            raise ValueError("impossible")
        room = size + 2 * padding - kernel
        if room < 0:
            raise ValueError("too large")
        return room // stride + 1

    def same_padding(kernel):
        middle, odd = divmod(kernel, 2)
        if kernel < 1 or not odd:
            raise ValueError("no middle")
        return middle

    class Test(unittest.TestCase):
        def test_size(self):
            self.assertEqual(output_size(28, 5), 24)

    unittest.main()
