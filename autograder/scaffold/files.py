"""The files of a new course or exercise, from the templates beside this module. Pure.

A template has its texts in English and Japanese; a course in one language gets only those in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from autograder.text import LANGUAGES

_TEMPLATES = Path(__file__).with_name("templates")

_TR = re.compile(r'tr\((f?"[^"\n]*"), (f?"[^"\n]*")\)')
_INLINE = re.compile(r'\{en = ("[^"\n]*"), ja = ("[^"\n]*")\}')
_DOCSTRING = re.compile(r'"""((?:(?!""").)*?)\n    --- ja ---\n    ((?:(?!""").)*?)"""', re.DOTALL)
_AUTHOR = '# %% name="author" tags=["author"]\nfrom autograder.course.author import tr\n\n'


def course_files(salt: str, languages: Sequence[str]) -> dict[str, str]:
    """The files of a course without exercises, by path below the course.

    Args:
        salt: what seeds the hidden suites' inputs; nobody else may know it.
        languages: what it is written in, the first one first.
    """
    settings = _filled("course", languages, salt=salt, languages=json.dumps([*languages]))
    return {
        "solutions/course.toml": settings,
        "source_lib/__init__.py": '"""The reference: right results, which hidden suites compare '
        'with."""\n',
        ".gitignore": "__pycache__/\n.ipynb_checkpoints/\n/graded/\n/submitted/\n",
    }


def exercise_files(id: str, languages: Sequence[str]) -> dict[str, str]:
    """The files of an exercise, by path below the course.

    The reference is a module of ``source_lib``, which has yet to be imported in its ``__init__``.

    Args:
        id: such as ``01_mean``.
        languages: those of the course.
    """
    name = part_of(id)
    values = {
        "id": id,
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "prefix": "".join(word[0] for word in name.split("_") if word).upper(),
    }
    paths = {
        "exercise": f"solutions/{id}/exercise.toml",
        "notebook": f"solutions/{id}/notebook.py",
        "mistakes": f"solutions/{id}/mistakes.py",
        "suite": f"tests/hidden/test_{id}.py",
        "ladder": f"tests/hidden/ladder_{id}.py",
        "reference": f"source_lib/{name}.py",
    }
    return {path: _filled(template, languages, **values) for template, path in paths.items()}


def part_of(id: str) -> str:
    """The function that students write in the template of an exercise: ``mean`` of ``01_mean``."""
    return id.partition("_")[2].rstrip("_")


def _filled(template: str, languages: Sequence[str], /, **values: str) -> str:
    text = (_TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
    text = re.sub(r"@(\w+)@", lambda found: values[found[1]], text)
    if set(languages) == set(LANGUAGES):
        return text
    (lang,) = languages
    return _in_one(lang, text)


def _in_one(lang: str, text: str) -> str:
    """The text of a template in one language."""
    own = LANGUAGES.index(lang)
    other = LANGUAGES[1 - own]
    text = re.sub(rf'# %% \[markdown\] lang="{other}"\n(?:#.*\n)+\n', "", text)
    text = _TR.sub(lambda found: found[own + 1], text)
    text = _INLINE.sub(lambda found: f"{{{lang} = {found[own + 1]}}}", text)
    text = _DOCSTRING.sub(lambda found: f'"""{found[own + 1].rstrip()}\n    """', text)
    text = re.sub(rf"^ *{other} ?= ?.*,?\n", "", text, flags=re.M)
    return text.replace(_AUTHOR, "")
