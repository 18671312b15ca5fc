"""What a criterion's test found, in words a student can use, in both languages.

Everything a student reads about a failure is written here. Nothing of the suite itself appears:
the call with arrays by their shapes, what came back, and, as far as the exercise's reveal policy
allows, what was expected at the first place that differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.course.records import Text
from autograder.sandbox.session import StudentDied, StudentFailure, StudentRaised, StudentTimeout
from autograder.suite import patterns
from autograder.suite.assertions import ArgumentChanged, Mismatch, NotRaised
from autograder.suite.compare import Difference
from autograder.suite.proxy import StudentMissing

NOTHING = Text("", "")


@dataclass(frozen=True)
class Outcome:
    """One criterion's result before points: status, message, and the call that shows it.

    ``grader_note`` is for the instructor's log alone (a traceback of ours, never a student's text).
    """

    status: str
    message: Text = NOTHING
    counterexample: dict[str, str] | None = None
    grader_note: str | None = None


PASSED = Outcome("passed")


def from_exception(error: BaseException, part: str, reveal: str) -> Outcome | None:
    """The outcome that an exception in a test stands for; None when the fault is ours.

    Args:
        error: what the test function raised.
        part: the part that the criterion belongs to.
        reveal: ``none``, ``shapes`` or ``first_difference``.
    """
    if isinstance(error, StudentMissing):
        return missing(error.name)
    if isinstance(error, StudentRaised):
        return _raised(error, part, reveal)
    if isinstance(error, StudentTimeout):
        text = Text(
            "Your code did not finish in time. Is there a loop that never ends, "
            "or work that grows much faster than the input?",
            "制限時間内に終わりませんでした。終わらないループや、"
            "入力より急に増える処理がないか確かめてください。",
        )
        return Outcome("timeout", text, _example(error.label, "—", "—", reveal))
    if isinstance(error, StudentDied):
        text = Text(
            "Your code ended the Python process in the middle of this call "
            "(exit, too much memory, or a crash).",
            "この呼び出しの途中で Python のプロセスが終了しました"
            "(exit の呼び出し、メモリ不足、クラッシュなど)。",
        )
        return Outcome("error", text, _example(error.label, "—", "—", reveal))
    if isinstance(error, StudentFailure):
        return Outcome("error", Text(str(error), str(error)))
    if isinstance(error, Mismatch):
        return _mismatch(error, reveal)
    if isinstance(error, ArgumentChanged):
        text = Text(
            f"Your code changed its argument {error.place} in place. Work on a copy: "
            "the caller still needs the original.",
            f"{error.place} 番目の引数が書き換えられています。"
            "呼び出し側はまだ元の配列を使うので、コピーに対して計算してください。",
        )
        return Outcome("failed", text, _example(error.call, "changed", "unchanged", reveal))
    if isinstance(error, NotRaised):
        text = Text(
            f"This call cannot have a result, so it should raise {error.expected}; "
            f"yours gave {error.got}.",
            f"この呼び出しには答えがないので {error.expected} を送出すべきですが、"
            f"{error.got} になりました。",
        )
        return Outcome("failed", text, _example(error.call, error.got, error.expected, reveal))
    return None


def missing(name: str, near: str | None = None, instead: str | None = None) -> Outcome:
    """Nothing of that name in the notebook; ``near`` is a name that looks like it."""
    en = f"`{name}` is not defined in the notebook."
    ja = f"ノートブックに `{name}` が定義されていません。"
    if instead:
        en = f"`{name}` should be a class, but the notebook has a function of that name."
        ja = f"`{name}` はクラスにしてください。ノートブックでは関数になっています。"
    elif near:
        en += f" There is `{near}`: is it a matter of spelling?"
        ja += f" `{near}` ならあります。名前のつづりを確かめてください。"
    return Outcome("missing", Text(en, ja))


def not_written(part: str) -> Outcome:
    """The stub is as it was handed out."""
    return Outcome(
        "missing",
        Text(f"`{part}` has not been written yet.", f"`{part}` はまだ書かれていません。"),
    )


def _raised(error: StudentRaised, part: str, reveal: str) -> Outcome:
    info = error.info
    if info.type == "NotImplementedError":
        inner = info.functions[-1] if info.functions else part
        if inner == part:
            return not_written(part)
        text = Text(
            f"`{part}` needs `{inner}`, which has not been written yet.",
            f"`{part}` が使う `{inner}` がまだ書かれていません。",
        )
        return Outcome("error", text, _example(error.label, info.type, "—", reveal))
    what = f"{info.type}: {info.message}" if info.message else info.type
    en, ja = f"Your code raised {what}", f"エラーが出ました: {what}"
    if info.text:
        en += f" — at the line `{info.text}` (line {info.line} of its cell)"
        ja += f" — `{info.text}` の行です(セルの {info.line} 行目)"
    return Outcome("error", Text(en + ".", ja + "。"), _example(error.label, what, "—", reveal))


def _mismatch(error: Mismatch, reveal: str) -> Outcome:
    found = error.found
    en, ja = _difference(found, reveal)
    if found.path:
        where = "".join(f"[{key!r}]" for key in found.path)
        en, ja = f"In the result's {where}: {en}", f"結果の {where}: {ja}"
    pattern = patterns.words(found.pattern) if found.pattern else None
    if pattern:
        en, ja = f"{en} {pattern.en}", f"{ja}{pattern.ja}"
    got, expected = _sides(found)
    return Outcome("failed", Text(en, ja), _example(error.call, got, expected, reveal))


def _difference(found: Difference, reveal: str) -> tuple[str, str]:
    if found.kind == "nothing":
        return (
            "Nothing came back (None). Is there a `return` at the end?",
            "何も返ってきません(None)。最後に `return` がありますか。",
        )
    if found.kind == "type":
        return (
            f"A {found.got} came back where a {found.expected} is asked for.",
            f"{found.expected} を返すところで {found.got} が返ってきました。",
        )
    if found.kind == "shape":
        return (
            f"The shape is {found.got}; it should be {found.expected}.",
            f"形状が {found.got} です。正しくは {found.expected} です。",
        )
    if found.kind == "dtype":
        return (
            f"The dtype is {found.got}; it should be {found.expected}.",
            f"dtype が {found.got} です。正しくは {found.expected} です。",
        )
    if found.kind == "length":
        return (
            f"{found.got} values came back; there should be {found.expected}.",
            f"値が {found.got} 個返ってきました。正しくは {found.expected} 個です。",
        )
    if found.kind == "keys":
        names = ", ".join(found.expected)
        return f"The keys {names} are missing.", f"キー {names} がありません。"
    if found.kind == "not_finite":
        return (
            f"{found.wrong} of {found.total} values are NaN or infinite, "
            f"the first at index {found.index}. Was every element written?",
            f"{found.total} 個のうち {found.wrong} 個が NaN か無限大です"
            f"(最初は {found.index})。すべての要素に値を入れましたか。",
        )
    if found.index is None or found.total <= 1:
        return "The value is wrong.", "値が違います。"
    en = f"{found.wrong} of {found.total} values are wrong ({_share(found)})"
    ja = f"{found.total} 個のうち {found.wrong} 個の値が違います({_share(found)})"
    if reveal == "first_difference":
        en += f"; the first is at index {found.index}"
        ja += f"。最初は {found.index} です"
    return en + ".", ja + "。"


def _sides(found: Difference) -> tuple[str, str]:
    where = f" at {found.index}" if found.index else ""
    if found.kind in ("values", "not_finite"):
        return _number(found.got) + where, _number(found.expected) + where
    if found.kind == "keys":
        return ", ".join(found.got), ", ".join(found.expected)
    return str(found.got), str(found.expected)


def _share(found: Difference) -> str:
    percent = 100 * found.wrong / found.total
    return "100 %" if found.wrong == found.total else f"{min(max(percent, 0.1), 99.9):.1f} %"


def _number(value: Any) -> str:
    """Few digits: rounding in the last ones differs from machine to machine."""
    return f"{value:.5g}" if isinstance(value, float) else str(value)[:60]


def _example(
    call: str | None, got: str, expected: str, reveal: str
) -> dict[str, str] | None:
    if call is None or reveal == "none":
        return None
    if reveal == "shapes" and not (got.startswith("(") or expected.startswith("(")):
        got, expected = "—", "—"
    return {"call": call, "got": got, "expected": expected}
