"""Import, before any fork, the modules that students' code is likely to need.

Sessions share these pages with the zygote, so a class of hundreds pays for each import once. It is
also a matter of availability: where a session cannot read the interpreter's files (an unprivileged
user, and an interpreter under a directory that only root may enter), only these modules exist.
"""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Sequence

from . import course_packages

_STANDARD = """
abc argparse array ast asyncio base64 binascii bisect builtins bz2 cProfile calendar cmath code
codecs collections collections.abc colorsys concurrent.futures concurrent.futures.process
concurrent.futures.thread configparser contextlib contextvars copy copyreg csv ctypes dataclasses
datetime dbm dbm.dumb dbm.gnu dbm.ndbm decimal difflib dis doctest email.message email.mime.text
encodings.ascii encodings.base64_codec encodings.cp1252 encodings.cp437 encodings.cp932
encodings.euc_jp encodings.hex_codec encodings.idna encodings.iso2022_jp encodings.iso8859_1
encodings.latin_1 encodings.punycode encodings.raw_unicode_escape encodings.rot_13
encodings.shift_jis encodings.unicode_escape encodings.utf_16 encodings.utf_16_be
encodings.utf_16_le encodings.utf_32 encodings.utf_7 encodings.utf_8 encodings.utf_8_sig
encodings.zlib_codec enum errno filecmp fileinput fnmatch fractions ftplib functools gc getpass
glob graphlib gzip hashlib heapq html html.parser http.client http.cookiejar importlib.metadata
importlib.resources importlib.util inspect io itertools json keyword linecache locale logging
logging.handlers lzma math mimetypes multiprocessing multiprocessing.dummy
multiprocessing.managers multiprocessing.pool multiprocessing.queues
multiprocessing.shared_memory multiprocessing.synchronize numbers opcode operator os os.path
pathlib pdb pickle pickletools pkgutil platform pprint profile pstats queue random re reprlib
resource sched secrets select selectors shelve shlex shutil signal socket sqlite3 ssl stat
statistics string stringprep struct subprocess symtable sys sysconfig tarfile tempfile textwrap
threading time timeit token tokenize traceback tracemalloc types typing unicodedata unittest
unittest.mock urllib.error urllib.parse urllib.request uuid warnings weakref
xml.etree.ElementTree zipfile zlib zoneinfo
"""

_IMPORTED_LATE = """
_strptime _threading_local dbm.sqlite3 email.generator importlib.metadata._adapters
importlib.readers pydoc unittest._log unittest.async_case xml.parsers.expat
"""
"""What functions of the above import when they are called. Not every version has all of it."""

_NUMPY = """
numpy numpy.ctypeslib numpy.exceptions numpy.fft numpy.lib.format numpy.lib.stride_tricks
numpy.linalg numpy.ma numpy.polynomial numpy.random numpy.testing numpy.typing
"""


def warm(
    packages: str,
    names: Sequence[str] = (),
    wanted: Sequence[str] = (),
    folders: Sequence[str] = (),
) -> list[str]:
    """Import everything and return the names of modules that could not be imported.

    Args:
        packages: directory that contains the numpy package. It is on ``sys.path`` only during these
            imports: students must not see the other packages installed beside numpy.
        names: the course's own packages and what they need, which students may import.
        wanted: those that are imported here.
        folders: where they are installed.

    Raises:
        Exception: whatever a package of the course raises when it is imported.
    """
    missing = [name for name in _STANDARD.split() if not _imported(name)]
    for name in _IMPORTED_LATE.split():
        _imported(name)
    sys.path.append(packages)
    try:
        import numpy as np

        missing += [name for name in _NUMPY.split() if not _imported(name)]
    finally:
        sys.path.remove(packages)
    course_packages.install(names, folders)
    for name in wanted:
        importlib.import_module(name)
    np.random.seed(0)
    random.seed(0)
    import site

    site.setquit()  # exit() and quit() are missing because the interpreter runs without site
    site.sethelper()
    return missing


def _imported(name: str) -> bool:
    try:
        importlib.import_module(name)
    except Exception:  # an interpreter built without some library raises various exceptions
        return False
    return True
