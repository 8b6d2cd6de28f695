"""What the machine denies us while a course's files are read is a fault; the course is not unsound for it."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.course.modules import load_afresh, load_module
from cnngrade.errors import CourseError, Fault, is_shortage
from support import tiny_course


@contextlib.contextmanager
def no_descriptors() -> Iterator[None]:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(int(path.name) for path in Path("/proc/self/fd").iterdir()) + 1, before[1]))
    taken = []
    with contextlib.suppress(OSError):
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    try:
        yield
    finally:
        for one in taken:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the process's descriptors as Linux does")
def test_without_descriptors(tmp_path: Path) -> None:
    """neither course.yml nor a module of the course can be opened: a fault each time, and later they are read"""
    root = tiny_course.make_course(tmp_path / "course")
    (root / "own_trouble.py").write_text("x = 1\n")
    with no_descriptors():
        with pytest.raises(Fault, match="Too many open files"):
            load_course(root)
        with pytest.raises(Fault, match="Too many open files"):
            load_module(root / "own_trouble.py", root)
    assert load_course(root).units
    assert load_module(root / "own_trouble.py", root).x == 1


DENIED = (
    "raise MemoryError",
    "raise OSError(errno.ENOMEM, 'no memory')",
    "raise OSError(errno.ENFILE, 'no files')",
    "raise BlockingIOError(errno.EAGAIN, 'no process')",
    "raise OSError(errno.ENOSPC, 'no room')",
    "raise ImportError(f'x.so: cannot open shared object file: {os.strerror(errno.EMFILE)}')",
    "raise ValueError('the cache cannot be read') from OSError(errno.EMFILE, 'no files')",
    'raise RuntimeError("can\'t start new thread")',
)
ITS_OWN = (
    "raise OSError(errno.ENOENT, 'no such file')",
    "open('/nonexistent/file')",
    "import nonexistent",
    "raise RuntimeError('something else')",
    "raise ValueError('Cannot allocate memory')",
    "1 / 0",
)


def test_what_a_module_of_the_course_is_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """memory, files, processes, room and threads are the machine's matter; everything else is the module's"""
    path = tmp_path / "denied_module.py"
    for kind, codes in ((Fault, DENIED), (CourseError, ITS_OWN)):
        for code in codes:
            path.write_text(f"import errno, os\n{code}\n")
            # The same second, the same length: what was compiled before would be taken for it.
            monkeypatch.setattr(sys, "dont_write_bytecode", True)
            with pytest.raises(kind) as caught:
                load_afresh(path, tmp_path)
            assert type(caught.value) is kind, code


def test_what_a_shortage_is_not() -> None:
    """no error at all, errors that refer to each other, and a cause that is none"""
    assert not is_shortage(None)
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert not is_shortage(one)
    assert is_shortage(OSError(errno.EDQUOT, "")) is True
