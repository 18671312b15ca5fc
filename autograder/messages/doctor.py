"""The report of `autograder doctor`: what a level guarantees here, and how to raise it."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.messages.catalogue import catalogue
from autograder.sandbox.doctor.advice import Circumstances, advise
from autograder.sandbox.doctor.guarantees import GUARANTEES, broken, not_promised
from autograder.sandbox.doctor.trial import Finding
from autograder.sandbox.host.isolation import Level


def report(
    level: Level, used: Level, findings: Iterable[Finding], here: Circumstances, lang: str
) -> list[str]:
    """The lines of the report: one screen.

    Args:
        level: the level to report on.
        used: the one that grading uses here; `Level.LIMITS` if none hides anything.
        findings: of ``level``, and of the levels above ``used``: why they do not hold.
        here: what the machine is like.
        lang: the language.
    """
    say = catalogue("doctor").say
    by_level: dict[Level, list[Finding]] = {each: [] for each in Level}
    for finding in findings:
        by_level[finding.level].append(finding)
    if level < used:
        advice = say(lang, "raise_by_default", used=used)
    else:
        advice = _advice(used, by_level, here, lang)
    mine = by_level[level]
    if mine[0].attack == "level":
        return [say(lang, "unavailable", level=level, how=_reason(mine[0])), "", advice]
    title = "looked_at" if level is not used else "used" if used > Level.LIMITS else "trust_only"
    problems = broken(level, mine)
    lines = [say(lang, title, level=level, attacks=len(mine)), ""]
    if kept := [guarantee for guarantee in GUARANTEES if guarantee not in problems]:
        lines += [say(lang, "guaranteed"), *(f"  ✓ {say(lang, each)}" for each in kept), ""]
    lines.append(say(lang, "not_guaranteed"))
    for guarantee, how in problems.items():
        # At `limits` this is expected, at other levels somebody has to look into it.
        reason = "" if level is Level.LIMITS else f" ({how})"
        lines.append(f"  ✗ {say(lang, f'{guarantee}_open')}{reason}")
    weaker = not_promised(level) + ([] if here.fixed_addresses else ["addresses"])
    lines += [f"  – {say(lang, what)}" for what in weaker]
    return [*lines, "", advice]


def _advice(
    used: Level, by_level: dict[Level, list[Finding]], here: Circumstances, lang: str
) -> str:
    above = min((level for level in Level if level > used), default=used)
    how = next((_reason(f) for f in by_level[above] if f.verdict != "held"), "")
    values = {"setting": here.sysctl, "above": above, "how": how}
    return catalogue("doctor").say(lang, f"raise_{advise(used, here)}", **values)


def _reason(finding: Finding) -> str:
    """What happened, without the beginning that the report says itself."""
    return finding.how.removeprefix(f"isolation level {finding.level} does not work here: ")
