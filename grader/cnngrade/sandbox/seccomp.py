"""The system calls that a submission may make: a list of what is allowed; the rest fails with EPERM.

What is on the list is what Python, NumPy, BLAS, threads, numba's compiler and temporary files use. Not on it, among others: new
processes and programs, sockets, signals to anybody, tracing, namespaces and mounts, permissions, owners, times and attributes
of files (which Landlock does not guard), limits and priorities, shared memory that outlives a process.
"""

from __future__ import annotations

import errno
import functools
import tempfile

_ALLOWED = """
    read readv pread64 preadv write writev pwrite64 pwritev lseek close close_range dup dup2 dup3 pipe pipe2 sendfile
    copy_file_range splice tee fsync fdatasync sync_file_range ftruncate fallocate fadvise64 flock
    open openat openat2 creat stat fstat lstat newfstatat fstatat64 statx statfs fstatfs access faccessat faccessat2
    readlink readlinkat getcwd chdir fchdir getdents getdents64 mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
    umask
    poll ppoll select pselect6 _newselect epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd2
    mmap munmap mprotect mremap madvise brk mincore mlock munlock msync membarrier
    futex futex_waitv set_robust_list get_robust_list set_tid_address rseq arch_prctl
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack restart_syscall pause
    alarm getitimer setitimer nanosleep clock_nanosleep
    clock_gettime clock_getres gettimeofday time times getrusage sysinfo uname getcpu sched_yield sched_getaffinity
    sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min getpriority
    getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getgroups getresuid getresgid
    getrlimit getrandom get_mempolicy capget exit exit_group
"""


_CLONE_THREAD = 0x10000


_PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA = 15, 16, 0x53564D41


_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_GETLK, _F_SETLK, _F_SETLKW, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 5, 6, 7, 1030


_TCGETS, _TIOCGWINSZ, _FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX = 0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451


# Calls of which only some commands are harmless: (name, index of the argument that says which, its values).
_COMMANDS = (
    ("prctl", 0, (_PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA)),
    # Without F_SETOWN and its kin, by which a file's events become signals to another process.
    ("fcntl", 1, (_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_GETLK, _F_SETLK, _F_SETLKW, _F_DUPFD_CLOEXEC)),
    ("ioctl", 1, (_TCGETS, _TIOCGWINSZ, _FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX)),
)


class Unavailable(Exception):
    """libseccomp is missing; the text says what to install."""


@functools.cache
def compiled() -> bytes:
    """Return the filter as the kernel takes it; raises Unavailable."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise Unavailable(
            'libseccomp is missing: pip install "cnngrade[instructor]", and the system\'s package libseccomp2'
        ) from error
    allow = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in _ALLOWED.split():
        _add(pyseccomp, allow, name)
    for name, index, commands in _COMMANDS:
        for command in commands:
            _add(pyseccomp, allow, name, pyseccomp.Arg(index, pyseccomp.MASKED_EQ, 0xFFFFFFFF, command))
    # A thread, never a process. The newer call hides its flags from a filter; without it the C library takes the older one.
    _add(pyseccomp, allow, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD))
    allow.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    # Reading one's own limits, not setting them.
    _add(pyseccomp, allow, "prlimit64", pyseccomp.Arg(2, pyseccomp.EQ, 0))
    with tempfile.TemporaryFile() as file:
        allow.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(library: object, allow: object, name: str, *arguments: object) -> None:
    """Allow a call; an architecture without one of that name does not need it."""
    try:
        allow.add_rule(library.ALLOW, name, *arguments)  # type: ignore[attr-defined]
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOENT, errno.EDOM, errno.EFAULT):
            raise
