# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Raises what the grader itself raises when it fails, and a full disk and no memory of its own making; none of it is believed.

import errno
import itertools

from cnngrade.errors import Disturbed, Fault, WireError

CLAIMS = itertools.cycle(
    [
        Fault("The sandbox has ended."), Disturbed("The worker was ended by the system."), WireError("unreadable"),
        OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EMFILE, "Too many open files"), OSError(errno.EIO, "I/O"),
        BrokenPipeError(), EOFError(), ConnectionResetError(),
    ]
)


def pad2d(x, padding, value=0.0):
    raise next(CLAIMS)


def output_size(size, kernel, stride=1, padding=0):
    raise next(CLAIMS)


def same_padding(kernel):
    raise next(CLAIMS)
