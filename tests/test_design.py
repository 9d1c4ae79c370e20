"""The design system: colours that can be read, pictures that are there, sides that follow the script."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT

STATIC = ROOT / "assistant/channels/web/static"
SHEETS = sorted((STATIC / "design").glob("*.css"))
TOKENS = (STATIC / "design/tokens.css").read_text()
DARK_PART = TOKENS.index("prefers-color-scheme: dark")
LIGHT = dict(re.findall(r"--lotse-([a-z-]+): (#[0-9a-f]{6})", TOKENS[:DARK_PART]))
DARK = {**LIGHT, **dict(re.findall(r"--lotse-([a-z-]+): (#[0-9a-f]{6})", TOKENS[DARK_PART:]))}
GROUNDS = ("paper", "card", "tint", "sand")
TEXT = [(ink, ground) for ink in ("ink", "soft", "accent", "warn") for ground in GROUNDS]
TEXT += [("on-accent", "accent"), ("warn", "warn-tint"), ("ink", "warn-tint")]
EDGES = [(edge, ground) for edge in ("edge", "accent") for ground in ("paper", "card", "tint")]


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(scheme: dict[str, str]) -> None:
    for ink, ground in TEXT:
        assert contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_controls_can_be_seen(scheme: dict[str, str]) -> None:
    for edge, ground in EDGES:
        assert contrast(scheme[edge], scheme[ground]) >= 3, (edge, ground)


def test_every_colour_has_a_dark_one() -> None:
    own = dict(re.findall(r"--lotse-([a-z-]+): (#[0-9a-f]{6})", TOKENS[DARK_PART:]))
    assert own.keys() == LIGHT.keys()


def test_the_design_is_written_down() -> None:
    text = (ROOT / "docs/design-system.md").read_text()
    for name in re.findall(r"(--lotse-[a-z0-9-]+):", TOKENS[:DARK_PART]):
        assert f"`{name}`" in text, name
    for icon in re.findall(r'<symbol id="([a-z]+)"', (STATIC / "icons.svg").read_text()):
        assert f"`{icon}`" in text, icon


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sides_follow_the_direction_of_the_script(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    physical = r"(?:^|[;{\s])((?:margin|padding|border|inset)-(?:left|right|top|bottom)|left|right|float)\s*:"
    assert re.findall(physical, text) == []
    assert re.findall(r"text-align:\s*(left|right)", text) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_colours_come_from_the_tokens(sheet: Path) -> None:
    if sheet.name not in ("tokens.css", "print.css"):  # paper is black on white
        assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text())) <= {
            "#fff"
        }  # the ground of a QR code


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_only_known_tokens_are_used(sheet: Path) -> None:
    used = set(re.findall(r"var\((--[a-z0-9-]+)", sheet.read_text()))
    assert used <= set(re.findall(r"(--lotse-[a-z0-9-]+):", TOKENS))


def test_the_pictures_are_one_set() -> None:
    root = ElementTree.parse(STATIC / "icons.svg").getroot()
    symbols = [e for e in root if e.tag.endswith("symbol")]
    assert len(symbols) >= 24
    assert {s.get("viewBox") for s in symbols} == {"0 0 24 24"}
    assert root.get("stroke-width") == "1.75"
    assert not [e for e in root.iter() if e.get("fill") not in (None, "none")]


@pytest.mark.parametrize("name", ["icon.svg", "scene.svg", "icons.svg"])
def test_pictures_hold_no_script_and_nothing_from_elsewhere(name: str) -> None:
    text = re.sub(r"<!--.*?-->", "", (STATIC / name).read_text(), flags=re.S)
    assert not re.search(r"<script|<image|href=|url\(|@import|<foreignObject", text)
