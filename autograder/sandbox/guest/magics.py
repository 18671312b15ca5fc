"""Transform a cell like IPython does before Python sees it.

Follows IPython's input transformations (`IPython.core.inputtransformer2`) and its built-in magics:
pasted prompts are removed, a cell magic decides what becomes of the cell, and line magics, shell
lines and help requests become calls of ``get_ipython()`` (see `shell`), or nothing. Lines keep
their numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Cell magics that run their cell as Python in the notebook's namespace, as IPython has them.
_PYTHON = {"time", "capture", "prun", "debug", "code_wrap"}
# Those that do so once an extension has been loaded.
_PYTHON_BY_EXTENSION = {
    "memit", "mprun", "lprun", "heat", "snakeviz", "scalene", "pyinstrument", "wandb", "ipytest",
    "run_pytest", "timed",
}  # fmt: skip
# Those that define nothing: %%timeit runs its cell inside a function, the rest are no Python here.
_DEFINES_NOTHING = {
    "timeit", "bash", "sh", "script", "cmd", "system", "sx", "!", "perl", "ruby", "pypy", "python",
    "python2", "python3", "html", "HTML", "svg", "SVG", "js", "javascript", "latex", "markdown",
    "shell", "R", "sql", "bigquery", "cython", "skip",
}  # fmt: skip
_WRITES_FILE = {"writefile", "file"}

_LINE_MAGICS = {
    "alias", "autoreload", "cat", "cd", "conda", "config", "cp", "env", "history", "load",
    "load_ext", "ls", "lsmagic", "mamba", "matplotlib", "mkdir", "mv", "pip", "pwd", "pylab",
    "reload_ext", "reset", "rm", "rmdir", "run", "save", "time", "timeit", "uv", "who", "whos",
    "xmode",
}  # fmt: skip
"""Magics often written without ``%``, which IPython accepts if they are a cell's only line."""

_EXTENSION = re.compile(
    r"^\s*%(?:re)?load_ext\b|\bregister_(?:line_|cell_|line_cell_)?magics?\b"
    r"|\brun_line_magic\(\s*['\"](?:re)?load_ext|\bload_ext(?:ension)?\(",
    re.M,
)
_CLASSIC_PROMPT = re.compile(r"^[ \t]*>>>(?:[ \t]|$)")
_CLASSIC_PROMPTS = re.compile(r"^[ \t]*(?:>>>|\.\.\.)[ \t]?")
_IPYTHON_PROMPT = re.compile(r"^(?:(?:\[nav\]|\[ins\])? ?)In ?\[\d*\]: ?")
_IPYTHON_PROMPTS = re.compile(r"^(?:(?:(?:\[nav\]|\[ins\])? ?)In ?\[\d*\]: ?|\s*\.{3,}: ?)")
_IPYTHON_OUTPUT = re.compile(r"^Out ?\[\d*\]:")

_HELP = re.compile(r"^(?P<indent>\s*)(?:\?{1,2}|%{0,2}[\w.*\[\]]+\?{1,2}\s*$)")
_LINE = re.compile(r"^(?P<head>\s*(?:[\w.,\[\]'\" ]+=\s*)?)%(?P<name>\w[\w.]*)[ \t]*(?P<rest>.*)$")
_SHELL = re.compile(r"^(?P<indent>\s*)!")
_SHELL_ASSIGNED = re.compile(r"^(?P<head>\s*[\w.,\[\]'\" ]+=\s*)!")
_ESCAPED = re.compile(r"^(?P<indent>\s*)(?:%%|[,;/])")
_RUNS_STATEMENT = {"time", "prun"}
_KEPT = {"run", "cd", "pwd"}
_PYLAB = "import numpy; import numpy as np; import matplotlib.pyplot as plt; from pylab import *"


@dataclass(frozen=True)
class File:
    """A file that a cell writes.

    Attributes:
        name: as it was given.
        text: its content.
        append: whether it is added to what the file holds.
        line: the cell's line (from 1) on which the content begins.
    """

    name: str
    text: str
    append: bool
    line: int


@dataclass(frozen=True)
class TransformedCell:
    """A cell as Python should see it.

    Attributes:
        python: its source; line magics may still be in it (see `plain_line`).
        file: the file that it writes instead.
        certain: whether Jupyter would surely define its content; an extension's magic may or may
            not.
        problem: IPython's error message about the cell magic.
    """

    python: str
    file: File | None = None
    certain: bool = True
    problem: str | None = None


