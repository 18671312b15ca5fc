"""What a criterion's test found, in words a student can use, in both languages.

Everything a student reads about a failure is written here. Nothing of the suite itself appears:
the call with arrays by their shapes, what came back, and what was expected as far as the exercise's
reveal policy goes:

- ``none``: nothing about the right result but what kind of thing it is; no call, no numbers;
- ``shapes``: shapes, dtypes and how many values are wrong, but no value;
- ``first_difference``: the two values at the first place that differs as well.

Whatever came across the wall is cut and cleaned before it stands in a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.course.records import Text
from autograder.sandbox.session import (
    StudentDied,
    StudentFailure,
    StudentGarbled,
    StudentRaised,
    StudentTimeout,
    one_line,
)
from autograder.suite import patterns
from autograder.suite.assertions import ArgumentChanged, Mismatch, NotRaised
from autograder.suite.compare import Difference
from autograder.suite.proxy import NotThere, StudentMissing

NOTHING = Text("", "")
DASH = "—"

_KINDS = {
    "array": Text("a NumPy array", "NumPy 配列"),
    "float": Text("a number", "数値"),
    "int": Text("a whole number (int)", "整数(int)"),
    "complex": Text("a complex number", "複素数"),
    "bool": Text("True or False", "True か False"),
    "str": Text("a text (str)", "文字列(str)"),
    "tuple": Text("a tuple", "タプル"),
    "list": Text("a list", "リスト"),
    "dict": Text("a dict", "辞書(dict)"),
    "None": Text("None", "None"),
}


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
    if isinstance(error, StudentFailure):
        return _failure(error, part, reveal)
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
        got = one_line(error.got, 80)
        text = Text(
            f"This call cannot have a result, so it should raise `{error.expected}`; "
            f"yours gave `{got}`.",
            f"この呼び出しには正しい答えがないので `{error.expected}` を送出してください。"
            f"今は `{got}` になっています。",
        )
        return Outcome("failed", text, _example(error.call, got, error.expected, reveal))
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


def _failure(error: StudentFailure, part: str, reveal: str) -> Outcome:
    if isinstance(error, StudentRaised):
        return _raised(error, part, reveal)
    if isinstance(error, NotThere):
        return _not_there(error, reveal)
    status = "error"
    if isinstance(error, StudentTimeout):
        status = "timeout"
        text = Text(
            "Your code did not finish in time. Is there a loop that never ends, "
            "or work that grows much faster than the input?",
            "制限時間内に終わりませんでした。終わらないループや、"
            "入力が少し大きくなるだけで急に増える処理がないか確かめてください。",
        )
    elif isinstance(error, StudentGarbled):
        text = _UNREADABLE
    elif isinstance(error, StudentDied):
        text = Text(
            "Your code ended the Python process in the middle of this call "
            "(exit, too much memory, or a crash).",
            "この呼び出しの途中で Python のプロセスが終了しました"
            "(exit の呼び出し、メモリ不足、クラッシュなど)。",
        )
    else:
        text = Text("Your code did not give a result.", "結果が得られませんでした。")
    return Outcome(status, text, _example(error.label, DASH, DASH, reveal))


_UNREADABLE = Text(
    "What your code gave back cannot be read: it is too large, or nested too deeply.",
    "返された値を読み取れません。大きすぎるか、入れ子が深すぎます。",
)


def _raised(error: StudentRaised, part: str, reveal: str) -> Outcome:
    info = error.info
    if info.type == "NotImplementedError":
        inner = (info.functions[-1] if info.functions else part).partition(".<locals>")[0]
        if inner == part:
            return not_written(part)
        text = Text(
            f"`{part}` needs `{inner}`, which has not been written yet.",
            f"`{part}` が使う `{inner}` がまだ書かれていません。",
        )
        return Outcome("error", text, _example(error.label, info.type, DASH, reveal))
    what = f"{info.type}: {info.message}" if info.message else info.type
    example = _example(error.label, what, DASH, reveal)
    if info.text:
        place = f"line {info.line}" if info.cell is None else f"cell {info.cell + 1}"
        if info.line and info.cell is not None:
            place += f", line {info.line}"
        where = place.replace("cell ", "セル ").replace("line ", "行 ")
        text = Text(
            f"Your code raised {what} — at `{info.text}` ({place}).",
            f"エラーが出ました: {what} — `{info.text}` の行です({where})。",
        )
    elif info.type == "WireError":
        text = _UNREADABLE
    elif info.type == "TypeError":
        text = Text(
            f"The call failed with {what}. Does your definition take the arguments "
            "that the notebook's own has?",
            f"呼び出しに失敗しました: {what}。"
            "引数の数と順番が、配布されたノートブックの定義と同じか確かめてください。",
        )
    elif info.type in ("AttributeError", "KeyError", "IndexError"):
        text = Text(
            f"Something the grader looks for is not there: {what}. "
            "Is it set by then, under that name?",
            f"必要なものが見つかりません: {what}。"
            "その名前で、それまでに代入されているか確かめてください。",
        )
    else:
        text = Text(f"Your code raised {what}.", f"エラーが出ました: {what}。")
    return Outcome("error", text, example)


def _not_there(error: NotThere, reveal: str) -> Outcome:
    if error.got == "None":
        text = _NOTHING_BACK
    else:
        got = one_line(error.got, 80)
        text = Text(
            f"A value of type `{got}` came back, which has no `{error.wanted}`.",
            f"返ってきたのは `{got}` 型の値で、`{error.wanted}` がありません。",
        )
    return Outcome("failed", text, _example(error.label, error.got, DASH, reveal))


_NOTHING_BACK = Text(
    "Nothing came back (None). Is there a `return` at the end?",
    "何も返ってきません(None)。最後に `return` がありますか。",
)


def _mismatch(error: Mismatch, reveal: str) -> Outcome:
    found = error.found
    text = _NUMBERLESS[found.kind] if reveal == "none" else _difference(found, reveal)
    en, ja = text.en, text.ja
    if found.path:
        where = "".join(f"[{key!r}]" for key in found.path)
        en, ja = f"In the result's `{where}`: {en}", f"結果の `{where}`: {ja}"
    if found.pattern and reveal != "none":
        seen = patterns.words(found.pattern, numbers=reveal == "first_difference")
        en, ja = f"{en} {seen.en}", f"{ja}{seen.ja}"
    got, expected = _sides(found)
    if reveal == "shapes" and found.kind in ("values", "not_finite"):
        got, expected = DASH, DASH
    return Outcome("failed", Text(en, ja), _example(error.call, got, expected, reveal))


_NUMBERLESS = {
    "nothing": _NOTHING_BACK,
    "type": Text("The result is not of the right type.", "結果の型が違います。"),
    "shape": Text("The result does not have the right shape.", "結果の形状が違います。"),
    "dtype": Text("The result does not have the right dtype.", "結果の dtype が違います。"),
    "length": Text("Not the right number of values came back.", "返ってきた値の個数が違います。"),
    "keys": Text("Keys are missing from the dict.", "辞書に足りないキーがあります。"),
    "not_finite": Text(
        "There are NaN or infinite values. Was every element written?",
        "NaN か無限大が含まれています。すべての要素に値を入れましたか。",
    ),
    "values": Text("There are wrong values.", "値が違います。"),
}


def _difference(found: Difference, reveal: str) -> Text:
    """What differs, with shapes and counts."""
    got = one_line(str(found.got), 80) if found.kind in ("type", "dtype") else found.got
    at = f"{found.index}" if found.index else ""
    if found.kind == "type":
        wanted = _KINDS.get(found.expected, Text(f"`{found.expected}`", f"`{found.expected}`"))
        return Text(
            f"A value of type `{got}` came back where {wanted.en} is asked for.",
            f"{wanted.ja}を返すところで `{got}` 型の値が返ってきました。",
        )
    if found.kind in ("shape", "dtype"):
        ja = "形状" if found.kind == "shape" else "dtype "
        return Text(
            f"The {found.kind} is {got}; it should be {found.expected}.",
            f"{ja}が {got} です。正しくは {found.expected} です。",
        )
    if found.kind == "length":
        return Text(
            f"{got} values came back where {found.expected} are asked for.",
            f"{found.expected} 個の値を返すところで {got} 個返ってきました。",
        )
    if found.kind == "keys":
        names = ", ".join(f"`{name}`" for name in found.expected)
        return Text(f"Missing from the dict: {names}.", f"辞書にキー {names} がありません。")
    if found.kind == "not_finite" and at:
        return Text(
            f"{found.wrong} of {found.total} values are NaN or infinite, "
            f"the first at index {at}. Was every element written?",
            f"{found.total} 個の値のうち {found.wrong} 個が NaN か無限大です"
            f"(最初の位置は {at})。すべての要素に値を入れましたか。",
        )
    if found.kind == "values" and at:
        en = f"{found.wrong} of {found.total} values are wrong ({_share(found)})"
        ja = f"{found.total} 個の値のうち {found.wrong} 個が違います({_share(found)})"
        if reveal == "first_difference":
            en += f"; the first is at index {at}"
            ja += f"。最初の位置は {at} です"
        return Text(en + ".", ja + "。")
    if found.kind == "values":
        return Text("The value is wrong.", "値が違います。")
    return _NUMBERLESS[found.kind]


def _sides(found: Difference) -> tuple[str, str]:
    where = f" at {found.index}" if found.index else ""
    if found.kind in ("values", "not_finite"):
        got, expected = _distinct(found.got, found.expected)
        return got + where, expected + where
    if found.kind == "keys":
        return ", ".join(found.got[:20]), ", ".join(found.expected)
    return str(found.got), str(found.expected)


def _share(found: Difference) -> str:
    percent = 100 * found.wrong / found.total
    return "100 %" if found.wrong == found.total else f"{min(max(percent, 0.1), 99.9):.1f} %"


def _distinct(got: Any, expected: Any) -> tuple[str, str]:
    """Two values as text, with as few digits as tell them apart.

    Few, for rounding in the last ones differs from machine to machine.
    """
    for digits in (5, 7, 9, 12):
        texts = _value(got, digits), _value(expected, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _value(value: Any, digits: int) -> str:
    if isinstance(value, str):
        return repr(one_line(value, 60))
    try:
        return f"{value:.{digits}g}" if isinstance(value, (float, complex)) else str(value)[:60]
    except ValueError:  # an int of more digits than Python writes out
        return "a huge number"


def _example(call: str | None, got: str, expected: str, reveal: str) -> dict[str, str] | None:
    if call is None or reveal == "none":
        return None
    sides = {"call": call, "got": got, "expected": expected}
    return {key: one_line(text, 200) or DASH for key, text in sides.items()}
