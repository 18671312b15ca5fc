"""Words for regularities in wrong values. They name what is seen, not what to write."""

from __future__ import annotations

from autograder.course.records import Text
from autograder.suite.compare import Pattern


def words(pattern: Pattern) -> Text:
    """What a pattern looks like, for a student."""
    if pattern.name == "axes":
        return Text(
            "The numbers are right but their axes are exchanged: "
            "it looks like a transpose too many or too few.",
            "数値は合っていますが軸が入れ替わっています。transpose の過不足がありそうです。",
        )
    if pattern.name == "order":
        return Text(
            "All the right numbers are there, in another order: look at reshape and transpose.",
            "必要な数値はそろっていますが、並び順が違います。reshape と transpose を見直しましょう。",
        )
    if pattern.name == "sign":
        return Text("Everything has the opposite sign.", "符号がすべて逆です。")
    if pattern.name == "factor":
        factor = pattern.detail
        text = f"{factor:.4g}" if abs(factor) >= 1 else f"1/{1 / factor:.4g}"
        return Text(
            f"Everything is off by the same factor, {text}.",
            f"すべての値が同じ倍率({text} 倍)でずれています。",
        )
    if pattern.name == "offset":
        return Text(
            "Everything is off by the same amount.", "すべての値が同じ量だけずれています。"
        )
    if pattern.name == "zeros":
        return Text("Your result is all zeros.", "結果がすべて 0 です。")
    return Text(
        "Only the border is wrong; the inside is right.",
        "端だけが違い、内側は合っています。",
    )