def loads_extensions(sources: list[str]) -> bool:
    """Whether a notebook loads IPython extensions or registers magics of its own."""
    # What all alternatives have in common: searching for the expression itself takes long.
    told = (source for source in sources if "load_ext" in source or "register_" in source)
    return any(_EXTENSION.search(source) for source in told)


def transform(source: str, extensions: bool = False) -> TransformedCell:
    """Apply the cell magic, and remove pasted prompts and the indentation of the whole cell.

    Args:
        source: the cell.
        extensions: whether the notebook loads extensions, whose magics are not known here.
    """
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = _without_prompts(_dedented(source).split("\n"))
    top = _first_code_line(lines)
    if top is None or not lines[top].startswith("%%"):
        if top is not None and _is_automagic(lines):
            lines[top] = "%" + lines[top]
        return TransformedCell("\n".join(lines))
    words = lines[top][2:].split()
    name, arguments = (words[0], words[1:]) if words else ("", [])
    if name.endswith("?"):
        return TransformedCell("")
    if name in _WRITES_FILE:
        return TransformedCell("", _file(arguments, lines, top))
    if name in _DEFINES_NOTHING:
        return TransformedCell("")
    lines[: top + 1] = [""] * (top + 1)
    if name == "capture" and (names := [word for word in arguments if word.isidentifier()]):
        lines[top] = f"{names[0]} = get_ipython()"
    python = "\n".join(lines)
    if name in _PYTHON:
        return TransformedCell(python)
    if extensions or name in _PYTHON_BY_EXTENSION:
        return TransformedCell(python, certain=False)
    return TransformedCell("", problem=f"UsageError: Cell magic `%%{name[:40]}` not found.")


def plain_line(line: str) -> str | None:
    """The Python equivalent of a line with a magic; None if the line has no magic."""
    if magic := _LINE.match(line):
        return _line_magic(magic["head"], magic["name"], magic["rest"])
    if found := _HELP.match(line) or _SHELL.match(line) or _ESCAPED.match(line):
        return found["indent"] + "pass"
    if assigned := _SHELL_ASSIGNED.match(line):
        return assigned["head"] + "[]"  # a list of the command's lines
    return None


def _line_magic(head: str, name: str, rest: str) -> str:
    rest = rest.rstrip("\\")
    if name in _RUNS_STATEMENT and rest and not rest.startswith("-"):
        return head + rest
    if name == "pylab":
        return head + _PYLAB
    if name in _KEPT or "=" in head:
        return f"{head}get_ipython().run_line_magic({name!r}, {rest!r})"
    return head + "pass"


def _dedented(source: str) -> str:
    """Remove the first line's indentation from all lines, as IPython does."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip(" \t"))]
    if not margin:
        return source
    return "\n".join(line.removeprefix(margin) for line in lines)


def _first_code_line(lines: list[str]) -> int | None:
    """The first line that is neither blank nor a comment, which Colab lets stand above a magic."""
    return next(
        (n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")),
        None,
    )


def _without_prompts(lines: list[str]) -> list[str]:
    """Without the prompts of a pasted session, ``>>>`` or ``In [1]:``."""
    top = _first_code_line(lines)
    if top is None:
        return lines
    if _CLASSIC_PROMPT.match(lines[top]):
        return [_CLASSIC_PROMPTS.sub("", line, count=1) for line in lines]
    if any(_IPYTHON_PROMPT.match(line) for line in lines[top : top + 2]):
        shown = ["" if _IPYTHON_OUTPUT.match(line) else line for line in lines]
        return [_IPYTHON_PROMPTS.sub("", line, count=1) for line in shown]
    return lines


def _is_automagic(lines: list[str]) -> bool:
    """Whether the cell is one line such as ``pip install numpy``."""
    code = [line for line in lines if line.strip()]
    if len(code) != 1:
        return False
    first, _, rest = code[0].partition(" ")
    return first in _LINE_MAGICS and bool(rest) and rest.lstrip()[:1] not in "=.([,+-*/%&|^<>"


def _file(arguments: list[str], lines: list[str], top: int) -> File | None:
    names = [word for word in arguments if not word.startswith("-")]
    if not names:
        return None
    text = "\n".join(lines[top + 1 :])
    append = "-a" in arguments or "--append" in arguments
    return File(names[-1].strip("'\""), text + "\n", append, top + 2)
