"""The widget and pages in Chromium, as a person uses them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Request

from assistant.pipeline import Assistant
from tests.browser.chat import ASK, Chat, embedding
from tests.browser.harness import Host, artefact, visiting

NURSE = "Wie lasse ich mein Pflege-Diplom anerkennen?"


async def at_home(page: Page, address: str, language: str = "de") -> Chat:
    """The widget on Lotse's own page, opened."""
    await page.goto(f"{address}/?language={language}")
    chat = Chat(page)
    await chat.open()
    return chat


def noted(page: Page, path: str) -> list[Any]:
    """The bodies of all requests to a path from now on."""
    bodies: list[Any] = []

    def see(request: Request) -> None:
        if request.url.endswith(path):
            bodies.append(json.loads(request.post_data or "null"))

    page.on("request", see)
    return bodies


async def ask(page: Page, text: str) -> Any:
    await page.locator("lotse-chat .launch").click()
    await page.locator("lotse-chat .lotse").first.wait_for()
    await page.locator("lotse-chat form input").fill(text)
    await page.keyboard.press("Enter")
    await page.locator("lotse-chat .lotse").nth(1).wait_for()
    return page.locator("lotse-chat .lotse").last


async def test_a_person_asks_in_arabic_and_reads_the_answer(
    page: Page, address: str, assistant: Assistant
) -> None:
    await page.goto(f"{address}/?language=ar")
    reply = await ask(page, "بدي اعرف كيف اعادل شهادة التمريض")
    assert await reply.get_attribute("dir") == "rtl"
    assert await reply.get_attribute("lang") == "ar"
    title = assistant.composer.title("ar", assistant.knowledge.entries["pflegefachkraft"])
    assert await reply.locator("h3").first.inner_text() == title.value
    await page.screenshot(path=artefact("widget-ar.png"))


