"""What sessions find in memory that was freed before they were forked, and what it costs them."""

import subprocess
import sys

import pytest

SECRET = 0xA7

FREE_AND_LOOK = """
import ctypes, resource, sys
import numpy as np
from autograder.sandbox.zygote import free_memory
if not hasattr(ctypes.CDLL(None), "mallinfo2"):
    print("no mallinfo2")
    sys.exit()
def used_kb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
def looked():
    arrays = [np.empty(size, np.uint8) for size in range(16, 60_000, 56)]
    return sum(int(np.count_nonzero(array == {secret})) for array in arrays)
# Blocks of all sizes, every other freed: the free ones cannot merge.
blocks = [np.full(size, {secret}, np.uint8) for size in range(16, 60_000, 24) for _ in range(2)]
del blocks[::2]
before = used_kb()
if {defragmented}:
    free_memory.defragment()
grown_kb = used_kb() - before
print(looked(), grown_kb)
"""


def free_and_look(*, defragmented: bool) -> tuple[int, int]:
    """Bytes of what was freed that uninitialised arrays show; kilobytes that took."""
    source = FREE_AND_LOOK.format(secret=SECRET, defragmented=defragmented)
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    if ran.stdout.startswith("no"):
        pytest.skip("needs glibc 2.33 or later")
    shown, grown_kb = map(int, ran.stdout.split())
    return shown, grown_kb


def test_an_uninitialised_array_shows_nothing_of_what_was_freed() -> None:
    shown, _ = free_and_look(defragmented=False)
    left, grown_kb = free_and_look(defragmented=True)
    assert left < shown / 500  # other bytes have this value by chance
    assert grown_kb < 20_000


FORK_AND_ALLOCATE = """
import os, resource
import numpy as np
from autograder.sandbox.zygote import free_memory
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
arrays = [np.ones(size, np.uint8) for size in range(1100, 30_000, 64) for _ in range(4)]
names = [b"%0*d" % (size, size) for size in range(20, 470) for _ in range(200)]
del names[::2], arrays[::2]
if {defragmented}:
    free_memory.defragment()
read, write = os.pipe()
if os.fork() == 0:
    before = faults()
    large = np.ones(50_000, np.uint8)
    small = [np.ones(size, np.uint8) for size in range(1100, 9000, 50)]
    os.write(write, b"%d" % (faults() - before))
    os._exit(0)
print(os.read(read, 20).decode())
"""


def pages_touched(*, defragmented: bool) -> int:
    """Pages that a forked process copies, or is given, for a large block and 160 small ones."""
    source = FORK_AND_ALLOCATE.format(defragmented=defragmented)
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    return int(ran.stdout)


def test_what_a_session_allocates_lies_together() -> None:
    assert pages_touched(defragmented=True) < pages_touched(defragmented=False) / 3
