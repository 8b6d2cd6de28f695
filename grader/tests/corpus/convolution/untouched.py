# expect:
#   verdict: unfinished
#   earned: 0
#   functions: {correlate2d: unfinished, conv2d: unfinished}
#
# As it was handed out.

# %%
import numpy as np

# %%
def correlate2d(image, kernel):
    """Return the dot product of the kernel with every patch of the image that has the kernel's size."""
    raise NotImplementedError("correlate2d is yours to write")

# %%
def conv2d(x, w, b=None, stride=1, padding=0):
    """Slide every filter over every image and add up what lies under it."""
    raise NotImplementedError("conv2d is yours to write")
