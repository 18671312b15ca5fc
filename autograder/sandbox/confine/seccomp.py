"""The seccomp filter for students' processes, as a classic BPF program.

Everything that numpy and the interpreter need is allowed. System calls that reach outside the
process, or into rarely used parts of the kernel, are refused with EPERM, so that Python raises an
exception that a student can read. Calls newer than the tables below fail with ENOSYS, on which
libraries fall back to older ones.

Numbers: ``arch/x86/entry/syscalls/syscall_64.tbl`` and ``include/uapi/asm-generic/unistd.h``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from . import syscalls

# name: (x86_64, aarch64); None where the architecture never had the call.
_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    # Starting another program.
    "execve": (59, 221), "execveat": (322, 281), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "uselib": (134, None),
    # Other processes.
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "migrate_pages": (256, 238), "move_pages": (279, 239), "ioprio_set": (251, 30),
    # The file tree, and ways to reach a file without its path.
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262), "fanotify_mark": (301, 263), "inotify_init": (253, None),
    "inotify_init1": (294, 26), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "lookup_dcookie": (212, 18),
    # Namespaces and identity.
    "unshare": (272, 97), "setns": (308, 268), "setuid": (105, 146), "setgid": (106, 144),
    "setreuid": (113, 145), "setregid": (114, 143), "setgroups": (116, 159),
    "setresuid": (117, 147), "setresgid": (119, 149), "setfsuid": (122, 151),
    "setfsgid": (123, 152), "capset": (126, 91), "personality": (135, 92), "seccomp": (317, 277),
    # The network. The session's socket is already open; further ones are received over it.
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242),
    # Objects that outlive a process, or that any process can look up by number.
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "shmdt": (67, 197),
    "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187),
    "semget": (64, 190), "semop": (65, 193), "semtimedop": (220, 192), "semctl": (66, 191),
    "mq_open": (240, 180), "mq_unlink": (241, 181), "mq_timedsend": (242, 182),
    "mq_timedreceive": (243, 183), "mq_notify": (244, 184), "mq_getsetattr": (245, 185),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # What all sessions see of files that they may only read: locks, the cache, pending writes.
    "flock": (73, 32), "mincore": (27, 232), "cachestat": (451, 451), "sync": (162, 81),
    "syncfs": (306, 267),
    # Entropy: the same notebook gets the same result (`guest.random_sources` gives it some).
    "getrandom": (318, 278),
    # Large parts of the kernel with a history of vulnerabilities.
    "bpf": (321, 280), "perf_event_open": (298, 241), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "userfaultfd": (323, 282),
    "modify_ldt": (154, None), "io_setup": (206, 0), "io_destroy": (207, 1),
    "io_submit": (209, 2), "io_cancel": (210, 3), "io_getevents": (208, 4),
    "io_pgetevents": (333, 292), "vmsplice": (278, 75), "splice": (275, 76), "tee": (276, 77),
    # The machine.
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "init_module": (175, 105),
    "finit_module": (313, 273), "create_module": (174, None), "delete_module": (176, 106),
    "acct": (163, 89), "syslog": (103, 116), "sethostname": (170, 161),
    "setdomainname": (171, 162), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "clock_adjtime": (305, 266), "adjtimex": (159, 171), "vhangup": (153, 58),
    "nfsservctl": (180, 42), "iopl": (172, None), "ioperm": (173, None), "_sysctl": (156, None),
    "ustat": (136, None), "sysfs": (139, None),
}  # fmt: skip

# Landlock does not restrict changes to a file's owner, mode and times. Where the file tree is the
# machine's own, these calls must be refused, or a student could lock the instructor out of files.
_METADATA: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "chown": (92, None),
    "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None),
    "utimes": (235, None), "utimensat": (280, 88), "futimesat": (261, None), "setxattr": (188, 5),
    "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16),
}  # fmt: skip

# There, a file that is removed or replaced while it is open could not be measured any more. What
# removes a directory, or moves a file to a free name, is left: see `guest.removed_files`.
_REMOVING: dict[str, tuple[int | None, int | None]] = {
    "unlink": (87, None), "rename": (82, None), "renameat": (264, 38),
}  # fmt: skip
_AT_REMOVEDIR, _RENAME_NOREPLACE = 0x200, 1

_NEWEST_KNOWN = 451
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_ANY_NEW_NAMESPACE = 0x7E020080
_CLONE_PARENT = 0x8000  # makes the new process a sibling, outside the session's process tree
_MAP_SHARED, _MAP_ANONYMOUS = 0x01, 0x20
_MSG_OOB = 1
_SOCK_STREAM, _SOCK_SEQPACKET = 1, 5
_O_TMPFILE = 0o20000000
# Asking who holds a lock, leases, and being told of changes: each works on a file that may only be
# read, and so from one session to another. Locks of one's own (SQLite's) need no such question: two
# readers never meet, and no two sessions may write the same file.
_FCNTL_REFUSED = (5, 36, 1024, 1025, 1026)  # GETLK, OFD_GETLK, SETLEASE, GETLEASE, NOTIFY
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
# What a socket tells of its other end, and numbers that the kernel counts up for all processes.
# PEERCRED, INCOMING_CPU, MEMINFO, INCOMING_NAPI_ID, COOKIE, PEERGROUPS, PEERPIDFD
_SOCKOPT_REFUSED = (17, 49, 55, 56, 57, 59, 77)
# Reading the process's own settings, and naming threads and mappings: libraries do use these.
_PRCTL_ALLOWED = (2, 3, 7, 15, 16, 21, 23, 27, 30, 39, 0x53564D41)

_LOAD, _JEQ, _JGE, _JSET, _AND, _RET = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000
_OFFSET_NUMBER, _OFFSET_ARCH, _OFFSET_ARGS = 0, 4, 16

_Instruction = tuple[int, int, int, int]


def supported() -> bool:
    """Whether there is a system call table for this machine."""
    return os.uname().machine in _AUDIT_ARCH


def program(machine: str, *, shared_tree: bool) -> list[_Instruction]:
    """The filter for ``machine``: (code, jump if true, jump if false, constant) per instruction.

    Args:
        machine: as in ``os.uname().machine``.
        shared_tree: whether the process sees the machine's own file tree and has its scratch
            directory on the machine's own disk.
    """
    column = 0 if machine == "x86_64" else 1
    code: list[_Instruction] = [
        (_LOAD, 0, 0, _OFFSET_ARCH),
        (_JEQ, 1, 0, _AUDIT_ARCH[machine]),
        (_RET, 0, 0, _KILL_PROCESS),  # call numbers mean something else on other architectures
        (_LOAD, 0, 0, _OFFSET_NUMBER),
    ]
    # x32 call numbers are above all known ones, so one comparison refuses both.
    code += [(_JGE, 0, 1, _NEWEST_KNOWN + 1), (_RET, 0, 0, _ERRNO | errno.ENOSYS)]
    names = _NUMBERS | _METADATA | _REMOVING if shared_tree else _NUMBERS
    for numbers in names.values():
        code += _refuse(numbers[column], errno.EPERM)
    # Their arguments are in memory, which a filter cannot read. Libraries fall back to older calls.
    code += _refuse(435, errno.ENOSYS) + _refuse(437, errno.ENOSYS)  # clone3, openat2
    beside_or_apart = _ANY_NEW_NAMESPACE | _CLONE_PARENT
    code += _when((56, 220)[column], [*_load(0), *_refuse_if_any(beside_or_apart)])  # clone
    # Shared anonymous memory belongs to no single process, so it could not be charged to one.
    nameless = _MAP_SHARED | _MAP_ANONYMOUS
    code += _when(
        (9, 222)[column],  # mmap
        [*_load(3), (_AND, 0, 0, nameless), *_refuse(nameless, errno.EPERM)],
    )
    # Out-of-band data on local sockets: never needed, and a source of kernel vulnerabilities.
    for pair, flags in (((44, 206), 3), ((46, 211), 2), ((307, 269), 3)):  # sendto, sendmsg, -mmsg
        code += _when(pair[column], [*_load(flags), *_refuse_if_any(_MSG_OOB)])
    # A datagram socket can send to any address; a connected stream reaches only its peer.
    code += _when(
        (53, 199)[column],  # socketpair
        [*_load(1), (_AND, 0, 0, 0xF), *_refuse_unless((_SOCK_STREAM, _SOCK_SEQPACKET))],
    )
    # These could change the limits and priorities of other processes of the same user.
    code += _when((302, 261)[column], [*_load(0), *_refuse_unless((0,))])  # prlimit64
    code += _when(
        (141, 140)[column],  # setpriority
        [*_load(0), *_refuse_unless((0,)), *_load(1), *_refuse_unless((0,))],
    )
    # sched_setaffinity, sched_setparam, sched_setscheduler, sched_setattr
    for pair in ((203, 122), (142, 118), (144, 119), (314, 274)):
        code += _when(pair[column], [*_load(0), *_refuse_unless((0,))])
    code += _when((157, 167)[column], [*_load(0), *_refuse_unless(_PRCTL_ALLOWED)])  # prctl
    code += _when((16, 29)[column], [*_load(1), *_refuse_each((_TIOCSTI, _TIOCLINUX))])  # ioctl
    code += _when((72, 25)[column], [*_load(1), *_refuse_each(_FCNTL_REFUSED)])  # fcntl
    code += _when((55, 209)[column], [*_load(2), *_refuse_each(_SOCKOPT_REFUSED)])  # getsockopt
    if shared_tree:  # unnamed files could not be found when scratch space is measured
        code += _when((257, 56)[column], [*_load(2), *_refuse_if_any(_O_TMPFILE)])  # openat
        code += _when((263, 35)[column], [*_load(2), *_refuse_unless((_AT_REMOVEDIR,))])  # unlinkat
        code += _when((316, 276)[column], [*_load(4), *_refuse_unless((_RENAME_NOREPLACE,))])
        if machine == "x86_64":
            code += _when(2, [*_load(1), *_refuse_if_any(_O_TMPFILE)])  # open
    return [*code, (_RET, 0, 0, _ALLOW)]


Packed = ctypes.Array[ctypes.c_char]
"""A filter as the kernel reads it."""

_PACKED_INSTRUCTION = struct.Struct("=HBBI")


def packed(instructions: list[_Instruction]) -> Packed:
    """Prepare a filter for `install`, which every session calls."""
    parts = (_PACKED_INSTRUCTION.pack(*instruction) for instruction in instructions)
    return ctypes.create_string_buffer(b"".join(parts))


def install(filter_: Packed) -> None:
    """Install the filter, for good. Requires no_new_privs."""
    number = (len(filter_) - 1) // _PACKED_INSTRUCTION.size  # a zero byte is at the end
    syscalls.install_seccomp_filter(filter_, number)


def _refuse(number: int | None, error: int) -> list[_Instruction]:
    return [] if number is None else [(_JEQ, 0, 1, number), (_RET, 0, 0, _ERRNO | error)]


def _when(number: int, block: list[_Instruction]) -> list[_Instruction]:
    """Run ``block`` for one system call; unless it refuses, continue with the number reloaded."""
    reload = (_LOAD, 0, 0, _OFFSET_NUMBER)
    return [(_JEQ, 0, len(block) + 1, number), *block, reload]


def _load(argument: int) -> list[_Instruction]:
    """Load the low 32 bits of an argument: of these calls the kernel reads no more than that."""
    return [(_LOAD, 0, 0, _OFFSET_ARGS + 8 * argument)]


def _refuse_if_any(bits: int) -> list[_Instruction]:
    return [(_JSET, 0, 1, bits), (_RET, 0, 0, _ERRNO | errno.EPERM)]


def _refuse_each(values: tuple[int, ...]) -> list[_Instruction]:
    return [step for value in values for step in _refuse(value, errno.EPERM)]


def _refuse_unless(values: tuple[int, ...]) -> list[_Instruction]:
    past_the_refusal = [
        (_JEQ, len(values) - position, 0, value) for position, value in enumerate(values)
    ]
    return [*past_the_refusal, (_RET, 0, 0, _ERRNO | errno.EPERM)]
