"""What is checked before a commit is what `make lint` checks, so neither can surprise the other."""

import re

from tests.paths import ROOT


def test_every_linter_runs_before_a_commit_too():
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)[1]
    linted = re.findall(r"^\t\$\(BIN\)/(.+?)(?: --check)?(?: \.)?$", recipe, re.M)
    assert len(linted) == recipe.count("\n")
    config = (ROOT / ".pre-commit-config.yaml").read_text()
    assert set(linted) <= set(re.findall(r"^ +entry: (.+)$", config, re.M))
