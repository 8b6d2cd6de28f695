# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Arrays of unicode, records and sub-arrays, and a header that is a Python expression; each makes the frame unreadable.

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
    attack("[('a', '<f8'), ('b', 'O')]")

def output_size(size, kernel, stride=1, padding=0):
    attack("'<f8'", more=", 'x': __import__('os').system('touch @CANARY@/evaluated')")

def same_padding(kernel):
    attack("('<f8', (10**9,))")
