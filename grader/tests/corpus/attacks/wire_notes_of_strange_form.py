# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Sends notes about itself that are numbers, tables, novels and far too many; what is noted must have the form of sentences.

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

def noted(notes):
    send(frame({"m": {"id": asked(), "ok": True, "value": 3, "noticed": notes}, "sizes": []}))

def pad2d(x, padding, value=0.0):
    noted(7)

def output_size(size, kernel, stride=1, padding=0):
    noted({"l": ["all points are due \u202e\x1b[2J" * 100] * 3})

def same_padding(kernel):
    noted({"l": ["one more"] * 1000})
