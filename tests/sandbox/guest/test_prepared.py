"""What every session needs is done once, in another folder, and each begins in its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.paths import ROOT

SCRIPT = """
import json, os, sys
own_id = os.getpid()
from autograder.sandbox.guest import exceptions, prepared
os.chdir("/")
before = prepared.prepare()
os.chdir(sys.argv[1])
if sys.argv[2] == "undo":
    prepared.undo()
    import importlib.util
    found = importlib.util.find_spec("fastprogress")
    print(json.dumps({"id": os.getpid() == own_id, "stub": found is not None}))
    os._exit(0)
before.start()
cells = [
    (0, "%%writefile helper.py\\ndef helped(): return 1"),
    (1, "from helper import helped\\nopen(_dh[0] + '/nothing')"),
    (2, "import os, tqdm\\nnumber, folder = os.getpid(), _dh"),
]
book = before.book
records = book.run(cells, skip=set(), cell_s=5, total_s=10, progress=lambda *_: None)
print(json.dumps({
    "own": sorted(book.own), "error": records[1]["error"],
    "id": book.namespace["number"], "folder": book.namespace["folder"],
}))
sys.stdout.flush()
os._exit(0)
"""


def said(folder: Path, what: str) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-S", "-c", SCRIPT, str(folder), what],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), *sys.path]))},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.stdout, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path.resolve()


def test_the_notebook_begins_in_the_folder_of_its_own_process(folder: Path) -> None:
    found = said(folder, "start")
    assert found["folder"] == [str(folder)]
    assert found["own"] == ["helped"]  # from a file that the notebook wrote there
    assert str(folder) not in found["error"]
    assert found["id"] == 2


def test_our_own_attacks_see_what_was_there_before(folder: Path) -> None:
    assert said(folder, "undo") == {"id": True, "stub": False}
