"""What students may see, and nothing else, as a folder to publish.

The course's own repository holds hidden suites, solutions and known mistakes, so students get
another one. What goes into it is listed here: notebooks that have just been generated and have
passed the leak check, their data, solutions of exercises whose deadline has passed, editions in
which earlier parts are filled in, and a page to start from. Nothing is copied because it happens to
be there. What an earlier release has left in the folder stays, and stays on the page: a release
adds to those before it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from autograder.course.models import Course
from autograder.course.own_folders import course_around
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
_SOLVED_LINK = Text(en="solutions", ja="解答例")
_FILLED_IN_LINK = Text(en="with earlier parts filled in", ja="前のノートブックの部分を記入した版")
_SOLVED = "solutions"
_FILLED_IN = "provided"


def publish(
    course: Course,
    ids: Sequence[str],
    langs: Sequence[str],
    solved: Sequence[str],
    out: Path,
    provided: Sequence[str] = (),
) -> tuple[list[Path], list[Path]]:
    """Write what students may see to `out`, all or nothing, beside what has been published there.

    Args:
        course: the course.
        ids: the exercises to publish. Empty means all, but with `solved` or `provided` it means
            those that are in `out`: adding solutions of one exercise must not release the others.
        langs: the languages; empty means all.
        solved: the exercises whose solutions are published, too. What is neither among `ids` nor
            in `out` is left out, as it is of `provided`.
        out: a folder outside of the course, such as a clone of the students' repository.
        provided: the exercises that also have an edition with earlier parts filled in.

    Returns:
        The files that were written, and those beside them that are not, or no longer, published.

    Raises:
        CourseError: a notebook shows what students must not see, data is not a plain file, or
            `out` is in a course. Nothing has been written.
    """
    _outside(course, out)
    there = published(course, out)
    named = {
        _notebook(lang, id) for lang in (langs or course.languages) for id in (ids or course.ids)
    }
    if not ids and (solved or provided):
        named &= there
    files: dict[Path, str | bytes] = {**data_files(course)}
    if named:
        some = [id for id in course.ids if any(name.stem == id for name in named)]
        spoken = [lang for lang in course.languages if any(lang in name.parts for name in named)]
        made = render_assignments(course, some, spoken)
        files |= {name: content for name, content in made.items() if name in named}
    ordinary = named | {name for name in there if _ordinary(name) == name}
    for edition, chosen in ((_SOLVED, solved), (_FILLED_IN, provided)):
        if not chosen:
            continue
        made = (
            render_solutions(course, chosen, langs)
            if edition == _SOLVED
            else render_assignments(course, chosen, langs, provide_earlier=True)
        )
        files |= {
            _beside(name, edition): content for name, content in made.items() if name in ordinary
        }
    notebooks = {name for name in (*there, *files) if _ordinary(name) in ordinary}
    if not _is_someones_own(out / PAGE):
        files[Path(PAGE)] = _page(course, notebooks)
    folders = {name.parts[0] for name in files if len(name.parts) > 1}
    folders |= {DATA, *course.languages}
    folders |= {f"{lang}-{kind}" for lang in course.languages for kind in (_SOLVED, _FILLED_IN)}
    remove_leftovers(out)
    written = write_all_atomically({out / name: content for name, content in files.items()})
    known = {*written, *(out / name for name in notebooks)}
    others = [
        path
        for folder in sorted(folders)
        for path in sorted((out / folder).rglob("*"))
        if path.is_file() and path not in known and ".ipynb_checkpoints" not in path.parts
    ]
    return written, others


def published(course: Course, out: Path) -> frozenset[Path]:
    """The course's notebooks in the folder of an earlier release, such as ``en/01_windows.ipynb``.

    Among them are other editions, such as ``en-solutions/01_windows.ipynb``.
    """
    every = [_notebook(lang, id) for lang in course.languages for id in course.ids]
    every += [_beside(name, kind) for name in every for kind in (_SOLVED, _FILLED_IN)]
    return frozenset(name for name in every if (out / name).is_file())


def _is_someones_own(page: Path) -> bool:
    """Whether there is a page that `publish` has not written, which it leaves alone."""
    return page.exists() and _MARK not in page.read_text(encoding="utf-8", errors="replace")


def _notebook(lang: str, id: str) -> Path:
    return Path(lang) / f"{id}.ipynb"


def _beside(notebook: Path, kind: str) -> Path:
    # On the level of the students' notebooks, so that `../data` is the data from there, too.
    return Path(f"{notebook.parts[0]}-{kind}", *notebook.parts[1:])


def _ordinary(notebook: Path) -> Path:
    """The notebook of which this is an edition, or itself."""
    return Path(notebook.parts[0].partition("-")[0], *notebook.parts[1:])


def _outside(course: Course, out: Path) -> None:
    if course_around(out, course) is not None:
        raise CourseError(
            "is in a course, whose repository students must not see",
            out,
            remedy="Choose a folder outside of it, such as a clone of the students' repository",
        )


def _page(course: Course, notebooks: Collection[Path]) -> str:
    """The page that lists these notebooks, each with its other editions."""
    parts = []
    for lang in course.languages:
        rows = [_HEAD[lang], "|---|---|---|"]
        for exercise in course.exercises:
            file = _notebook(lang, exercise.id)
            if file not in notebooks:
                continue
            points = f"{exercise.points:g}" + (f" + {exercise.bonus:g}" if exercise.bonus else "")
            link = "".join(
                f" ([{name[lang]}]({edition.as_posix()}))"
                for name, kind in ((_FILLED_IN_LINK, _FILLED_IN), (_SOLVED_LINK, _SOLVED))
                if (edition := _beside(file, kind)) in notebooks
            )
            rows.append(
                f"| {exercise.id[:2]} | [{exercise.title[lang]}]({file.as_posix()}){link} "
                f"| {points} |"
            )
        if rows[2:]:
            parts.append(f"# {course.title[lang]}\n\n{_PAGE[lang]}\n" + "\n".join(rows) + "\n")
    return "\n".join([*parts, f"{_MARK}\n"])
