"""Overwrite freed memory, which an uninitialised array shows.

The allocator hands out again what was freed, with what it held: paths of this server's folder, ids
of processes, addresses. Where a notebook sees them (``np.ndarray(3)``, results that ``where=`` left
out), it gets another result on the next run. So what is free when all is loaded is filled, once,
before sessions are forked from it.

Not with zeros, with which a sum that starts from uninitialised memory would be right by luck: as a
number it is 1.2e103, or 1.5e13 in single precision.
"""

from __future__ import annotations

import ctypes

import numpy as np

_PATTERN = 0x55
_KEPT_BY_NUMPY = 1024
"""NumPy and the allocator both keep a few freed blocks of each size up to this, for themselves."""
_OF_EACH_SIZE = 16
_SIZES = sorted({start << shift for start in (32, 48) for shift in range(15)}, reverse=True)
"""From 1.5 MB down to 32 bytes."""

_FIELDS = (
    *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
    *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
)


class _Mallinfo2(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in _FIELDS]


def overwrite() -> None:
    """Fill all freed memory. Without glibc 2.33 or later, do nothing."""
    try:
        mallinfo2 = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError):
        return
    mallinfo2.restype = _Mallinfo2

    def free() -> tuple[int, int]:
        """Bytes that are free between allocated blocks, and at the end of the heap."""
        info = mallinfo2()
        return info.fordblks - info.keepcost, info.keepcost

    filled = [
        np.full(size, _PATTERN, np.uint8)
        for size in range(8, _KEPT_BY_NUMPY + 32, 8)
        for _ in range(_OF_EACH_SIZE)
    ]
    # The largest first. A block that did not lessen what is free by its size came from the end of
    # the heap: then no free block is as large.
    for size in _SIZES:
        left, _ = free()
        for _ in range(left // size):
            filled.append(np.full(size, _PATTERN, np.uint8))
            before, (left, _) = left, free()
            if before - left < size:
                break
    _, end = free()
    filled += [np.full(_KEPT_BY_NUMPY, _PATTERN, np.uint8) for _ in range(end // _KEPT_BY_NUMPY)]
