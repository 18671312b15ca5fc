"""Figures labelled in the notebook's language, wherever the machine has a font for it.

matplotlib's own font has no Japanese glyphs: they would be printed as empty boxes. So a Japanese
notebook begins with a locked cell that registers the font in `data/`, or finds one of the
system's, and `figure_text("English", "日本語")` chooses when the notebook runs: English labels are
better than boxes. An English notebook needs none of this, and gets the English literal.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograder.course.models import Cell, CellKind, Role

CALL = "figure_text"
"""The name of the function; see `autograder.course.author.figure_text`."""

FONT_FILE = "figures_ja.otf"
"""The font beside the notebooks, in `assignments/data/`. A course without one uses the system's."""

_NAME = "figure_font"
_SOURCE = f'''\
# @title 図の日本語：このセルを実行
import logging
from pathlib import Path

from matplotlib import font_manager, rcParams


def japanese_font():
    """日本語の字を持つフォントの名前。見つからなければNone。"""
    for folder in (Path("data"), Path("../data")):
        if (folder / "{FONT_FILE}").is_file():
            font_manager.fontManager.addfont(folder / "{FONT_FILE}")
            return font_manager.fontManager.ttflist[-1].name
    installed = {{font.name for font in font_manager.fontManager.ttflist}}
    known = ("Noto Sans CJK JP", "IPAexGothic", "Hiragino Sans", "Yu Gothic", "Meiryo", "MS Gothic")
    return next((name for name in known if name in installed), None)


JAPANESE_FONT = japanese_font()
if JAPANESE_FONT:
    # 英数字はこれまでどおりDejaVu Sansで、そこにない字だけを日本語のフォントで描きます。
    rcParams["font.family"] = ["DejaVu Sans", JAPANESE_FONT]
    # 太字の日本語がないという知らせは要りません。
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
else:
    print("日本語のフォントが見つからないので、図の文字は英語になります。")


def {CALL}(english, japanese):
    """図に書く文字。日本語のフォントがなければ英語のまま。"""
    return japanese if JAPANESE_FONT else english
'''


def with_font_cell(cells: Sequence[Cell], lang: str) -> tuple[Cell, ...]:
    """The cells of one language, with the font's cell before the first code if a figure needs it.

    Before the first code cell and not after it: ids of prose come from the code above, and are
    to stay the same in every language.
    """
    if lang == "en" or not any(calls(cell) for cell in cells):
        return tuple(cells)
    first = next(i for i, cell in enumerate(cells) if cell.kind is CellKind.CODE)
    return (*cells[:first], _font_cell(cells[first].line), *cells[first:])


def font_source(cells: Sequence[Cell], langs: Sequence[str]) -> list[str]:
    """The font cell's source if any of the languages needs it: grading leaves it out, too."""
    return [_SOURCE.rstrip("\n")] if {*langs} - {"en"} and any(map(calls, cells)) else []


def calls(cell: Cell) -> bool:
    """Whether a cell chooses a figure's text by its language."""
    return cell.kind is CellKind.CODE and f"{CALL}(" in cell.source


def _font_cell(line: int) -> Cell:
    return Cell(CellKind.CODE, Role.DEMO, _NAME, None, _SOURCE.rstrip("\n"), line)
