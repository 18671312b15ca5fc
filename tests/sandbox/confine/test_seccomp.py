"""The filter of system calls, run by a small BPF machine, so that both architectures are tested."""

import errno
import struct

import pytest

from autograder.sandbox.confine import seccomp

ALLOW, KILL = "allow", "kill"
NEW_USER, THREAD = 0x10000000, 0x003D0F00
NUMBERS = {
    "x86_64": {"read": 0, "openat": 257, "mmap": 9, "clone": 56, "clone3": 435, "execve": 59,
               "socket": 41, "socketpair": 53, "prlimit64": 302, "ptrace": 101, "prctl": 157,
               "mount": 165, "fchmodat": 268, "setpriority": 141, "futex": 202, "ioctl": 16,
               "sendto": 44, "sendmsg": 46, "sendmmsg": 307, "fcntl": 72},
    "aarch64": {"read": 63, "openat": 56, "mmap": 222, "clone": 220, "clone3": 435, "execve": 221,
                "socket": 198, "socketpair": 199, "prlimit64": 261, "ptrace": 117, "prctl": 167,
                "mount": 40, "fchmodat": 53, "setpriority": 140, "futex": 98, "ioctl": 29,
                "sendto": 206, "sendmsg": 211, "sendmmsg": 269, "fcntl": 25},
}  # fmt: skip
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "i386": 0x40000003}


def decide(machine: str, number: int, *args: int, arch: str = "", shared: bool = False) -> object:
    """What the filter for ``machine`` says to a system call: ``allow``, ``kill`` or an errno."""
    data = struct.pack("<IIQ6Q", number, ARCH[arch or machine], 0, *(*args, *[0] * (6 - len(args))))
    program = seccomp.program(machine, shared_tree=shared)
    accumulator, position = 0, 0
    while True:
        code, if_true, if_false, constant = program[position]
        position += 1
        if code == 0x20:
            accumulator = struct.unpack_from("<I", data, constant)[0]
        elif code == 0x54:
            accumulator &= constant
        elif code == 0x06:
            action = constant & 0xFFFF0000
            return {0x7FFF0000: ALLOW, 0x80000000: KILL}.get(action, constant & 0xFFFF)
        else:
            true = {0x15: accumulator == constant, 0x35: accumulator >= constant,
                    0x45: bool(accumulator & constant)}[code]  # fmt: skip
            position += if_true if true else if_false


@pytest.fixture(params=sorted(NUMBERS))
def machine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.mark.parametrize("name", ["read", "openat", "mmap", "futex"])
def test_ordinary_calls_pass(machine: str, name: str) -> None:
    assert decide(machine, NUMBERS[machine][name]) == ALLOW


@pytest.mark.parametrize("name", ["execve", "socket", "ptrace", "mount"])
def test_forbidden_calls_are_refused(machine: str, name: str) -> None:
    assert decide(machine, NUMBERS[machine][name]) == errno.EPERM


def test_every_entry_of_the_table_is_refused(machine: str) -> None:
    column = sorted(NUMBERS, reverse=True).index(machine)
    table = [numbers[column] for numbers in seccomp._NUMBERS.values()]
    present = [number for number in table if number is not None]
    assert len(present) == len(set(present)) > 90
    assert {decide(machine, number) for number in present} == {errno.EPERM}


def test_processes_and_threads_may_be_made_but_no_namespaces(machine: str) -> None:
    number = NUMBERS[machine]["clone"]
    assert decide(machine, number, 17) == ALLOW
    assert decide(machine, number, THREAD) == ALLOW
    assert decide(machine, number, 17 | NEW_USER) == errno.EPERM


def test_processes_are_made_below_the_session_and_not_beside_it(machine: str) -> None:
    clone_parent = 0x8000
    assert decide(machine, NUMBERS[machine]["clone"], 17 | clone_parent) == errno.EPERM


def test_memory_that_is_shared_is_a_files(machine: str) -> None:
    number, shared, private, anonymous, checked = NUMBERS[machine]["mmap"], 1, 2, 0x20, 3
    assert decide(machine, number, 0, 4096, 3, private | anonymous) == ALLOW
    assert decide(machine, number, 0, 4096, 3, shared) == ALLOW
    assert decide(machine, number, 0, 4096, 3, shared | anonymous) == errno.EPERM
    assert decide(machine, number, 0, 4096, 3, checked | anonymous | 0x4000) == errno.EPERM


def test_no_urgent_bytes_are_sent(machine: str) -> None:
    urgent, no_signal = 1, 0x4000
    for name, before in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)):
        arguments = [0] * before
        assert decide(machine, NUMBERS[machine][name], *arguments, no_signal) == ALLOW
        assert decide(machine, NUMBERS[machine][name], *arguments, no_signal | urgent) == 1


