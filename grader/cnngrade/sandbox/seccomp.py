"""The system calls that a submission may make: a list of what is allowed; the rest fails with EPERM.

What is on the list is what Python, NumPy, BLAS, threads, numba's compiler and temporary files use. Not on it, among others: new
processes and programs, sockets, signals to anybody, tracing, namespaces and mounts, permissions, owners, times and attributes
of files (which Landlock does not guard), limits and priorities, shared memory that outlives a process, and what two submissions
could tell each other by on a file that both may read: locks, leases, what of it is in memory, and waiting for each other on it.

A second filter makes the kernel ask before a file or folder is created (see `creations`).
"""

from __future__ import annotations

import errno
import functools
import os
import tempfile
from dataclasses import dataclass
from typing import Any

_ALLOWED = """
    read readv pread64 preadv write writev pwrite64 pwritev lseek close dup dup2 dup3 pipe pipe2 sendfile
    copy_file_range splice tee fsync fdatasync sync_file_range ftruncate
    open openat creat stat fstat lstat newfstatat fstatat64 statx statfs fstatfs access faccessat faccessat2
    readlink readlinkat getcwd chdir fchdir getdents getdents64 mkdir mkdirat rmdir unlink unlinkat rename renameat umask
    poll ppoll select pselect6 _newselect epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd2
    mmap munmap mprotect mremap brk mlock munlock msync membarrier
    set_robust_list get_robust_list set_tid_address rseq arch_prctl
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack restart_syscall pause
    alarm getitimer setitimer nanosleep clock_nanosleep
    clock_gettime clock_getres gettimeofday time times getrusage sysinfo uname getcpu sched_yield sched_getaffinity
    sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min getpriority
    getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getgroups getresuid getresgid
    getrlimit getrandom get_mempolicy capget exit exit_group
"""


# What makes a thread of a process; without CLONE_FILES it would have open files of its own, beyond the limit on their number.
_CLONE_VM, _CLONE_FS, _CLONE_FILES, _CLONE_SIGHAND, _CLONE_THREAD = 0x100, 0x200, 0x400, 0x800, 0x10000


_THREAD = _CLONE_VM | _CLONE_FS | _CLONE_FILES | _CLONE_SIGHAND | _CLONE_THREAD


_PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA = 15, 16, 0x53564D41


_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030


_TCGETS, _TIOCGWINSZ, _FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX = 0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451


_CLOSE_RANGE_CLOEXEC = 4


_RENAME_NOREPLACE, _RENAME_EXCHANGE = 1, 2


# NORMAL, DONTNEED, FREE, DONTFORK, DOFORK, HUGEPAGE, NOHUGEPAGE, DONTDUMP, DODUMP, WIPEONFORK, KEEPONFORK, and GUARD_INSTALL
# and GUARD_REMOVE, by which newer C libraries guard the stacks of threads.
_ADVICE = (0, 4, 8, 10, 11, 14, 15, 16, 17, 18, 19, 102, 103)


# Calls of which only some commands are harmless: (name, index of the argument that says which, its values).
_COMMANDS = (
    ("prctl", 0, (_PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA)),
    # Without locks, leases and notices, and without F_SETOWN, by which a file's events become signals to another process.
    ("fcntl", 1, (_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC)),
    ("ioctl", 1, (_TCGETS, _TIOCGWINSZ, _FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX)),
    # Without CLOSE_RANGE_UNSHARE: a thread would have open files of its own.
    ("close_range", 2, (0, _CLOSE_RANGE_CLOEXEC)),
    # The other modes may take room beyond the size of the file, and so beyond the limit on it.
    ("fallocate", 1, (0,)),
    # Without RENAME_WHITEOUT, which leaves a file behind.
    ("renameat2", 4, (0, _RENAME_NOREPLACE, _RENAME_EXCHANGE)),
    # About a process's own memory, and not about the pages of files that others read as well.
    ("madvise", 2, _ADVICE),
)


