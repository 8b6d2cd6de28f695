# expect:
#   verdict: [over-memory, over-time, wrong, raised]
#   earned: 0
#   call_seconds: 2
# sentence: Sends tiny answers without end: each costs the judge far more memory than the bytes it came in.

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
    data = frame({"m": {"id": 0, "ok": True, "value": {"l": [0] * 1000}}, "sizes": []}) * 20
    while "@JUDGE@".isdigit():
        send(data)

def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)

def output_size(size, kernel, stride=1, padding=0):
    return 0

def same_padding(kernel):
    return 0
