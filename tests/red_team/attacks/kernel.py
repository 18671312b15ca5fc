"""System calls by which a session could reach another one, the grader, or more of the machine.

Each must be refused: the notebook's call then ends in an `OSError`. What gets through divides by 0,
and the message that the student is shown tells.
"""

from __future__ import annotations

GOT_THROUGH = "ZeroDivisionError"

PRELUDE = """
import ctypes, fcntl, mmap, os, signal, socket, struct, sys
import numpy as np
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
shared = np.__file__  # what every session may read

def call(number, *args):
    result = libc.syscall(number, *args)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

def of(path, flags=os.O_RDONLY):
    return os.open(path, flags)

def lock(kind):  # struct flock: kind, from where, start, length, process
    return struct.pack("hhqqixxxx", kind, 0, 0, 1, 0)

def read(path):
    with open(path, "rb") as file:
        return file.read(64) or None

def attack(x, *more):
    {statement}
    1 / 0
"""
"""x86_64's numbers of system calls are used below."""

LOCKS = {
    "a flock on a file that every session reads": "fcntl.flock(of(shared), fcntl.LOCK_EX)",
    "a shared flock on such a file": "fcntl.flock(of(shared), fcntl.LOCK_SH | fcntl.LOCK_NB)",
    "an exclusive lock on a part of such a file": "fcntl.lockf(of(shared), fcntl.LOCK_EX, 1)",
    "who holds a lock on such a file": "fcntl.fcntl(of(shared), fcntl.F_GETLK, lock(1))",
    "who holds a lock on an open file": "fcntl.fcntl(of(shared), 36, lock(1))",
    "an exclusive lock of an open file": "fcntl.fcntl(of(shared), 37, lock(1))",
    "a lease on such a file": "fcntl.fcntl(of(shared), fcntl.F_SETLEASE, fcntl.F_RDLCK)",
    "whether there is a lease": "fcntl.fcntl(of(shared), fcntl.F_GETLEASE)",
    "being told of changes in a folder": (
        "fcntl.fcntl(of(os.path.dirname(shared)), fcntl.F_NOTIFY, fcntl.DN_ACCESS)"
    ),
    "inotify": "call(294, 0)",
    "fanotify": "call(300, 0, 0)",
}

SOCKETS = {
    "a socket to the machine's host (AF_VSOCK)": "socket.socket(40, socket.SOCK_STREAM)",
    "an abstract socket": "socket.socket(socket.AF_UNIX).bind(b'\\0grader')",
    "a socket in a folder": "socket.socket(socket.AF_UNIX).bind('s')",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 53))",
    "TCP": "socket.create_connection(('127.0.0.1', 22), 1)",
    "IPv6": "socket.socket(socket.AF_INET6)",
    "netlink": "socket.socket(16, socket.SOCK_RAW)",
    "packets as they are": "socket.socket(17, socket.SOCK_RAW)",
    "the kernel's ciphers (AF_ALG)": "socket.socket(38, socket.SOCK_SEQPACKET)",
    "bluetooth": "socket.socket(31, socket.SOCK_SEQPACKET, 0)",
    "who is at the other end": "socket.socketpair()[0].getsockopt(1, 17, 12)",
    "the number that the kernel gives to each": "socket.socketpair()[0].getsockopt(1, 57, 8)",
    "io_uring, which opens sockets by itself": "call(425, 1, bytes(120))",
}

MEMORY = {
    "the keyring of the user": "call(248, b'user', b'note', b'x', 1, -4)",
    "the keyring of the session": "call(250, 0, -3, 1)",
    "a key by its name": "call(249, b'user', b'note', None, -4)",
    "shared memory by number": "call(29, 4711, 4096, 0o1666)",
    "a message queue by number": "call(68, 4711, 0o1666)",
    "semaphores by number": "call(64, 4711, 1, 0o1666)",
    "a message queue by name": "call(240, b'note', 0o102, 0o666, None)",
    "shared memory in /dev/shm": "open('/dev/shm/note', 'wb')",
    "a file of memory": "call(319, b'note', 0)",
    "memory that two processes share": "mmap.mmap(-1, 4096)",
    "memory of /dev/zero, shared": "mmap.mmap(of('/dev/zero', os.O_RDWR), 4096)",
    "what of a file is in the cache": (
        "page = ctypes.addressof(ctypes.create_string_buffer(9999)) & -4096; "
        "call(27, ctypes.c_void_p(page), 1, ctypes.create_string_buffer(9))"
    ),
    "how much of a file is in the cache": "call(451, of(shared), bytes(16), bytes(40), 0)",
    "page faults of one's own (userfaultfd)": "call(323, 0)",
    "memory of the machine": "read('/dev/mem')",
}

