"""The pages in a real browser: nothing runs, nothing sticks out, the language switch works.

A harness page shows each page in frames of a phone's and a desktop's width and writes what it
measures into its own text, which the browser then prints.
"""

import html
import json
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from autograder.report import rebuild

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

WIDTHS = {"phone": 360, "desktop": 1200}

# Shows each page in a frame, and writes what `measure` has told of them.
MEASURED = """const frames = FRAMES.map(([name, address, width]) => {
  const frame = document.createElement("iframe");
  frame.name = name; frame.width = width; frame.height = 800; frame.src = address;
  document.body.append(frame);
  return new Promise(done => frame.onload = () => { measure(frame); done(); });
});
Promise.all(frames).then(() => {
  document.getElementById("told").textContent = JSON.stringify(told);
});
</script>"""

HARNESS = (
    """<!doctype html><meta charset="utf-8"><pre id="told"></pre><script>
const told = {};
function measure(frame) {
  const page = frame.contentDocument, view = frame.contentWindow;
  const shown = () => [...page.querySelectorAll("main")]
    .filter(main => view.getComputedStyle(main).display !== "none").map(main => main.lang);
  const other = page.querySelector(".switch:not(:checked)");
  const first = shown();
  const wide = page.documentElement.scrollWidth - frame.clientWidth;
  if (other) page.querySelector(`label[for="${other.id}"]`).click();
  told[frame.name] = {
    wide, first, switched: shown(), widerAfterSwitch:
      page.documentElement.scrollWidth - frame.clientWidth,
    styled: view.getComputedStyle(page.querySelector("main")).maxWidth,
    icon: page.querySelector(".icon")?.getBoundingClientRect().height ?? null,
    title: page.title, elements: page.querySelectorAll("*").length,
  };
}
"""
    + MEASURED
)


TABLE = """<!doctype html><meta charset="utf-8"><pre id="told"></pre><script>
const told = [];
const frame = document.createElement("iframe");
frame.width = 1200; frame.height = 800; frame.src = ADDRESS;
frame.onload = () => {
  const page = frame.contentDocument, view = frame.contentWindow;
  const [search, filter] = page.querySelectorAll(".controls input, .controls select");
  const heads = [...page.querySelectorAll(".students thead th")];
  const tell = what => told.push([what,
    [...page.querySelectorAll(".students tbody tr")]
      .filter(row => view.getComputedStyle(row).display !== "none")
      .map(row => row.cells[0].textContent),
    page.querySelector(".controls output").textContent,
    heads.map(head => head.getAttribute("aria-sort"))]);
  const set = (field, value) => {
    field.value = value;
    field.dispatchEvent(new Event(field === search ? "input" : "change"));
  };
  tell("at first");
  heads[1].querySelector("button").click(); tell("by total");
  heads[1].querySelector("button").click(); tell("by total, again");
  heads[3].querySelector("button").click(); tell("by 03_convolution");
  heads[0].querySelector("button").click(); tell("by name");
  set(search, "ＡＩ k"); tell("searched");
  set(search, ""); set(filter, "unreadable"); tell("filtered");
  document.getElementById("told").textContent = JSON.stringify(told);
};
document.body.append(frame);
</script>"""


# Measures each page as it is printed, and the contrast of its texts.
LOOKS = (
    """<!doctype html><meta charset="utf-8"><pre id="told"></pre><script>
const told = {};
const parsed = colour => {
  const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
  return a === 0 ? null : [r, g, b];
};
const light = colour => {
  const [r, g, b] = colour.map(v => v / 255).map(
    v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
function weakest(page, view) {
  let least = [99, ""];
  for (const one of page.querySelectorAll("body *")) {
    const own = [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !one.checkVisibility() || /STYLE|SCRIPT/.test(one.tagName)) continue;
    let behind = one, ground = null;
    while (behind && !(ground = parsed(view.getComputedStyle(behind).backgroundColor)))
      behind = behind.parentElement;
    const of = [light(parsed(view.getComputedStyle(one).color)), light(ground ?? [255, 255, 255])];
    const contrast = (Math.max(...of) + 0.05) / (Math.min(...of) + 0.05);
    if (contrast < least[0]) least = [contrast, one.outerHTML.slice(0, 100)];
  }
  return least;
}
function measure(frame) {
  const page = frame.contentDocument, view = frame.contentWindow;
  const ground = () => view.getComputedStyle(page.body).backgroundColor;
  const screen = {ground: ground(), weakest: weakest(page, view)};
  for (const sheet of page.styleSheets) for (const rule of sheet.cssRules)
    if (rule.media?.mediaText === "print") rule.media.mediaText = "all";
  const nav = page.querySelector(".languages");
  told[frame.name] = {screen, print: {
    ground: ground(), weakest: weakest(page, view),
    wide: page.documentElement.scrollWidth - frame.clientWidth,
    languages: nav && view.getComputedStyle(nav).display,
    shown: [...page.querySelectorAll("main")].filter(main => main.checkVisibility()).length,
    cut: view.getComputedStyle(page.querySelector(".finding") ?? page.body).breakInside,
  }};
}
"""
    + MEASURED
)

PAPER = 680
"""The width of an A4 page between its margins, in pixels."""


