"""The synthetic class of `autograder demo`: right, wrong in known ways, half done, broken, hostile.

Each persona makes one student's files for every exercise of the course. The hostile personas repeat
real attacks on other graders; they cost the attacker what breaks, and nobody else anything.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder.course.load import load_mistakes
from autograder.course.models import Cell, Course, Exercise
from autograder.synthetic import notebooks
from autograder.synthetic.notebooks import code

NAMES = (
    "Aiko Tanaka", "佐藤 健", "Ben Okafor", "Chloé Martin", "鈴木 さくら", "Dmitri Volkov",
    "Elif Yılmaz", "高橋 大輔", "Fatima Zahra", "Grace O’Neill", "伊藤 葵", "Hugo Silva",
    "Ines Duarte", "渡辺 翔", "Jonas Weber", "Kofi Mensah", "山本 陽菜", "Lena Novak",
    "Mateo García", "中村 蓮", "Nadia Haddad", "Omar Farouk", "小林 美咲", "Priya Sharma",
    "Quinn Baker", "加藤 悠真", "Rosa Lindqvist", "Sven Eriksen", "吉田 凛", "Tomás Herrera",
)  # fmt: skip

Make = Callable[[Course, Exercise, str], bytes]


@dataclass(frozen=True)
class Persona:
    """A kind of student: a word for the log, and a function that makes the notebook."""

    kind: str
    make: Make
    exercises: int | None = None
    """How many exercises it hands in; None for all. Attackers hand in only a few, since each of
    their notebooks takes as long to grade as a hundred others."""


@dataclass(frozen=True)
class StudentFiles:
    """One student of the synthetic class and the notebooks by exercise id."""

    student: str
    kind: str
    files: dict[str, bytes]


def synthetic_class(course: Course, students: int) -> Iterator[StudentFiles]:
    """The first ``students`` of an endless class that is the same every time."""
    kinds = itertools.cycle(_personas())
    for number, persona in zip(range(students), kinds, strict=False):
        name = NAMES[number % len(NAMES)]
        if number >= len(NAMES):
            name += f" {number // len(NAMES) + 1}"
        lang = course.languages[number % len(course.languages)]
        files = {}
        for place, exercise in enumerate(course.exercises[: persona.exercises]):
            # Each student gets the next mistake, so that a class shows many of them.
            if persona.kind == "mistaken":
                files[exercise.id] = _mistaken(course, exercise, lang, number + place)
            else:
                files[exercise.id] = persona.make(course, exercise, lang)
        yield StudentFiles(name, persona.kind, files)


def _personas() -> list[Persona]:
    mistaken = Persona("mistaken", _right)
    return [
        Persona("right", _right),
        mistaken,
        Persona("half done", _half),
        mistaken,
        Persona("messy but right", _messy, 3),
        Persona("nothing written", _stub),
        mistaken,
        Persona("endless loop", _hostile(_ENDLESS), 2),
        Persona("right, another way", _equivalent),
        mistaken,
        Persona("typo", _typo),
        Persona("os._exit", _hostile("import os\nos._exit(0)\n", front=True)),
        Persona("right", _right),
        Persona("damaged file", _truncated),
        mistaken,
        Persona("10 GB", _hostile(_MEMORY), 3),
        mistaken,
        Persona("endless output", _hostile(_OUTPUT, front=True), 2),
        Persona("fork bomb", _hostile(_FORKS, front=True), 3),
        Persona("empty notebook", lambda *_: notebooks.from_sources([])),
        Persona("sys.exit at import", _hostile("import sys\nsys.exit(1)\n", front=True)),
        mistaken,
        Persona("snoops for the tests", _hostile(_SNOOP), 3),
        mistaken,
    ]


def _right(course: Course, exercise: Exercise, lang: str) -> bytes:
    return notebooks.notebook(notebooks.solution(course, exercise, lang))


def _stub(_course: Course, exercise: Exercise, lang: str) -> bytes:
    return notebooks.notebook(notebooks.stub(exercise, lang))


def _half(course: Course, exercise: Exercise, lang: str) -> bytes:
    written = [part.id for part in exercise.parts[: max(1, len(exercise.parts) // 2)]]
    return notebooks.notebook(notebooks.half_done(course, exercise, written, lang))


def _mistaken(course: Course, exercise: Exercise, lang: str, number: int) -> bytes:
    mistakes, _ = load_mistakes(exercise)
    if not mistakes:
        return _right(course, exercise, lang)
    mistake = mistakes[number % len(mistakes)]
    return notebooks.notebook(notebooks.with_variant(course, exercise, mistake, lang))


def _equivalent(course: Course, exercise: Exercise, lang: str) -> bytes:
    _, equivalents = load_mistakes(exercise)
    if not equivalents:
        return _right(course, exercise, lang)
    return notebooks.notebook(notebooks.with_variant(course, exercise, equivalents[-1], lang))


def _messy(course: Course, exercise: Exercise, lang: str) -> bytes:
    """A right notebook with the clutter of real ones."""
    cells = list(notebooks.solution(course, exercise, lang))
    first = code(
        "%matplotlib inline\nimport os, sys\nsys.path.append(os.pardir)\n"
        "from common.util import im2col\nfrom google.colab import drive\n"
        "drive.mount('/content/drive')\n!pip install tqdm\nfrom tqdm import tqdm\n"
    )
    broken = code("for i in range(3)\n    print(i)\n")
    training = code("for epoch in tqdm(range(10**9)):\n    loss = epoch * 0.5\n")
    return notebooks.notebook([first, *cells, broken, training, cells[-1]])


def _typo(course: Course, exercise: Exercise, lang: str) -> bytes:
    return _right(course, exercise, lang).replace(b".reshape(", b".reshpae(")


def _truncated(course: Course, exercise: Exercise, lang: str) -> bytes:
    whole = _right(course, exercise, lang)
    return whole[: len(whole) // 2]


def _hostile(source: str, front: bool = False) -> Make:
    """The right solution with an attack before it, or instead of each function."""

    def make(course: Course, exercise: Exercise, lang: str) -> bytes:
        cells: list[Cell] = list(notebooks.solution(course, exercise, lang))
        if front:
            return notebooks.notebook([code(source), *cells])
        attacks = []
        for part in exercise.parts:
            if part.method is None:
                attacks.append(f"def {part.id}(*args, **kwargs):\n    return attack()\n")
            else:
                attacks.append(f"{part.id} = lambda *args, **kwargs: attack()\n")
        return notebooks.notebook([*cells, code(source + "\n" + "\n".join(attacks))])

    return make


_ENDLESS = "def attack():\n    while True:\n        pass\n"
_MEMORY = "def attack():\n    return np.ones(10 * 2**30 // 8)\n"
_OUTPUT = "while True:\n    print('x' * 10**6)\n"
_FORKS = "import os\nwhile True:\n    os.fork()\n"
_SNOOP = """
import glob, importlib, os, sys

def attack():
    found = []
    for name in ("source_lib", "autograder", "tests", "solutions"):
        try:
            found.append(importlib.import_module(name))
        except Exception:
            pass
    for base, _, files in os.walk("/"):
        found += [os.path.join(base, f) for f in files if f.startswith(("test_0", "mistakes"))]
    if not found:
        raise LookupError("no tests to be found")
    return found
"""
