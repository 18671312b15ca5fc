"""Names and texts that are not UTF-8 are decoded with their detected encoding."""

from __future__ import annotations

import pytest

from autograder.ingest.encodings import decoded, detect_encoding

JAPANESE = [
    "佐藤", "加藤", "斎藤", "中村", "山田 太郎", "佐々木 希", "渡邊", "濵田", "齋藤", "能登",
    "がくせい", "ソニー", "田中Tanaka", "学籍12-佐藤.ipynb", "ﾔﾏﾀﾞ", "鈴木ａｂ", "〆木", "表示",
]  # fmt: skip
WESTERN = [
    "José",
    "Chloée",
    "Müller",
    "Ñandú",
    "Øre",
    "Müßig",
    "Zoë Müller",
    "Björk Guðmundsdóttir",
]


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
@pytest.mark.parametrize("name", JAPANESE)
def test_japanese(name: str, encoding: str) -> None:
    try:
        raw = name.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip("cannot be written in this encoding")
    assert decoded(raw) == name


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("name", WESTERN)
def test_western(name: str, encoding: str) -> None:
    assert decoded(name.encode(encoding)) == name


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a\x80", b"\xed\xa0\x80", b"\x81"])
def test_undecodable_bytes_are_escaped(raw: bytes) -> None:
    assert detect_encoding(raw) is None
    assert "\\x" in decoded(raw)
    assert decoded(raw).isprintable()


def test_a_text_may_contain_symbols() -> None:
    text = "# 畳み込み → 行列の積 ① 入力 α を展開する、出力の大きさを求める"
    assert detect_encoding(text.encode("cp932")) == "cp932"
