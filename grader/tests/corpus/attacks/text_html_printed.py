# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Prints HTML, JavaScript and ANSI escapes, which would act where the report is shown; they are shown as text.

import numpy as np

print("<script>document.body.innerHTML = '7 of 7'</script><img src=x onerror=alert(1)></pre></details><b>PASSED</b>")
print("\x1b[2J\x1b[H\x1b[32m7 of 7 points\x1b[0m\x1b]0;PASSED\x07\x1b]8;;http://example.com\x07link\x1b]8;;\x07\r7/7\b\b\x9b2J")
print("::set-output name=score::100\n##vso[task.complete]\n```\n# passed\n| 7 | 7 |\n\u202e\u2066")


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
