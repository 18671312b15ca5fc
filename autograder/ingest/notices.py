"""What the instructor is told about what was found: what needs them, and what was decided.

The terminal is in English. The class page shows these lines in its own language, except those about
what it lists by itself (why a student's submission is not graded, which of several files counts).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.ingest.names import readable
from autograder.ingest.submission import (
    NotCounted,
    NotGraded,
    Notice,
    Other,
    Submission,
    Ungraded,
)
from autograder.ingest.walk import ClosedFolder
from autograder.sanitize import visible_name
from autograder.text import Text, abbreviated

FEW = 5
"""Hand-ins of several files that are told one by one."""

_REASONS = {
    NotCounted.OLDER: "older",
    NotCounted.UNREADABLE: "cannot be read",
    NotCounted.UNTOUCHED: "unchanged handout",
    NotCounted.OTHER_EXERCISE: "of another exercise",
    NotCounted.NO_NOTEBOOK: "not a notebook",
}


def closed(path: Path, error: OSError) -> Notice:
    """A path that the operating system does not let the grader read."""
    why = error.strerror or type(error).__name__
    return _problem(f"{path}: cannot be read ({why})", f"{path}：読み込めません（{why}）。")


def nothing(root: Path, *, empty: bool) -> Notice:
    """A folder without anything to grade."""
    if empty:
        en, ja = "is empty", "空です"
    else:
        en, ja = "contains no notebook", "ノートブックがありません"
    return _problem(
        f"{root}: {en}. Nothing was handed in", f"{root}：{ja}。何も提出されていません。"
    )


def odd_exercise(path: Path, *, folder: bool) -> Notice:
    """An entry of a class that is named like an exercise."""
    return _problem(
        f"{path}: this {'folder' if folder else 'notebook'} is named like an exercise but next to "
        "students' submissions. It was left out. Move it into its student's folder, or give it on "
        "the command line",
        f"{path}：課題と同じ名前の{'フォルダー' if folder else 'ノートブック'}が"
        "受講者の提出物と並んでいるため、除外しました。受講者のフォルダーに移すか、コマンドラインで指定してください。",
    )


def unknown_exercise(root: Path, notebooks: Sequence[str], exercises: Iterable[str]) -> Notice:
    """Notebooks of a class whose exercise is unknown."""
    some = abbreviated(notebooks, 3)
    return _problem(
        f"{root}: the exercise of its notebooks is unknown ({some}). Give {option(exercises)}",
        f"{root}：ノートブックがどの課題のものか分かりません（{some}）。"
        "--exercise で課題を指定してください。",
    )


def no_notebook(path: Path) -> Notice:
    """A folder in a class of notebooks that has none."""
    return _notice(
        f"{path}: contains no notebook and was left out",
        f"{path}：ノートブックがないため、除外しました。",
    )


def not_a_notebook(path: Path) -> Notice:
    """A file in a class that is not a notebook."""
    return _notice(
        f"{path}: is not a notebook and was left out",
        f"{path}：ノートブックではないため、除外しました。",
    )


def impersonal(path: Path) -> Notice:
    """A notebook in a class whose name is nobody's."""
    return _notice(
        f"{path}: its name does not look like a student's; it is graded under that name",
        f"{path}：受講者の名前ではないようですが、この名前で採点します。",
    )


def some_unknown(folder: Path, names: str) -> Notice:
    """A student's files whose exercise is unknown, beside others."""
    return Notice(
        _text(f"{folder}: not graded, since the exercise is unknown: {names}", ""), listed=True
    )


def too_many_files(folder: Path) -> Notice:
    """A student's folder that was not searched to its end."""
    return _problem(
        f"{folder}: contains too many files; some were not searched",
        f"{folder}：ファイルが多すぎるため、一部を調べていません。",
    )


def closed_folder(one: ClosedFolder) -> Notice:
    """A folder of a student's, at any depth, that cannot be read."""
    return Notice(
        _text(
            f"{one.path}: cannot be read ({one.reason}). What counts may be in it, so nobody loses "
            "points until it can be. Change its permissions, and grade again",
            "",
        ),
        needs_you=True,
        listed=True,
    )


def not_graded(one: Ungraded, exercises: Iterable[str]) -> Notice:
    """A student's submission that cannot be graded."""
    some = abbreviated(one.files, 4)
    what = {
        NotGraded.EMPTY_FOLDER: "is empty. Nothing was handed in",
        NotGraded.LINK: "is a link to another folder. The folder itself must be handed in",
        NotGraded.NO_NOTEBOOK: f"contains no notebook, only {some}",
        NotGraded.WHICH_EXERCISE: f"the exercise of {some} is unknown. Give {option(exercises)}, "
        "or name the file after its exercise",
    }
    return Notice(_text(f"{one.path}: {what[one.why]}", ""), needs_you=True, listed=True)


def several(submissions: Sequence[Submission]) -> list[Notice]:
    """Which file is graded where there are several: of many students, in one line."""
    if len(submissions) > FEW:
        some = abbreviated([_who(one) for one in submissions], FEW)
        lines = [
            f"of {len(submissions)} hand-ins there are several files, of which one is graded "
            f"({some}): see column note of grades.csv"
        ]
    else:
        lines = [
            f"{_who(one)}: {readable(one.path.relative_to(one.root.parent))} is graded, not "
            f"{abbreviated([_other(other) for other in one.others], 4)}"
            for one in submissions
        ]
    return [Notice(_text(line, ""), listed=True) for line in lines]


def alike(keys: Iterable[str]) -> Notice:
    """Students whose names look alike."""
    names = ", ".join(keys)
    return _notice(
        f"{names}: these names look alike and were graded as different students. If they are the "
        "same student, use one name for both",
        f"{names}：名前がよく似ていますが、別の受講者として採点しました。"
        "同じ受講者であれば、名前を統一してください。",
    )


def hard_link(names: Iterable[str]) -> Notice:
    """Students who handed in the same file on disk."""
    some = ", ".join(sorted(names))
    return _notice(
        f"{some}: handed in the same file on disk (a hard link), not copies of it",
        f"{some}：コピーではなく、ディスク上の同じファイル（ハードリンク）です。",
    )


def option(exercises: Iterable[str]) -> str:
    """How to say which exercise it is."""
    return f"--exercise ID, one of {', '.join(exercises)}"


def _problem(en: str, ja: str) -> Notice:
    return Notice(_text(en, ja), needs_you=True)


def _notice(en: str, ja: str) -> Notice:
    return Notice(_text(en, ja))


def _text(en: str, ja: str) -> Text:
    return Text(en=visible_name(readable(en)), ja=visible_name(readable(ja)))


def _who(one: Submission) -> str:
    return f"{one.name or one.student} · {one.exercise}"


def _other(one: Other) -> str:
    return f"{one.file} ({_REASONS[one.why]})"
