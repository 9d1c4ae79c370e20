"""Looking at a page with axe and with our own checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.browser.harness import PACKAGES

CHECKS = Path(__file__).parent / "checks.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SCHEMES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "dark", "forced_colors": "active"},
}
# Forced colours: Chromium gives `color` as it is drawn, but `-webkit-text-fill-color`, which axe prefers, as
# the style sheet wished it. Without the latter axe takes the former.
AS_DRAWN = """(() => {
  const read = CSSStyleDeclaration.prototype.getPropertyValue;
  const isForced = matchMedia('(forced-colors: active)');
  CSSStyleDeclaration.prototype.getPropertyValue = function (name) {
    return isForced.matches && name === '-webkit-text-fill-color' ? '' : read.call(this, name);
  };
})()"""
# axe leaves out the contrast of texts drawn as ligatures, because icon fonts are made so. It finds them by
# drawing letters on a canvas and takes joined letters for one: the contrast of Arabic, Persian and Pashto
# would never be computed. Lotse has no icon font and no canvas, so the canvas says: no ligature.
SEE_JOINED_LETTERS = """Object.assign(CanvasRenderingContext2D.prototype, {
  measureText: (text) => ({width: 30 * text.length}),
  getImageData: () => ({data: new Uint8ClampedArray([1, 1, 1, 1])}),
}), 0"""
COLORS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
ALL = {"type": "tag", "values": list(TAGS)}
RUN = """async (runOnly) => {
  const found = await axe.run(document, {resultTypes: ['violations'], runOnly});
  return found.violations.flatMap((rule) => rule.nodes.map((node) => {
    const why = [...node.any, ...node.all, ...node.none].map((check) => check.message)[0];
    return `${rule.id}: ${node.target.flat().join(' > ')}: ${node.html.slice(0, 120)}: ${why}`;
  }));
}"""


async def prepare(page: Page) -> None:
    """Load axe and our own checks into the page; its Content-Security-Policy does not mind."""
    axe = PACKAGES / "axe-core" / "axe.min.js"
    assert axe.exists(), "run make browser"
    await page.evaluate(axe.read_text() + ";0")
    await page.evaluate(SEE_JOINED_LETTERS)
    await page.evaluate(AS_DRAWN)
    await load_checks(page)


async def load_checks(page: Page) -> None:
    """Load our own checks into the page, as `checks`."""
    await page.evaluate(CHECKS.read_text())


async def check(page: Page, *names: str) -> list[str]:
    """What our own checks of these names find."""
    return [f"{name}: {line}" for name in names for line in await page.evaluate(f"checks.{name}()")]


async def violations(page: Page, rules: dict[str, Any] = ALL) -> list[str]:
    """The violations of these rules that axe finds, one line for each element."""
    found: list[str] = await page.evaluate(RUN, rules)
    return found


def texts_of(reply: object) -> Iterator[dict[str, str]]:
    """All texts of a reply, each with the language it is in."""
    if isinstance(reply, dict):
        if {"value", "language"} <= reply.keys() and isinstance(reply["value"], str):
            yield {"value": reply["value"], "language": reply["language"]}
        else:
            for part in reply.values():
                yield from texts_of(part)
    elif isinstance(reply, list):
        for part in reply:
            yield from texts_of(part)


async def mistaken(page: Page, replies: Iterable[object]) -> list[str]:
    """Texts of replies on the page that are said to be in another language than they are (WCAG 3.1.2)."""
    found: list[str] = await page.evaluate("checks.mistaken", [one for r in replies for one in texts_of(r)])
    return [f"mistaken: {line}" for line in found]


async def audit(page: Page, view: str, *schemes: str) -> list[str]:
    """Everything that is wrong with what the page shows now, in each color scheme.

    Another scheme changes nothing but colors, so only their rules are asked again.
    """
    found = await check(page, "small", "sideways", "untagged", "turned")
    for number, scheme in enumerate(schemes):
        await page.emulate_media(reduced_motion="reduce", **SCHEMES[scheme])
        found += [f"{scheme}: {line}" for line in await violations(page, COLORS if number else ALL)]
    return [f"{view}: {line}" for line in found]
