"""Files and folders that the tests' own user may not read, root included."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_VERSION = 0x20080522  # of the kernel's interface to capabilities: two words of 32 bits
_READS_EVERYTHING = (1 << 1) | (1 << 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@contextmanager
def locked(*paths: Path) -> Iterator[None]:
    """Nobody may read ``paths``, not even root; skips the test where that cannot be done."""
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(0)
    try:
        with _without_root_powers():
            if any(os.access(path, os.R_OK, effective_ids=True) for path in paths):
                pytest.skip("this user can read everything")
            yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@contextmanager
def _without_root_powers() -> Iterator[None]:
    """This thread obeys permissions. A process that it starts as root does not."""
    if sys.platform != "linux" or os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    before = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then the higher ones

    def change(call: str, sets: ctypes.Array[ctypes.c_uint32]) -> None:
        if getattr(libc, call)(header, sets):
            pytest.skip(f"{call}: {os.strerror(ctypes.get_errno())}")

    change("capget", before)
    change("capset", (ctypes.c_uint32 * 6)(before[0] & ~_READS_EVERYTHING, *before[1:]))
    try:
        yield
    finally:
        change("capset", before)
