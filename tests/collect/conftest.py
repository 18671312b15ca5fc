"""Archives as platforms make them, and what `collect` makes of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.collect import table
from autograder.collect.collect import Collected, collect
from autograder.collect.files import Fate
from autograder.collect.request import Request
from autograder.ingest.recognize import Handouts

EXERCISES = ("02_im2col", "03_convolution")
JANE, KEN = "Jane Doe_11_assignsubmission_file_", "Ken Ito_12_assignsubmission_file_"
"""Folders as Moodle names them."""

YAML = b"""---
submission_98765432:
  :submitters:
  - :name: "Jane D\\xF8e"
    :sid: '42'
    :email: jane@x.edu
  :created_at: 2026-05-02 23:59:30.548085000 Z
  :score: 10.0
  :results:
    :tests:
    - :name: submission_1
submission_98765433:
  :submitters:
  - :name: Ken O'Hara
    :sid:
    :email: ken@x.edu
  - :name: 'Aoi ''A'' Ito'
    :sid: '44'
    :email: aoi@x.edu
  :created_at: 2026-05-03 10:00:00 +0900
"""
"""What Gradescope says of its submissions."""


def notebook(text: str = "x = 1") -> bytes:
    """A notebook that differs from every other with another text."""
    return f'{{"cells": [], "metadata": {{"t": "{text}"}}, "nbformat": 4}}'.encode()


def zipped(
    files: Mapping[str, bytes],
    *,
    time: tuple[int, ...] = (2026, 5, 1, 12, 0, 0),
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """The bytes of a zip; a name that ends in / is a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, time), content, method)  # type: ignore[arg-type]  # six numbers
    return buffer.getvalue()


@dataclass(frozen=True)
class Outcome:
    """What a run has made."""

    out: Path
    done: Collected

    @property
    def kept(self) -> dict[str, bytes]:
        """All files of students, by their path below ``submitted/``."""
        own = {"collected.csv", "roster.csv"}
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in sorted(self.out.rglob("*"))
            if path.is_file() and path.name not in own
        }

    def fate(self, file: str) -> Fate:
        """What became of the file whose path ends like this."""
        found = {one.fate for one in self.done.records if one.file.endswith(file) and one.file}
        assert len(found) == 1, (file, self.done.records)
        return found.pop()


def rows(outcome: Outcome) -> list[table.Record]:
    """The rows of its table."""
    return table.decode((outcome.out / table.FILE).read_bytes())


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Outcome]:
    """Collect files, given as bytes by name: archives, or folders of files."""

    def run(archives: Mapping[str, bytes | Mapping[str, bytes]], **options: object) -> Outcome:
        paths = []
        for name, content in archives.items():
            path = tmp_path / "downloads" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                for file, inner in content.items():
                    (path / file).parent.mkdir(parents=True, exist_ok=True)
                    (path / file).write_bytes(inner)
            paths.append(path)
        out = tmp_path / "submitted"
        rosters = []
        for number, text in enumerate(options.pop("rosters", ())):  # type: ignore[arg-type,var-annotated]
            file = tmp_path / f"roster{number}.csv"
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
            rosters.append(file)
        handouts = options.pop("handouts", Handouts())
        request = Request(paths, out, EXERCISES, handouts, rosters=rosters, **options)  # type: ignore[arg-type]
        return Outcome(out, collect(request))

    return run
