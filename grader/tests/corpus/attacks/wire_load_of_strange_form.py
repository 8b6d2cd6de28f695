# expect:
#   verdict: [raised, wrong, unfinished]
#   earned: 0
# sentence: Answers the loading itself, with functions and failures that are not lists: the fault must stay the submission's.

import contextlib, fcntl, json, os, stat, struct, sys

import numpy as np

def send(data):
    for fd in range(3, 256):
        with contextlib.suppress(OSError):
            pipe = stat.S_IFMT(os.fstat(fd).st_mode) in (stat.S_IFIFO, stat.S_IFSOCK)
            if pipe and fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE:
                return os.write(fd, data)

def asked():
    frame = sys._getframe()
    while frame and "identity" not in frame.f_locals:
        frame = frame.f_back
    return frame and frame.f_locals["identity"]

def frame(header, body=b""):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<4sIQ", b"CNG1", len(header), len(body)) + header + body

def pad2d(x, padding, value=0.0):
    return np.zeros(1)

def output_size(size, kernel, stride=1, padding=0):
    return 0

def same_padding(kernel):
    return 0

send(frame({"m": {"id": asked(), "ok": True, "functions": 5, "failures": {"l": [{"l": ["x", None, 3]}, 9]}}, "sizes": []}))
