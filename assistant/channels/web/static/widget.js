// The Lotse widget: one custom element, an open shadow root, no dependency, no cookie.
// <script async src="https://HOST/widget.js" data-language="auto" data-position="end" data-color="#0b6e5f"></script>
// or <lotse-chat inline></lotse-chat>. Texts are only ever set with textContent.
(() => {
  "use strict";
  if (customElements.get("lotse-chat")) return;

  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  const HOST = script ? new URL(script.src).origin : location.origin;
  const STORE = "lotse";
  const EMERGENCY = "112 · 110";

  const CSS = `
:host{--accent:#0b6e5f;--on-accent:#fff;--ink:#1c2b2a;--soft:#51605f;--paper:#fbfaf6;--card:#fff;--line:#d5dad6;--tint:#e8f3f0;--warn:#8a1c1c;
all:initial;font-family:system-ui,"Noto Sans","Noto Sans Arabic","Noto Sans Ethiopic",sans-serif;font-size:16px;line-height:1.5;color:var(--ink);color-scheme:light dark}
@media (prefers-color-scheme:dark){:host{--ink:#e8eeec;--soft:#aebbb8;--paper:#131a19;--card:#1c2523;--line:#3a4745;--tint:#1f332f;--warn:#ffb4ab;--accent:var(--accent-dark,#6fd0bd);--on-accent:var(--on-accent-dark,#07211c)}}
*{box-sizing:border-box}
button,input,select{font:inherit;color:inherit}
button{cursor:pointer;min-block-size:44px;min-inline-size:44px;border-radius:.7rem;border:2px solid var(--accent);background:transparent;color:var(--accent);padding:.4rem .9rem}
button.full{background:var(--accent);color:var(--on-accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.launch{position:fixed;inset-block-end:1rem;inset-inline-end:1rem;z-index:var(--lotse-z,2147483000);border-radius:2rem;padding:.7rem 1.2rem;box-shadow:0 4px 16px #0004;font-weight:600}
:host([position=start]) .launch,:host([position=start]) .panel{inset-inline:1rem auto}
.panel{display:flex;flex-direction:column;background:var(--paper);color:var(--ink);border:1px solid var(--line);overflow:hidden}
:host(:not([inline])) .panel{position:fixed;inset-block-end:1rem;inset-inline-end:1rem;inline-size:min(26rem,calc(100vw - 2rem));block-size:min(40rem,calc(100dvh - 2rem));border-radius:1rem;z-index:var(--lotse-z,2147483000);box-shadow:0 8px 32px #0005}
:host([inline]) .panel{block-size:var(--lotse-height,36rem);border-radius:1rem}
:host([inline]) .launch,:host([inline]) .close{display:none}
@media (max-width:640px){:host(:not([inline])) .panel{inset:0;inline-size:100vw;block-size:100dvh;border-radius:0}}
.panel[hidden],.launch[hidden]{display:none}
header{display:flex;gap:.4rem;align-items:center;padding:.5rem .6rem;border-block-end:1px solid var(--line);background:var(--card)}
header h2{flex:1;font-size:1rem;margin:0;min-inline-size:0}
select{min-block-size:44px;max-inline-size:9rem;border:2px solid var(--line);border-radius:.6rem;background:var(--card);padding-inline:.4rem}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:.8rem;display:flex;flex-direction:column;gap:.8rem}
.message{max-inline-size:100%;border-radius:.9rem;padding:.6rem .9rem;overflow-wrap:anywhere}
.me{align-self:flex-end;background:var(--accent);color:var(--on-accent);max-inline-size:85%}
.lotse{background:var(--card);border:1px solid var(--line)}
.lotse.crisis{border:3px solid var(--warn)}
.lotse h3{font-size:1.08rem;margin:.2rem 0 .4rem}.lotse h4{font-size:.95rem;margin:.9rem 0 .2rem}
p{margin:.4rem 0}ol,ul{margin:.2rem 0;padding-inline-start:1.3rem}li{padding-block:.12rem}
.plain{list-style:none;padding:0}
.contact{border-inline-start:4px solid var(--accent);padding-inline-start:.8rem;margin-block:.8rem}
a{color:var(--accent)}
a.call{display:inline-flex;align-items:center;min-block-size:44px;font-weight:700;font-size:1.1rem}
dl{margin:.2rem 0}dl div{display:flex;gap:.8rem;justify-content:space-between;border-block-end:1px solid var(--line);padding-block:.25rem}dd{margin:0;text-align:end}
blockquote{margin:.4rem 0;padding:.5rem .8rem;background:var(--tint);border-radius:.5rem;font-weight:600}
small,.notice{color:var(--soft);font-size:.88rem}
.choices{display:flex;flex-wrap:wrap;gap:.4rem;margin-block-start:.6rem}.choices button{text-align:start}
.tools button{font-size:.9rem;border-width:1px}
blockquote.card{font-size:1.5rem;line-height:1.3}
summary{min-block-size:44px;display:flex;align-items:center;cursor:pointer}
form{display:flex;gap:.4rem;padding:.6rem;border-block-start:1px solid var(--line);background:var(--card)}
input{flex:1;min-inline-size:0;min-block-size:44px;padding:.4rem .7rem;border:2px solid var(--soft);border-radius:.7rem;background:var(--paper);font-size:16px}
.status{min-block-size:1.4rem;padding-inline:.8rem;font-size:.88rem;color:var(--soft)}
.foot{display:flex;justify-content:space-between;gap:.4rem;padding:0 .6rem .4rem;background:var(--card)}
.foot button{border-color:transparent;padding-inline:.4rem;font-size:.9rem}
@media (prefers-reduced-motion:no-preference){.message{animation:in .15s ease-out}@keyframes in{from{opacity:0;transform:translateY(4px)}}}
@media (forced-colors:active){.me,.lotse,.contact{border:1px solid}}`;

  /** Make an element with text and attributes. */
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === undefined || value === null || value === false) continue;
      if (key === "text") element.textContent = value;
      else if (key === "click") element.addEventListener("click", value);
      else element.setAttribute(key, value === true ? "" : String(value));
    }
    element.append(...children.filter(Boolean));
    return element;
  };

  /** An element for a Text of the reply, with its own language and direction. */
  const texted = (name, text, attributes = {}) =>
    make(name, {
      ...attributes,
      text: text.value,
      lang: text.language === "und" ? null : text.language,
      dir: text.language === "und" ? "auto" : RTL.has(text.language) ? "rtl" : "ltr",
    });
  const RTL = new Set(["ar", "fa", "ps", "ckb", "ur", "he"]);

  const safe = (href) => /^(https?:|tel:|mailto:)/.test(href);
  const linked = (link, attributes = {}) => {
    const inner = make("bdi", { dir: "ltr", text: link.label.value });
    if (!safe(link.href)) return inner;
    const outside = link.href.startsWith("http");
    return make("a", { href: link.href, target: outside ? "_blank" : null, rel: outside ? "noopener noreferrer" : null, ...attributes }, inner);
  };

  const BLOCKS = {
    text: (b) => [
      b.heading && texted("h4", b.heading),
      texted(b.role === "title" ? "h3" : "p", b.text),
    ],
    steps: (b) => [texted("h4", b.heading), make("ol", {}, ...b.items.map((i) => texted("li", i)))],
    documents: (b) => [texted("h4", b.heading), make("ul", {}, ...b.items.map((i) => texted("li", i)))],
    list: (b) => BLOCKS.documents(b),
    facts: (b) => [
      texted("h4", b.heading),
      make("dl", {}, ...b.facts.map((f) => {
        const value = make("dd", {}, texted("span", f.value));
        if (f.note) value.append(" ", texted("small", f.note));
        return make("div", {}, texted("dt", f.label), value);
      })),
    ],
    contact: (b) => [contact(b)],
    german_phrases: (b) => [texted("h4", b.heading), ...b.phrases.map((p) => texted("blockquote", p))],
    card: (b) => [texted("p", b.heading), texted("blockquote", b.sentence, { class: "card" }), ...b.lines.map((l) => texted("blockquote", l)), texted("p", b.meaning, { class: "notice" })],
    draft: (b) => [texted("h4", b.heading), texted("p", b.meaning, { class: "notice" }), texted("blockquote", b.text)],
    share: (b) => {
      const at = (path) => (path.startsWith("/") ? HOST + path : path);
      return [
        texted("p", b.heading),
        make("p", {}, linked({ href: at(b.href), label: { value: at(b.href) } })),
        make("p", {}, linked({ href: at(b.qr), label: { value: "QR" } })),
      ];
    },
    notice: (b) => [texted("p", b.text, { class: "notice" })],
    links: (b) => [texted("h4", b.heading), make("ul", { class: "plain" }, ...b.links.map((l) => make("li", {}, linked(l))))],
    sources: (b) => [
      make("details", {}, texted("summary", b.heading), make("ul", {}, ...b.sources.map((s) => make("li", { lang: "de", dir: "ltr" }, linked(s))))),
      make("p", {}, texted("small", b.assured)),
    ],
  };

  const contact = (b) => {
    const rows = [];
    const row = (...parts) => rows.push(make("li", {}, ...parts));
    const noted = (link, attributes) => row(linked(link, attributes), link.note && texted("small", link.note));
    b.phones.forEach((p) => noted(p, { class: "call" }));
    b.emails.forEach((e) => noted(e));
    b.address.forEach((a) => row(texted("span", a)));
    if (b.distance) row(texted("span", b.distance));
    if (b.map) row(linked(b.map));
    b.hours.forEach((h) => {
      const parts = [texted("span", h.label), ": "];
      h.lines.forEach((l, i) => parts.push(i ? "; " : "", texted("bdi", l)));
      if (h.state_text) parts.push(" ", texted("strong", h.state_text));
      if (h.note) parts.push(" ", texted("small", h.note));
      row(...parts);
    });
    b.notes.forEach((n) => row(texted("span", n)));
    if (b.website) row(linked(b.website));
    return make("section", { class: "contact" }, texted("h3", b.name), b.purpose && texted("p", b.purpose), make("ul", { class: "plain" }, ...rows));
  };

  /** Black or white, whichever reads better on a color (WCAG relative luminance). */
  const onColor = (color) => {
    const [r, g, b] = [1, 3, 5].map((i) => {
      const c = parseInt(color.slice(i, i + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000000" : "#ffffff";
  };

  class LotseChat extends HTMLElement {
    constructor() {
      super();
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
      this.texts = {};
      this.queue = [];
      this.busy = false;
      this.memory = this.read();
    }

    connectedCallback() {
      if (this.shadowRoot.childElementCount) return;
      const color = this.getAttribute("color") || "";
      if (/^#[0-9a-f]{6}$/i.test(color)) {
        this.style.setProperty("--accent", color);
        this.style.setProperty("--on-accent", onColor(color));
      }
      const wish = this.getAttribute("language");
      this.language = this.memory.language || (wish && wish !== "auto" ? wish : document.documentElement.lang || navigator.language);
      this.launch = make("button", { class: "launch full", part: "launcher", "aria-expanded": "false", "aria-controls": "panel", text: "Lotse", click: () => this.open() });
      this.shadowRoot.append(this.launch);
      if (this.hasAttribute("inline")) this.open();
      addEventListener("online", () => this.flush());
    }

    read() {
      try { return JSON.parse(sessionStorage.getItem(STORE) || "") || {}; } catch { return {}; }
    }

    remember(change) {
      this.memory = { ...this.memory, ...change };
      try { sessionStorage.setItem(STORE, JSON.stringify(this.memory)); } catch { /* private mode */ }
    }

    async open() {
      if (!this.panel) this.build();
      this.panel.hidden = false;
      this.launch.hidden = true;
      this.launch.setAttribute("aria-expanded", "true");
      if (!this.hasAttribute("inline")) this.input.focus();
      if (!this.loaded) await this.load();
    }

    close() {
      this.panel.hidden = true;
      this.launch.hidden = false;
      this.launch.setAttribute("aria-expanded", "false");
      this.launch.focus();
    }

    build() {
      this.heading = make("h2", { id: "name", text: "Lotse" });
      this.picker = make("select", { "aria-label": "Language" });
      this.picker.addEventListener("change", () => this.speak(this.picker.value));
      this.closer = make("button", { class: "close", "aria-label": "Close", text: "×", click: () => this.close() });
      this.log = make("div", { class: "log", part: "log", role: "log", "aria-live": "polite", "aria-label": "Lotse", tabindex: "0" });
      this.status = make("div", { class: "status", role: "status" });
      this.input = make("input", { type: "text", maxlength: "300", dir: "auto", autocomplete: "off", enterkeyhint: "send", "aria-label": "?" });
      this.sender = make("button", { class: "full", text: "➤" });
      this.form = make("form", {}, this.input, this.sender);
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        const text = this.input.value.trim();
        if (!text) return;
        this.input.value = "";
        this.say(text);
        this.send({ text });
      });
      this.personButton = make("button", { text: "…", click: () => this.press({ id: "person", label: { value: this.texts.person, language: this.language } }) });
      this.deleteButton = make("button", { text: "…", click: () => this.forget() });
      this.panel = make("section", { class: "panel", id: "panel", part: "panel", role: "dialog", "aria-modal": "false", "aria-labelledby": "name" },
        make("header", {}, this.heading, this.picker, this.closer), this.log, this.status, this.form,
        make("div", { class: "foot" }, this.personButton, this.deleteButton));
      this.panel.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !this.hasAttribute("inline")) this.close();
      });
      this.shadowRoot.append(this.panel);
    }

    async load() {
      try {
        const [languages, own] = await Promise.all([
          this.fetch("/api/v1/languages"),
          this.fetch(`/api/v1/texts?language=${encodeURIComponent(this.language)}`),
        ]);
        this.loaded = true;
        this.picker.replaceChildren(...languages.map((l) => make("option", { value: l.tag, lang: l.tag, dir: l.direction, text: l.name })));
        this.translate(own);
        if (!this.log.childElementCount) this.show(own.greeting);
      } catch {
        this.status.textContent = this.texts.failed || EMERGENCY;
        this.status.append(" ", make("button", { text: this.texts.again || "↻", click: () => this.load() }));
      }
    }

    translate(own) {
      const t = (this.texts = own.texts);
      this.language = own.language;
      this.picker.value = own.language;
      this.panel.lang = own.language;
      this.panel.dir = own.direction;
      this.heading.textContent = t.title;
      this.picker.setAttribute("aria-label", t.language);
      this.closer.setAttribute("aria-label", t.close);
      this.log.setAttribute("aria-label", t.log);
      this.input.placeholder = t.placeholder;
      this.input.setAttribute("aria-label", t.placeholder);
      this.sender.setAttribute("aria-label", t.send);
      this.personButton.textContent = t.person;
      this.deleteButton.textContent = t.delete;
      this.launch.setAttribute("aria-label", `Lotse – ${t.open}`);
    }

    async speak(language) {
      this.language = language;
      this.chosen = language;
      if (this.memory.conversation) this.remember({ language });
      const own = await this.fetch(`/api/v1/texts?language=${encodeURIComponent(language)}`).catch(() => null);
      if (!own) return;
      this.translate(own);
      this.show(own.greeting);
    }

    say(text) {
      this.add(make("div", { class: "message me", dir: "auto", text }));
    }

    press(choice) {
      this.add(texted("div", choice.label, { class: "message me" }));
      this.send({ choice: choice.id });
      this.input.focus();
    }

    add(element) {
      const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
      this.log.append(element);
      if (atEnd || element.classList.contains("me")) this.log.scrollTop = this.log.scrollHeight;
      else element.scrollIntoView?.({ block: "nearest" });
    }

    show(reply) {
      const box = make("div", { class: `message lotse ${reply.decision}`, lang: reply.language, dir: reply.direction });
      for (const block of reply.blocks) box.append(...(BLOCKS[block.type]?.(block) ?? []).filter(Boolean));
      for (const [name, choices] of [["choices", reply.choices], ["choices tools", reply.tools || []]]) {
        if (choices.length) box.append(make("div", { class: name }, ...choices.map((c) => texted("button", c.label, { type: "button", click: () => this.press(c) }))));
      }
      this.log.append(box);
      const last = box.previousElementSibling;
      this.log.scrollTop = (last?.classList.contains("me") ? last : box).offsetTop - this.log.offsetTop - 8;
    }

    send(message) {
      this.queue.push(message);
      this.flush();
    }

    async flush() {
      if (this.busy || !this.queue.length || !this.texts.send) return;
      this.busy = true;
      const waiting = setTimeout(() => { this.status.textContent = this.texts.waiting; }, 300);
      try {
        while (this.queue.length) {
          const reply = await this.fetch("/api/v1/ask", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ ...this.queue[0], language: this.chosen || this.memory.language || null, conversation: this.memory.conversation || null }),
          });
          this.queue.shift();
          if (this.chosen && reply.chosen) this.chosen = reply.chosen;
          this.remember({ conversation: reply.conversation, language: this.chosen || this.memory.language });
          if (reply.language !== this.language) await this.follow(reply.language);
          this.show(reply);
        }
        this.status.textContent = "";
      } catch {
        this.status.textContent = navigator.onLine ? this.texts.failed : this.texts.offline;
        if (navigator.onLine) this.status.append(" ", make("button", { text: this.texts.again, click: () => this.flush() }));
      } finally {
        clearTimeout(waiting);
        this.busy = false;
      }
    }

    /** The person writes in another language: the widget speaks it too. */
    async follow(language) {
      const own = await this.fetch(`/api/v1/texts?language=${encodeURIComponent(language)}`).catch(() => null);
      if (own) this.translate(own);
    }

    async forget() {
      const key = this.memory.conversation;
      this.queue = [];
      this.memory = {};
      try { sessionStorage.removeItem(STORE); } catch { /* private mode */ }
      if (key) await fetch(`${HOST}/api/v1/conversations/${encodeURIComponent(key)}`, { method: "DELETE" }).catch(() => null);
      this.log.replaceChildren();
      this.status.textContent = this.texts.deleted;
      this.input.focus();
    }

    async fetch(path, options = {}) {
      const response = await fetch(HOST + path, { credentials: "omit", referrerPolicy: "no-referrer", ...options });
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    }
  }

  customElements.define("lotse-chat", LotseChat);
  if (script && !document.querySelector("lotse-chat")) {
    const { language, position, color } = script.dataset;
    const start = () => document.body.append(make("lotse-chat", { language, position, color }));
    if (document.body) start();
    else addEventListener("DOMContentLoaded", start);
  }
})();
