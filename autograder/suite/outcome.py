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

import re
import traceback
from dataclasses import dataclass, replace

from autograder.course.models import Reveal
from autograder.sandbox.host.session import (
    StudentDied,
    StudentFailure,
    StudentProtocolError,
    StudentRaised,
    StudentTimeout,
    one_line,
)
from autograder.status import Status
from autograder.suite import differences
from autograder.suite.assertions import ArgumentChanged, Incomparable, Mismatch, NotRaised
from autograder.suite.evidence import NotEvidence
from autograder.suite.proxy import NotThere, StudentMissing
from autograder.text import Text

NOTHING = Text("", "")
DASH = "—"


@dataclass(frozen=True)
class Outcome:
    """One criterion's result before points: status, message, and the call that shows it.

    ``grader_note`` is for the instructor's log alone (a traceback of ours, never a student's text).
    """

    status: Status
    message: Text = NOTHING
    counterexample: dict[str, str] | None = None
    grader_note: str | None = None


PASSED = Outcome(Status.PASSED)


def from_exception(error: BaseException, part: str, reveal: Reveal) -> Outcome | None:
    """The outcome that an exception in a test stands for; None when the fault is ours.

    Args:
        error: what the test function raised.
        part: the part that the criterion belongs to.
        reveal: the exercise's policy.
    """
    if isinstance(error, StudentMissing):
        return missing(error.name)
    if isinstance(error, StudentFailure):
        return _failure(error, part, reveal)
    if isinstance(error, Mismatch):
        return _mismatch(error, reveal)
    if isinstance(error, Incomparable):
        note = "".join(traceback.format_exception(error))
        example = _example(error.call, one_line(error.got, 80), DASH, reveal)
        return Outcome(Status.FAILED, _INCOMPARABLE, example, note)
    if isinstance(error, ArgumentChanged):
        text = Text(
            f"Your code changed argument {error.place} in place. Work on a copy: "
            "the caller still needs the original.",
            f"{error.place} 番目の引数が書き換えられています。"
            "呼び出し側はまだ元の配列を使うので、コピーに対して計算してください。",
        )
        return Outcome(Status.FAILED, text, _example(error.call, "changed", "unchanged", reveal))
    if isinstance(error, NotRaised):
        got = one_line(error.got, 80)
        text = Text(
            f"This call cannot have a result, so it should raise `{error.expected}`; "
            f"yours {'raised' if error.raised else 'returned'} `{got}`.",
            f"この呼び出しには正しい答えがないので `{error.expected}` を送出してください。"
            f"今は `{got}` {'を送出して' if error.raised else 'が返って'}います。",
        )
        return Outcome(Status.FAILED, text, _example(error.call, got, error.expected, reveal))
    if isinstance(error, NotEvidence):
        return Outcome(Status.FAILED, error.text, _example(error.call, error.got, DASH, reveal))
    return None


def missing(
    name: str,
    near: str | None = None,
    instead: str | None = None,
    broken: tuple[int, str] | None = None,
) -> Outcome:
    """Nothing of that name in the notebook.

    Args:
        name: what is missing.
        near: a name that is there and looks like it.
        instead: what has the name, where a class should.
        broken: number and error of the cell that would have defined it.
    """
    en = f"`{name}` is not defined in the notebook."
    ja = f"ノートブックに `{name}` が定義されていません。"
    if instead:
        en = f"`{name}` should be a class, but the notebook has a function of that name."
        ja = f"`{name}` はクラスにしてください。ノートブックでは関数になっています。"
    elif broken:
        cell, problem = broken
        en = f"`{name}` could not be read. Mend cell {cell} first: {problem}"
        ja = f"`{name}` を読み込めませんでした。まずセル {cell} を直してください: {problem}"
    elif near:
        en += f" There is `{near}`: is it a matter of spelling?"
        ja += f" `{near}` ならあります。名前のつづりを確かめてください。"
    return Outcome(Status.MISSING, Text(en, ja))


def under_another_name(found: Outcome, asked: str, theirs: str) -> Outcome:
    """The same outcome, with a friendly line on the name that the exercise asks for."""
    line = Text(
        f"Your `{theirs}` was graded as `{asked}`, the name that the exercise asks for.",
        f"`{theirs}` を、課題で指定された名前 `{asked}` の解答として採点しました。",
    )
    said = found.message
    text = line if not said.en else Text(f"{said.en} {line.en}", f"{said.ja}{line.ja}")
    return replace(found, message=text)


def not_written(part: str) -> Outcome:
    """The stub is as it was handed out."""
    return Outcome(
        Status.MISSING,
        Text(f"`{part}` has not been written yet.", f"`{part}` はまだ書かれていません。"),
    )


def _failure(error: StudentFailure, part: str, reveal: Reveal) -> Outcome:
    if isinstance(error, StudentRaised):
        return _raised(error, part, reveal)
    if isinstance(error, NotThere):
        return _not_there(error, reveal)
    status = Status.TIMEOUT if isinstance(error, StudentTimeout) else Status.ERROR
    if error.label is None:
        text = _NOT_TRIED[status]
    elif isinstance(error, StudentTimeout):
        text = Text(
            "Your code did not finish in time. Is there a loop that never ends, "
            "or work that grows much faster than the input?",
            "制限時間内に終わりませんでした。終わらないループや、"
            "入力が少し大きくなるだけで急に増える処理がないか確かめてください。",
        )
    elif isinstance(error, StudentProtocolError):
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


