// Lotse's launcher: <script async src="https://HOST/widget.js" data-language="auto" data-position="end"
// data-color="#0b6e5f"></script>, or <lotse-chat inline></lotse-chat>. It draws one button; the chat itself
// (widget/*.js) is loaded when somebody turns to it. No cookie, no storage, no other host.
(() => {
  "use strict";
  const NAME = "lotse-chat";
  const SVG = "http://www.w3.org/2000/svg";
  if (customElements.get(NAME)) return;

  /** The server writes its version and two sentences in the browser's language here. */
  const SERVED = { version: "0", language: "en", open: "Open the chat", failed: "112 · 110" };
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  const HOST = new URL(".", script?.src || location.href).href.replace(/\/$/, "");
  const LINK = /^#q=([a-z0-9-]{1,80})(?:&lang=([A-Za-z0-9-]{2,35}))?$/;

  const CSS = `
:host{all:initial!important;direction:ltr!important;display:contents!important;font:medium/1.5 var(--lotse-font,system-ui,"Noto Sans","Noto Sans Arabic","Noto Naskh Arabic","Noto Sans Ethiopic","Noto Sans Devanagari",sans-serif)!important}
:host([hidden]){display:none!important}
.launch,.sorry{position:fixed;bottom:1em;right:1em;z-index:var(--lotse-z,2147483000);border-radius:2em;padding:.6em 1.35em;color:var(--lotse-on-accent);background:var(--lotse-accent);border:1px solid var(--lotse-on-accent);box-shadow:0 6px 24px #0004}
.launch{display:inline-flex;align-items:center;gap:.55em;min-block-size:56px;font:inherit;font-weight:600;cursor:pointer}
.left{left:1em;right:auto}
:host([inline]) .launch,:host([hide-launcher]) .launch,[hidden]{display:none!important}
.launch:focus-visible{outline:3px solid;outline-offset:3px}
.launch svg{inline-size:1.5em;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.launch[aria-busy] span{opacity:.6}
.sorry{bottom:5.5em;margin:0}
.badge{min-inline-size:1.6em;text-align:center;border-radius:1em;background:var(--lotse-on-accent);color:var(--lotse-accent)}`;

  /** @param {Element} element @param {Record<string, string>} attributes */
  const set = (element, attributes) => Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));

  /** How many widgets the page has: each keeps its own conversation. @type {Set<number>} */
  const taken = new Set();

  class LotseChat extends HTMLElement {
    static observedAttributes = ["color", "theme", "language", "launcher", "position"];
    host = HOST;
    launcher = document.createElement("button");
    badge = document.createElement("b");
    #words = document.createElement("span");
    #sheet = new CSSStyleSheet();
    #number = 0;
    #tries = 0;
    /** @type {Promise<any> | undefined} */
    #loading;
    /** @type {any} */
    #chat;
    #follow = () => this.#link();

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [this.#sheet];
      const { launcher, badge } = this;
      set(launcher, { class: "launch", part: "launcher", "aria-expanded": "false", "aria-controls": "panel" });
      badge.className = "badge";
      badge.hidden = true;
      const svg = document.createElementNS(SVG, "svg");
      const path = document.createElementNS(SVG, "path");
      set(svg, { viewBox: "0 0 24 24", "aria-hidden": "true" });
      set(path, { d: "M21 11.5a8.5 8 0 0 1-12.3 7.1L3 20l1.6-4.4A8 8 0 1 1 21 11.5zM8.5 10h7M8.5 13.5h4" });
      svg.append(path);
      launcher.append(svg, this.#words, badge);
      launcher.addEventListener("click", () => this.open());
      for (const event of ["pointerenter", "focus"]) launcher.addEventListener(event, () => this.#load().catch(() => {}), { once: true });
      root.append(launcher);
    }

    /** Where the tab keeps this conversation. */
    get key() {
      return this.#number ? `lotse-${this.#number}` : "lotse";
    }

    /** The language the host page wishes; without one the browser's. */
    get wish() {
      const wish = this.getAttribute("language");
      return wish && wish !== "auto" ? wish : navigator.language;
    }

    /** The colour the host page wishes, as six hex digits. */
    get color() {
      const wish = (this.getAttribute("color") ?? "").replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
      return /^#[0-9a-f]{6}$/i.test(wish) ? wish : "#0b6e5f";
    }

    /** Whether the chat stands on the left: where lines end on a page read from the right, or at its start. */
    get left() {
      return (getComputedStyle(document.documentElement).direction === "rtl") !== (this.getAttribute("position") === "start");
    }

    get language() {
      return this.#chat?.language ?? this.wish;
    }

    set language(language) {
      if (this.#chat) this.#chat.speak(language);
      else this.setAttribute("language", language);
    }

    connectedCallback() {
      while (taken.has(this.#number)) this.#number += 1;
      taken.add(this.#number);
      this.#paint();
      addEventListener("hashchange", this.#follow);
      this.#chat?.arrive();
      if (this.hasAttribute("inline") || this.#kept()) this.#do((chat) => chat.resume());
      this.#link();
    }

    disconnectedCallback() {
      taken.delete(this.#number);
      removeEventListener("hashchange", this.#follow);
      this.#chat?.leave();
    }

    attributeChangedCallback(/** @type {string} */ name, /** @type {string | null} */ before, /** @type {string | null} */ after) {
      if (!this.isConnected || before === after) return;
      this.#paint();
      if (name === "language") this.#chat?.speak(this.wish);
    }

    /** Open the chat. */
    open() {
      return this.#do((chat) => chat.open(true));
    }

    /** Close the chat. */
    close() {
      this.#chat?.close();
    }

    /** Ask a question as if the person had written it. @param {string} text */
    async ask(text) {
      await this.open();
      this.#chat?.ask(String(text));
    }

    #kept() {
      try {
        return sessionStorage.getItem(this.key);
      } catch {
        return null;
      }
    }

    /** A link to one answer: #q=<entry>&lang=<language>. */
    #link() {
      const [, entry, language] = (!this.#number && LINK.exec(location.hash)) || [];
      if (entry) this.#do((chat) => chat.link(entry, language));
    }

    #paint() {
      const { color } = this;
      const [r, g, b] = [1, 3, 5].map((i) => (parseInt(color.slice(i, i + 2), 16) / 255) ** 2.2);
      // Black or white, whichever reads better: at least 4.5:1 on any colour (WCAG 1.4.3).
      const on = 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff";
      this.#sheet.replaceSync(`${CSS}:host{--lotse-accent:${color};--lotse-on-accent:${on}}`);
      this.launcher.classList.toggle("left", this.left);
      this.#words.textContent = this.getAttribute("launcher") || "Lotse";
      this.#chat?.paint();
      if (this.#chat) return;
      set(this.launcher, { "aria-label": `${this.#words.textContent} – ${SERVED.open}`, lang: SERVED.language });
    }

    /** Load the chat and do something with it; when that fails, say what needs no server. @param {(chat: any) => void} deed */
    async #do(deed) {
      const root = /** @type {ShadowRoot} */ (this.shadowRoot);
      set(this.launcher, { "aria-busy": "true" });
      root.querySelector(".sorry")?.remove();
      try {
        deed(await this.#load());
      } catch {
        const note = document.createElement("p");
        set(note, { class: this.left ? "sorry left" : "sorry", part: "panel", role: "alert", lang: SERVED.language, dir: "auto" });
        note.textContent = SERVED.failed;
        root.append(note);
      }
      this.launcher.removeAttribute("aria-busy");
    }

    /** Load the chat once; after a failure from another address, because browsers remember a failed module. */
    #load() {
      const at = `${HOST}/widget/${SERVED.version}${this.#tries ? `-${this.#tries}` : ""}`;
      this.#loading ??= import(`${at}/chat.js`).then(
        ({ Chat }) => (this.#chat = new Chat(this)),
        (error) => {
          this.#tries += 1;
          this.#loading = undefined;
          throw error;
        },
      );
      return this.#loading;
    }
  }

  customElements.define(NAME, LotseChat);
  // Elements that stand on the page already, also in shadow roots, are alive by now: no other is needed.
  if (!script || taken.size || document.querySelector(NAME)) return;
  const start = () => {
    const chat = document.createElement(NAME);
    for (const name of ["language", "position", "color", "theme", "launcher", "hide-launcher"]) {
      const value = script.getAttribute(`data-${name}`);
      if (value !== null) chat.setAttribute(name, value);
    }
    document.body.append(chat);
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
