"""Messages about a criterion for its student: what is wrong, and a call that shows it.

Nothing of the hidden suite itself is shown: arrays in the call appear by their shapes, and the
expected result only as far as the exercise's reveal policy allows
(`autograder.course.models.Reveal`). Everything that came out of the sandbox is truncated and
sanitized here before it becomes part of a text.
"""

from __future__ import annotations

import platform
import re
from dataclasses import replace
from typing import assert_never

import numpy as np

from autograder.course.models import Reveal
from autograder.messages import differences, examples, remarks
from autograder.messages.catalogue import catalogue, continued, sentences
from autograder.messages.cell_errors import cell_error
from autograder.messages.examples import DASH
from autograder.sandbox.host.call_outcome import Frame
from autograder.sandbox.host.limits import MARGIN
from autograder.sanitize import one_line
from autograder.suite import facts
from autograder.suite.compare import Difference
from autograder.suite.facts import Fact
from autograder.suite.outcome import Outcome
from autograder.suite.proxy import keys
from autograder.suite.remarks import OnlyPieces
from autograder.text import NOTHING, Text
from autograder.verdict.result import Counterexample

_METHOD = re.compile(r"\w+\.\w+\(\) takes ")
_ATTRIBUTE = re.compile(r"\.(\w+(?:\.\w+|\[[^\[\]]*\])*)\Z")
"""At the end of a call, what was looked up in what it gave: ``dW``, ``params['W2']``."""

_VERSIONS_DIFFER = re.compile(
    r"module 'numpy|was removed (?:in|from) "
    r"|ndarray' object has no attribute '(?:itemset|newbyteorder|ptp|tostring)'"
    r"|only (?:0-dimensional|length-1) arrays|Unable to avoid copy"
    r"|Python integer \S+ out of bounds for"
)
"""Messages of NumPy about code that works with an older or newer version."""

_VERSIONS = {"numpy": np.__version__, "python": platform.python_version()}

_text = catalogue("criteria").text


def message(outcome: Outcome, reveal: Reveal) -> Text:
    """The message for the student; empty if the criterion is passed and there are no remarks."""
    measured = isinstance(outcome.fact, facts.Differs) and outcome.fact.measured is not None
    shown = _revealed(outcome, reveal) if measured else reveal
    reason = _why(outcome.fact, shown) if outcome.fact else NOTHING
    told = [remarks.message(remark) for remark in outcome.remarks]
    in_pieces = any(isinstance(remark, OnlyPieces) for remark in outcome.remarks)
    if in_pieces and isinstance(outcome.fact, facts.Raised):
        # What is missing is what could not be read: advice to look for it would be wrong.
        error = examples.said(outcome.fact.error)
        return sentences(*told, _text("raised_in_pieces", error=error))
    return sentences(reason, *told)


def _stopped_at(at: Frame | None) -> list[Text]:
    if at is None:
        return []
    return [_text("timeout_at", code=at.text, cell=at.cell + 1, line=at.line)]


def _interferes_at(at: Frame | None) -> list[Text]:
    if at is None:
        return []
    return [_text("not_counted_at", code=at.text, cell=at.cell + 1, line=at.line)]


