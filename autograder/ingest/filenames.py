"""What file names say: whether a file is a notebook, of which exercise, and whose.

Names come from students, browsers and archives. Nothing here touches a file.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Collection
from pathlib import Path

# Browsers add to the name of what they take for text.
_SUFFIXES = (".ipynb", ".ipynb.txt", ".ipynb.json")
_NOT_NOTEBOOKS = (".json", ".py", ".html", ".htm", ".pdf", ".zip", ".doc", ".docx")
_IGNORED = ("__MACOSX", "__pycache__", "node_modules")


def stem(path: Path) -> str | None:
    """A notebook's name without its suffix; None if it is not named like a notebook."""
    for suffix in _SUFFIXES:
        if path.name.lower().endswith(suffix):
            return path.name[: -len(suffix)]
    return None


def ignored(name: str) -> bool:
    """Whether a name is an editor's or a system's, and nobody handed it in."""
    if name.startswith("."):
        return name.startswith("._") or stem(Path(name)) is None
    return name in _IGNORED


def may_be_a_submission(path: Path) -> bool:
    """Whether a file that is no notebook looks like a student's attempt to hand one in."""
    return path.suffix.lower() in _NOT_NOTEBOOKS


def exercise_in(name: str, exercises: Collection[str]) -> str | None:
    """The one exercise whose id stands in a name (``Copy of 02_im2col (1)``), if it is one."""
    inside = {exercise for exercise in exercises if exercise in name}
    if name in inside:
        return name
    inside -= {short for short in inside for long in inside if short != long and short in long}
    return inside.pop() if len(inside) == 1 else None


def folder_name(raw: str) -> str:
    """A student's name as a folder's name: any script and blanks, but no way out of the folder."""
    text = unicodedata.normalize("NFC", printable(raw))
    text = "".join("_" if c in '/\\:*?"<>|' or not c.isprintable() else c for c in text)
    text = text.strip(". ")
    while len(text.encode()) > 120:
        text = text[:-1]
    return text.rstrip(". ") or "_"


def printable(name: Path | str) -> str:
    """A name that can be printed and written down; bytes that are no UTF-8 become question marks.

    Names out of an archive made on a Japanese Windows are often in another encoding.
    """
    return os.fspath(name).encode("utf-8", "replace").decode()


def shown(text: str) -> str:
    """Text with names in it, fit for a terminal: nothing of a name commands it."""
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else "\ufffd" for c in text
    )
