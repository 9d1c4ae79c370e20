"""The pages in Chromium, as people use them: at home, on paper, at the information desk."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import pytest
from playwright.async_api import Browser, Error, Page, Route, expect

from tests.browser.harness import artefact, visiting

ANSWER = "/q/pflegefachkraft"


async def sideways(page: Page) -> int:
    width: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


# --- reading ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", ANSWER, ANSWER + "?beside=de", "/path/recognition", "/languages", "/kiosk"]
)
@pytest.mark.parametrize("language", ["de", "ar", "vi", "ti"])
async def test_pages_fit_a_narrow_phone_and_twice_the_text(
    page: Page, address: str, path: str, language: str
) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto(f"{address}{path}{'&' if '?' in path else '?'}language={language}")
    assert await sideways(page) <= 0
    await page.set_viewport_size({"width": 640, "height": 900})
    await page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert await sideways(page) <= 0


async def test_the_language_is_changed_without_javascript(browser: Browser, address: str) -> None:
    async with visiting(browser, [], address, java_script_enabled=False) as page:
        await page.goto(f"{address}{ANSWER}?language=de")
        await page.locator("details.languages summary").click()
        await page.locator("details.languages a[lang=fa]").click()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert page.url == f"{address}{ANSWER}?language=fa"


async def test_the_menu_of_languages_closes_with_escape(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await page.locator("details.languages summary").press("Enter")
    await expect(page.locator("details.languages ul")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("details.languages ul")).to_be_hidden()
    await expect(page.locator("details.languages summary")).to_be_focused()


async def test_a_conversation_goes_on_without_javascript(browser: Browser, address: str) -> None:
    async with visiting(browser, [], address, java_script_enabled=False) as page:
        await page.goto(f"{address}/?language=de")
        await page.fill("#q", "Ich brauche einen Deutschkurs")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{address}/?q=Ich+brauche+einen+Deutschkurs&language=de#answer")
        await page.locator("article .choices button").first.click()
        await page.wait_for_url(f"{address}/#answer")  # what is said later stands in no address
        await expect(page.locator("article.reply")).to_be_visible()


async def test_the_skip_link_comes_first_and_leads_to_the_content(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=ar")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await expect(page.locator(".skip")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    assert page.url.endswith("#main")


async def test_pictures_are_drawn_from_the_one_set(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    boxes = await page.locator(".tile .icon use").evaluate_all("all => all.map((use) => use.getBBox().width)")
    assert len(boxes) > 6
    assert all(width > 0 for width in boxes)


async def test_arrows_point_where_the_script_goes(page: Page, address: str) -> None:
    turned = "icon => new DOMMatrix(getComputedStyle(icon).transform).a"
    for language, onwards, backwards in (("de", 1, -1), ("ar", -1, 1)):
        await page.goto(f"{address}{ANSWER}?language={language}")
        assert await page.locator(".more .icon.mirrored").first.evaluate(turned) == onwards
        assert await page.locator(".back .icon.backward").evaluate(turned) == backwards


# --- paper ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", ["a4", "a5"])
async def test_paper_holds_the_answer_its_address_and_nothing_to_tap(
    page: Page, address: str, paper: str
) -> None:
    await page.set_viewport_size({"width": {"a4": 688, "a5": 484}[paper], "height": 900})
    await page.goto(f"{address}{ANSWER}?language=ar&beside=de&paper={paper}")
    await page.emulate_media(media="print")
    for hidden in (".top nav", ".tools", ".ask", ".choices", ".foot nav", ".more", ".back", "lotse-chat"):
        for element in await page.locator(hidden).all():
            await expect(element).to_be_hidden()
    for shown in (".take.paper img", ".steps li", ".checks input", ".contact", ".german", ".assured"):
        await expect(page.locator(shown).first).to_be_visible()
    await expect(page.locator(".take.paper")).to_contain_text(f"{ANSWER}?language=ar")
    assert await sideways(page) <= 0
    sheet = await page.pdf(prefer_css_page_size=True)
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet)
    assert box is not None
    width = {"a4": 595, "a5": 420}[paper]
    assert abs(float(box[1]) - width) < 3


async def test_printing_asks_for_the_paper_that_was_chosen(page: Page, address: str) -> None:
    await page.goto(f"{address}{ANSWER}?language=de")
    await page.evaluate("window.print = () => { window.printed = document.documentElement.dataset.paper; }")
    await page.locator("[data-print=a5]").click()
    assert await page.evaluate("window.printed") == "a5"


# --- the information desk ---------------------------------------------------------------------------------


async def come_to_the_desk(page: Page, address: str, language: str, limits: str = "") -> None:
    await page.goto(f"{address}/privacy")
    await page.goto(f"{address}/kiosk{limits}")
    await page.locator(f".tongues a[lang={language}]").click()
    await page.locator(".tile").first.wait_for()


async def ask_at_the_desk(page: Page, question: str) -> None:
    await page.fill("#q", question)
    await page.keyboard.press("Enter")
    await page.locator("article.reply").wait_for()


async def test_a_person_asks_at_the_desk_in_arabic_and_takes_the_answer_along(
    page: Page, address: str
) -> None:
    await page.set_viewport_size({"width": 820, "height": 1180})
    await come_to_the_desk(page, address, "ar")
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await ask_at_the_desk(page, "كيف اعادل شهادة التمريض")
    await expect(page.locator(".take img")).to_have_attribute("src", f"{ANSWER}/qr.svg?language=ar")
    assert await page.locator("a").count() == 0, "nothing leads away"
    assert (
        float((await page.locator("article p").first.evaluate("e => getComputedStyle(e).fontSize"))[:-2])
        >= 22
    )
    await page.screenshot(path=artefact("kiosk-ar.png"))


async def test_the_desk_is_large_enough_to_touch(page: Page, address: str) -> None:
    await page.set_viewport_size({"width": 820, "height": 1180})
    await page.goto(f"{address}/kiosk")
    heights = "all => all.map((tile) => tile.getBoundingClientRect().height)"
    assert min(await page.locator(".tongues a").evaluate_all(heights)) >= 88
    await page.locator(".tongues a[lang=de]").click()
    await page.locator(".tile").first.wait_for()
    assert min(await page.locator(".tile").evaluate_all(heights)) >= 88


async def test_the_desk_asks_before_it_forgets(page: Page, address: str) -> None:
    await come_to_the_desk(page, address, "de", "?idle=1&warning=60")
    await ask_at_the_desk(page, "Wie bekomme ich Kindergeld?")
    dialog = page.locator("dialog[open]")
    await dialog.wait_for()
    await expect(dialog).to_contain_text("60")
    await page.locator("[data-stay]").click()
    await expect(dialog).to_be_hidden()
    await expect(page.locator("article.reply")).to_be_visible()
    # Escape means the same as staying; the next pause asks again.
    await dialog.wait_for()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


@pytest.mark.parametrize("how", ["waiting", "finishing"])
async def test_after_the_desk_has_forgotten_nothing_comes_back(page: Page, address: str, how: str) -> None:
    await come_to_the_desk(page, address, "de", "?idle=1&warning=1" if how == "waiting" else "")
    await ask_at_the_desk(page, "Wie bekomme ich Kindergeld?")
    key = await page.locator("input[name=conversation]").first.input_value()
    if how == "finishing":
        await page.locator("form[action='/kiosk/end'] button").click()
    await page.locator(".tongues a").first.wait_for()
    assert await page.evaluate("sessionStorage.length + localStorage.length + document.cookie.length") == 0
    for step in (page.go_back, page.go_forward, page.reload):
        await step()
        assert "Kindergeld" not in await page.locator("body").inner_text()
    again = await page.request.post(
        f"{address}/kiosk", form={"q": "wie viel", "conversation": key, "language": "de"}
    )
    assert "259" not in await again.text(), "the server has forgotten too"


async def test_an_answer_that_comes_late_is_shown_to_nobody(page: Page, address: str) -> None:
    await come_to_the_desk(page, address, "de")
    held: asyncio.Queue[Route] = asyncio.Queue()
    await page.route("**/kiosk", held.put)
    await page.fill("#q", "Kindergeld")
    await page.keyboard.press("Enter")
    question = await held.get()
    await page.locator("form[action='/kiosk/end'] button").click()
    await held.get()  # the first page
    with suppress(Error):  # the page has given it up
        await question.continue_()
    await expect(page.locator("body[aria-busy]")).to_have_count(0)
    assert await page.locator("article.reply").count() == 0
    await page.unroute("**/kiosk")  # what is held goes on
    await page.locator(".tongues a").first.wait_for()


async def test_a_touch_starts_the_time_anew(page: Page, address: str) -> None:
    await come_to_the_desk(page, address, "de", "?idle=2&warning=60")
    for _ in range(5):
        await page.wait_for_timeout(700)
        await page.mouse.click(5, 400)
    await expect(page.locator("dialog[open]")).to_be_hidden()
    await page.locator("dialog[open]").wait_for()


async def test_the_desk_says_so_when_lotse_cannot_be_reached(
    page: Page, address: str, troubles: list[str]
) -> None:
    await come_to_the_desk(page, address, "de")
    await page.route("**/kiosk", lambda route: route.abort())
    await page.fill("#q", "Kindergeld")
    await page.keyboard.press("Enter")
    await expect(page.locator("#trouble")).to_contain_text("112")
    await expect(page.locator("#q")).to_have_value("Kindergeld")
    troubles.clear()


async def test_the_desk_works_without_javascript(browser: Browser, address: str) -> None:
    async with visiting(browser, [], address, java_script_enabled=False) as page:
        await page.goto(f"{address}/kiosk")
        await page.locator(".tongues a[lang=tr]").click()
        await page.locator(".tile").first.click()
        await expect(page.locator("article.reply")).to_be_visible()
        await page.locator("form[action='/kiosk/end'] button").click()
        await expect(page.locator(".tongues a").first).to_be_visible()