_NOT_TRIED = {
    Status.TIMEOUT: Text(
        "The time for the whole notebook was used up before this could be tried: "
        "mend first what takes so long.",
        "ノートブック全体の制限時間を使い切ったため、ここまで確かめられませんでした。"
        "まず時間のかかる処理を直してください。",
    ),
    Status.ERROR: Text(
        "The notebook's Python process ended again and again, so this could not be tried.",
        "ノートブックの Python プロセスが何度も終了したため、ここは確かめられませんでした。",
    ),
}

_INCOMPARABLE = Text(
    "What your code gave back is too unusual to be compared with anything. "
    "If it should be right, ask your instructor.",
    "返された値が特殊すぎて、正しい値と比べられません。"
    "正しいはずだと思う場合は、担当教員に相談してください。",
)

_UNREADABLE = Text(
    "What your code gave back cannot be read: it is too large, or nested too deeply.",
    "返された値を読み取れません。大きすぎるか、入れ子が深すぎます。",
)


def _raised(error: StudentRaised, part: str, reveal: Reveal) -> Outcome:
    info = error.info
    if info.type == "NotImplementedError":
        inner = (info.functions[-1] if info.functions else part).partition(".<locals>")[0]
        if inner == part:
            return not_written(part)
        text = Text(
            f"`{part}` needs `{inner}`, which has not been written yet.",
            f"`{part}` が使う `{inner}` がまだ書かれていません。",
        )
        return Outcome(Status.ERROR, text, _example(error.label, info.type, DASH, reveal))
    # What a learner wrote as -1, NumPy calls newaxis.
    said = info.message.replace("newaxis)", "-1)")
    what = f"{info.type}: {said}" if said else info.type
    example = _example(error.label, what, DASH, reveal)
    if info.text and info.cell is not None:
        cell, line = info.cell + 1, info.line or 1
        if info.type == "AssertionError":
            text = Text(
                f"An assert of your own stops this call, which has a right answer: `{info.text}` "
                f"(cell {cell}, line {line}).",
                f"自分で書いた assert で止まっています: `{info.text}` "
                f"(セル {cell} の {line} 行目)。この呼び出しには正しい答えがあります。",
            )
            return Outcome(Status.ERROR, text, example)
        text = Text(
            f"Your code raised {what} — at `{info.text}` (cell {cell}, line {line}).",
            f"エラーが出ました: {what} — `{info.text}` (セル {cell} の {line} 行目)。",
        )
    elif info.type == "WireError":
        text, example = _UNREADABLE, _example(error.label, DASH, DASH, reveal)
    elif info.type == "TypeError":
        advice = _about_arguments(info.message)
        text = Text(
            f"The call failed with {what}. {advice.en}",
            f"呼び出しに失敗しました: {what}。{advice.ja}",
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
    return Outcome(Status.ERROR, text, example)


def _about_arguments(message: str) -> Text:
    """What to look at after a TypeError of a call that did not even begin."""
    if message.endswith("() takes no arguments"):
        return Text(
            "Does the class have an `__init__`, spelt like this, "
            "with two underscores on either side?",
            "クラスに `__init__` がありますか。"
            "前後にアンダースコアが 2 つずつ付くつづりを確かめてください。",
        )
    en = "Does your definition take the arguments that the notebook's own has?"
    ja = "引数の数と順番が、配布されたノートブックの定義と同じか確かめてください。"
    if _METHOD.match(message):
        en += " In a method, `self` comes first and is counted."
        ja += "メソッドでは最初の引数が `self` で、これも数に入ります。"
    return Text(en, ja)


_METHOD = re.compile(r"\w+\.\w+\(\) takes ")
_ATTRIBUTE = re.compile(r"\.(\w+)\Z")


def _not_there(error: NotThere, reveal: Reveal) -> Outcome:
    if error.got == "None":
        text = differences.NOTHING_BACK
    else:
        got = one_line(error.got, 80)
        text = Text(
            f"A value of type `{got}` came back, which has no `{error.wanted}`.",
            f"返ってきたのは `{got}` 型の値で、`{error.wanted}` がありません。",
        )
    return Outcome(Status.FAILED, text, _example(error.label, error.got, DASH, reveal))


def _mismatch(error: Mismatch, reveal: Reveal) -> Outcome:
    found = error.found
    got, expected = differences.sides(found)
    if reveal is Reveal.SHAPES and found.kind in ("values", "not_finite"):
        got, expected = DASH, DASH
    example = _example(error.call, got, expected, reveal)
    text = differences.words(found, reveal)
    if found.kind == "nothing" and not found.path and (name := _ATTRIBUTE.search(error.call)):
        text = Text(
            f"`{name[1]}` is None. Is it set by then, under that very name?",
            f"`{name[1]}` が None です。その名前で、それまでに代入されているか確かめてください。",
        )
    if error.again:
        text = Text(
            f"{text.en} The same call was made before: does something stay behind from it?",
            f"{text.ja}同じ引数での2回目以降の呼び出しです。前の呼び出しの結果が残っていませんか。",
        )
    return Outcome(Status.FAILED, text, example)


def _example(call: str | None, got: str, expected: str, reveal: Reveal) -> dict[str, str] | None:
    if call is None or reveal is Reveal.NONE:
        return None
    sides = {"call": call, "got": got, "expected": expected}
    return {key: one_line(text, 200) or DASH for key, text in sides.items()}
