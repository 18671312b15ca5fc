"""The one Jinja environment: it escapes and sanitizes everything and loads nothing remote."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.messages.pages import PAGES, say
from autograder.report.markup import number, plain, prose, unbroken
from autograder.text import LANGUAGES

TEMPLATES = Path(__file__).with_name("templates")


def render(template: str, **values: Any) -> str:
    """Render ``template`` with ``values``."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=plain,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        optimized=False,  # looking for constants takes a tenth of compiling; these have one
    )
    environment.globals |= {
        "say": _say,
        "chip": _chip,
        "assets": _assets("style.css"),
        "class_assets": _assets("style.css", "class.css", script="class.js"),
        "similar_assets": _assets("style.css", "similar.css"),
        "question_assets": _assets("style.css", "question.css", pictures=True),
    }
    environment.filters |= {"points": number, "prose": prose, "unbroken": unbroken}
    return environment


@dataclass(frozen=True, slots=True)
class Assets:
    """The style sheet and the script of a page, and the policy that allows these two alone."""

    style: Markup
    script: Markup
    policy: Markup


def _assets(*styles: str, script: str = "", pictures: bool = False) -> Assets:
    """What a page may use: files of ours, by their hashes. No URLs, no other script.

    Pictures are only those in the page itself, and only where ``pictures`` says so.
    """
    style = "".join(map(_template, styles))
    style = _for_every_language(style)
    code = _template(script) if script else ""
    allowed = f"style-src 'sha256-{_digest(style)}'"
    if code:
        allowed += f"; script-src 'sha256-{_digest(code)}'"
    if pictures:
        allowed += "; img-src data:"
    return Assets(
        Markup(style),
        Markup(code),
        Markup("default-src 'none'; {}; base-uri 'none'; form-action 'none'").format(
            Markup(allowed)
        ),
    )


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _for_every_language(style: str) -> str:
    """Expand a selector containing ``LANG`` to a list with one selector per language."""

    def selectors(found: re.Match[str]) -> str:
        return ", ".join(found[0].replace("LANG", lang) for lang in LANGUAGES)

    return re.sub(r"^[^{\n]*LANG[^{\n]*(?= {)", selectors, style, flags=re.M)


def _say(lang: str, key: str, **values: object) -> str:
    return say(lang, key, **values) if values else _phrases()[lang, key]


@cache
def _phrases() -> dict[tuple[str, str], Markup]:
    """All phrases, escaped once rather than on each of thousands of pages."""
    return {(lang, key): escape(PAGES.say(lang, key)) for key in PAGES for lang in LANGUAGES}


@cache
def _chip(lang: str, status: str, said: str = "") -> Markup:
    """A status as an icon and words, those of the key ``said``; colour only repeats them."""
    return Markup(
        '<span class="chip {0}"><svg class="icon" aria-hidden="true"><use href="#i-{0}"/></svg>'
        "{1}</span>"
    ).format(status, _say(lang, said or status))
