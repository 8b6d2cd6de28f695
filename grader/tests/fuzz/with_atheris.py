"""Feed a reader of what strangers write with what coverage leads to, instead of what hypothesis makes up.

    cd grader/tests && python -m fuzz.with_atheris wire|cells|course [options of atheris, such as -max_total_time=600]

Needs atheris, which nothing else does.
"""

from __future__ import annotations

import sys

from support.readers import TARGETS, scratch, seeds


def main(arguments: list[str]) -> int:
    """Run one target for as long as atheris is told to."""
    try:
        import atheris
    except ImportError:
        sys.stderr.write("This script needs atheris: pip install atheris (a Python it has wheels for, or clang to build it).\n")
        return 2
    if len(arguments) < 2 or arguments[1] not in TARGETS:
        sys.stderr.write(f"Say what to feed: {'|'.join(TARGETS)}.\n")
        return 2
    target = arguments[1]
    corpus = scratch() / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(seeds()[target]):
        (corpus / f"seed-{number}").write_bytes(seed)
    atheris.instrument_all()
    atheris.Setup([arguments[0], *arguments[2:], str(corpus)], TARGETS[target])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