# The kernel remembers which calls are allowed whatever they ask for, and runs the filter for all others: these come first.
_OFTEN = ("futex", "madvise", "openat")


_FUTEX_WAIT, _FUTEX_WAIT_BITSET, _FUTEX_PRIVATE, _FUTEX_CLOCK_REALTIME = 0, 9, 128, 256


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as the kernel takes it, and the number of the call that installs one together with a listener."""

    call: int
    program: bytes


class Unavailable(Exception):
    """libseccomp is missing; the text says what to install."""


def _library() -> Any:
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise Unavailable("libseccomp is missing: pip install pyseccomp, and the system's package libseccomp2") from error
    return pyseccomp


@functools.cache
def compiled() -> bytes:
    """Return the filter as the kernel takes it; raises Unavailable."""
    library = _library()
    allow = library.SyscallFilter(library.ERRNO(errno.EPERM))
    for name in _ALLOWED.split():
        _add(library, allow, name)
    for name, index, commands in _COMMANDS:
        for command in commands:
            _add(library, allow, name, library.Arg(index, library.MASKED_EQ, 0xFFFFFFFF, command))
    # A thread, never a process. The newer call hides its flags from a filter; without it the C library takes the older one.
    _add(library, allow, "clone", library.Arg(0, library.MASKED_EQ, _THREAD, _THREAD))
    # Without these the C library does with older ones; a filter cannot see what they ask for.
    for name in ("clone3", "openat2"):
        allow.add_rule(library.ERRNO(errno.ENOSYS), name)
    # Reading one's own limits, not setting them.
    _add(library, allow, "prlimit64", library.Arg(2, library.EQ, 0))
    _allow_futexes(library, allow)
    for name in _OFTEN:
        allow.syscall_priority(name, 255)
    return _exported(allow)


def _allow_futexes(library: Any, allow: Any) -> None:
    """Allow waiting and waking within the process.

    By a word of a file that both have mapped, two submissions could wait for each other. Of calls that are not for one process
    alone the C library needs one: it waits for the end of a thread, and the kernel itself wakes it.
    """
    _add(library, allow, "futex", library.Arg(1, library.MASKED_EQ, _FUTEX_PRIVATE, _FUTEX_PRIVATE))
    command = 0xFFFFFFFF & ~_FUTEX_CLOCK_REALTIME
    for waits in (_FUTEX_WAIT, _FUTEX_WAIT_BITSET):
        _add(library, allow, "futex", library.Arg(1, library.MASKED_EQ, command, waits))


@functools.cache
def asking() -> Filter:
    """Return the filter that makes the kernel ask before a file or folder is created; raises Unavailable."""
    library = _library()
    try:
        ask = library.SyscallFilter(library.ALLOW)
        for name in ("creat", "mkdir", "mkdirat"):
            _add(library, ask, name, action=library.NOTIFY)
        for name, index in (("open", 1), ("openat", 2)):
            # A file without a name (O_TMPFILE) is a directory's flag and one of its own.
            for flag in (os.O_CREAT, os.O_TMPFILE & ~os.O_DIRECTORY):
                _add(library, ask, name, library.Arg(index, library.MASKED_EQ, flag, flag), action=library.NOTIFY)
        return Filter(library.resolve_syscall(library.Arch.NATIVE, "seccomp"), _exported(ask))
    except (AttributeError, OSError) as error:
        raise Unavailable(f"libseccomp is too old to ask before files are created (2.5 is new enough): {error}") from error


def _exported(made: Any) -> bytes:
    with tempfile.TemporaryFile() as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(library: Any, to: Any, name: str, *arguments: Any, action: Any = None) -> None:
    """Add a rule for a call, to allow it if nothing else is said; an architecture without one of that name does not need it."""
    try:
        to.add_rule(library.ALLOW if action is None else action, name, *arguments)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOENT, errno.EDOM, errno.EFAULT):
            raise
