"""``autograder import nbgrader SOURCE --out DIR``: draft a course from nbgrader's notebooks."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from autograder.cli.stdio import warn
from autograder.errors import CommandError
from autograder.files import write_atomically
from autograder.importing.draft import Draft, draft
from autograder.importing.source import NotANotebook, read_cells, slug
from autograder.text import counted

_NUMBERED = re.compile(r"(\d{1,2})[ _-]+(.+)")


def run(options: argparse.Namespace) -> int:
    """Write a course of one language, with an exercise for each notebook."""
    books = _books(options.source)
    out: Path = options.out
    if out.exists() and any(out.iterdir()):
        raise CommandError(f"{out}: is not empty. Choose another --out", 2)
    drafts: list[Draft] = []
    for path in books:
        try:
            cells = read_cells(path.read_text(encoding="utf-8"))
        except (NotANotebook, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}") from None
        made = draft(_id(len(drafts) + 1, path.stem), path.stem, cells, options.lang)
        if made.parts:
            drafts.append(made)
        else:
            warn(f"{path}: left out, students write no function in it")
    if not drafts:
        raise CommandError(f"{options.source}: nothing in it can be graded by running it")
    _write(out, options.source.resolve().stem, drafts, options.lang)
    for one in drafts:
        print(f"{out / 'solutions' / one.id}")
        for note in one.notes:
            warn(f"{one.id}: {note}")
    print(
        f"{counted(len(drafts), 'exercise')} drafted. Next: autograder generate --course {out}, "
        f"then autograder verify --course {out}"
    )
    return 0


def _books(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise CommandError(f"{source}: no such file or folder", 2)
    found = [
        path for path in sorted(source.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts
    ]
    if not found:
        raise CommandError(f"{source}: contains no notebook", 2)
    return found


def _id(number: int, stem: str) -> str:
    """Such as ``02_im2col``: notebooks are numbered in the order of their names."""
    numbered = _NUMBERED.fullmatch(stem)
    return f"{number:02d}_{slug(numbered[2] if numbered else stem, 'exercise')}"


def _write(out: Path, title: str, drafts: list[Draft], lang: str) -> None:
    def write(path: str, text: str) -> None:
        write_atomically(out / path, text, below=out)

    out.mkdir(parents=True, exist_ok=True)
    quoted = title.replace("\\", "").replace('"', "")
    salt = 'salt = "change me"  # whoever knows it can find out the hidden inputs'
    write(
        "solutions/course.toml",
        f'title = {{{lang} = "{quoted}"}}\n{salt}\nlanguages = ["{lang}"]\n',
    )
    head = '"""The reference. Replace these solutions by code that was written independently."""'
    write("source_lib/__init__.py", "\n\n".join([head, *(one.reference for one in drafts)]))
    for one in drafts:
        write(f"solutions/{one.id}/notebook.py", one.notebook)
        write(f"solutions/{one.id}/exercise.toml", one.toml)
        write(f"solutions/{one.id}/mistakes.py", '"""Known mistakes: none yet."""\n')
        write(f"tests/hidden/test_{one.id}.py", one.suite)