def _why(fact: Fact, reveal: Reveal) -> Text:
    match fact:
        case facts.Missing():
            return _missing(fact)
        case facts.NotWritten(part):
            return _text("not_written", part=part)
        case facts.StillRaises(part, cell, line):
            return _text("still_raises", part=part, cell=cell, line=line)
        case facts.NeedsNotWritten(part=part, other=other):
            return _text("needs_not_written", part=part, other=other)
        case facts.Raised():
            told = _raised(fact)
            differs = _VERSIONS_DIFFER.search(fact.error.message)
            return sentences(told, _text("versions", **_VERSIONS)) if differs else told
        case facts.TimedOut(None | ""):
            return _text("timeout_not_tried")
        case facts.TimedOut(lacks_threads=True, at=at):
            return sentences(_text("timeout"), *_stopped_at(at), _text("timeout_threads"))
        case facts.TimedOut(waited=True, at=at):
            if at is None:
                return sentences(_text("timeout"), _text("timeout_waited"))
            place = {"code": at.text, "cell": at.cell + 1, "line": at.line}
            return sentences(_text("timeout"), _text("timeout_waited_at", **place))
        case facts.TimedOut(tried_again=again, at=at):
            told = _text("timeout_again", times=f"{MARGIN:g}") if again else _text("timeout")
            if at is None:
                return sentences(told, _text("timeout_why"))
            looped = at.text.startswith(("while", "for"))
            place = {"code": at.text, "cell": at.cell + 1, "line": at.line}
            return sentences(told, _text("timeout_loop" if looped else "timeout_line", **place))
        case facts.Died(None) | facts.ProtocolBroken(None) | facts.NoResult(None):
            return _text("died_not_tried")
        case facts.Died():
            return _text("died")
        case facts.ProtocolBroken():
            return _text("unreadable")
        case facts.NoResult():
            return _text("no_result")
        case facts.Differs():
            return _differs(fact, reveal)
        case facts.Unsupported(got="None"):
            return _text("nothing")
        case facts.Unsupported(got=got, wanted=wanted):
            return _text("has_no", got=one_line(got, 80), wanted=wanted)
        case facts.Incomparable():
            return _text("incomparable")
        case facts.ArgumentChanged(name=str(name)):
            return _text("argument_changed_name", name=name)
        case facts.ArgumentChanged(place=place):
            return _text("argument_changed", place=place)
        case facts.WeightsChanged(name=name, method=method):
            return _text("weights_changed", name=name, method=method)
        case facts.NotRaised(expected=expected, got=got, raised=raised):
            key = "should_raise_but_raised" if raised else "should_raise_but_returned"
            return _text(key, expected=expected, got=one_line(got, 80))
        case facts.WorkGrows(what="objects"):
            return _text("objects_grow")
        case facts.WorkGrows() | facts.TooMuchWork() if reveal is Reveal.NONE:
            return _text("lines_grow_hidden")
        case facts.WorkGrows(smaller=smaller, before=before, after=after):
            counts = {"before": _rounded(before), "after": _rounded(after)}
            return _text("lines_grow", smaller=one_line(smaller, 100), **counts)
        case facts.TooMuchWork(lines=lines):
            return _text("too_many_lines", lines=_rounded(lines))
        case facts.NotCounted(at=at):
            return sentences(_text("not_counted"), *_interferes_at(at))
        case facts.WronglyAcquitted():
            return _text("evidence_wrongly_acquitted")
        case facts.ProvesNothing():
            return _text("evidence_proves_nothing")
        case facts.Unfit(reason=None):
            return _text("evidence_no_right_result")
        case facts.Unfit(reason=reason):
            return _text("evidence_unfit", reason=reason)
        case facts.AcquitsTooMany(count=count):
            return _text("evidence_acquits_too_many", count=count)
        case facts.TooFewConvicted(convicted=convicted, least=least):
            return _text("evidence_too_few_convicted", convicted=convicted, least=least)
        case facts.GraderFault(fails_without_student=fails_without_student):
            return _text("grader_error" if fails_without_student else "grader_error_open")
        case _:
            assert_never(fact)


def counterexample(outcome: Outcome, reveal: Reveal) -> Counterexample | None:
    """A call that shows what is wrong; None if there is none or the policy hides it."""
    if outcome.smallest and (example := examples.counterexample(outcome.smallest, reveal)):
        return example
    reveal = _revealed(outcome, reveal)
    sides = _sides(outcome.fact, reveal)
    call = getattr(outcome.fact, "call", None)
    if sides is None or call is None or reveal is Reveal.NONE:
        return None
    got, expected = sides
    path = ""
    if isinstance(outcome.fact, facts.Differs):
        path = one_line(keys(outcome.fact.difference.path), 80)
    return Counterexample(
        call=one_line(call, 200 - len(path)) + path or DASH,
        got=one_line(got, 200) or DASH,
        expected=one_line(expected, 200) or DASH,
    )


def _revealed(outcome: Outcome, reveal: Reveal) -> Reveal:
    """The policy, without values where none may be shown.

    Code that goes wrong on large inputs only may have been made to return them, one number for each
    submission.
    """
    withheld = outcome.withholds_values and reveal is Reveal.FIRST_DIFFERENCE
    return Reveal.SHAPES if withheld else reveal


def _sides(fact: Fact | None, reveal: Reveal) -> tuple[str, str] | None:
    """The actual and the expected result, not sanitized yet."""
    match fact:
        case (
            None | facts.Missing() | facts.NotWritten() | facts.StillRaises() | facts.GraderFault()
        ):
            return None
        case facts.NeedsNotWritten():
            return "NotImplementedError", DASH
        case facts.Raised(error=error):
            return examples.said(error), DASH
        case facts.TimedOut() | facts.Died() | facts.ProtocolBroken() | facts.NoResult():
            return DASH, DASH
        case facts.Differs(difference=difference) if _is_told(fact):  # in the message
            return DASH, DASH
        case facts.Differs(difference=difference):
            return differences.sides(difference, reveal)
        case facts.ArgumentChanged() | facts.WeightsChanged():
            return DASH, DASH
        case facts.NotRaised(expected=expected, got=got):
            return one_line(got, 80), expected
        case facts.WorkGrows() | facts.TooMuchWork() | facts.NotCounted():  # told in words
            return DASH, DASH
        case facts.Incomparable(got=got):
            return one_line(got, 80), DASH
        case (
            facts.Unsupported(got=got)
            | facts.WronglyAcquitted(got=got)
            | facts.ProvesNothing(got=got)
            | facts.Unfit(got=got)
            | facts.AcquitsTooMany(got=got)
            | facts.TooFewConvicted(got=got)
        ):
            return got, DASH
        case _:
            assert_never(fact)


