"""What is read of an answer, and what of it a page may show."""

from __future__ import annotations

import base64
import json
import struct
import time

import pytest

from autograder.answers.pictures import MAX_PIXELS, picture
from autograder.answers.read import MAX_BYTES, MAX_PICTURES, MAX_TEXT, HandedOut, answers

ASKED = {"why": HandedOut(("*Write here.*", "*ここに書く。*"), ("Why?", "なぜ？"))}
PROSE = ("Why?", "なぜ？", "# The end")


def png(width: int = 2, height: int = 2) -> str:
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)
    return base64.b64encode(header + b"\x08\x02\x00\x00\x00").decode()


def jpeg(width: int, height: int) -> str:
    comment = b"\xff\xfe\x00\x06abcd"
    frame = b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" + b"\0" * 9
    return base64.b64encode(b"\xff\xd8" + b"\xff\xe0\x00\x04ab" + comment + frame).decode()


def cell(source: object, name: str = "", **fields: object) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {"name": name}, "source": source, **fields}


def read(*cells: object):
    found = answers(json.dumps({"cells": cells}).encode(), ASKED, PROSE)
    return found and found["why"]


@pytest.mark.parametrize(
    "answer",
    [
        cell(["Because ", "of it."], "why"),
        cell("*Write here.*\n\nBecause of it.", "why"),
        cell("Because of it.", id="01_x-why"),
        cell("Because of it.", metadata={"nbgrader": {"grade_id": "why"}}),
    ],
    ids=["by name", "below the placeholder", "by id", "by nbgrader's id"],
)
def test_an_answer_is_found(answer):
    assert read(cell("Why?"), answer, cell("# The end")).text == "Because of it."


def test_where_names_are_lost_it_is_found_below_its_question():
    found = read(
        cell("Intro"), cell("なぜ？\n"), cell("Because"), cell("of it."), cell("# The end")
    )
    assert found.text == "Because\n\nof it."
    assert read(cell("Why?"), cell("# The end"), cell("not this")).empty


@pytest.mark.parametrize("source", ["", "*Write here.*", "  *ここに書く。* \n"])
def test_the_placeholder_is_no_answer(source):
    assert read(cell(source, "why")).empty


def test_a_drawing_is_an_answer():
    drawn = {f"{n}.png": {"image/png": png()} for n in range(MAX_PICTURES + 2)}
    found = read(cell("", "why", attachments=drawn))
    assert not found.empty
    assert len(found.pictures) == MAX_PICTURES
    assert found.left_out == 2


def test_a_long_answer_is_cut():
    found = read(cell("x" * (MAX_TEXT + 1), "why"))
    assert (len(found.text), found.cut) == (MAX_TEXT, True)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"cells": ' + b"[" * 100_000,
        b'{"cells": "x"}',
        b"[1]",
        b'{"cells": [1, null, {"cell_type": "markdown", "metadata": [], "source": 3}]}',
        b'{"cells": [{"cell_type": "markdown", "metadata": {"nbgrader": 1}, "attachments": [1]}]}',
        b'{"x": ' + b"9" * 5000 + b"}",
        b"{" + b" " * MAX_BYTES + b"}",
    ],
)
def test_anything_at_all_may_be_handed_in(raw):
    found = answers(raw, ASKED)
    assert found is None or found["why"].empty


def test_what_is_read_takes_bounded_time():
    hostile = b'{"cells": [' + b"[]," * (MAX_BYTES // 3 - 10) + b"1]}"
    began = time.process_time()
    answers(hostile, ASKED)
    assert time.process_time() - began < 20  # usually 3


@pytest.mark.parametrize(
    ("encoded", "media_type"),
    [
        (png(), "image/png"),
        ("\n".join(png()), "image/png"),
        (jpeg(640, 480), "image/jpeg"),
        (png(MAX_PIXELS, 2), None),
        (png(0, 5), None),
        (jpeg(65535, 65535), None),
        (base64.b64encode(b"<svg onload=alert(1)>").decode(), None),
        (base64.b64encode(b"\x89PNG\r\n\x1a\n").decode(), None),
        (base64.b64encode(b"\xff\xd8\xff\xe0\x00\x00" + b"\xff" * 99).decode(), None),
        (base64.b64encode(b"\xff\xd8\xff").decode(), None),
        ('"><script>', None),
        ("é", None),
        ("A" * 6 * 2**20, None),
    ],
)
def test_only_pictures_of_a_reasonable_size_are_shown(encoded, media_type):
    found = picture(encoded)
    assert (found and found.media_type) == media_type
