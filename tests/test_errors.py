"""Errors that a worker process passes on arrive with what they say."""

from __future__ import annotations

import pickle

import pytest

from autograder import errors
from autograder.errors import AutograderError, CourseError, SandboxUnavailable

EXAMPLES = [
    CourseError("is empty", "solutions/course.toml", 3, "Write a title"),
    SandboxUnavailable("no namespaces", "enable them"),
    errors.CommandError("no such folder", 2),
    errors.UnreadableSubmission(errors.FileFault.EMPTY, "c0" * 32),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_the_way_between_processes(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), vars(again), again.status) == (str(error), vars(error), error.status)


def test_every_error_of_the_hierarchy_can_be_pickled_without_calling_its_constructor():
    kinds = AutograderError.__subclasses__()
    assert kinds
    for kind in kinds:
        bare = kind.__new__(kind, "what")
        assert pickle.loads(pickle.dumps(bare)).args == ("what",)