async def test_phone_digits_stand_in_order_in_arabic(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=ar")
    reply = await ask(page, "زوجي عم يضربني")
    call = reply.locator("a.call").nth(1)
    assert await call.get_attribute("href") == "tel:116016"
    order = await call.evaluate(
        """link => {
          const node = link.querySelector('bdi').firstChild, places = [];
          for (let i = 0; i < node.length; i++) {
            if (!/[0-9]/.test(node.data[i])) continue;
            const range = document.createRange();
            range.setStart(node, i); range.setEnd(node, i + 1);
            places.push(range.getBoundingClientRect().x);
          }
          return places;
        }"""
    )
    assert len(order) == 6
    assert order == sorted(order)


async def test_choices_are_buttons_that_answer(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await page.locator("lotse-chat .launch").click()
    await page.locator("lotse-chat .choices button").first.click()
    await page.locator("lotse-chat .lotse").nth(1).wait_for()
    assert await page.locator("lotse-chat .lotse").nth(1).locator("h3").count()


async def test_the_language_can_be_changed(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await page.locator("lotse-chat .launch").click()
    await page.locator("lotse-chat .lotse").first.wait_for()
    await page.locator("lotse-chat select").select_option("uk")
    await page.locator("lotse-chat .panel[lang=uk]").wait_for()
    names = await page.locator("lotse-chat select option").all_inner_texts()
    assert {"Deutsch", "Українська", "العربية"} <= set(names)


async def test_escape_closes_and_focus_returns(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    chat = Chat(page)
    await chat.open()
    await page.keyboard.press("Escape")
    assert (await chat.focused()).startswith("launcher")
    assert await chat.launcher.get_attribute("aria-expanded") == "false"
    assert not await chat.panel.is_visible()


async def test_nothing_is_stored_before_the_first_message(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await page.locator("lotse-chat .launch").click()
    await page.locator("lotse-chat .lotse").first.wait_for()
    assert await page.evaluate("sessionStorage.length + localStorage.length + document.cookie.length") == 0


async def test_words_of_people_are_never_markup(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await ask(page, "<img src=x onerror=console.error('xss')>")
    assert await page.locator("lotse-chat .log img").count() == 0


@pytest.mark.parametrize("width", [320, 400, 1280])
@pytest.mark.parametrize("language", ["de", "ar", "uk"])
async def test_pages_never_scroll_sideways(page: Page, address: str, width: int, language: str) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(f"{address}/q/pflegefachkraft?language={language}")
    assert await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


async def test_the_form_works_without_javascript(browser: Browser, address: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}/?language=tr")
    await page.fill("#q", "işten çıkarıldım ne yapmalıyım")
    await page.keyboard.press("Enter")
    await page.locator("article.reply").wait_for()
    assert await page.locator("html").get_attribute("lang") == "tr"
    await context.close()


async def test_only_the_launcher_is_loaded_until_somebody_turns_to_it(
    page: Page, address: str, host: Host
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(host.url(embedding(address, "de")))
    await Chat(page).launcher.wait_for()
    assert [url for url in asked if url.startswith(address)] == [f"{address}/widget.js"]
    await Chat(page).open()
    assert any("/widget/" in url and url.endswith("/chat.js") for url in asked)


async def test_scripts_may_be_kept_and_are_compressed(page: Page, address: str) -> None:
    launcher = await page.request.get(f"{address}/widget.js")
    version = (await launcher.text()).split('"version":"')[1].split('"')[0]
    script = await page.request.get(f"{address}/widget/{version}/chat.js")
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"
    stale = await page.request.get(f"{address}/widget/older/chat.js")
    assert stale.ok and "immutable" not in stale.headers["cache-control"]


async def test_the_greeting_offers_topics_and_guided_paths(page: Page, address: str) -> None:
    chat = await at_home(page, address)
    labels = await chat.log.get_by_role("button").all_inner_texts()
    assert any("Anerkennung" in label for label in labels)
    assert any("Schritt für Schritt" in label for label in labels)
    assert "Mit einem Menschen sprechen" not in labels, "it has its own place below"
    assert await chat.panel.locator("[part=person]").is_visible()


async def test_documents_are_ticked_off_and_stay_so_in_this_tab(page: Page, address: str) -> None:
    chat = await at_home(page, address)
    await chat.say(NURSE)
    boxes = chat.log.get_by_role("checkbox")
    total = await boxes.count()
    await boxes.nth(0).check()
    await boxes.nth(2).check()
    assert (
        await chat.log.get_by_text(f"2 of {total} ready").or_(chat.log.get_by_text(f"2 von {total}")).count()
    )
    await page.reload()
    await chat.shows(3)
    assert await boxes.nth(2).is_checked() and not await boxes.nth(1).is_checked()


async def test_a_wrong_number_is_reported_with_two_taps_and_no_words(page: Page, address: str) -> None:
    chat = await at_home(page, address)
    await chat.say("Hilfe, mein Mann schlägt mich")
    told = noted(page, "/api/v1/feedback")
    card = chat.log.locator(".contact").first
    await card.locator(".wrong > button").click()
    async with page.expect_response("**/api/v1/feedback") as caught:
        await card.locator(".wrong .chips button").first.click()
    assert (await caught.value).status == 204
    assert told == [{"language": "de", "entry": "notruf-110", "wrong": "phone"}]
    assert await chat.focused() != "body"


async def test_one_tap_says_whether_an_answer_helped(page: Page, address: str) -> None:
    chat = await at_home(page, address)
    await chat.say(NURSE)
    told = noted(page, "/api/v1/feedback")
    await chat.log.locator(".help button").first.click()
    await chat.log.locator(".help [tabindex]").wait_for()
    assert told == [{"entry": "pflegefachkraft", "language": "de", "helpful": True}]
    assert await chat.focused() != "body"


async def test_german_stands_beside_the_arabic_answer(page: Page, address: str) -> None:
    chat = await at_home(page, address, "ar")
    await chat.say("بدي اعرف كيف اعادل شهادة التمريض")
    before = await chat.messages.count()
    await chat.log.locator(".tools .tool").nth(1).click()
    await chat.shows(before + 2)
    pair = chat.messages.last.locator(".beside").first
    assert await pair.locator("[lang=ar][dir=rtl]").count() == 1
    assert await pair.locator("[lang=de][dir=ltr]").count() == 1


async def test_the_counter_sees_large_german_over_the_whole_screen(page: Page, address: str) -> None:
    chat = await at_home(page, address, "ar")
    await chat.say("بدي اعرف كيف اعادل شهادة التمريض")
    await chat.log.locator(".body section > button.tool").first.click()
    dialog = chat.widget.get_by_role("dialog").and_(page.locator("dialog"))
    words = dialog.locator("[lang=de]").first
    assert "Pflegefachkraft" in await words.inner_text()
    assert await words.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 22
    size = await dialog.bounding_box()
    assert size and (size["width"], size["height"]) == (400, 800)
    await page.keyboard.press("Escape")
    assert await dialog.count() == 0
    assert await chat.panel.is_visible(), "Esc closes the card, not the chat"
    assert await chat.focused() != "body"


VOICES = """
const voice = (lang, localService) => ({ lang, localService, name: lang, voiceURI: lang, default: false });
window.spoken = [];
speechSynthesis.getVoices = () => [voice("de-DE", true), voice("ar-SA", false)];
speechSynthesis.speak = (part) => window.spoken.push([part.lang, part.text]);
speechSynthesis.cancel = () => window.spoken.push("stop");
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


async def test_answers_are_read_aloud_only_with_a_voice_of_the_device(page: Page, address: str) -> None:
    await page.add_init_script(VOICES)
    chat = await at_home(page, address)
    await chat.say(NURSE)
    listen = chat.messages.last.locator("[data-voice]")
    await page.evaluate("spoken.length = 0")
    await listen.click()
    spoken = await page.evaluate("spoken.filter((part) => part !== 'stop')")
    assert ["de-DE", "Pflegefachkraft: Anerkennung in Sachsen"] in spoken
    assert await listen.get_attribute("aria-pressed") == "true"
    await page.keyboard.press("Escape")
    assert (await page.evaluate("spoken"))[-1] == "stop", "a closed chat is silent"
    await page.goto("about:blank")
    chat = await at_home(page, address, "ar")
    await chat.say("بدي اعرف كيف اعادل شهادة التمريض")
    assert not await chat.messages.last.locator("[data-voice]").is_visible(), "that voice sends words away"


async def test_copying_works_without_a_secure_context(page: Page, address: str) -> None:
    await page.add_init_script(
        """Object.defineProperty(navigator, "clipboard", { value: undefined });
        document.addEventListener("copy", () => {
          let at = document.activeElement;
          while (at.shadowRoot) at = at.shadowRoot.activeElement;
          window.copied = at.value;
        });"""
    )
    chat = await at_home(page, address)
    await chat.say("Notruf Polizei")
    await chat.log.locator(".tools").last.get_by_text("Kopieren").click()
    await page.wait_for_function("window.copied")
    copied = await page.evaluate("copied")
    assert "110" in copied
    assert not set(copied) & set("\u2066\u2067\u2068\u2069")
    assert await chat.focused() != "body"


async def test_sharing_shows_the_address_where_the_browser_cannot_share(page: Page, address: str) -> None:
    await page.add_init_script("Object.defineProperty(navigator, 'share', { value: undefined })")
    chat = await at_home(page, address)
    await chat.say(NURSE)
    await chat.log.locator(".tools").last.get_by_text("Teilen").click()
    shown = await chat.log.locator(".address bdi").first.inner_text()
    assert shown == f"{address}/q/pflegefachkraft?language=de"


async def test_printing_opens_the_page_of_the_answer(page: Page, address: str) -> None:
    chat = await at_home(page, address)
    await chat.say(NURSE)
    link = chat.log.locator("a.tool").last
    assert await link.get_attribute("href") == f"{address}/q/pflegefachkraft?language=de"
    assert await link.get_attribute("target") == "_blank"


async def test_deleting_asks_first_and_leaves_nothing(page: Page, address: str) -> None:
    chat = await at_home(page, address)
    await chat.say(NURSE)
    eraser = chat.panel.locator("[part=delete]")
    await eraser.click()
    await page.keyboard.press("Escape")
    assert await chat.messages.count() == 3, "asked, and not deleted"
    await eraser.click()
    async with page.expect_response(lambda r: r.request.method == "DELETE") as caught:
        await chat.widget.locator("dialog button").last.click()
    assert (await caught.value).status == 204
    assert await chat.messages.count() == 1, "only the greeting"
    assert await page.evaluate("sessionStorage.length") == 0
    assert (await chat.focused()).startswith("input")


async def test_a_path_counts_its_stations_and_leads_back(page: Page, address: str) -> None:
    chat = await at_home(page, address)
    await chat.press("Schritt für Schritt: meinen Deutschkurs finden")
    await chat.shows(3)
    assert await chat.messages.last.locator(".station").inner_text() == "1"
    await chat.messages.last.locator(".chips button").first.click()
    await chat.shows(5)
    assert await chat.messages.last.locator(".station").inner_text() == "2"
    await chat.press("Zurück")
    await chat.shows(7)
    assert await chat.messages.last.locator(".station").inner_text() == "1"


async def test_a_link_leads_to_one_answer_in_a_language(page: Page, address: str, host: Host) -> None:
    await page.goto(host.url(embedding(address, "de")) + "#q=pflegefachkraft&lang=ar")
    chat = Chat(page)
    await chat.shows(2)
    assert await chat.panel.get_attribute("lang") == "ar"
    assert await chat.messages.last.get_attribute("lang") == "ar"
    await page.reload()
    await chat.shows(2)
    assert await chat.messages.count() == 2, "followed once"


async def test_a_host_page_opens_asks_and_listens(page: Page, address: str, host: Host) -> None:
    script = """<script>window.heard = [];
      for (const name of ["open", "close", "answer"])
        addEventListener(`lotse:${name}`, (event) => heard.push([name, event.detail]));</script>"""
    await page.goto(
        host.url(embedding(address, "de", script, data_hide_launcher="", data_launcher="Fragen?"))
    )
    chat = Chat(page)
    await chat.widget.wait_for(state="attached")
    assert not await chat.launcher.is_visible()
    await page.evaluate("document.querySelector('lotse-chat').ask('Wo ist das Jobcenter?')")
    await chat.shows(3)
    await page.evaluate("document.querySelector('lotse-chat').close()")
    heard = await page.evaluate("heard")
    assert [name for name, _ in heard] == ["open", "answer", "close"]
    assert "Jobcenter" not in json.dumps(heard), "no words leave the chat"
    assert await page.evaluate("document.querySelector('lotse-chat').language") == "de"


@pytest.mark.parametrize("color", ["#ffff00", "#777777", "#000000", "#ffffff", "#0b5"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_any_colour_of_a_host_stays_readable(
    browser: Browser, address: str, host: Host, color: str, scheme: str
) -> None:
    async with visiting(browser, [], address, host.origin, color_scheme=scheme) as page:
        await page.goto(host.url(embedding(address, "de", data_color=color)))
        chat = Chat(page)
        await chat.open()
        await chat.say(NURSE)
        contrasts = await page.evaluate(CONTRASTS)
        assert contrasts and min(contrasts.values()) >= 4.5, contrasts


CONTRASTS = """() => {
  const root = document.querySelector("lotse-chat").shadowRoot;
  const channels = (text) => text.match(/[0-9.]+/g).map(Number);
  const part = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
  };
  const found = {};
  const ones = [".me", ".full", ".call", "h3", ".tool", ".notice", "blockquote", ".steps li", "summary",
    ".topics button", "a", "[part=person]", ".soft"];
  for (const one of ones) {
    const element = root.querySelector(one);
    if (!element) continue;
    const [x, y] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))];
    found[one] = (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  }
  return found;
}"""


async def test_an_answer_that_comes_while_the_chat_is_closed_is_counted(page: Page, address: str) -> None:
    chat = await at_home(page, address)
    held: list[Any] = []
    await page.route(ASK, lambda route: held.append(route))
    await chat.input.fill("Deutschkurs")
    await page.keyboard.press("Enter")
    await page.wait_for_timeout(100)
    await page.keyboard.press("Escape")
    await held[0].continue_()
    await chat.widget.locator(".badge:visible").wait_for()
    assert "(1)" in (await chat.launcher.get_attribute("aria-label") or "")
    await chat.launcher.click()
    assert not await chat.widget.locator(".badge").is_visible()


async def test_the_back_button_closes_the_chat_on_a_phone(page: Page, address: str, host: Host) -> None:
    await page.goto(host.url(embedding(address, "de")))
    chat = Chat(page)
    await chat.open()
    await page.go_back()
    await chat.launcher.wait_for()
    assert page.url.startswith(host.origin), "still on the page of the host"
    assert not await chat.panel.is_visible()


async def test_empty_and_endless_questions_are_not_sent(page: Page, address: str) -> None:
    chat = await at_home(page, address)
    asked = noted(page, "/api/v1/ask")
    await chat.input.press("Enter")
    assert await chat.widget.get_by_role("status").inner_text()
    await chat.input.fill("wort " * 500)
    await chat.input.press("Enter")
    assert asked == []
