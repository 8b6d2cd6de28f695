# expect:
#   verdict: over-time
#   earned: 0
#   call_seconds: 1
#   sentence: its waiting included
# sentence: Sleeps most of the time and runs a little: neither its CPU time nor a single sleep is long, and it is over all the same.

import time


def endless(*arguments, **named):
    while True:
        until = time.process_time() + 0.01
        while time.process_time() < until:
            pass
        time.sleep(0.05)


pad2d = output_size = same_padding = endless
