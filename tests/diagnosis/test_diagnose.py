"""Which mistake is named for wrong code, and when nothing is said."""

from __future__ import annotations

import json

import pytest

from autograder import user_cache
from autograder.course.load import load_mistakes
from autograder.course.models import Variant
from autograder.diagnosis.answers import SAME_ALONE, StudentAnswers
from autograder.diagnosis.diagnose import Diagnostician
from autograder.diagnosis.replay import Replay
from autograder.diagnosis.script import record
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.session import Session
from autograder.suite.plugin import with_suites


def test_a_known_mistake_is_named_for_every_criterion_that_it_loses(diagnose, known):
    wrong = known("02_im2col", "IM4")
    assert diagnose("02_im2col", wrong) == dict.fromkeys(wrong.loses, ("IM4",))


def test_what_is_asked_does_not_depend_on_what_was_graded_before(course, server):
    exercise = course.exercise("02_im2col")
    inputs = []

    def each(suites):
        for _ in range(2):
            solution = OwnNotebook(course, OwnCode(exercise.id))
            script = record(suites, exercise, solution, "im2col.vectorised")
            inputs.append([step.args[0].sum() for step in script])
            with Session(server, solution.cells) as session:
                suites.run(exercise, session)

    with_suites(course, [exercise], each)
    assert inputs[0] == inputs[1]


def test_it_is_known_by_what_it_does_and_not_by_how_it_is_written(diagnose, edited):
    width = edited(
        "02_im2col",
        "im2col",
        ("(W + 2 * pad - filter_w)", "((W - filter_h) + pad + pad)"),
    )
    found = diagnose("02_im2col", width)
    assert set(found.values()) == {("IM4",)}


def test_the_same_mistake_in_code_that_breaks_down_in_another_way(diagnose):
    stacked = """
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_data.shape
    oh = (H + 2*pad - filter_h)//stride + 1
    ow = (H + 2*pad - filter_w)//stride + 1
    img = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = []
    for i in range(filter_h):
        for j in range(filter_w):
            out.append(img[:, :, i:i+stride*oh:stride, j:j+stride*ow:stride])
    out = np.stack(out, 2).reshape(N, C*filter_h*filter_w, oh*ow)
    return out.swapaxes(1, 2).reshape(N*oh*ow, -1)
"""
    found = diagnose("02_im2col", Variant("unknown", "im2col", stacked))
    assert found == dict.fromkeys(["im2col.non_square_input", "im2col.all_at_once"], ("IM32",))


def test_a_network_that_draws_its_weights_in_another_order(diagnose, edited, known):
    order = edited(
        "06_simple_convnet",
        "SimpleConvNet.__init__",
        ("np.random.randn(pooled, hidden_size)", "np.random.randn(hidden_size, pooled).T"),
    )
    dropped = known("06_simple_convnet", "AC1")
    assert diagnose("06_simple_convnet", order) == {}
    assert diagnose("06_simple_convnet", order, dropped) == dict.fromkeys(dropped.loses, ("AC1",))


def test_mistakes_in_two_functions_are_both_named_where_they_act(diagnose, known):
    flipped, counted = known("01_windows", "CF5"), known("01_windows", "PC1")
    found = diagnose("01_windows", flipped, counted)
    assert {id: found[id] for id in flipped.loses} == dict.fromkeys(flipped.loses, ("CF5",))
    assert {id: found[id] for id in counted.loses} == dict.fromkeys(counted.loses, ("PC1",))


def test_a_method_that_is_wrong_because_of_another_is_not_blamed_for_it(diagnose, known):
    forward = known("03_convolution", "CF5")
    backward = {id for id in forward.loses if id.startswith("Convolution.backward.")}
    found = diagnose("03_convolution", forward)
    assert {found[id] for id in backward} <= {("CF5",)}
    assert found["Convolution.forward.one_filter"] == ("CF5",)


def test_code_that_raises_the_same_in_another_line_gets_no_name(diagnose, edited, known):
    call = 'self.conv_bn_backward("_shortcut", dsum)'
    wrong = edited("07_resnet", "BasicBlock.backward", (call, call.replace("dsum", "dx")))
    assert diagnose("07_resnet", wrong) == {}
    skipped = known("07_resnet", "RB23")
    assert diagnose("07_resnet", skipped) == dict.fromkeys(skipped.loses, ("RB23",))


def test_wrong_methods_of_one_class_are_told_apart(diagnose, known):
    forward, backward = known("03_convolution", "CF4"), known("03_convolution", "CB9")
    found = diagnose("03_convolution", forward, backward)
    assert found["Convolution.forward.bias"] == ("CF4",)
    assert set(found) >= backward.loses
    assert {found[id] for id in backward.loses} == {("CB9",)}


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("im2col", "range(filter_w)", "range(filter_w - 1)"),  # the last column stays empty
        ("im2col", "    return", "    col = col + 1e-3\n    return"),
        ("im2col", "    return", "    undefined_name\n    return"),
        ("col2im", "    return", "    images = images * 1.001\n    return"),
    ],
)
def test_what_no_known_mistake_explains_is_not_named(diagnose, edited, part, old, new):
    assert diagnose("02_im2col", edited("02_im2col", part, (old, new))) == {}


def test_a_known_mistake_with_something_else_wrong_is_not_named(diagnose, known):
    wrong = known("02_im2col", "IM4")
    source = wrong.source.replace("    return ", "    return 1.5 * ")
    assert source != wrong.source
    assert diagnose("02_im2col", type(wrong)(
        "unknown", wrong.part, source, hint=wrong.hint, loses=wrong.loses
    )) == {}  # fmt: skip


