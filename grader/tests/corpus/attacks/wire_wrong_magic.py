# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Sends text, HTTP and another version's frames where a frame is expected; that is not a message.

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

def attack():
    send(b"HTTP/1.1 200 OK\r\n\r\npassed\n" * 10)

def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)

def output_size(size, kernel, stride=1, padding=0):
    send(b"CNG2" + frame({"m": {"id": asked(), "ok": True, "value": 24}, "sizes": []})[4:])
    return 0

def same_padding(kernel):
    send(b"\0" * 16)
    return 0
