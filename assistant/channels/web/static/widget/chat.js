// The chat: panel, conversation, language, what can be done with an answer.

import { copy, render } from "./blocks.js";
import { Outbox, Refused, call } from "./connection.js";
import { button, icon, learn, linked, make, texted, textsOf } from "./dom.js";
import { Memory, newId } from "./memory.js";
import { canRead, hush, onVoices, read } from "./speech.js";
import { CSS, tokens } from "./style.js";

/** @import { Answer, Choice, Home, Own, Reply, Text, Texts, Turn } from "./types" */

const LONGEST = 2000;
const ROWS = 6;
const CHIPS = 8;
const NEAR = 60;
/** Buttons of a station that are no answer to its question. */
const BESIDE = /^(f:forget|p:.*:(skip|back|again))$/;
/** Answers that show an earlier one in another way. */
const AGAIN = /^(card|de|share):/;

const narrow = matchMedia("(max-width:640px)");

export class Chat {
  /** @type {Own | undefined} */
  texts;
  /** @type {Texts} */
  say = {};
  unread = 0;
  /** @type {Promise<void> | undefined} */
  #texts;
  #locked = "";
  #troubled = false;
  #stop = new AbortController();
  #sheet = new CSSStyleSheet();
  /** @type {WeakMap<Turn, HTMLElement>} */
  #bubbles = new WeakMap();

