"""An autograder for Gradescope: one exercise of a course, to be uploaded as a zip.

setup.sh          run once, when Gradescope builds the image: Python and the packages
run_autograder    run for each submission; `templates/run_autograder` says how
requirements.txt  the versions that this machine grades with
autograder/       the program
course/           solutions, hidden suites and the reference. They stay in the container
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import autograder
from autograder.course.models import Course

TEMPLATES = Path(__file__).parent / "templates"
PACKAGES = ("numpy", "pytest", "fastjsonschema", "jinja2", "rich")
"""What grading needs; pyproject.toml has them with their oldest versions."""
COURSE_FOLDERS = ("solutions", "source_lib", "tests/hidden")
_LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same course makes the same bytes


def archive(course: Course, exercise: str, lang: str) -> bytes:
    """The bytes of the zip.

    Args:
        course: the course.
        exercise: the exercise that it grades.
        lang: the language of what students read.
    """
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zipped:

        def add(name: str, content: bytes, mode: int = 0o644) -> None:
            info = zipfile.ZipInfo(name, _STAMP)
            info.external_attr = (0o100000 | mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, content)

        for name in ("setup.sh", "run_autograder"):
            text = (TEMPLATES / name).read_text(encoding="utf-8")
            text = text.replace("@EXERCISE@", exercise).replace("@LANG@", lang)
            add(name, text.encode(), 0o755)
        add("requirements.txt", "".join(f"{line}\n" for line in requirements(course)).encode())
        program = Path(autograder.__file__).parent
        for path in _files(program):
            add(f"autograder/{path.relative_to(program).as_posix()}", path.read_bytes())
        for folder in COURSE_FOLDERS:
            for path in _files(course.root / folder):
                add(f"course/{path.relative_to(course.root).as_posix()}", path.read_bytes())
    return data.getvalue()


def requirements(course: Course) -> list[str]:
    """What grading needs, in the versions that are installed here."""
    pinned = []
    for name in (*PACKAGES, *course.packages):
        try:
            pinned.append(f"{name}=={metadata.version(name)}")
        except metadata.PackageNotFoundError:
            pinned.append(name)
    return pinned


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _LEFT_OUT & {*path.relative_to(folder).parts}:
            yield path
