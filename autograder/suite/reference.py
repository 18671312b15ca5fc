"""Make sure that suites import the `source_lib` of their own course, and no other.

The program is installed together with the reference library of our course. A course without its own
would silently be graded with ours, and so would a course that is loaded in the same process after
ours.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from autograder.course.python_imports import line_of_import
from autograder.errors import CourseError

NAME = "source_lib"


@contextmanager
def own_reference(root: Path, suites: Iterable[Path]) -> Iterator[None]:
    """Inside the block, `import source_lib` imports that of the course at ``root``.

    Raises:
        CourseError: a suite imports it and the course has none.
    """
    if not (root / NAME).is_dir():
        for suite in suites:
            _check_no_imports(suite)
    before = _loaded()
    others = {
        name: module
        for name, module in before.items()
        if not Path(module.__file__ or "/").is_relative_to(root)
    }
    for name in others:
        del sys.modules[name]
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
        for name in _loaded():
            if name not in before or name in others:
                del sys.modules[name]
        sys.modules.update(others)


def _loaded() -> dict[str, ModuleType]:
    return {name: m for name, m in sys.modules.items() if name.partition(".")[0] == NAME}


def _check_no_imports(suite: Path) -> None:
    try:
        tree = ast.parse(suite.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return  # pytest will report what is wrong with it
    if line := line_of_import(tree, NAME):
        raise CourseError(
            f"imports {NAME}, which this course does not have",
            suite,
            line,
            f"Write {NAME}/ beside solutions/; if the installed one is the right reference, "
            "copy it there",
        )
