"""Japanese is set by one rule each: brackets, spaces, signs, long vowels, units, and terms.

Checked wherever students read it: notebooks, titles and hints of exercises, hints of known
mistakes, messages, and pages. Code in `backticks`, <code> and formulas is left out.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest

from autograder.course.load import load_course
from autograder.course.models import CellKind
from autograder.course.notebook_cells import read_cells
from tests.paths import ROOT

JA = r"[\u3040-\u30ff\u4e00-\u9fff]"
UNITS = "MB|GB|kB|ms|%|画素|個|枚|回|行|列|秒|分|時間|倍|点|次元|層"
WITHOUT_LONG_VOWEL = (
    "フィルタ|パラメータ|レイヤ|コンピュータ|メモリ|ユーザ|フォルダ|ライブラリ|ブラウザ|サーバ|ヘッダ"
    "|オプティマイザ|エンコーダ|デコーダ|プリンタ|ドライバ|トレーナ|カウンタ|ポインタ|イテレータ|バッファ"
)

RULES: dict[str, tuple[str, str]] = {
    "half-width brackets around Japanese": (
        rf"(?<![A-Za-z])\([^(),=*+/-]*{JA}[^(),=*+/-]*\)",
        "full-width brackets: （…）; those of shapes, (N, C), are half-width",
    ),
    "a space between Japanese and Latin letters or digits": (
        rf"(?!安 [0-9]){JA} (?:[A-Za-z]{{2}}|[0-9])|(?<!^#)(?<!^##)[A-Za-z]{{2}} {JA}",
        "no space; a variable of one letter may have one",
    ),
    "full-width letters, digits and signs": (
        r"[０-９Ａ-Ｚａ-ｚ＝＋－＊＜＞％　]",
        "half-width: =, +, 1, A",
    ),
    "half-width kana": (r"[\uff61-\uff9f]", "full-width kana"),
    "Western or technical punctuation": (
        rf"[，．]|{JA}[;!?](?![\w=])|{JA},(?![^()]*\)| \S$)|{JA}\.(?=\s|$)",
        "、 。 ！ ？ (but 行, 列 for the axes of a shape)",
    ),
    "an English colon after Japanese": (rf"{JA}: ?{JA}", "："),
    "a word without its long vowel": (
        rf"(?:{WITHOUT_LONG_VOWEL})(?![ーァ-ヶ])",
        "ー at the end: フィルター, パラメーター",
    ),
    "a space before a unit": (rf"\d (?:{UNITS})(?![A-Za-z])", "no space: 12.8MB, 3個"),
    "a second term for the same thing": (
        "学習データ|学習用データ|学習用の画像|訓練用データ|テスト用データ|輪郭|アフィン層|Affine層"
        "|最大値プーリング|マックスプーリング|ハイパーパラメタ|カーネルサイズ",
        "訓練データ, テストデータ, エッジ, 全結合層, 最大プーリング",
    ),
}
EXEMPT = {
    "autograder/ingest/filenames.py": "recognises names as students type them",
    "autograder/ingest/encodings.py": "recognises every character",
    "autograder/corrections/resolve.py": "recognises yes and no as teachers type them",
    "autograder/generate/figures.py": "holds code, whose own literals are Japanese",
}

GLOSSARY = re.compile(r"<details><summary>用語と.*?</details>", re.S)
# Code, formulas, HTML, and the options of commands.
CODE = re.compile(
    r"```.*?```|``.*?``|`[^`\n]*`|<code>.*?</code>|\$\$.*?\$\$|\$[^$\n]*\$|<[^<>]*>|--[a-z-]+ ?",
    re.S,
)


def texts() -> Iterator[tuple[str, int, str]]:
    """File, line and text of everything in Japanese that students or teachers read."""
    for exercise in load_course(ROOT).exercises:
        for cell in read_cells(exercise):
            name = exercise.notebook.relative_to(ROOT).as_posix()
            if cell.kind is CellKind.CODE:
                found = in_code(cell.source)
            else:
                found = [(1, cell.source)] if cell.lang == "ja" else []
            yield from ((name, cell.line + line - 1, text) for line, text in found)
    for pattern in ("solutions/*/mistakes.py", "autograder/**/*.py"):
        for path in sorted(ROOT.glob(pattern)):
            if path.relative_to(ROOT).as_posix() not in EXEMPT:
                for line, text in in_code(path.read_text(encoding="utf-8")):
                    yield path.relative_to(ROOT).as_posix(), line, text
    for pattern in ("solutions/**/*.toml", "autograder/**/*.toml"):
        for path in sorted(ROOT.glob(pattern)):
            for text in strings(tomllib.loads(path.read_text(encoding="utf-8"))):
                yield path.relative_to(ROOT).as_posix(), 1, text
    for path in sorted((ROOT / "autograder/report/templates").iterdir()):
        yield path.relative_to(ROOT).as_posix(), 1, path.read_text(encoding="utf-8")


def in_code(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of literals in Japanese, and of the Japanese half of docstrings."""
    for number, line in enumerate(source.splitlines(), 1):
        if found := re.match(r"\s*# ja: (.*)", line):
            yield number, found[1]
    inside: set[ast.AST] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            inside |= set(node.values)
            parts = (v.value if isinstance(v, ast.Constant) else "_" for v in node.values)
            text = "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            text = node.value
        else:
            continue
        if re.search(JA, text):
            english, separator, half = text.partition("--- ja ---")
            skipped = (english + separator).count("\n") if separator else 0
            yield node.lineno + skipped, half if separator else text