  heading = make("h2", { id: "name", text: "Lotse" });
  picker = make("select");
  closer = button("close", null, () => this.close(), { class: "quiet square", part: "close" });
  log = make("div", { class: "log", part: "log", role: "log", "aria-live": "polite", tabindex: "0" });
  newer = button("down", null, () => this.#showNewest(), { class: "newer full", hidden: true });
  status = make("p", { class: "status", part: "status", role: "status" });
  retry = button(null, null, () => this.#again(), { class: "small", hidden: true });
  input = make("input", { class: "ask", part: "input", type: "text", autocomplete: "off", enterkeyhint: "send", dir: "auto" });
  sender = make("button", { class: "full square", part: "send" }, icon("send"));
  form = make("form", {}, this.input, this.sender);
  person = button("person", null, () => this.#put({ choice: "person", label: this.own("person") }), { class: "quiet", part: "person" });
  eraser = button("trash", null, () => this.#confirm(), { class: "quiet", part: "delete" });
  panel = make("div", { id: "panel", part: "panel", class: "panel", "aria-labelledby": "name", hidden: true },
    make("header", { part: "header" }, make("span", { class: "mark" }, icon("mark")), this.heading,
      make("span", { class: "language" }, icon("globe"), this.picker), this.closer),
    this.log,
    make("div", { class: "foot" }, this.newer, make("div", { class: "line" }, this.status, this.retry), this.form,
      make("div", { class: "always" }, this.person, this.eraser)));

  /** @param {Home} home */
  constructor(home) {
    this.home = home;
    this.host = home.host;
    this.inline = home.hasAttribute("inline");
    this.memory = new Memory(home.key);
    this.outbox = new Outbox({
      next: () => this.memory.next(),
      send: (turn) => this.#send(turn),
      done: (turn, answer) => this.#answered(turn, answer),
      refused: (turn, error) => this.#refused(turn, error),
      trouble: (error, tries) => this.#trouble(error, tries),
    });
    home.shadowRoot.adoptedStyleSheets.push(this.#sheet);
    home.shadowRoot.append(this.panel);
    this.#listen();
    this.paint();
    this.arrive();
    this.#restore();
  }

  get language() {
    return this.texts?.language ?? this.home.wish;
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  // ---- The panel -----------------------------------------------------------------------------------------

  #listen() {
    const { panel, log, inline } = this;
    panel.setAttribute("role", inline ? "region" : "dialog");
    if (!inline) panel.setAttribute("aria-modal", "false");
    this.closer.hidden = inline;
    this.picker.addEventListener("change", () => this.speak(this.picker.value));
    log.addEventListener("scroll", () => this.#seen(), { passive: true });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(this.input.value);
    });
    panel.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    // What cannot scroll further must not move the page behind.
    panel.addEventListener("wheel", (event) => {
      const scrolls = log.contains(/** @type {Node} */ (event.target)) && log.scrollHeight > log.clientHeight;
      if (!inline && !scrolls) event.preventDefault();
    }, { passive: false });
  }

  /** Take over the host's colour and theme. */
  paint() {
    const { color, left } = this.home;
    this.panel.classList.toggle("left", left);
    const theme = this.home.getAttribute("theme");
    const dark = `:host{${tokens(color, "dark")}}`;
    const light = theme === "dark" ? dark : `:host{${tokens(color, "light")}}`;
    const more = theme ? "" : `@media (prefers-color-scheme:dark){${dark}}`;
    this.#sheet.replaceSync(`${CSS}${light}${more}:host{color-scheme:${theme ?? "light dark"}!important}`);
  }

  /** Listen to the page; called again when the element comes back to it. */
  arrive() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const wake = () => this.#wake();
    addEventListener("online", wake, { signal });
    addEventListener("offline", () => this.memory.next() && this.#trouble(null, 1), { signal });
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.memory.claim();
      wake();
    }, { signal });
    addEventListener("pagehide", () => {
      hush();
      this.memory.release();
    }, { signal });
    document.addEventListener("visibilitychange", () => !document.hidden && wake(), { signal });
    addEventListener("popstate", () => this.isOpen && narrow.matches && !history.state?.lotse && this.close(false), { signal });
    narrow.addEventListener("change", () => this.#fit(), { signal });
    for (const name of ["resize", "scroll"]) globalThis.visualViewport?.addEventListener(name, () => this.#fit(), { signal });
    onVoices(() => this.#voices(), signal);
  }

  leave() {
    this.#stop.abort();
    this.outbox.stop();
    hush();
    this.#lock(false);
  }

  /** After the page was loaded: as the person left it. */
  resume() {
    const reloaded = /** @type {PerformanceNavigationTiming | undefined} */ (performance.getEntriesByType("navigation")[0])?.type === "reload";
    if (this.inline || (this.memory.kept.open && (!narrow.matches || reloaded))) this.open(false);
    this.#wake();
  }

  /** @param {boolean} focus whether the person asked for it just now */
  open(focus) {
    if (!this.isOpen) {
      this.panel.hidden = false;
      this.home.launcher.hidden = true;
      this.home.launcher.setAttribute("aria-expanded", "true");
      this.unread = 0;
      this.#badge();
      // On a phone "back" closes the chat, as people expect of what fills the screen.
      if (!this.inline && narrow.matches && !history.state?.lotse) history.pushState({ ...history.state, lotse: true }, "");
      this.#fit();
      this.#keepOpen(true);
      this.#announce("open");
    }
    if (focus) this.input.focus();
    this.#wake();
    this.#showLast();
  }

  /** @param {boolean} [back] whether the step "open" is still to be taken out of the history */
  close(back = true) {
    if (!this.isOpen || this.inline) return;
    hush();
    this.panel.hidden = true;
    this.home.launcher.hidden = false;
    this.home.launcher.setAttribute("aria-expanded", "false");
    this.#fit();
    this.#keepOpen(false);
    if (back && history.state?.lotse) history.back();
    this.home.launcher.focus();
    this.#announce("close");
  }

  /** @param {boolean} open */
  #keepOpen(open) {
    this.memory.kept.open = open;
    this.memory.save();
  }

  /** On a phone the panel fills what the keyboard leaves, and the page behind stands still. */
  #fit() {
    const full = this.isOpen && !this.inline && narrow.matches;
    const view = globalThis.visualViewport;
    const set = (/** @type {string} */ name, /** @type {number | undefined} */ pixels) =>
      full && pixels !== undefined ? this.panel.style.setProperty(name, `${pixels}px`) : this.panel.style.removeProperty(name);
    set("--tall", view?.height);
    set("--top", view?.offsetTop);
    this.#lock(full);
  }

  /** @param {boolean} locked */
  #lock(locked) {
    const { style } = document.documentElement;
    if (locked && style.overflow !== "hidden") {
      this.#locked = style.overflow || "visible";
      style.overflow = "hidden";
    } else if (!locked && this.#locked) {
      style.overflow = this.#locked === "visible" ? "" : this.#locked;
      this.#locked = "";
    }
  }

  /** Tell the host page; never with words of the person. @param {string} name @param {object} [detail] */
  #announce(name, detail = {}) {
    this.home.dispatchEvent(new CustomEvent(`lotse:${name}`, { detail, bubbles: true, composed: true }));
  }

  // ---- Texts and languages -------------------------------------------------------------------------------

  /** One of the widget's own sentences, with its language. @param {string} key @returns {Text} */
  own(key) {
    return { language: this.language, value: this.say[key] ?? "" };
  }

  /** The texts, loaded once; throws when the server cannot be reached. */
  #ready() {
    this.#texts ??= (async () => {
      const { kept } = this.memory;
      const [languages, own] = await Promise.all([
        call(`${this.host}/api/v1/languages`),
        this.#fetchTexts(kept.chosen ?? kept.own?.language ?? this.home.wish),
      ]);
      kept.languages = languages;
      this.#offer(languages);
      this.#translate(own);
      if (!this.log.querySelector(".greeting")) this.#greet();
      if (!this.memory.next()) this.tell("");
    })();
    this.#texts.catch(() => (this.#texts = undefined));
    return this.#texts;
  }

  /** @param {string} language @returns {Promise<Own>} */
  #fetchTexts(language) {
    return call(`${this.host}/api/v1/texts?language=${encodeURIComponent(language)}`);
  }

  /** @param {import("./types").Language[]} languages */
  #offer(languages) {
    learn(languages);
    this.picker.replaceChildren(...languages.map((l) => make("option", { value: l.tag, lang: l.tag, dir: l.direction, text: l.name })));
  }

  /** @param {Own} own */
  #translate(own) {
    this.texts = this.memory.kept.own = own;
    const t = (this.say = own.texts);
    this.picker.value = own.language;
    this.panel.lang = own.language;
    this.panel.dir = own.direction;
    this.heading.textContent = t.title;
    this.input.placeholder = t.placeholder;
    /** @type {[Element, string][]} */
    const labels = [[this.picker, t.language], [this.closer, t.close], [this.log, t.log], [this.input, t.placeholder], [this.sender, t.send], [this.eraser, t.delete]];
    for (const [element, label] of labels) element.setAttribute("aria-label", label);
    /** @type {[HTMLElement, string][]} */
    const words = [[this.person, t.person], [this.eraser, t.delete], [this.newer, t.newer], [this.retry, t.again]];
    for (const [element, text] of words) /** @type {HTMLElement} */ (element.lastElementChild).textContent = text;
    this.#badge();
  }

  /** The person chose a language. @param {string} language */
  async speak(language) {
    const { kept } = this.memory;
    const own = await this.#fetchTexts(language).catch(() => null);
    if (!own) {
      this.picker.value = this.language;
      return this.#trouble(null, 2);
    }
    this.#translate(own);
    kept.chosen = own.language;
    if (kept.turns.length) {
      const name = this.picker.selectedOptions[0]?.text ?? own.language;
      this.#put({ choice: `lang:${own.language}`, label: { language: own.language, value: name } });
    } else {
      this.log.replaceChildren();
      this.#greet();
    }
  }

  #greet() {
    if (!this.texts) return;
    const { greeting } = this.texts;
    const box = this.#box(greeting);
    box.classList.add("greeting");
    box.append(make("p", { class: "notice" }, icon("info"), " ", texted("span", this.own("privacy"))));
    this.log.prepend(box);
  }

  // ---- Asking --------------------------------------------------------------------------------------------

  /** Ask what the person wrote. @param {string} words */
  ask(words) {
    const text = words.trim();
    if (!text || text.length > LONGEST) return this.tell(text ? this.say.long : this.say.empty);
    this.input.value = "";
    this.#put({ text });
  }

  /** Follow a link to one answer, once. @param {string} entry @param {string} [language] */
  async link(entry, language) {
    const { kept } = this.memory;
    this.open(false);
    if (kept.link === location.hash) return;
    kept.link = location.hash;
    if (language && language !== kept.chosen) {
      kept.chosen = language;
      await this.#ready().catch(() => null);
      const own = this.language === language ? null : await this.#fetchTexts(language).catch(() => null);
      if (own) this.#translate(own);
    }
    this.#put({ choice: `e:${entry}` });
  }

  /** @param {Pick<Turn, "text" | "choice" | "label">} said */
  #put(said) {
    hush();
    const turn = { id: newId(), life: this.memory.life, ...said };
    this.memory.kept.turns.push(turn);
    this.memory.save();
    this.#bubble(turn);
    this.log.scrollTop = this.log.scrollHeight;
    this.tell(this.#troubled ? this.say.queued : "");
    this.outbox.flush();
  }

  /** @param {Turn} turn */
  #bubble(turn) {
    if (!turn.text && !turn.label) return;
    const bubble = turn.label
      ? texted("div", turn.label, { class: "message me new" })
      : make("div", { class: "message me new", dir: "auto", text: turn.text });
    bubble.setAttribute("part", "question");
    if (!turn.reply) bubble.classList.add("waiting");
    this.#bubbles.set(turn, bubble);
    this.log.append(bubble);
  }

  /** @param {Turn} turn @returns {Promise<Answer>} */
  async #send(turn) {
    const slow = setTimeout(() => this.tell(this.say.waiting), 300);
    try {
      await this.#ready();
      const { conversation, state, chosen } = this.memory.kept;
      const answer = await call(`${this.host}/api/v1/ask`, {
        text: turn.text, choice: turn.choice, message: turn.id, conversation, state,
        // The first message says which language the chat stands in; later the server knows.
        language: chosen ?? (conversation ? undefined : this.language),
      });
      if (answer.language !== this.language) {
        const own = await this.#fetchTexts(answer.language).catch(() => null);
        if (own) this.#translate(own);
      }
      return answer;
    } finally {
      clearTimeout(slow);
    }
  }

  /** @param {Turn} turn @param {Answer} answer */
  #answered(turn, { conversation, state, chosen, ...reply }) {
    const { kept } = this.memory;
    if (!kept.turns.includes(turn)) return;
    kept.conversation = conversation;
    kept.state = state;
    if (kept.chosen && chosen) kept.chosen = chosen;
    turn.reply = reply;
    this.memory.save();
    this.#bubbles.get(turn)?.classList.remove("waiting");
    this.tell(this.#troubled ? this.say.sent : "");
    this.#troubled = false;
    const reading = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight > NEAR;
    this.log.append(this.#box(reply, turn));
    if (reading && this.isOpen) this.newer.hidden = false;
    else this.#showLast();
    if (!this.isOpen) {
      this.unread += 1;
      this.#badge();
    }
    const card = reply.blocks.find((b) => b.type === "card");
    if (card && this.isOpen && turn.choice?.startsWith("card:")) this.enlarge(card.heading, [card.sentence, ...card.lines], card.meaning);
    this.#announce("answer", { language: reply.language, decision: reply.decision });
  }

  /** @param {Turn} turn @param {Refused} error */
  #refused(turn, error) {
    turn.refused = true;
    this.memory.save();
    this.tell(error.status === 413 ? this.say.long : this.say.failed, true);
  }

  /** Say what is wrong; asking goes on by itself. @param {unknown} error @param {number} tries */
  #trouble(error, tries) {
    this.#troubled = true;
    const { say } = this;
    const waits = this.memory.waiting().length > 0;
    const status = error instanceof Refused ? error.status : 0;
    const failed = say.failed ?? "112 · 110";
    if (status === 429) this.tell(/** @type {Refused} */ (error).message || say.limit);
    else if (!navigator.onLine) this.tell(say.offline ?? failed);
    else if (status >= 502) this.tell(waits ? say.resting : failed, true);
    else if (tries < 2 && waits) this.tell(say.queued);
    else this.tell(waits ? `${failed} ${say.queued ?? ""}` : failed, true);
  }

  #again() {
    if (this.home.shadowRoot.activeElement === this.retry) this.input.focus();
    this.tell("");
    this.memory.kept.turns.forEach((turn) => (turn.refused = false));
    this.memory.claim();
    this.#wake();
  }

  /** Awake, online or back: load what is missing, send what waits. */
  async #wake() {
    if (!this.isOpen && !this.memory.next()) return;
    try {
      await this.#ready();
      this.outbox.flush();
    } catch (error) {
      this.#trouble(error, 2);
    }
  }

  /** What is going on, for everyone. @param {string | undefined} text @param {boolean} [again] */
  tell(text, again = false) {
    this.status.textContent = text ?? "";
    if (!again && this.home.shadowRoot.activeElement === this.retry) this.input.focus();
    this.retry.hidden = !again;
  }

  /** Draw a kept conversation again; nothing of it is announced once more. */
  #restore() {
    const { kept } = this.memory;
    if (!kept.own || !kept.turns.length) return;
    this.#offer(kept.languages ?? []);
    this.#translate(kept.own);
    this.#texts = Promise.resolve();
    this.log.setAttribute("aria-live", "off");
    this.#greet();
    for (const turn of kept.turns) {
      this.#bubble(turn);
      if (turn.reply) this.log.append(this.#box(turn.reply, turn));
    }
    for (const box of this.log.children) box.classList.remove("new");
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 1000);
    // Another tab may be sending these: only a tap sends them from here.
    if (this.memory.waiting().length) this.tell(this.say.queued, !this.memory.next());
  }

  // ---- Reading -------------------------------------------------------------------------------------------

  #showLast() {
    const boxes = this.log.querySelectorAll(".message");
    const last = boxes[boxes.length - 1];
    const before = boxes[boxes.length - 2];
    const target = /** @type {HTMLElement | undefined} */ (last?.matches(".lotse") && before?.matches(".me") ? before : last);
    if (target) this.log.scrollTop = target.offsetTop - 8;
    this.newer.hidden = true;
  }

  #showNewest() {
    this.#showLast();
    this.log.focus();
  }

  #seen() {
    const last = /** @type {HTMLElement | null} */ (this.log.lastElementChild);
    if (this.newer.hidden || !last || last.offsetTop > this.log.scrollTop + this.log.clientHeight - NEAR) return;
    if (this.home.shadowRoot.activeElement === this.newer) this.log.focus();
    this.newer.hidden = true;
  }

  #badge() {
    const { badge, launcher } = this.home;
    badge.hidden = !this.unread;
    badge.textContent = String(this.unread);
    const name = launcher.querySelector("span")?.textContent;
    launcher.setAttribute("aria-label", `${name} – ${this.unread ? `${this.say.unread} (${this.unread})` : this.say.open}`);
    launcher.lang = this.language;
  }

  /** An answer. @param {Reply} reply @param {Turn} [turn] */
  #box(reply, turn) {
    const box = make("div", { class: `message lotse new ${reply.decision}`, part: "answer", lang: reply.language, dir: reply.direction });
    const steps = this.#stations(reply, turn);
    if (steps) box.append(make("p", { class: "station" }, icon("path"), make("bdi", { text: String(steps) })));
    box.append(make("div", { class: "body" }, ...render(reply, this, this.#original(reply, turn))));
    this.#choices(box, reply);
    if (turn) this.#tools(box, reply);
    if (turn && reply.entry && reply.decision === "answer" && !AGAIN.test(turn.choice ?? "")) box.append(this.#helpful(reply.entry, reply.language));
    return box;
  }

  /** How many stations of a path were met so far; going back takes some away. @param {Reply} reply @param {Turn} [turn] */
  #stations(reply, turn) {
    if (!reply.station || !turn) return 0;
    const path = `${reply.station.split(":")[0]}:`;
    /** @type {string[]} */
    let met = [];
    for (const { reply: before } of this.memory.kept.turns) {
      const at = before?.station;
      if (at?.startsWith(path)) met = [...(met.includes(at) ? met.slice(0, met.indexOf(at)) : met), at];
      if (before === reply) break;
    }
    return met.length;
  }

  /** For German beside it: the same answer in the language before. @param {Reply} reply @param {Turn} [turn] */
  #original(reply, turn) {
    if (!turn?.choice?.startsWith("de:")) return undefined;
    return this.memory.kept.turns.find((t) => t !== turn && t.reply?.entry === reply.entry && t.reply?.language === reply.language && !AGAIN.test(t.choice ?? ""))?.reply;
  }

  /** @param {HTMLElement} box @param {Reply} reply */
  #choices(box, reply) {
    // "Talk to a person" stands below, always in the same place (WCAG 3.2.6).
    const all = reply.choices.filter((choice) => choice.id !== "person");
    const rows = all.filter(({ id }) => /^(e:|p:[^:]+$)/.test(id));
    const chips = all.filter((choice) => !rows.includes(choice));
    const group = (/** @type {string} */ name, /** @type {Choice[]} */ choices, /** @type {number} */ most) => {
      if (!choices.length) return;
      const buttons = choices.map((choice) => this.#choice(choice));
      const list = make("div", { class: name }, ...buttons);
      const rest = buttons.filter((b, n) => n >= most && !b.matches(".quiet, .way"));
      if (rest.length > 1) {
        rest.forEach((b) => (b.hidden = true));
        const more = button(null, this.own("more"), () => {
          const folded = rest[0].hidden;
          rest.forEach((b) => (b.hidden = !folded));
          more.textContent = folded ? this.say.less : this.say.more;
          more.setAttribute("aria-expanded", String(folded));
        }, { class: "quiet", "aria-expanded": "false" });
        rest[rest.length - 1].after(more);
      }
      box.append(list);
    };
    group("choices chips", chips, CHIPS);
    group("choices topics", rows, ROWS);
  }

  /** @param {Choice} choice */
  #choice(choice) {
    const way = /^p:[^:]+$/.test(choice.id);
    const aside = BESIDE.test(choice.id);
    const press = button(way ? "path" : choice.id.endsWith(":back") ? "back" : null, choice.label, () => {
      press.classList.add("taken");
      this.#put({ choice: choice.id, label: choice.label });
      // The answer moves the button out of sight. On touch screens the input would call the keyboard.
      (matchMedia("(pointer:coarse)").matches ? this.log : this.input).focus({ preventScroll: true });
    }, { class: way ? "way" : aside ? "quiet" : "" });
    if (choice.id.startsWith("e:")) press.append(icon("next"));
    return press;
  }

  /** What can be done with an answer. @param {HTMLElement} box @param {Reply} reply */
  #tools(box, reply) {
    const { say } = this;
    if (!reply.entry && (reply.station || reply.blocks.length < 2)) return;
    const tool = { class: "tool" };
    const listen = button("speaker", this.own("listen"), () => {
      if (listen.ariaPressed === "true") return hush();
      this.#listening(listen, true);
      read(reply, () => this.#listening(listen, false));
    }, { ...tool, "aria-pressed": "false", "data-voice": reply.language, hidden: !canRead(reply.language) });
    const bar = make("div", { class: "tools" }, listen);
    for (const choice of reply.tools ?? []) {
      if (choice.id.startsWith("share:")) continue;
      const press = () => this.#put({ choice: choice.id, label: choice.label });
      bar.append(button(choice.id.startsWith("card:") ? "card" : "beside", choice.label, press, tool));
    }
    const copier = button("copy", this.own("copy"), async () => {
      const words = [...textsOf(reply.blocks)].map((text) => text.value).join("\n");
      await copy(words, copier);
      this.tell(say.copied);
    }, tool);
    bar.append(copier);
    if (reply.entry) {
      const page = `${this.host}/q/${encodeURIComponent(reply.entry)}?language=${encodeURIComponent(reply.language)}`;
      bar.append(button("share", this.own("share"), () => this.#share(bar, page, reply), tool));
      bar.append(linked({ label: this.own("print"), href: page }, "", "print", { ...tool, "aria-label": `${say.print} (${say.window})` }));
    }
    box.append(bar);
  }

  /** @param {HTMLButtonElement} listen @param {boolean} on */
  #listening(listen, on) {
    listen.ariaPressed = String(on);
    listen.replaceChildren(icon(on ? "stop" : "speaker"), make("span", { text: on ? this.say.stop_listening : this.say.listen }));
  }

  #voices() {
    for (const listen of this.log.querySelectorAll("[data-voice]")) /** @type {HTMLElement} */ (listen).hidden = !canRead(/** @type {HTMLElement} */ (listen).dataset.voice ?? "");
  }

  /** Share the address of an answer; where the browser cannot, show it. @param {HTMLElement} bar @param {string} href @param {Reply} reply */
  async #share(bar, href, reply) {
    const title = [...textsOf(reply.blocks)][0]?.value;
    try {
      return await navigator.share({ title, url: href });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
    }
    const shown = bar.querySelector(".address");
    if (shown) return shown.remove();
    const { say } = this;
    const copier = button("copy", this.own("copy_link"), async () => {
      await copy(href, copier);
      this.tell(say.copied);
    });
    bar.append(make("div", { class: "address" }, make("bdi", { dir: "ltr", text: href }), copier,
      linked({ label: this.own("open_page"), href }, "", "link", { class: "tool", "aria-label": `${say.open_page} (${say.window})` })));
    copier.focus();
  }

  /** @param {string} entry @param {string} language */
  #helpful(entry, language) {
    const { say } = this;
    const answer = (/** @type {boolean} */ helpful) => () => {
      this.report({ entry, language, helpful });
      row.replaceChildren(texted("span", this.own("thanks"), { tabindex: "-1" }));
      /** @type {HTMLElement} */ (row.firstElementChild).focus();
    };
    const row = make("div", { class: "help", role: "group", "aria-label": say.helpful }, texted("span", this.own("helpful")),
      button(null, this.own("yes"), answer(true)), button(null, this.own("no"), answer(false)));
    return row;
  }

  /** The documents of an entry that are ticked off. @param {string} entry */
  ticks(entry) {
    return this.memory.kept.ticks[entry] ?? [];
  }

  /** @param {string} entry @param {number[]} ticked */
  tick(entry, ticked) {
    this.memory.kept.ticks[entry] = ticked;
    this.memory.save();
  }

  /** One tap of feedback; when it does not arrive nobody is bothered. @param {object} body */
  report(body) {
    call(`${this.host}/api/v1/feedback`, { language: this.language, ...body }).catch(() => null);
  }

  // ---- Dialogs -------------------------------------------------------------------------------------------

  /** @param {string} name @param {string} label @param {...Node} children */
  #dialog(name, label, ...children) {
    const dialog = make("dialog", { class: name, "aria-label": label, lang: this.language, dir: this.panel.dir }, ...children);
    dialog.addEventListener("close", () => dialog.remove());
    this.home.shadowRoot.append(dialog);
    dialog.showModal();
    return dialog;
  }

  /** Large German words over the whole screen, to show at a counter. @param {Text} heading @param {Text[]} lines @param {Text} [meaning] */
  enlarge(heading, lines, meaning) {
    const close = button("close", this.own("dismiss"), () => dialog.close());
    const dialog = this.#dialog("big", heading.value,
      make("div", { class: "top" }, texted("span", heading), close),
      make("div", { class: "words" }, ...lines.map((line) => texted("p", line))),
      ...(meaning ? [texted("p", meaning, { class: "soft" })] : []));
  }

  #confirm() {
    const { say } = this;
    const dialog = this.#dialog("sure", say.sure, make("p", { text: say.sure }), make("div", { class: "chips" },
      button(null, this.own("cancel"), () => dialog.close()),
      button("trash", this.own("delete"), () => {
        dialog.close();
        this.#forget();
      }, { class: "full" })));
  }

  async #forget() {
    const { conversation } = this.memory.kept;
    hush();
    this.memory.forget();
    this.outbox.stop();
    this.#troubled = false;
    this.log.replaceChildren();
    this.#greet();
    this.newer.hidden = true;
    this.tell(this.say.deleted);
    this.input.focus();
    // Without an answer the server forgets by itself within the hour.
    for (let tries = 0; conversation && tries < 3; tries++) {
      const done = await call(`${this.host}/api/v1/conversations/${encodeURIComponent(conversation)}`, undefined, "DELETE").then(() => true, () => false);
      if (done) return;
      await new Promise((wait) => setTimeout(wait, 2000 * 2 ** tries));
    }
  }
}
