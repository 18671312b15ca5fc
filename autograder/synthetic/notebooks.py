"""Notebooks such as students submit, made from the teaching solution and the known mistakes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from autograder.course.models import Cell, CellKind, Course, Exercise, Role, Variant
from autograder.course.notebook_cells import stub_cell
from autograder.course.part_source import with_part
from autograder.generate import solution_cells, solved, student_cells


def notebook(cells: Iterable[Cell]) -> bytes:
    """Cells as the bytes of an .ipynb file, without metadata."""
    return from_sources([(cell.kind, cell.source) for cell in cells])


def from_sources(cells: Sequence[tuple[str, str]]) -> bytes:
    """(``code`` or ``markdown``, source) pairs as the bytes of an .ipynb file."""
    nodes = []
    for number, (kind, source) in enumerate(cells):
        node: dict[str, object] = {"id": f"cell-{number}", "cell_type": kind, "metadata": {}}
        node["source"] = source.splitlines(keepends=True)
        if kind == CellKind.CODE:
            node |= {"execution_count": None, "outputs": []}
        nodes.append(node)
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": nodes}
    return json.dumps(book, ensure_ascii=False).encode()


def solution(course: Course, exercise: Exercise, lang: str) -> tuple[Cell, ...]:
    """Everything right."""
    # Parsing takes a third of a second, and a course's claims need it a hundred times.
    written = tuple(other.notebook.stat().st_mtime_ns for other in course.exercises)
    return _solution(course, exercise, lang, written)


@lru_cache(maxsize=64)
def _solution(
    course: Course, exercise: Exercise, lang: str, _written: tuple[int, ...]
) -> tuple[Cell, ...]:
    return solution_cells(course, exercise, lang)


def stub(exercise: Exercise, lang: str) -> tuple[Cell, ...]:
    """The notebook as handed out, with nothing implemented."""
    return student_cells(exercise, lang)


def with_variant(
    course: Course, exercise: Exercise, variant: Variant, lang: str = "en"
) -> tuple[Cell, ...]:
    """The teaching solution with one part replaced by ``variant``."""
    return with_variants(course, exercise, [variant], lang)


def with_variants(
    course: Course, exercise: Exercise, variants: Iterable[Variant], lang: str
) -> tuple[Cell, ...]:
    """The teaching solution with several parts replaced, each by one of ``variants``."""
    varied: dict[str, Cell] = {}
    for variant in variants:
        stub = stub_cell(exercise, variant.part)
        stub = varied.get(stub.name, stub)
        source = with_part(stub.source, variant.part, variant.source)
        varied[stub.name] = replace(stub, source=source)
    return tuple(
        solved(varied[cell.name], exercise, lang) if cell.name in varied else cell
        for cell in solution(course, exercise, lang)
    )


def half_done(
    course: Course, exercise: Exercise, written: Iterable[str], lang: str
) -> tuple[Cell, ...]:
    """The teaching solution in cells that define any of ``written``, and stubs elsewhere."""
    done = set(written)
    solved = {cell.name: cell for cell in solution(course, exercise, lang)}
    return tuple(
        solved[cell.name]
        if cell.role is Role.CARRY or (cell.role is Role.STUB and done & set(cell.parts))
        else cell
        for cell in student_cells(exercise, lang)
    )


def code(source: str, name: str = "") -> Cell:
    """A code cell that a student added."""
    return Cell(CellKind.CODE, Role.SETUP, name, None, source, 0)
