"""Notebooks as dicts: making one from cells, and handing one in."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from comparison.assignment import Assignment, Submission

Book = dict[str, Any]


def book(cells: Sequence[tuple[str, str, Mapping[str, Any]]]) -> Book:
    """A notebook of (kind, source, metadata)."""
    nodes = []
    for number, (kind, source, metadata) in enumerate(cells):
        node: dict[str, Any] = {
            "id": f"cell-{number}",
            "cell_type": kind,
            "metadata": dict(metadata),
            "source": source,
        }
        if kind == "code":
            node |= {"execution_count": None, "outputs": []}
        nodes.append(node)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": nodes}


def handed_in(handout: Book, assignment: Assignment, submission: Submission) -> Book:
    """The handed out notebook, in which a student has written the parts.

    Raises:
        LookupError: a part's stub is not in the notebook.
    """
    done = copy.deepcopy(handout)
    for part in assignment.parts:
        start = part.stub.splitlines()[0]
        places = [
            cell
            for cell in done["cells"]
            if cell["cell_type"] == "code"
            and start in "".join(cell["source"])
            and "NotImplementedError" in "".join(cell["source"])
        ]
        if len(places) != 1:
            raise LookupError(f"{part.id} has {len(places)} cells in the notebook handed out")
        places[0]["source"] = submission.cells[part.id].rstrip("\n")
    return done


def read(path: Path) -> Book:
    """A notebook from its file."""
    content: Book = json.loads(path.read_text(encoding="utf-8"))
    return content


def write(path: Path, content: Book) -> None:
    """A notebook into a file, with the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
