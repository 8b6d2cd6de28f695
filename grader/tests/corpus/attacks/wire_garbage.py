# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Headers that are not JSON, hold NaN, are JSON but not a table, and with keys twice; each makes the frame unreadable.

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

def pad2d(x, padding, value=0.0):
    send(frame(b'{"m": {"id": NaN, "ok": Infinity, "value": -Infinity}, "sizes": [NaN]}'))

def output_size(size, kernel, stride=1, padding=0):
    send(frame(b"[1, 2, 3]"))

def same_padding(kernel):
    send(frame(b'{"m": [], "m": 7, "sizes": {}}' if kernel == 5 else b"\xff\xfe\x00{"))
