# expect:
#   verdict: over-time
#   earned: 0
#   call_seconds: 1
#   sentence: its waiting included
# sentence: Fifty threads that sleep and wake in turn: each waits for a processor now and then, and together they wait for nobody.

import threading
import time


def nap():
    while True:
        time.sleep(0.02)


def endless(*arguments, **named):
    for _ in range(50):
        threading.Thread(target=nap, daemon=True).start()
    time.sleep(1000)


pad2d = output_size = same_padding = endless