def test_a_mistake_that_the_catalogue_lacks_gets_no_other_name(diagnose, known):
    for id in ("IM5", "IM7", "IM8"):
        assert diagnose("02_im2col", known("02_im2col", id), without=[id]) == {}


def test_a_loop_does_not_hide_what_is_wrong_with_the_values(diagnose, known):
    wrong = known("02_im2col", "IM4")
    looping = "    for _ in range(N * H * W):\n        pass\n    return "
    source = wrong.source.replace("    return ", looping)
    assert source != wrong.source
    both = type(wrong)("unknown", "im2col", source, hint=wrong.hint, loses=wrong.loses)
    assert diagnose("02_im2col", both) == dict.fromkeys(wrong.loses, ("IM4",))


def test_a_loop_alone_is_not_named_after_what_would_give_other_values(diagnose, known):
    assert diagnose("02_im2col", known("02_im2col", "IM24")) == {}


def test_a_right_part_gets_no_diagnosis(diagnose):
    assert diagnose("02_im2col") == {}


def test_what_mistakes_do_is_kept_and_a_damaged_file_is_computed_again(diagnose, known, tmp_path):
    wrong = known("02_im2col", "IM4")
    first = diagnose("02_im2col", wrong)
    (kept,) = (tmp_path / "cache" / "autograder").glob("mistakes-*.json")
    content = json.loads(kept.read_text())
    for damaged in (
        "",
        "{}",
        "[" * 100_000,
        json.dumps(content | {"body": content["body"].replace("float64", "float32")}),
        json.dumps(content | {"key": "of another course"}),
    ):
        kept.write_text(damaged)
        assert diagnose("02_im2col", wrong) == first
        assert json.loads(kept.read_text()) == content


def test_no_cache_is_needed(diagnose, known, monkeypatch):
    monkeypatch.setattr(user_cache, "_folder", lambda: None)
    wrong = known("02_im2col", "IM4")
    assert diagnose("02_im2col", wrong) == dict.fromkeys(wrong.loses, ("IM4",))


@pytest.fixture
def opened(monkeypatch):
    """How many processes of the notebook have been opened for questions."""
    attempts = []
    criterion = OwnNotebook.criterion

    def counted(self, world=None, attempt=Attempt.ONLY):
        attempts.append(attempt)
        return criterion(self, world, attempt)

    monkeypatch.setattr(OwnNotebook, "criterion", counted)
    return lambda: attempts.count(Attempt.EXTRA)


def test_one_process_answers_what_a_known_mistake_explains(diagnose, known, opened):
    diagnose("02_im2col", known("02_im2col", "IM4"))
    assert opened() <= 2


def test_what_is_passed_is_not_asked_again(diagnose, known, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "autograder.diagnosis.answers.StudentAnswers.together",
        lambda self, criterion, round, real=StudentAnswers.together: (
            asked.append(criterion) or real(self, criterion, round)
        ),
    )
    wrong = known("02_im2col", "IM5")
    diagnose("02_im2col", wrong)
    assert set(asked) == wrong.loses


def test_few_processes_answer_what_no_known_mistake_explains(diagnose, edited, opened):
    change = "    return", "    images = images * 1.001\n    return"
    assert diagnose("02_im2col", edited("02_im2col", "col2im", change)) == {}
    assert opened() <= 1 + SAME_ALONE


def test_code_that_nothing_explains_is_asked_little(diagnose, edited, monkeypatch):
    asked = []
    step = Replay.step
    monkeypatch.setattr(Replay, "step", lambda self, one: asked.append(one) or step(self, one))
    monkeypatch.setattr("autograder.diagnosis.behaviour.Table.of", lambda *_: {})
    change = "out_w = (W + 2 * pad - filter_w)", "out_w = (W + 3 * pad - filter_w)"
    assert diagnose("02_im2col", edited("02_im2col", "im2col", change)) == {}
    assert len(asked) <= 2


@pytest.mark.parametrize("fails", ["raise RuntimeError", "while True: pass"])
def test_code_that_fails_when_it_is_called_often_is_asked_in_a_fresh_process(
    diagnose, known, fails
):
    wrong = known("02_im2col", "IM4")
    counts = "    im2col.calls = getattr(im2col, 'calls', 0) + 1\n"
    counts += f"    if im2col.calls > 8:\n        {fails}\n"
    head, colon, body = wrong.source.partition(":\n")
    source = head + colon + counts + body
    often = type(wrong)("unknown", wrong.part, source, hint=wrong.hint, loses=wrong.loses)
    assert diagnose("02_im2col", often) == dict.fromkeys(wrong.loses, ("IM4",))


def test_the_catalogue_is_read_once_for_all_notebooks(course, known, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    about, read = course.exercise("02_im2col"), []

    def reads(exercise):
        read.append(exercise.id)
        return load_mistakes(exercise)[0]

    def each(suites) -> None:
        diagnostician = Diagnostician(course, "c0" * 32, suites, reads)
        for id in ("IM4", "IM5"):
            notebook = OwnNotebook(course, OwnCode(about.id, (known(about.id, id),)))
            diagnostician.diagnose(about, suites.run(about, notebook), notebook, {})

    with_suites(course, [about], each)
    assert read == ["02_im2col"]
