"""A remark about one criterion as its student reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

import numpy as np

from autograder.messages.catalogue import catalogue, listed
from autograder.messages.cell_errors import cell_error
from autograder.sandbox.protocol.numpy_names import REMOVED
from autograder.suite import remarks
from autograder.suite.remarks import Remark
from autograder.text import Text

_text = catalogue("criteria").text


def message(remark: Remark) -> Text:
    """What the student is told."""
    match remark:
        case remarks.UnderAnotherName(asked, theirs):
            return _text("under_another_name", asked=asked, theirs=theirs)
        case remarks.OverwrittenLater(changes, counts):
            cells = [_text("overwritten", cell=each.cell + 1, name=each.name) for each in changes]
            key = "right_before_overwritten" if counts else "judged_before_overwritten"
            return _text(key, changes=listed(cells))
        case remarks.InTextCell(name, number):
            return _text("in_text_cell", name=name, cell=number)
        case remarks.NotebookOf(exercise):
            return _text("notebook_of", exercise=exercise)
        case remarks.GradedWith(replaced, passed, reasons):
            return _graded_with(replaced, passed, reasons)
        case remarks.OnlyPieces(name, cell):
            error = cell_error(cell.error, goes_on=True)
            return _text("only_pieces", name=name, cell=cell.number, error=error)
        case remarks.RemovedFromNumPy(names):
            gone = [_text("removed_name", name=name, now=REMOVED[name]) for name in names]
            return _text("removed_from_numpy", names=listed(gone), numpy=np.__version__)
        case remarks.StarImport(name, module, cell):
            return _text("star_import", name=name, module=module, cell=cell)
        case remarks.InUnfinishedCell(name, cell, status):
            return _text(f"unfinished_{status}", name=name, cell=cell)
        case remarks.CameOutDifferently(sources):
            used = listed(_text(f"unfixable_{source}") for source in sources)
            return _text("came_out_differently", used=used)
        case _:
            assert_never(remark)


def _graded_with(replaced: tuple[remarks.Replaced, ...], passed: bool, told: bool) -> Text:
    names = _quoted([each.name for each in replaced])
    if not told:
        return _text("again_with_passed" if passed else "again_with_failed", names=names)
    by_reason: dict[Text, list[remarks.Replaced]] = {}
    for each in replaced:
        by_reason.setdefault(_reason(each, 1), []).append(each)
    reasons = [
        (_quoted([each.name for each in some]), _reason(some[0], len(some)))
        for some in by_reason.values()
    ]
    if len(reasons) == 1:
        why = _text("replaced_yours", why=reasons[0][1])
    else:
        why = listed(_text("replaced_each", names=some, why=each) for some, each in reasons)
    return _text(
        "graded_with_passed" if passed else "graded_with_failed",
        names=names,
        why=why,
        count=len(replaced),
    )


def _reason(one: remarks.Replaced, count: int) -> Text:
    """Why so many were replaced; what they fail is one check of perhaps several."""
    if one.fails:
        return _text("replaced_fails", title=one.fails, count=count)
    if one.unwritten == one.name:
        return _text("replaced_unwritten", count=count)
    if one.unwritten:
        method = one.unwritten.rpartition(".")[2]
        return _text("replaced_without_method", method=method, count=count)
    return _text("replaced_not_defined", count=count)


def _quoted(names: Iterable[str]) -> Text:
    return listed(Text.same(f"`{name}`") for name in names)