def test_calls_whose_arguments_cannot_be_seen_do_not_exist(machine: str) -> None:
    assert decide(machine, NUMBERS[machine]["clone3"]) == errno.ENOSYS


def test_calls_of_a_later_kernel_do_not_exist(machine: str) -> None:
    assert decide(machine, 452) == errno.ENOSYS
    assert decide(machine, 100_000) == errno.ENOSYS


def test_calls_under_another_numbering_are_refused() -> None:
    x32 = 0x40000000
    assert decide("x86_64", x32 | 59) == errno.ENOSYS
    assert decide("x86_64", 11, arch="i386") == KILL
    assert decide("aarch64", 11, arch="x86_64") == KILL


def test_locks_are_no_channel_and_descriptors_can_still_be_copied(machine: str) -> None:
    number, copy, set_lock, open_file_lock = NUMBERS[machine]["fcntl"], 0, 6, 37
    assert {decide(machine, number, 3, op) for op in (copy, 1, 2, 3, set_lock, open_file_lock)} == {
        ALLOW
    }
    ask, ask_of_open_file, lease, notify = 5, 36, 1024, 1026
    refused = {decide(machine, number, 3, op) for op in (ask, ask_of_open_file, lease, notify)}
    assert refused == {errno.EPERM}


def test_socket_pairs_are_streams(machine: str) -> None:
    number, cloexec = NUMBERS[machine]["socketpair"], 0o2000000
    assert decide(machine, number, 1, 1 | cloexec) == ALLOW
    assert decide(machine, number, 1, 5) == ALLOW
    assert decide(machine, number, 1, 2 | cloexec) == errno.EPERM


def test_limits_and_priorities_are_ones_own(machine: str) -> None:
    limits, priority = NUMBERS[machine]["prlimit64"], NUMBERS[machine]["setpriority"]
    assert decide(machine, limits, 0, 7) == ALLOW
    assert decide(machine, limits, 1234, 7) == errno.EPERM
    assert decide(machine, priority, 0, 0, 5) == ALLOW
    assert decide(machine, priority, 0, 1234, 5) == errno.EPERM
    assert decide(machine, priority, 2, 0, 5) == errno.EPERM


def test_a_process_may_name_itself_but_not_loosen_its_bonds(machine: str) -> None:
    number = NUMBERS[machine]["prctl"]
    set_name, parents_death, dumpable, subreaper = 15, 1, 4, 36
    assert decide(machine, number, set_name) == ALLOW
    assert {decide(machine, number, o) for o in (parents_death, dumpable, subreaper)} == {1}


def test_modes_of_files_stay_where_the_machines_own_files_are_in_reach(machine: str) -> None:
    number = NUMBERS[machine]["fchmodat"]
    assert decide(machine, number, shared=False) == ALLOW
    assert decide(machine, number, shared=True) == errno.EPERM


def test_files_without_a_name_are_refused_where_files_are_counted(machine: str) -> None:
    number, nameless = NUMBERS[machine]["openat"], 0o20200000 | 2
    assert decide(machine, number, 0, 0, nameless, shared=True) == errno.EPERM
    assert decide(machine, number, 0, 0, 0o1101, shared=True) == ALLOW
    assert decide(machine, number, 0, 0, nameless, shared=False) == ALLOW


def test_files_do_not_disappear_where_files_are_counted(machine: str) -> None:
    unlinkat, renameat2 = {"x86_64": (263, 316), "aarch64": (35, 276)}[machine]
    for flags, verdict in ((0, errno.EPERM), (0x200, ALLOW)):  # AT_REMOVEDIR
        assert decide(machine, unlinkat, 0, 0, flags, shared=True) == verdict
        assert decide(machine, unlinkat, 0, 0, flags, shared=False) == ALLOW
    for flags in (0, 1, 2, 3, 4):  # 1: RENAME_NOREPLACE
        verdict = ALLOW if flags == 1 else errno.EPERM
        assert decide(machine, renameat2, 0, 0, 0, 0, flags, shared=True) == verdict
        assert decide(machine, renameat2, 0, 0, 0, 0, flags, shared=False) == ALLOW
    old = {"x86_64": (87, 82, 264), "aarch64": (38,)}[machine]  # unlink, rename, renameat
    assert {decide(machine, number, shared=True) for number in old} == {errno.EPERM}
    assert {decide(machine, number, shared=False) for number in old} == {ALLOW}


def test_no_typing_into_a_terminal(machine: str) -> None:
    number = NUMBERS[machine]["ioctl"]
    assert decide(machine, number, 0, 0x5412) == errno.EPERM
    assert decide(machine, number, 0, 0x5401) == ALLOW
