"""Words for the first difference between an answer and what is right."""

from __future__ import annotations

from typing import Any

from autograder.course.models import Reveal
from autograder.sandbox.host.session import one_line
from autograder.suite import patterns
from autograder.suite.compare import Difference
from autograder.text import Text

_TYPES = {
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


NOTHING_BACK = Text(
    "Nothing came back (None). Is there a `return` at the end?",
    "何も返ってきません(None)。最後に `return` がありますか。",
)


_WHENCE = Text(
    "Is there an element that was never written, a division by 0, the log or root of something not "
    "positive, or an exp that is too large?",
    "値を入れていない要素、0での割り算、正でない数の対数や平方根、大きすぎるexpがないか確かめてください。",
)
_MASKED = Text(
    "Fill a masked array (`.filled(...)`) before you return it.",
    "マスクされた配列は `.filled(...)` で値を入れてから返してください。",
)
_NUMBERLESS = {
    "nothing": NOTHING_BACK,
    "masked": Text(
        f"A mask hides values of the result. {_MASKED.en}",
        f"結果の値がマスクで隠れています。{_MASKED.ja}",
    ),
    "type": Text("The result is not of the right type.", "結果の型が違います。"),
    "shape": Text("The result does not have the right shape.", "結果の形状が違います。"),
    "dtype": Text("The result does not have the right dtype.", "結果の dtype が違います。"),
    "length": Text("Not the right number of values came back.", "返ってきた値の個数が違います。"),
    "keys": Text("Keys are missing from the dict.", "辞書に足りないキーがあります。"),
    "not_finite": Text(
        f"There are NaN or infinite values. {_WHENCE.en}",
        f"NaN か無限大が含まれています。{_WHENCE.ja}",
    ),
    "values": Text("There are wrong values.", "値が違います。"),
}


def words(found: Difference, reveal: Reveal) -> Text:
    """What differs, for a student, as far as the policy goes (`autograder.suite.outcome`)."""
    text = _NUMBERLESS[found.kind] if reveal is Reveal.NONE else _told(found, reveal)
    en, ja = text.en, text.ja
    if found.path:
        where = "".join(f"[{key!r}]" for key in found.path)
        en, ja = f"In the result's `{where}`: {en}", f"結果の `{where}`: {ja}"
    if found.pattern and reveal is not Reveal.NONE:
        seen = patterns.words(found.pattern, numbers=reveal is Reveal.FIRST_DIFFERENCE)
        en, ja = f"{en} {seen.en}", f"{ja}{seen.ja}"
    return Text(en, ja)


def sides(found: Difference) -> tuple[str, str]:
    """What came back and what is right, as text; not cleaned yet."""
    where = f" at {found.index}" if found.index else ""
    if found.kind in ("values", "not_finite"):
        got, expected = _distinct(found.got, found.expected)
        return got + where, expected + where
    if found.kind == "keys":
        return ", ".join(found.got[:20]), ", ".join(found.expected)
    if found.kind == "masked":
        return f"{found.got} masked values", "none masked"
    return str(found.got), str(found.expected)


def _told(found: Difference, reveal: Reveal) -> Text:
    """What differs, with shapes and counts."""
    got = one_line(str(found.got), 80) if found.kind in ("type", "dtype") else found.got
    at = f"{found.index}" if found.index else ""
    if found.kind == "masked":
        return Text(
            f"{found.wrong} of {found.total} values are hidden by a mask. {_MASKED.en}",
            f"{found.total} 個の値のうち {found.wrong} 個がマスクで隠れています。{_MASKED.ja}",
        )
    if found.kind == "type":
        wanted = _TYPES.get(found.expected, Text(f"`{found.expected}`", f"`{found.expected}`"))
        return Text(
            f"A value of type `{got}` came back where {wanted.en} is asked for.",
            f"{wanted.ja}を返すところで `{got}` 型の値が返ってきました。",
        )
    if found.kind == "shape":
        en = f"The shape is {got}; it should be {found.expected}."
        ja = f"形状が {got} です。正しくは {found.expected} です。"
        if sorted(got) == sorted(found.expected):
            en += " The sizes are right, but not their order: look at transpose and reshape."
            ja += "大きさは合っていますが順番が違います。transpose と reshape を見直しましょう。"
        return Text(en, ja)
    if found.kind == "dtype":
        return Text(
            f"The dtype is {got}; it should be {found.expected}.",
            f"dtype が {got} です。正しくは {found.expected} です。",
        )
    if found.kind == "length":
        return Text(
            f"{got} value{'' if got == 1 else 's'} came back where {found.expected} "
            f"{'is' if found.expected == 1 else 'are'} asked for.",
            f"{found.expected} 個の値を返すところで {got} 個返ってきました。",
        )
    if found.kind == "keys":
        names = ", ".join(f"`{name}`" for name in found.expected)
        return Text(f"Missing from the dict: {names}.", f"辞書にキー {names} がありません。")
    if found.kind == "not_finite" and at:
        en, ja = _how_many(found)
        return Text(
            f"{en} NaN or infinite, the first at index {at}. {_WHENCE.en}",
            f"{ja} NaN か無限大です(最初の位置は {at})。{_WHENCE.ja}",
        )
    if found.kind == "values" and at:
        en, ja = _how_many(found)
        en, ja = f"{en} wrong", f"{ja}違います"
        if reveal is Reveal.FIRST_DIFFERENCE and found.wrong < found.total:
            en += f"; the first is at index {at}"
            ja += f"。最初の位置は {at} です"
        return Text(en + ".", ja + "。")
    if found.kind == "values":
        return Text("The value is wrong.", "値が違います。")
    return _NUMBERLESS[found.kind]


def _how_many(found: Difference) -> tuple[str, str]:
    """``3 of 24 values (12.5 %) are``, and the same in Japanese up to the predicate."""
    wrong, total = found.wrong, found.total
    if wrong == total:
        return (
            ("The value is", "値が")
            if total == 1
            else (f"All {total} values are", f"{total} 個の値すべてが")
        )
    share = f"{min(max(100 * wrong / total, 0.1), 99.9):.1f} %"
    return (
        f"{wrong} of {total} values ({share}) {'is' if wrong == 1 else 'are'}",
        f"{total} 個の値のうち {wrong} 個({share})が",
    )


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
