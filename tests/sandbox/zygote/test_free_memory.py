"""What an uninitialised array shows of what was freed before sessions are forked."""

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
if {overwritten}:
    free_memory.overwrite()
grown_kb = used_kb() - before
print(looked(), grown_kb)
"""


def free_and_look(*, overwritten: bool) -> tuple[int, int]:
    """Bytes of what was freed that uninitialised arrays show; kilobytes it took to overwrite it."""
    source = FREE_AND_LOOK.format(secret=SECRET, overwritten=overwritten)
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    if ran.stdout.startswith("no"):
        pytest.skip("needs glibc 2.33 or later")
    shown, grown_kb = map(int, ran.stdout.split())
    return shown, grown_kb


def test_what_was_freed_is_overwritten() -> None:
    shown, _ = free_and_look(overwritten=False)
    left, grown_kb = free_and_look(overwritten=True)
    assert left < shown / 500  # other bytes have this value by chance
    assert grown_kb < 20_000
