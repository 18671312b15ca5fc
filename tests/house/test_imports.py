"""What import contracts cannot say: what a room may use of others, imports that hide, the docs."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

BEHIND_THE_WALL = ("protocol", "confine", "zygote", "guest")


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """Top names of the absolute imports of a file, wherever they are in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("zone", BEHIND_THE_WALL)
def test_what_runs_behind_the_wall_needs_the_standard_library_and_numpy_alone(zone: str) -> None:
    for file in modules(f"autograder/sandbox/{zone}"):
        foreign = set(imported(file)) - sys.stdlib_module_names - {"numpy", ""}
        assert not foreign, f"{file.relative_to(ROOT)} imports {sorted(foreign)}"


def test_no_module_is_imported_by_a_name_that_is_made_up_at_run_time() -> None:
    """An import that no tool can see may hide a cycle."""
    allowed = {
        "autograder/sandbox/zygote/preload.py": "standard modules, before any fork",
        "autograder/sandbox/guest/stub_modules.py": "modules that the student asks for",
        "autograder/carrying/reference_process.py": "the course's reference, in its own process",
    }
    for file in modules("autograder"):
        name = str(file.relative_to(ROOT))
        text = file.read_text(encoding="utf-8")
        if name in allowed or "sandbox/doctor" in name or "synthetic" in name:
            continue  # attacks import what they can get
        assert "import_module(" not in text, name


def test_the_page_and_the_picture_of_the_architecture_have_every_room() -> None:
    rooms = {file.parent.name for file in (ROOT / "autograder").glob("*/__init__.py")}
    zones = {file.parent.name for file in (ROOT / "autograder" / "sandbox").glob("*/__init__.py")}
    docs = ROOT / "docs"
    page = (docs / "architecture.md").read_text(encoding="utf-8")
    picture = (docs / "images" / "architecture.svg").read_text(encoding="utf-8")
    assert {room for room in rooms | zones if f"\n| `{room}/` |" not in page} == set()
    assert {room for room in rooms | zones if f">{room}<" not in picture} == set()