def strings(value: object) -> Iterator[str]:
    """Every string in a TOML document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def lines_in_japanese(first: int, text: str) -> Iterator[tuple[int, str]]:
    blanked = GLOSSARY.sub(lambda found: re.sub(r"[^\n]", "", found[0]), text)
    blanked = CODE.sub(lambda found: re.sub(r"[^\n]", "_", found[0]), blanked)
    for number, line in enumerate(blanked.splitlines(), first):
        if re.search(JA, line):
            yield number, line.replace("**", "_")


@pytest.fixture(scope="module")
def japanese() -> list[tuple[str, int, str]]:
    found = [
        (name, *line) for name, first, text in texts() for line in lines_in_japanese(first, text)
    ]
    assert len(found) > 3000, "the search looks in the wrong place"
    return found


@pytest.mark.parametrize("rule", RULES)
def test_no_text_has(rule: str, japanese: list[tuple[str, int, str]]) -> None:
    pattern, instead = RULES[rule]
    wanted = re.compile(pattern)
    hits = [
        f"{name}:{number}: …{line[max(found.start() - 15, 0) : found.end() + 15].strip()}…"
        for name, number, line in japanese
        for found in wanted.finditer(line)
    ]
    assert not hits, f"write {instead}\n" + "\n".join(hits)


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        ("half-width brackets around Japanese", "高さ(画素)", "高さ（画素）は(N, C)"),
        ("a space between Japanese and Latin letters or digits", "Python の関数", "Pythonの関数"),
        ("full-width letters, digits and signs", "3·3＝9", "3·3 = 9"),
        ("half-width kana", "ﾌｨﾙﾀｰ", "フィルター"),
        ("Western or technical punctuation", "畳み込み，プーリング", "畳み込み、1,000個"),
        ("an English colon after Japanese", "ヒント: 形状", "ヒント：形状"),
        ("a word without its long vowel", "フィルタを動かす", "フィルターとメモリーリーク"),
        ("a space before a unit", "12.8 MBの表が3 枚", "12.8MBの表が3枚"),
        ("a second term for the same thing", "写真の輪郭", "写真のエッジ"),
    ],
)
def test_each_rule_finds_what_it_is_for(rule: str, wrong: str, right: str) -> None:
    pattern = re.compile(RULES[rule][0])
    assert pattern.search(wrong)
    assert not pattern.search(right)
