# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Tables whose keys are lists, arrays and tables, NaN a thousand times, and arrays named twice; the frame is unreadable.

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

def value(node):
    send(frame({"m": {"id": asked(), "ok": True, "value": node}, "sizes": []}))

def pad2d(x, padding, value_=0.0):
    value({"d": [[{"l": []}, 1], [{"d": []}, 2]]})

def output_size(size, kernel, stride=1, padding=0):
    value({"d": [[float("nan"), 24]] * 1000})

def same_padding(kernel):
    value({"l": [{"a": 0}, {"a": 0}, {"a": -1}, {"s": 10**30}, {"a": True}]})
