"""Using the widget as a person does: by roles, names and parts, never by class names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, Route

ASK = "**/api/v1/ask"
DEEPEST = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  return at;
}"""


@dataclass(frozen=True)
class Chat:
    """The widget on a page."""

    page: Page

    @property
    def widget(self) -> Locator:
        return self.page.locator("lotse-chat")

    @property
    def launcher(self) -> Locator:
        return self.widget.locator("[part~=launcher]")

    @property
    def panel(self) -> Locator:
        return self.widget.locator("[part~=panel]")

    @property
    def log(self) -> Locator:
        return self.widget.locator("[role=log]")

    @property
    def messages(self) -> Locator:
        return self.log.locator("> *")

    @property
    def input(self) -> Locator:
        return self.panel.locator("form").get_by_role("textbox")

    async def open(self) -> None:
        """Tap the launcher and wait for the greeting."""
        await self.launcher.click()
        await self.greeted()

    async def greeted(self) -> None:
        """Wait until the widget has said something."""
        await self.messages.first.wait_for()

    async def say(self, text: str) -> dict[str, Any]:
        """Write a message and send it with Enter; return the reply once it is shown."""
        before = await self.messages.count()
        async with self.page.expect_response(ASK) as caught:
            await self.input.fill(text)
            await self.input.press("Enter")
        reply: dict[str, Any] = await (await caught.value).json()
        await self.shows(before + 2)
        return reply

    async def choose(self, choice: str) -> dict[str, Any]:
        """Get the reply to a button that may not be there: what is written is sent as this choice."""
        language = await self.panel.get_attribute("lang")

        async def swap(route: Route) -> None:
            body = json.loads(route.request.post_data or "{}")
            body.pop("text", None)
            body["language"] = body.get("language") or language
            await route.continue_(post_data=json.dumps({**body, "choice": choice}))

        await self.page.route(ASK, swap)
        try:
            return await self.say(f"({choice})")
        finally:
            await self.page.unroute(ASK, swap)

    async def press(self, label: str) -> None:
        """Press the last button of the conversation with this label."""
        await self.log.get_by_role("button", name=label, exact=True).last.click()

    async def put_away(self) -> None:
        """Close what lies over the conversation, such as the card to show at a counter."""
        if await self.widget.locator("dialog[open]").count():
            await self.page.keyboard.press("Escape")

    async def shows(self, count: int) -> None:
        """Wait until the conversation has so many messages."""
        await self.messages.nth(count - 1).wait_for()

    async def focused(self) -> str:
        """What has the focus, deep inside shadow roots: its role or element, and its name."""
        found: str = await self.page.evaluate(
            f"""() => {{
              const at = ({DEEPEST})();
              if (!at || at === document.body || at === document.documentElement) return "body";
              const name = at.getAttribute("aria-label") || at.textContent.trim().slice(0, 40);
              return `${{at.getAttribute("part") || at.id || at.localName}} ${{name}}`;
            }}"""
        )
        return found


def strict(address: str) -> str:
    """The Content-Security-Policy of a careful host: scripts, styles and requests of Lotse, nothing else."""
    return (
        f"default-src 'none'; script-src {address}; style-src {address}; connect-src {address}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def embedding(address: str, language: str, script: str = "", **attributes: str) -> str:
    """A host's page with the one line that embeds Lotse."""
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Stadt</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{script}</head>'
        f"<body><main><h1>Stadt</h1><p>Willkommen</p></main>"
        f'<script async src="{address}/widget.js" data-language="{language}"{extra}></script></body></html>'
    )