PROCESSES = {
    "tracing the parent": "call(101, 16, os.getppid(), 0, 0)",
    "tracing init": "call(101, 0x4206, 1, 0, 0)",
    "reading another process's memory": "call(310, os.getppid(), bytes(16), 1, bytes(16), 1, 0)",
    "a handle of another process": "call(434, os.getppid() or 1, 0)",
    "another process's descriptors": "call(438, 3, 0, 0)",
    "whether two processes share something": "call(312, 1, 1, 0, 0, 0)",
    "memory advice for another process": "call(440, 3, 0, 0, 0, 0)",
    "limits of another process": "call(302, os.getppid() or 1, 7, struct.pack('QQ', 0, 0), None)",
    "higher priority": "os.setpriority(os.PRIO_PROCESS, 0, -20)",
    "real-time scheduling": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))",
    "first in the queue of the disk": "call(251, 1, 0, 1 << 13)",
    "the environment of init": "read('/proc/1/environ')",
    "the memory map of the parent": "read(f'/proc/{os.getppid() or 1}/maps')",
    "one's own memory as a file": "read('/proc/self/mem')",
    "the command line of the grader": "read(f'/proc/{os.getppid() or 1}/cmdline')",
    "the machine's log": "call(103, 3, bytes(4096), 4096)",
    "the machine's messages": "read('/dev/kmsg')",
}

ESCAPES = {
    "another program": "os.execv('/bin/sh', ['sh', '-c', 'true'])",
    "another program, by its descriptor": "call(322, of('/bin/sh'), b'', None, None, 0x1000)",
    "a program beside (posix_spawn)": "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
    "a new user namespace": "call(272, 0x10000000)",
    "a child in a namespace of its own": "call(435, struct.pack('11Q', 0x10000000, *[0] * 10), 88)",
    "the namespace of init": "call(308, of('/proc/1/ns/mnt'), 0)",
    "mounting": "call(165, b'none', b'/tmp', b'tmpfs', 0, None)",
    "mounting by descriptor": "call(430, b'tmpfs', 0)",
    "another root": "os.chroot('.')",
    "becoming root": "os.setuid(0)",
    "all capabilities": "call(126, struct.pack('II', 0x20080522, 0), bytes(b'\\xff' * 24))",
    "a file by its number": "call(304, -100, bytes(32), 0)",
    "the number of a file": "call(303, -100, b'/', bytes(160), bytes(8), 0)",
    "more open files than allowed": (
        "__import__('resource').setrlimit(__import__('resource').RLIMIT_NOFILE, (4096, 4096))"
    ),
    "a program in the kernel (bpf)": "call(321, 0, bytes(128), 128)",
    "performance counters": "call(298, bytes(128), 0, -1, -1, 0)",
    "other system call numbers (x32)": "call(0x40000000 | 39)",
    "another personality": "call(135, 0x0400000)",
    "a new filter of system calls": "call(317, 1, 0, bytes(16))",
    "a kernel module": "call(175, b'', 0, b'')",
    "another kernel": "call(246, 0, 0, None, 0)",
    "another time of day": "__import__('time').clock_settime(0, 0)",
    "another name for the machine": "call(170, b'mine', 4)",
    "writing where only reading is allowed": "open(shared, 'ab')",
    "the password file": "read('/etc/shadow')",
    "root's own folder": "os.listdir('/root')",
    "what is in other users' folders": "os.listdir('/home')",
    "a device of one's own": "os.mknod('disk', 0o60666, os.makedev(8, 0))",
}

KINDS = {
    "locks and watches": LOCKS,
    "sockets": SOCKETS,
    "memory that others see": MEMORY,
    "other processes": PROCESSES,
    "ways out": ESCAPES,
}
