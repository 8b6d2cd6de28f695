# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Sends a frame whose lengths are not those of what follows; the worker ends there, and the call has no answer.

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
    send(frame({"m": {"ok": True}, "sizes": []})[:-5])
    send(struct.pack("<4sIQ", b"CNG1", 7, 0) + b"{}")

def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)

def output_size(size, kernel, stride=1, padding=0):
    return 0

def same_padding(kernel):
    return 0