def _missing(fact: facts.Missing) -> Text:
    if fact.is_function:
        return _text("missing_class", name=fact.name)
    if fact.broken:
        cell, error = fact.broken.number, cell_error(fact.broken.error, goes_on=True)
        return _text("missing_broken_cell", name=fact.name, cell=cell, error=error)
    if fact.magic:
        key = (
            "missing_in_file"
            if fact.magic.magic in ("%%writefile", "%%file")
            else "missing_in_magic"
        )
        return _text(key, name=fact.name, cell=fact.magic.number, magic=fact.magic.magic)
    if fact.is_empty:
        return _text("missing_in_empty", name=fact.name)
    if fact.similar:
        return _text("missing_similar", name=fact.name, similar=fact.similar)
    return _text("missing", name=fact.name)


def _raised(fact: facts.Raised) -> Text:
    error = fact.error
    said = examples.said(error)
    if at := error.innermost:
        place = {"code": at.text, "cell": at.cell + 1, "line": at.line}
        if error.type == "AssertionError":
            return _text("raised_assertion", **place)
        if (through := fact.through) is not None:
            called = {
                "part": through.function,
                "call": through.text,
                "call_cell": through.cell + 1,
                "call_line": through.line,
            }
            return _text("raised_through", error=said, **called, **place)
        if at.text.startswith("raise ") and error.type != "NotImplementedError":
            return _text("raised_own", **place)
        return _text("raised_at", error=said, **place)
    if error.type == "TypeError":
        return sentences(_text("raised_by_the_call", error=said), *_about_arguments(error.message))
    if error.type in ("AttributeError", "KeyError", "IndexError"):
        return _text("raised_not_there", error=said)
    return _text("raised", error=said)


def _about_arguments(said: str) -> list[Text]:
    """Advice after a TypeError from the call itself, before the function's body ran."""
    if said.endswith("() takes no arguments"):
        return [_text("look_at_init")]
    advice = [_text("look_at_arguments")]
    if _METHOD.match(said):
        advice.append(_text("look_at_self"))
    return advice


def _is_told(fact: facts.Differs) -> bool:
    """Whether it is a number of the suite's own making, which no call returned."""
    found = fact.difference
    return fact.measured is not None and found.kind == "values" and not found.index


def _measured(what: Text, fact: facts.Differs, reveal: Reveal) -> Text:
    if not _is_told(fact):
        text = differences.message(fact.difference, reveal)
        return _text("measured_inside", what=what, text=continued(text))
    if reveal is not Reveal.FIRST_DIFFERENCE:
        return _text("measured_hidden", what=what)
    got, expected = differences.sides(fact.difference, reveal)
    return _text(
        "measured_about" if fact.roughly else "measured", what=what, got=got, expected=expected
    )


def _differs(fact: facts.Differs, reveal: Reveal) -> Text:
    if fact.measured is not None:
        return _measured(fact.measured, fact, reveal)
    looked_up = None if fact.within else _ATTRIBUTE.search(fact.call)
    if looked_up:
        text = _attribute(looked_up[1], fact.difference, reveal)
    else:
        found = replace(fact.difference, path=(*fact.within, *fact.difference.path))
        text = differences.message(found, reveal)
    if fact.repeated and fact.difference.pattern is None:  # which is a better explanation
        return sentences(text, _text("repeated"))
    return text


def _attribute(name: str, found: Difference, reveal: Reveal) -> Text:
    """What differs in something that was looked up: nothing was returned here."""
    name += keys(found.path)
    if found.kind == "nothing":
        return _text("attribute_is_none", name=name)
    if found.kind == "type" and reveal is not Reveal.NONE:
        got, wanted = differences.types(found)
        return _text("attribute_type", name=name, got=got, expected=wanted)
    text = differences.message(replace(found, path=()), reveal)
    return _text("in_attribute", name=name, text=continued(text))


def _rounded(lines: int) -> int:
    """Two digits: all of them could spell out a hidden value, as code chooses how many it runs."""
    return int(float(f"{lines:.1e}"))
