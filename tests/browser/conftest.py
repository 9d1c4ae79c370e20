"""One Chromium, one server and one host page for all browser tests.

Asynchronous fixtures that hold things of the browser need `loop_scope="session"`: the browser lives in the
loop of the session, and so do the tests that use it (see pytest_collection_modifyitems).
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from assistant.pipeline import Assistant
from assistant.settings import Settings
from tests.browser.harness import ARGUMENTS, Host, embeddable, in_thread, run_host, serving, visiting

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run every test that uses the shared browser in the loop the browser lives in."""
    in_session = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if isinstance(item, pytest.Function) and HERE in item.path.parents:
            found = item._fixtureinfo.name2fixturedefs.get("browser", ())
            if any(definition.baseid.endswith("tests/browser") for definition in found):
                item.add_marker(in_session, append=False)


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    """Pages of another origin; Lotse lists this origin."""
    with in_thread(run_host) as running:
        yield running


@pytest.fixture(scope="session")
def address(assistant: Assistant, settings: Settings, host: Host) -> Iterator[str]:
    """The real server with the real knowledge, in a thread of its own."""
    with in_thread(lambda: serving(assistant, embeddable(settings, host))) as url:
        yield url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, once for all tests."""
    chromium = shutil.which("chromium")
    assert chromium, "run scripts/install-browser"
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        await running.close()


@pytest.fixture
def troubles() -> list[str]:
    """What went wrong in `page`. A test that breaks something on purpose takes it out of this list."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, address: str, host: Host, troubles: list[str]) -> AsyncIterator[Page]:
    """A phone-sized page of its own context; whatever goes wrong in it fails the test."""
    async with visiting(browser, troubles, address, host.origin, host.stranger) as opened:
        yield opened
    assert troubles == []
