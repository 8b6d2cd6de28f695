# expect:
#   verdict: [raised, wrong, unfinished, over-memory]
#   earned: 0
# sentence: Reports a fault, faults of the grader and what only the judge can know as the reason of its failure; each is the submission's.

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

def failure(reason, *kinds):
    said = {"reason": reason, "kinds": {"l": [*kinds]}, "message": "fault", "trace": {"l": []}}
    send(frame({"m": {"id": asked(), "ok": False, **said}, "sizes": []}))

def pad2d(x, padding, value=0.0):
    failure("fault", "Fault", "CnngradeError", "Unsendable", "Exception")

def output_size(size, kernel, stride=1, padding=0):
    failure("raised", "CourseError", "KeyboardInterrupt", "SystemExit")

def same_padding(kernel):
    failure("changed-argument", "WireError", "StudentFailure", "Mismatch")
