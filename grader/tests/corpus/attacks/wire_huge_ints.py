# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Whole numbers of a million digits in the header, in sizes and in ids; none is taken, and none takes long.

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
    send(frame(b'{"m": {"ok": true, "value": ' + b"9" * 60_000 + b'}, "sizes": []}'))

def output_size(size, kernel, stride=1, padding=0):
    send(frame(b'{"m": {}, "sizes": [' + b"9" * 4000 + b"]}"))

def same_padding(kernel):
    send(frame({"m": {"id": asked(), "ok": True, "value": {"token": 10**4000, "of": "x" * 50_000}}, "sizes": []}))
