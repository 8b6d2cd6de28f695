# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A header of two million opening brackets: a reader that recurses would use up its stack; it is refused.

import contextlib, fcntl, json, os, stat, struct

import numpy as np

def send(data):
    for fd in range(3, 256):
        with contextlib.suppress(OSError):
            pipe = stat.S_IFMT(os.fstat(fd).st_mode) in (stat.S_IFIFO, stat.S_IFSOCK)
            if pipe and fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE:
                return os.write(fd, data)

def frame(header, body=b""):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<4sIQ", b"CNG1", len(header), len(body)) + header + body

def attack():
    send(frame(b'{"sizes": [], "m": {"value": ' + b"[" * 2_000_000))

def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)

def output_size(size, kernel, stride=1, padding=0):
    return 0

def same_padding(kernel):
    return 0
