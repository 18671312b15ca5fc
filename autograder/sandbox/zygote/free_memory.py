"""Replace free memory by one block that holds nothing, before sessions are forked.

What was freed lies in gaps all over the heap, which has two consequences in every session:

- An uninitialised array shows what the gaps hold: paths of this server's folder, ids of processes,
  addresses. Where a notebook sees them (``np.ndarray(3)``, results that ``where=`` left out), it
  gets another result on the next run.
- What a session allocates goes into gaps, and each page with a gap has to be copied for it. The
  first large block even makes the allocator sort all gaps, which copied 550 pages.

So all gaps are occupied for good, and what sessions allocate first comes from a block at the end of
the heap. It is not filled with zeros, with which a sum that starts from uninitialised memory would
be right by luck: as a number it is 1.2e103, or 1.5e13 in single precision.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

_PATTERN = 0x55
_KEPT_BY_NUMPY = 1024
"""NumPy and the allocator both keep a few freed blocks of each size up to this, for themselves."""
_OF_EACH_SIZE = 16
_SIZES = sorted({start << shift for start in (32, 48) for shift in range(15)}, reverse=True)
"""From 1.5 MB down to 32 bytes."""
_BLOCK, _PIECE = 2**20, 2**16
"""Bytes of the block, and of the pieces in which it is allocated: a larger piece would be mapped
elsewhere."""

_FIELDS = (
    *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
    *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
)


class _Mallinfo2(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in _FIELDS]


_occupied: list[np.ndarray[Any, Any]] = []


def defragment() -> None:
    """Occupy all gaps, and free one block. Without glibc 2.33 or later, do nothing."""
    try:
        mallinfo2 = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError):
        return
    mallinfo2.restype = _Mallinfo2

    def free() -> tuple[int, int]:
        """Bytes that are free between allocated blocks, and at the end of the heap."""
        info = mallinfo2()
        return info.fordblks - info.keepcost, info.keepcost

    for size in range(8, _KEPT_BY_NUMPY + 32, 8):
        _occupied.extend(_filled(size) for _ in range(_OF_EACH_SIZE))
    # The largest first. A block that did not lessen what is free by its size came from the end of
    # the heap: then no free block is as large.
    for size in _SIZES:
        left, _ = free()
        for _ in range(left // size):
            _occupied.append(_filled(size))
            before, (left, _) = left, free()
            if before - left < size:
                break
    block = [_filled(_PIECE) for _ in range(_BLOCK // _PIECE)]
    _, end = free()
    # Above the block, or it would be given back to the system when it is freed.
    _occupied.extend(_filled(_KEPT_BY_NUMPY) for _ in range(end // _KEPT_BY_NUMPY))
    del block


def _filled(size: int) -> np.ndarray[Any, Any]:
    return np.full(size, _PATTERN, np.uint8)
