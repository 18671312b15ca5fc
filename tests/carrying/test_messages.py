"""What is said of an error carried forward, in both languages."""

from __future__ import annotations

from autograder.course.models import Reveal
from autograder.messages.criteria import message
from autograder.status import Status
from autograder.suite.facts import Unsupported
from autograder.suite.outcome import Outcome
from autograder.suite.remarks import GradedWith, Replaced
from autograder.text import Text


def test_one_part_that_is_not_there():
    remark = GradedWith((Replaced("im2col"),), passed=True)
    assert message(Outcome(Status.CARRIED, remarks=(remark,)), Reveal.NONE) == Text(
        en="Graded with a working `im2col`, since yours is not defined. With it, this is right.",
        ja="`im2col`は、定義されていないため、正しいものに替えて採点しました。"
        "替えれば、ここは正しく動きます。",
    )


def test_several_parts_with_reasons_of_their_own_and_what_is_wrong_even_then():
    padding = Text(en="Padding", ja="パディング")
    remark = GradedWith((Replaced("im2col"), Replaced("Pooling", padding)), passed=False)
    said = message(
        Outcome(Status.FAILED, Unsupported("f()", "None", "shape"), (remark,)), Reveal.NONE
    )
    assert said["en"].endswith(
        " This is what is wrong even with a working `im2col`, `Pooling` "
        "(`im2col` is not defined, `Pooling` fails “Padding”, for example)."
    )
    assert said["ja"].endswith(
        "`im2col`、`Pooling`は、`im2col`が定義されていない、"
        "`Pooling`が「パディング」などに合格していないため、"
        "正しいものに替えて採点しました。それでも残る問題です。"
    )


def test_what_has_not_been_written_yet_is_said_to_fail_nothing():
    stub = GradedWith((Replaced("im2col", unwritten="im2col"),), passed=True)
    assert message(Outcome(Status.CARRIED, remarks=(stub,)), Reveal.NONE) == Text(
        en="Graded with a working `im2col`, since yours has not been written yet. "
        "With it, this is right.",
        ja="`im2col`は、まだ書かれていないため、正しいものに替えて採点しました。"
        "替えれば、ここは正しく動きます。",
    )
    method = Replaced("Pooling", unwritten="Pooling.backward")
    said = message(
        Outcome(Status.CARRIED, remarks=(GradedWith((*stub.replaced, method), passed=True),)),
        Reveal.NONE,
    )
    assert "since `im2col` has not been written yet, `Pooling` has no `backward` yet." in said["en"]
    assert "`im2col`がまだ書かれていない、`Pooling`が`backward`をまだ備えていないため" in said["ja"]


def test_why_is_not_repeated():
    right = GradedWith((Replaced("im2col"),), passed=True, reasons=False)
    assert message(Outcome(Status.CARRIED, remarks=(right,)), Reveal.NONE) == Text(
        en="Right with a working `im2col`.",
        ja="`im2col`を正しいものに替えれば、正しく動きます。",
    )
    wrong = GradedWith((Replaced("im2col"),), passed=False, reasons=False)
    said = message(
        Outcome(Status.FAILED, Unsupported("f()", "None", "shape"), (wrong,)), Reveal.NONE
    )
    assert said["en"].endswith(" This is wrong even with a working `im2col`.")
    assert said["ja"].endswith("`im2col`を正しいものに替えても残る問題です。")
