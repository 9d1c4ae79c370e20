"""Looking at a page with axe and with our own checks."""

from __future__ import annotations

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
RUN = """async (tags) => {
  const found = await axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag', values: tags}});
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
    await page.evaluate(AS_DRAWN)
    await load_checks(page)


async def load_checks(page: Page) -> None:
    """Load our own checks into the page, as `checks`."""
    await page.evaluate(CHECKS.read_text())


async def check(page: Page, *names: str) -> list[str]:
    """What our own checks of these names find."""
    return [f"{name}: {line}" for name in names for line in await page.evaluate(f"checks.{name}()")]


async def violations(page: Page) -> list[str]:
    """The violations axe finds, one line for each element."""
    found: list[str] = await page.evaluate(RUN, list(TAGS))
    return found


async def audit(page: Page, view: str, *schemes: str) -> list[str]:
    """Everything that is wrong with what the page shows now, in each color scheme."""
    found = await check(page, "small", "sideways", "untagged", "turned")
    for scheme in schemes:
        await page.emulate_media(reduced_motion="reduce", **SCHEMES[scheme])
        found += [f"{scheme}: {line}" for line in await violations(page)]
    return [f"{view}: {line}" for line in found]
