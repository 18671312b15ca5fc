"""Feedback pages for giving back: Moodle's archive, a zip for each student, and mails. Pure.

moodle  one archive for an assignment; each student's page is in the folder that Moodle's own
        download had: ``Jane Doe_1234567_assignsubmission_file_/02_im2col.html``
zip     one archive for each student, beginning with index.html
mail    an mbox of messages that are ready to be sent. Nothing is sent from here
"""

from __future__ import annotations

import io
import mailbox
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

from autograder.exports.book import Row
from autograder.exports.tables import participant
from autograder.messages.exports import say
from autograder.sanitize import visible_name

INDEX = "index.html"
_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+")
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same pages make the same bytes


class NoAddress(ValueError):
    """A student has no address that a message can be sent to."""


@dataclass(frozen=True, slots=True)
class Pages:
    """A student's pages.

    Attributes:
        row: the student.
        files: the pages by name, `INDEX` among them unless a single exercise is given back.
    """

    row: Row
    files: Mapping[str, bytes]

    @property
    def exercises(self) -> list[str]:
        """The exercises that have a page."""
        return [name.removesuffix(".html") for name in self.files if name != INDEX]


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip archive of files by path."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o100644 << 16
            archive.writestr(info, content)
    return data.getvalue()


def moodle_folder(row: Row, exercise: str) -> str:
    """The student's folder in Moodle's archive of an assignment; "" if it is unknown."""
    mark = row.marks[exercise]
    number = participant(row, exercise)
    if not number:
        return ""
    name = mark.handed.source.partition(f"_{number}_assign")[0]
    if mark.handed.participant and "_" not in name:
        return re.sub(r"[/\\\0]", " ", mark.handed.source)
    # Moodle takes what is between the first two underscores for the number.
    name = re.sub(r"[_/\\\0]", " ", visible_name(row.name))
    return f"{name}_{number}_assignsubmission_file_"


def mail(pages: Pages, course: str, lang: str, sender: str = "") -> EmailMessage:
    """A message with a student's pages.

    Args:
        pages: the student's pages.
        course: the course's title.
        lang: the language of the text.
        sender: the address that it is from; "" leaves that to the mail program.

    Raises:
        NoAddress: the class list has no usable address of the student.
    """
    address = pages.row.person.email if pages.row.person else ""
    if not _ADDRESS.fullmatch(address) or not address.isascii():
        raise NoAddress(address)
    message = EmailMessage()
    name = visible_name(pages.row.name)
    message["To"] = Address(name, addr_spec=address)
    if sender:
        message["From"] = sender
    message["Subject"] = say(lang, "subject", course=visible_name(course))
    single = len(pages.files) == 1
    text = say(
        lang,
        "mail",
        name=name,
        exercises=", ".join(pages.exercises),
        unpack="" if single else say(lang, "unpack"),
    )
    message.set_content(text.strip() + "\n")
    if single:
        ((file, content),) = pages.files.items()
        message.add_attachment(content, maintype="text", subtype="html", filename=file)
    else:
        data = zipped(pages.files.items())
        message.add_attachment(data, maintype="application", subtype="zip", filename="feedback.zip")
    return message


def mbox(messages: Iterable[EmailMessage]) -> bytes:
    """Messages as an mbox file, which mail programs import."""
    with tempfile.TemporaryDirectory(prefix="convgrade-mbox-") as folder:
        path = Path(folder) / "feedback.mbox"
        box = mailbox.mbox(path)
        for message in messages:
            box.add(message)
        box.close()
        return path.read_bytes()
