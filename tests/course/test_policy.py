"""Lateness and totals: a table of cases, and what holds for all numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.fingerprint import course_sha256
from autograder.course.load import load_course
from autograder.course.policy import Late, Policy
from autograder.errors import CourseError

DUE = datetime(2026, 5, 1, 23, 59, tzinfo=UTC)
POLICY = Policy(
    grace=timedelta(minutes=15),
    late_per_day=0.1,
    late_at_most=0.5,
    deadlines={"02_im2col": DUE},
    extensions={"Jane": {"02_im2col": DUE + timedelta(days=2)}},
)


@pytest.mark.parametrize(
    ("after", "student", "days", "final"),
    [
        ({"seconds": 0}, "Ken", 0, 17),
        ({"minutes": 15}, "Ken", 0, 17),
        ({"minutes": 15, "seconds": 1}, "Ken", 1, 15.3),
        ({"days": 1}, "Ken", 1, 15.3),
        ({"days": 1, "seconds": 1}, "Ken", 2, 13.6),
        ({"days": 90}, "Ken", 90, 8.5),
        ({"days": 2}, "Jane", 0, 17),
        ({"days": 2, "hours": 1}, "Jane", 1, 15.3),
        ({"days": -3}, "Ken", 0, 17),
    ],
)
def test_late_days_and_what_they_cost(after, student, days, final):
    late = POLICY.late("02_im2col", (student,), DUE + timedelta(**after))
    assert (late.days if late else 0) == days
    assert (late.after(17) if late else 17) == final


def test_what_has_no_deadline_or_no_time_is_not_late():
    assert POLICY.late("03_convolution", ("Ken",), DUE + timedelta(days=9)) is None
    assert POLICY.late("02_im2col", ("Ken",), None) is None


def test_a_time_is_the_same_in_every_zone():
    tokyo = (DUE + timedelta(hours=1)).astimezone(timezone(timedelta(hours=9)))
    assert POLICY.late("02_im2col", ("Ken",), tokyo) == Late(1, 0.1)


@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 100),
    st.integers(0, 10**7),
    st.integers(0, 10**7),
)
def test_later_is_never_better_and_never_below_the_limit(per_day, most, score, one, other):
    policy = Policy(late_per_day=per_day, late_at_most=most, deadlines={"x": DUE})
    earlier, later = sorted((one, other))
    finals = []
    for seconds in (earlier, later):
        late = policy.late("x", (), DUE + timedelta(seconds=seconds))
        finals.append(late.after(score) if late else score)
    assert finals[1] <= finals[0] + 0.005
    assert score * (1 - most) - 0.005 <= finals[1] <= score + 0.005


@given(
    st.dictionaries(st.sampled_from("abcdefg"), st.floats(0, 17).map(lambda x: round(x, 2))),
    st.integers(0, 9),
)
def test_dropping_the_lowest_never_lowers_the_share(scores, drop):
    table = {id: (score, 17.0) for id, score in scores.items()}
    total, most = Policy().total(table)
    kept, kept_most = Policy(drop_lowest=drop).total(table)
    if most:
        assert kept / kept_most >= total / most - 1e-9


@pytest.mark.parametrize(
    ("policy", "total"),
    [
        (Policy(), (20.0, 37.0)),
        (Policy(drop_lowest=1), (17.0, 17.0)),
        (Policy(drop_lowest=9), (17.0, 17.0)),
        (Policy(weights={"a": 3, "b": 1}), (3.15, 4.0)),
    ],
)
def test_totals(policy, total):
    assert policy.total({"a": (17.0, 17.0), "b": (3.0, 20.0)}) == pytest.approx(total)


def test_a_bonus_exercise_adds_to_the_total_and_is_never_dropped():
    scores = {"a": (10.0, 17.0), "bonus": (2.0, 0.0)}
    assert Policy(drop_lowest=1).total(scores) == (12.0, 17.0)


def add(mini, text):
    path = mini.root / "solutions" / "course.toml"
    path.write_text(path.read_text("utf-8") + "\n" + text, "utf-8")
    return load_course(mini.root)


def test_course_toml_says_it(mini):
    id = load_course(mini.root).exercises[0].id
    before = course_sha256(load_course(mini.root))
    policy = add(
        mini,
        f"""[policy]
timezone = "Asia/Tokyo"
grace = 15
late_per_day = 0.1
[policy.deadlines]
{id} = 2026-05-01T23:59:00
[policy.extensions."Jane Doe"]
{id} = 2026-05-03T23:59:00Z
[policy.weights]
{id} = 2
""",
    ).policy
    assert policy.due(id, ("Ken",)) == datetime(2026, 5, 1, 14, 59, tzinfo=UTC)
    assert policy.due(id, ("Jane Doe", "jane")) == datetime(2026, 5, 3, 23, 59, tzinfo=UTC)
    assert policy.weights == {id: 2}
    changed = add(mini, "").root
    path = changed / "solutions" / "course.toml"
    path.write_text(path.read_text("utf-8").replace("grace = 15", "grace = 20"), "utf-8")
    after = course_sha256(load_course(mini.root))
    path.write_text(path.read_text("utf-8").replace("late_per_day = 0.1", ""), "utf-8")
    assert after == course_sha256(load_course(mini.root)), "nothing is graded again for it"
    assert before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[policy]\nlate_per_day = 10", "is not a share"),
        ("[policy]\nlate_a_day = 0.1", "Write late_per_day"),
        ('[policy]\ntimezone = "Tokio"', "is unknown here"),
        ("[policy]\ndrop_lowest = 0.5", "is not a whole number"),
        ("[policy]\n[policy.deadlines]\n99_none = 2026-05-01T23:59:00Z", "unknown key '99_none'"),
        ("[policy]\n[policy.deadlines]\nEXERCISE = 2026-05-01T23:59:00", "its time zone"),
        ('[policy]\n[policy.deadlines]\nEXERCISE = "soon"', "is not a date with a time"),
    ],
)
def test_a_policy_that_means_nothing_is_an_error_with_a_remedy(mini, text, said):
    id = load_course(mini.root).exercises[0].id
    with pytest.raises(CourseError, match=said):
        add(mini, text.replace("EXERCISE", id))
