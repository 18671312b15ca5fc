"""Ctrl-C before the command has begun: a line and exit status 130, as afterwards."""

from __future__ import annotations

import sys
import types

import pytest

from autograder.__main__ import main


class StillImporting(types.ModuleType):
    """A module whose import the user interrupts."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt


def test_ctrl_c_during_the_import(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "autograder.cli.main"
    monkeypatch.setitem(sys.modules, name, StillImporting(name))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert capsys.readouterr().err.splitlines() == ["", "autograder: stopped before it began."]
