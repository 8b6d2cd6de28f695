# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Reports a failure whose reason, kinds, message and trace are numbers and nested tables: the fault must stay the submission's.

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

def failure(**parts):
    send(frame({"m": {"id": asked(), "ok": False, **parts}, "sizes": []}))

def pad2d(x, padding, value=0.0):
    failure(reason="raised", kinds=5, message={"l": []}, trace=7)

def output_size(size, kernel, stride=1, padding=0):
    failure(reason={"l": []}, kinds={"l": []}, trace={"l": [{"l": [None] * 4}, {"t": [1, 2]}, 3]})

def same_padding(kernel):
    failure(reason=None, kinds={"d": [["ValueError", 1]]}, message=None, trace=None)
