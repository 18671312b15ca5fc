"""The list of attacks in `docs/isolation.md`: ``python -m tests.red_team.attacks.appendix``."""

from __future__ import annotations

from itertools import groupby

from tests.paths import ROOT
from tests.red_team.attacks import TABLE

PAGE = ROOT / "docs" / "isolation.md"
BEGIN = "<!-- Generated from tests/red_team/attacks: python -m tests.red_team.attacks.appendix -->"


def appendix() -> str:
    """All attacks by kind, with their verdicts, as Markdown."""
    lines = [
        BEGIN,
        "## Appendix: attacks that are tried",
        "",
        f"The {len(TABLE)} notebooks of `tests/red_team/attacks/` are handed in as classes at",
        "`full`, `namespaces` and `container`, as root and as an ordinary user: a sixth of them at",
        "each of these places (`make test-slow`), or all at each (with `CONVKIT_ALL_ATTACKS=1`).",
        "Each must get the verdict below, in bounded time and without a fault of the grader's own.",
        "Attacks on the walls themselves, judged from outside, are those of `autograder doctor`.",
    ]
    for kind, group in groupby(TABLE.values(), lambda attack: attack.kind):
        lines += ["", f"**{kind[0].upper()}{kind[1:]}**", ""]
        for verdict, attacks in groupby(group, lambda attack: attack.verdict):
            tried = "; ".join(attack.tries for attack in attacks)
            lines.append(f"- {verdict}: {tried}.")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole page with a current list."""
    return PAGE.read_text("utf-8").partition(BEGIN)[0].rstrip("\n") + "\n\n" + appendix()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
