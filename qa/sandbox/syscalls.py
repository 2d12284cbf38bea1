"""System calls that the kernel refuses to this process for good, also where C code makes them (Linux, seccomp).

What is listed fails with EPERM: sockets, other processes and programs, changes of files, and what leads around these.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_FILTER = 2

_X86_64 = """
socket 41 socketpair 53
fork 57 vfork 58 clone 56 clone3 435 execve 59 execveat 322 unshare 272 setns 308
kill 62 tkill 200 rt_sigqueueinfo 129 rt_tgsigqueueinfo 297 pidfd_open 434 pidfd_send_signal 424 pidfd_getfd 438
ptrace 101 process_vm_readv 310 process_vm_writev 311 setpriority 141
openat2 437 creat 85 truncate 76 rename 82 renameat 264 renameat2 316 link 86 linkat 265 symlink 88 symlinkat 266
unlink 87 unlinkat 263 rmdir 84 mkdir 83 mkdirat 258 mknod 133 mknodat 259
chmod 90 fchmod 91 fchmodat 268 fchmodat2 452 chown 92 fchown 93 lchown 94 fchownat 260
utime 132 utimes 235 futimesat 261 utimensat 280
setxattr 188 lsetxattr 189 fsetxattr 190 removexattr 197 lremovexattr 198 fremovexattr 199
mount 165 umount2 166 chroot 161 pivot_root 155 open_by_handle_at 304 open_tree 428 move_mount 429 fsopen 430
io_uring_setup 425 bpf 321 userfaultfd 323 perf_event_open 298 add_key 248 request_key 249 keyctl 250
shmget 29 msgget 68 semget 64 mq_open 240 mq_unlink 241
"""

_AARCH64 = """
socket 198 socketpair 199
clone 220 clone3 435 execve 221 execveat 281 unshare 97 setns 268
kill 129 tkill 130 rt_sigqueueinfo 138 rt_tgsigqueueinfo 240 pidfd_open 434 pidfd_send_signal 424 pidfd_getfd 438
ptrace 117 process_vm_readv 270 process_vm_writev 271 setpriority 140
openat2 437 truncate 45 renameat 38 renameat2 276 linkat 37 symlinkat 36 unlinkat 35 mkdirat 34 mknodat 33
fchmod 52 fchmodat 53 fchmodat2 452 fchown 55 fchownat 54 utimensat 88
setxattr 5 lsetxattr 6 fsetxattr 7 removexattr 14 lremovexattr 15 fremovexattr 16
mount 40 umount2 39 chroot 51 pivot_root 41 open_by_handle_at 265 open_tree 428 move_mount 429 fsopen 430
io_uring_setup 425 bpf 280 userfaultfd 282 perf_event_open 241 add_key 217 request_key 218 keyctl 219
shmget 194 msgget 186 semget 190 mq_open 180 mq_unlink 181
"""

# By machine: the kernel's number for it, the calls that are refused, (call, which argument holds the flags) of those
# that open a file, and the one that sends a signal to a thread, which abort() needs for its own.
_MACHINES = {
    "x86_64": (0xC000003E, _X86_64, ((2, 1), (257, 2)), 234),
    "aarch64": (0xC00000B7, _AARCH64, ((56, 2),), 131),
}

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
"""Flags with which a file is not only read."""

# Offsets into what a filter is shown of a call, and the instructions of a filter.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_X32 = 0x40000000
"""From here the calls of x86_64 are numbered a second time."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def refuse() -> bool:
    """Install the filter. False where this machine or its kernel has none."""
    machine = os.uname().machine
    if machine not in _MACHINES or sys.maxsize < 2**32:
        return False
    instructions = _instructions(machine)
    held = ctypes.create_string_buffer(instructions)
    program = _Program(len(instructions) // 8, ctypes.addressof(held))
    return prctl(_PR_SET_NO_NEW_PRIVS, 1) and prctl(_PR_SET_SECCOMP, _FILTER, ctypes.addressof(program))


def prctl(option: int, *arguments: int) -> bool:
    """Whether the kernel did what was asked for."""
    values = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    return bool(ctypes.CDLL(None).prctl(ctypes.c_int(option), *values) == 0)


def _instructions(machine: str) -> bytes:
    architecture, calls, opening, signalling = _MACHINES[machine]
    program = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL)]
    program += [(_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _REFUSE)]
    for number in map(int, calls.split()[1::2]):
        program += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    for number, argument in opening:
        program += [(_EQUAL, 0, 4, number), (_LOAD, 0, 0, _ARGUMENTS + 8 * argument)]
        program += [(_ANY_BIT, 0, 1, WRITING), (_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    program += [(_EQUAL, 0, 4, signalling), (_LOAD, 0, 0, _ARGUMENTS), (_EQUAL, 1, 0, os.getpid())]
    program += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    program += [(_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