def chromium(profile: Path, *arguments: str) -> str:
    flags = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars"
        " --disable-background-networking --disable-component-update --disable-sync"
        " --allow-file-access-from-files --virtual-time-budget=10000"
    )
    done = subprocess.run(
        [str(CHROMIUM), *flags.split(), f"--user-data-dir={profile}", *arguments],
        capture_output=True,
        timeout=120,
        check=True,
    )
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory, sample_class, course):
    """Every sample, and one page into which a script has got all the same."""
    out = tmp_path_factory.mktemp("site")
    for result in sample_class.values():
        path = out / "results" / result["student"] / f"{result['exercise']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result), encoding="utf-8")
    rebuild(out, course, "ja")
    for page in ("feedback/ben/02_im2col.html", "index.html"):
        text = (out / page).read_text("utf-8")
        (out / f"infected-{Path(page).name}").write_text(
            text.replace("</main>", "<script>document.title = 'ran'</script></main>", 1), "utf-8"
        )
    return out


def told_by(harness, folder, data, placeholder, *flags):
    """What a harness page writes into its own text."""
    file = folder / "harness.html"
    # In a script, "</" must not be read as the end of it.
    file.write_text(harness.replace(placeholder, json.dumps(data).replace("</", "<\\/")), "utf-8")
    dom = chromium(folder / "profile", *flags, "--dump-dom", file.as_uri())
    told = re.search(r'<pre id="told">(.+?)</pre>', dom, re.DOTALL)
    assert told, dom[-2000:]
    return json.loads(html.unescape(told[1]))


@pytest.fixture(scope="module")
def measured(site, tmp_path_factory):
    pages = list(site.rglob("*.html"))
    frames = [
        [f"{page.relative_to(site)} {name}", page.as_uri(), width]
        for page in pages
        for name, width in WIDTHS.items()
    ]
    measured = told_by(HARNESS, tmp_path_factory.mktemp("harness"), frames, "FRAMES")
    assert len(measured) == len(frames) >= 2 * 13
    return measured


def test_no_page_is_wider_than_its_window(measured):
    assert {
        name: m for name, m in measured.items() if m["wide"] > 0 or m["widerAfterSwitch"] > 0
    } == {}


def test_the_policy_lets_our_style_in(measured):
    assert {m["styled"] for m in measured.values()} == {"736px", "1440px"}


def test_icons_are_drawn(measured):
    assert all(m["icon"] is None or m["icon"] > 10 for m in measured.values())


def test_the_policy_keeps_any_script_out(measured):
    titles = {m["title"] for name, m in measured.items() if name.startswith("infected")}
    assert titles == {
        "im2col：畳み込みを1回の行列積にする · ben · フィードバック",
        "クラス全体 · ゼロから作る畳み込みネットワーク",
    }


def test_the_table_of_the_class_can_be_sorted_searched_and_filtered(site, tmp_path):
    told = told_by(TABLE, tmp_path, (site / "index.html").as_uri(), "ADDRESS")
    shown = {what: (rows, said, heads) for what, rows, said, heads in told}
    everybody, said, heads = shown["at first"]
    assert len(everybody) == 10
    assert said == "10人中10人"
    assert heads == ["ascending", None, None, None]
    rows, _, heads = shown["by total"]  # the most first, and ties as they were
    assert rows[0] == "aiko"
    assert set(rows[-2:]) == {"dai", "fumi"}
    assert heads == [None, "descending", None, None]
    assert shown["by total, again"][0][-1] == "aiko"
    rows, _, _ = shown["by 03_convolution"]  # whoever has nothing comes last
    assert set(rows[:3]) == {"aiko", "goro", "chiyo"}
    assert set(shown["by name"][0]) == set(everybody)
    assert shown["searched"][:2] == (["aiko"], "10人中1人")
    assert shown["filtered"][:2] == (["dai"], "10人中1人")


def test_one_language_is_seen_and_the_other_is_one_tap_away(measured):
    for name, m in measured.items():
        if name.startswith("feedback/"):
            assert (m["first"], m["switched"]) == (["ja"], ["en"]), name


def test_a_hostile_name_is_read_as_it_is(measured):
    assert any('"><script>alert(1)' in m["title"] for m in measured.values())


@pytest.mark.parametrize(("name", "width"), WIDTHS.items())
def test_a_page_draws_something(site, tmp_path, name, width):
    picture = tmp_path / f"{name}.png"
    page = (site / "feedback" / "ben" / "02_im2col.html").as_uri()
    chromium(tmp_path / "profile", f"--window-size={width},900", f"--screenshot={picture}", page)
    data = picture.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (width, 900)
    assert len(data) > 15_000  # an empty page of this size packs to a fraction of it


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_contrast_and_pages_are_printed_black_on_white(site, tmp_path, scheme):
    pages = [*site.glob("feedback/*/*.html")]
    frames = [[str(page.relative_to(site)), page.as_uri(), PAPER] for page in pages]
    dark = ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else []
    told = told_by(LOOKS, tmp_path, frames, "FRAMES", *dark)
    assert len(told) == len(frames)
    for name, page in told.items():
        screen, printed = page["screen"], page["print"]
        assert (screen["ground"] == "rgb(255, 255, 255)") is (scheme == "light"), name
        assert screen["weakest"][0] >= 4.5, (name, screen["weakest"])  # as WCAG AA asks
        assert printed["ground"] == "rgb(255, 255, 255)", name
        assert printed["weakest"][0] >= 7, (name, printed["weakest"])
        assert printed["wide"] <= 0, name
        assert printed["languages"] == "none", name
        assert printed["shown"] == 1, name
    assert told["feedback/ben/02_im2col.html"]["print"]["cut"] == "avoid"


def test_a_page_is_printed_on_few_sheets(site, tmp_path):
    paper = tmp_path / "page.pdf"
    page = (site / "feedback" / "ben" / "02_im2col.html").as_uri()
    chromium(tmp_path / "profile", f"--print-to-pdf={paper}", page)
    # Two where the system has no Japanese font; the lines of one are higher.
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) <= 3
