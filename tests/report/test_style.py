"""The style sheet: readable in light and in dark, and on paper."""

import re

import pytest

from autograder.report.page import TEMPLATES

STYLE = (TEMPLATES / "style.css").read_text("utf-8")
OF_CLASS = (TEMPLATES / "class.css").read_text("utf-8")
PAIRS = [
    *[(text, ground) for text in ("ink", "quiet", "accent") for ground in ("paper", "card")],
    *[(text, "paper") for text in ("good", "bad", "warn", "alarm")],
    *[("ink", tint) for tint in ("good-tint", "warn-tint", "alarm-tint")],
    *[("quiet", tint) for tint in ("warn-tint", "alarm-tint")],
    *[("accent", tint) for tint in ("warn-tint", "alarm-tint")],
]


def colours(mode: str) -> dict[str, str]:
    light, dark, printed = re.findall(r":root {(.*?)}", STYLE, re.DOTALL)
    found = dict(re.findall(r"--([\w-]+): (#\w+);", light))
    return found | dict(
        re.findall(r"--([\w-]+): (#\w+);", {"light": "", "dark": dark, "print": printed}[mode])
    )


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(mode, text, ground):
    """WCAG 2 level AA for text of any size: 4.5 to 1."""
    found = colours(mode)
    assert contrast(found[text], found[ground]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
def test_bars_stand_out_from_their_track(mode):
    """WCAG 2 for what is no text: 3 to 1."""
    found = colours(mode)
    assert contrast(found["fill"], found["paper"]) >= 3


def test_every_colour_has_its_name():
    rules = re.sub(r":root {.*?}", "", STYLE, flags=re.DOTALL) + OF_CLASS
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![-\w])", rules) == []
    assert "url(" not in rules
    assert "@import" not in rules


def test_the_measure_of_contrast_is_that_of_wcag():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)
