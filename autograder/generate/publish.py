"""What students may see, and nothing else, as a folder to publish.

The course's own repository holds hidden suites, solutions and known mistakes, so students get
another one. What goes into it is listed here: notebooks that have just been generated and have
passed the leak check, their data, solutions of exercises whose deadline has passed, editions in
which earlier parts are filled in, and a page to start from. Nothing is copied because it happens to
be there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.course.models import Course
from autograder.errors import CourseError
from autograder.files import remove_leftovers, write_all_atomically
from autograder.generate.files import DATA, data_files, render_assignments, render_solutions
from autograder.text import Text

_PAGE = Text(
    en="""\
Open a notebook of the folder `en` in Jupyter or Colab, and begin with the first. You need Python,
NumPy and matplotlib, and ipywidgets for sliders:
`pip install jupyterlab numpy matplotlib ipywidgets`. Keep the folder `data` beside the folders of
the notebooks; `data/README.md` says where its files come from and under which licences.
""",
    ja="""\
フォルダー`ja`のノートブックをJupyterかColabで開き、最初のものから始めてください。必要なのは
Python、NumPy、matplotlibと、スライダー用のipywidgetsです：
`pip install jupyterlab numpy matplotlib ipywidgets`。フォルダー`data`は、ノートブックのフォルダーと
同じ場所に置いてください。ファイルの出典とライセンスは`data/README.md`にあります。
""",
)
PAGE = "README.md"
_MARK = "<!-- Written by `autograder publish`. Without this line, the page is left as it is. -->"
_HEAD = Text(en="| | notebook | points |", ja="| | ノートブック | 配点 |")
_SOLUTIONS = Text(en="solutions", ja="解答例")
_PROVIDED = Text(en="with earlier parts filled in", ja="前のノートブックの部分を記入した版")


def publish(
    course: Course,
    ids: Sequence[str],
    langs: Sequence[str],
    solved: Sequence[str],
    out: Path,
    provided: Sequence[str] = (),
) -> tuple[list[Path], list[Path]]:
    """Write what students may see to `out`, all or nothing.

    Args:
        course: the course.
        ids: the exercises to publish; empty means all.
        langs: the languages; empty means all.
        solved: the exercises whose solutions are published, too.
        out: a folder outside of the course, such as a clone of the students' repository.
        provided: the exercises of which there is also an edition with earlier parts filled in.

    Returns:
        The files that were written, and those beside them that are not, or no longer, published.

    Raises:
        CourseError: a notebook shows what students must not see, data is not a plain file, or
            `out` is in a course. Nothing has been written.
    """
    _outside(course, out)
    notebooks = render_assignments(course, ids, langs)
    files: dict[Path, str | bytes] = {**notebooks, **data_files(course)}
    if solved:
        made = render_solutions(course, solved, langs)
        files |= {_beside(name, "solutions"): content for name, content in made.items()}
    if provided:
        made = render_assignments(course, provided, langs, provide_earlier=True)
        files |= {_beside(name, "provided"): content for name, content in made.items()}
    if not _is_someones_own(out / PAGE):
        files[Path(PAGE)] = _page(course, ids, langs, solved, provided)
    folders = {name.parts[0] for name in files if len(name.parts) > 1}
    folders |= {DATA, *course.languages}
    folders |= {f"{lang}-{kind}" for lang in course.languages for kind in ("solutions", "provided")}
    remove_leftovers(out)
    written = write_all_atomically({out / name: content for name, content in files.items()})
    others = [
        path
        for folder in sorted(folders)
        for path in sorted((out / folder).rglob("*"))
        if path.is_file() and path not in written and ".ipynb_checkpoints" not in path.parts
    ]
    return written, others


def _is_someones_own(page: Path) -> bool:
    """Whether there is a page that `publish` has not written, which it leaves alone."""
    return page.exists() and _MARK not in page.read_text(encoding="utf-8", errors="replace")


def _beside(notebook: Path, kind: str) -> Path:
    # On the level of the students' notebooks, so that `../data` is the data from there, too.
    return Path(f"{notebook.parts[0]}-{kind}", *notebook.parts[1:])


def _outside(course: Course, out: Path) -> None:
    place = out.resolve()
    for folder in (place, *place.parents):
        if folder == course.root.resolve() or (folder / "solutions" / "course.toml").exists():
            raise CourseError(
                "is in a course, whose repository students must not see",
                out,
                remedy="Choose a folder outside of it, such as a clone of the students' repository",
            )


def _page(
    course: Course,
    ids: Sequence[str],
    langs: Sequence[str],
    solved: Sequence[str],
    provided: Sequence[str],
) -> str:
    parts = []
    for lang in langs or course.languages:
        rows = [_HEAD[lang], "|---|---|---|"]
        for exercise in course.exercises:
            if ids and exercise.id not in ids:
                continue
            file = f"{lang}/{exercise.id}.ipynb"
            points = f"{exercise.points:g}" + (f" + {exercise.bonus:g}" if exercise.bonus else "")
            link = "".join(
                f" ([{name[lang]}]({_beside(Path(file), kind).as_posix()}))"
                for name, kind, chosen in (
                    (_PROVIDED, "provided", provided),
                    (_SOLUTIONS, "solutions", solved),
                )
                if exercise.id in chosen
            )
            rows.append(
                f"| {exercise.id[:2]} | [{exercise.title[lang]}]({file}){link} | {points} |"
            )
        parts.append(f"# {course.title[lang]}\n\n{_PAGE[lang]}\n" + "\n".join(rows) + "\n")
    return "\n".join([*parts, f"{_MARK}\n"])
