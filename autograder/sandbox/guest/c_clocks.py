"""Clocks that C code reads: ``np.datetime64("now")``, and SQLite's ``CURRENT_TIMESTAMP``.

NumPy and SQLite call functions of the C library, which no replacement of a Python function reaches.
They call them through a table of addresses that the dynamic linker fills in, one for each library
(the relocations of its procedure linkage table). The entries for clocks are overwritten with
functions of our own, which read the notebook's clock (`virtual_clock`). Tables are found when this
module is imported, before any student code runs, and overwritten in the student's process.

This needs 64-bit ELF, so Linux. Elsewhere these clocks are the machine's.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from . import identity, virtual_clock

_LIBRARIES = ("_multiarray_umath", "libsqlite3", "_sqlite3")

_PT_DYNAMIC = 2
_DT_PLTRELSZ, _DT_STRTAB, _DT_SYMTAB, _DT_JMPREL = 2, 5, 6, 23
_PROT_READ_WRITE = 3


class _ProgramHeader(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_uint32) for name in ("type", "flags")),
        *((name, ctypes.c_uint64) for name in ("offset", "vaddr", "paddr", "filesz", "memsz")),
        ("align", ctypes.c_uint64),
    )


class _Loaded(ctypes.Structure):
    """``struct dl_phdr_info``, of which only the beginning is read."""

    _fields_ = (
        ("address", ctypes.c_uint64),
        ("name", ctypes.c_char_p),
        ("headers", ctypes.POINTER(_ProgramHeader)),
        ("headers_number", ctypes.c_uint16),
    )


class _Relocation(ctypes.Structure):
    _fields_ = (
        ("offset", ctypes.c_uint64), ("info", ctypes.c_uint64), ("addend", ctypes.c_int64)
    )  # fmt: skip


def _time(seconds: int | None) -> int:
    now = virtual_clock.now_ns() // 10**9
    if seconds:
        ctypes.c_long.from_address(seconds).value = now
    return now


def _gettimeofday(value: int | None, _zone: int | None) -> int:
    if value:
        seconds, nanoseconds = divmod(virtual_clock.now_ns(), 10**9)
        (ctypes.c_long * 2).from_address(value)[:] = [seconds, nanoseconds // 1000]
    return 0


def _getpid() -> int:
    return identity.PID


# Kept for as long as the process lives: C code has their addresses.
_FUNCTIONS: dict[bytes, Any] = {
    b"time": ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p)(_time),
    b"gettimeofday": ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(
        _gettimeofday
    ),
    b"getpid": ctypes.CFUNCTYPE(ctypes.c_int)(_getpid),
}


def _entries() -> Iterator[tuple[int, int]]:
    """Where the addresses are that the libraries call, and those of our functions."""
    for base, dynamic in _dynamic_sections():
        tags = dict(_tags(dynamic))
        if any(tag not in tags for tag in (_DT_JMPREL, _DT_PLTRELSZ, _DT_SYMTAB, _DT_STRTAB)):
            continue
        # glibc has added the base already, musl has not.
        jmprel, symtab, strtab = (
            tags[tag] if tags[tag] >= base else base + tags[tag]
            for tag in (_DT_JMPREL, _DT_SYMTAB, _DT_STRTAB)
        )
        number = tags[_DT_PLTRELSZ] // ctypes.sizeof(_Relocation)
        for relocation in (_Relocation * number).from_address(jmprel):
            symbol = symtab + 24 * (relocation.info >> 32)
            name = ctypes.string_at(strtab + ctypes.c_uint32.from_address(symbol).value)
            if name in _FUNCTIONS:
                address = ctypes.cast(_FUNCTIONS[name], ctypes.c_void_p).value
                assert address is not None
                yield base + relocation.offset, address


def _dynamic_sections() -> list[tuple[int, int]]:
    """Base address and dynamic section of each of the libraries that are loaded."""
    found: list[tuple[int, int]] = []

    def look(pointer: Any, _size: int, _data: int | None) -> int:
        loaded = pointer.contents
        name = os.path.basename(os.fsdecode(loaded.name or b""))  # noqa: PTH119 (once, and cheap)
        if name.startswith(_LIBRARIES):
            headers = loaded.headers[: loaded.headers_number]
            found.extend(
                (loaded.address, loaded.address + header.vaddr)
                for header in headers
                if header.type == _PT_DYNAMIC
            )
        return 0

    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Loaded), ctypes.c_size_t, ctypes.c_void_p)
    ctypes.CDLL(None).dl_iterate_phdr(kind(look), None)
    return found


def _tags(dynamic: int) -> Iterator[tuple[int, int]]:
    while (tag := ctypes.c_int64.from_address(dynamic).value) != 0:
        yield tag, ctypes.c_uint64.from_address(dynamic + 8).value
        dynamic += 16


def _find() -> tuple[list[tuple[int, int]], Callable[[int, int, int], int] | None]:
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return [], None
    with contextlib.suppress(ImportError):  # an interpreter can be built without it
        import sqlite3  # noqa: F401 (loaded so that its clock is found)
    protect = ctypes.CDLL(None).mprotect
    protect.argtypes = (ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int)
    return list(_entries()), protect


_ENTRIES, _protect = _find()


def install() -> None:
    """Overwrite the entries of this process."""
    for place, address in _ENTRIES:
        page = place // mmap.PAGESIZE * mmap.PAGESIZE
        # The dynamic linker may have made the table read-only.
        if _protect is not None and _protect(page, mmap.PAGESIZE, _PROT_READ_WRITE) == 0:
            ctypes.c_uint64.from_address(place).value = address
