"""What browser tests stand on: servers in threads, pages of a host, an eye on what goes wrong."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, Response

from assistant.channels.desk import run_desk
from assistant.channels.web.server import run_web
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.storage.store import run_store

ARTEFACTS = Path(__file__).parent.parent / "artefacts"
PACKAGES = Path(__file__).parent / "node_modules"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip
PHONE = {"width": 400, "height": 800}
T = TypeVar("T")


@contextmanager
def in_thread(open_it: Callable[[], AbstractAsyncContextManager[T]]) -> Iterator[T]:
    """Keep an asynchronous context open in a thread with a loop of its own; gives what it gives."""
    given: list[T] = []
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def stay() -> None:
        try:
            async with open_it() as value:
                given.append(value)
                ready.set()
                await stop.wait()
        finally:
            ready.set()

    thread = threading.Thread(target=lambda: loop.run_until_complete(stay()))
    thread.start()
    assert ready.wait(20) and given, "the server did not start"
    try:
        yield given[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


def embeddable(settings: Settings, host: Host) -> Settings:
    """The settings with a host's origin listed, and without limits: tests ask faster than people."""
    return replace(settings, origins=(host.origin,), rate=False)


def serving(assistant: Assistant, settings: Settings) -> AbstractAsyncContextManager[str]:
    """The real web server of an assistant, as `lotse serve` builds it; gives its address."""

    @asynccontextmanager
    async def serve() -> AsyncIterator[str]:
        async with (
            run_store(settings.database, "x", assistant.now) as store,
            run_desk(assistant, store) as desk,
            run_web(desk, settings) as url,
        ):
            yield url

    return serve()


@dataclass(frozen=True)
class Host:
    """Pages of a city or an association that embed Lotse, served from an origin of their own."""

    origin: str
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def stranger(self) -> str:
        """The same pages under an origin that Lotse was not told of."""
        return self.origin.replace("127.0.0.1", "localhost")

    def page(self, html: str, policy: str = "") -> str:
        """Publish a page with a Content-Security-Policy (empty: none); return its path."""
        path = f"/{len(self.pages)}"
        self.pages[path] = (html, policy)
        return path

    def url(self, html: str, policy: str = "") -> str:
        """Publish a page; return its whole address."""
        return self.origin + self.page(html, policy)


@asynccontextmanager
async def run_host() -> AsyncIterator[Host]:
    """Serve the pages of a host while the context is open."""

    async def show(request: web.Request) -> web.Response:
        if request.path not in host.pages:
            return web.Response(status=204)
        html, policy = host.pages[request.path]
        headers = {"Content-Security-Policy": policy} if policy else {}
        return web.Response(text=html, content_type="text/html", headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", show)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host = Host(f"http://127.0.0.1:{runner.addresses[0][1]}")
        yield host
    finally:
        await runner.cleanup()


REPORT_VIOLATIONS = """document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`violates ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));"""


REFUSED = "Failed to load resource: the server responded with a status of"


async def watch(context: BrowserContext, troubles: list[str], *allowed: str) -> None:
    """Note errors, violations of the CSP, dialogs and requests to other addresses than the allowed.

    A page that is itself answered with 404 says so in the console, too; that is no error of the page.
    """

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and REFUSED not in message.text:
            troubles.append(message.text)

    def see(request: Request) -> None:
        if not request.url.startswith((*allowed, "data:", "blob:", "about:")):
            troubles.append(f"request to {request.url}")

    def receive(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            troubles.append(f"{REFUSED} {response.status} ({response.url})")

    async def refuse(dialog: Dialog) -> None:
        troubles.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    await context.add_init_script(REPORT_VIOLATIONS)
    context.on("console", hear)
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on("request", see)
    context.on("response", receive)
    context.on("dialog", refuse)


@asynccontextmanager
async def visiting(
    browser: Browser, troubles: list[str], *allowed: str, **options: Any
) -> AsyncIterator[Page]:
    """A page in a context of its own (options: those of `new_context`), watched while it is open."""
    context = await browser.new_context(**{"viewport": PHONE, **options})
    context.set_default_timeout(10_000)
    await watch(context, troubles, *allowed)
    try:
        yield await context.new_page()
    finally:
        await context.close()


def artefact(name: str) -> Path:
    """Where a screenshot is kept; the folder is ignored by git."""
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS / name
