"""The kernels of another checkout, in a process of their own that does something only when it is their turn.

Two versions of a compiled function cannot be told apart in one process: their symbols bear the same names. The other process
imports the other `solutions` and this folder's `peers`, so both do the same work; what it compiles lies in a folder of its own.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from peers.contenders import contenders, parts_of
from peers.turns import Here
from peers.works import Array, Work
from solutions.kernels import compat


class Checkout:
    """A contender in another process, which does the work that it was given last."""

    def __init__(self, root: Path) -> None:
        """Start the process. Raises ValueError if `root` holds no kernels."""
        if not (root / "solutions" / "kernels" / "__init__.py").is_file():
            raise ValueError(f"{root} is no checkout of this repository: it has no solutions/kernels/")
        self.root, self.calls = root.resolve(), 1
        name = hashlib.sha256(str(self.root).encode()).hexdigest()[:16]
        cache = compat.user_cache_folder() / "checkouts" / name
        paths = os.pathsep.join([str(self.root), str(Path(__file__).resolve().parents[1])])
        env = os.environ | {"PYTHONPATH": paths, "NUMBA_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
        # -P: the folder that the command was given in may hold a `solutions` as well.
        command = [sys.executable, "-P", "-m", "peers.checkout"]
        self._process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Checkout:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def _ask(self, question: Any) -> Any:
        sender, receiver = self._process.stdin, self._process.stdout
        assert sender is not None
        assert receiver is not None
        try:
            pickle.dump(question, sender)
            sender.flush()
            return pickle.load(receiver)
        except (OSError, EOFError) as error:
            raise ValueError(f"the kernels of {self.root} do not answer; what they printed stands above") from error

    def begin(self, work: Work, dtype: str) -> list[Array]:
        """Give the process its work, and return what it answers."""
        answers, self.calls = self._ask((work, dtype))
        return list(answers)

    def sample(self) -> float:
        """Return the seconds that a call took."""
        return float(self._ask(None))


def main() -> None:
    """Serve: a work and a dtype are answered with the answer and the calls of a sample, None with the seconds of a call."""
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever prints must not be taken for an answer.
    os.dup2(2, 1)
    mine = Here(lambda: None)
    while True:
        try:
            question = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        if question is None:
            answer: Any = mine.sample()
        else:
            work, dtype = question
            mine = Here(contenders(work, np.dtype(dtype).type, {}, only="kernels")["kernels"])
            answer = [np.asarray(part) for part in parts_of(mine.run())], mine.calls
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    main()
