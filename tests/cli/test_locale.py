"""Names of students where the locale says that file names are ASCII."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.collect.conftest import notebook, zipped
from tests.paths import ROOT

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_names_in_any_script_are_collected(tmp_path: Path) -> None:
    download = tmp_path / "02_im2col.zip"
    folder = "佐藤 健_1_assignsubmission_file_/02_im2col.ipynb"
    download.write_bytes(zipped({folder: notebook()}))
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONIOENCODING"}
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "collect", download, "--out", tmp_path / "課題"],
        cwd=ROOT, env=environment | ASCII, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "課題" / "佐藤 健" / "02_im2col.ipynb").is_file()
    assert b"\\u8ab2\\u984c: 1 notebook" in done.stdout  # as far as this terminal can show it
