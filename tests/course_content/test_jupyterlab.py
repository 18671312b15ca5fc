"""The notebooks open in JupyterLab, in a real browser, without a dialog or a warning."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

pytest.importorskip("jupyterlab")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

PAGES = {"en/02_im2col": "convolution as one matrix product", "ja/04_pooling": "プーリング"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab that serves a copy of the assignments."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "assignments", home / "assignments")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.root_dir": home / "assignments",
        "ServerApp.allow_root": True,
        "ServerApp.open_browser": False,
        "IdentityProvider.token": "",
        "LabApp.news_url": "",
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())]
    # The user's own settings and kernels stay out of it, and his home stays as it is.
    environment = {**os.environ, "HOME": str(home), "JUPYTER_PLATFORM_DIRS": "0"}
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=home)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/api", server)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "JupyterLab ended"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("JupyterLab did not answer")


@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_opens_without_a_warning(page: str, lab: str, tmp_path: Path) -> None:
    flags = "--headless --no-sandbox --disable-gpu --no-first-run --virtual-time-budget=60000"
    done = subprocess.run(
        [str(CHROMIUM), *flags.split(), f"--user-data-dir={tmp_path}", "--dump-dom",
         f"{lab}/lab/tree/{page}.ipynb?reset"],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    shown = re.sub(r"<(style|script)\b.*?</\1>", "", done.stdout, flags=re.S)
    assert len(re.findall(r'class="[^"]*\bjp-Cell\b', shown)) > 20, done.stderr[-2000:]
    assert PAGES[page] in shown
    assert not re.search(r'class="[^"]*\bjp-Dialog\b', shown)
    assert not re.search(r"jp-Notification-Toast-(warning|error)", shown)
