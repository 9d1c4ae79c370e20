// What axe does not check. Each function returns what is wrong, as lines a person can read; [] means all is well.
// They look into open shadow roots: the widget lives in one.
(() => {
  "use strict";

  const RTL = new Set(["ar", "fa", "ps", "ckb", "ur", "he"]);
  const INTERACTIVE =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=checkbox]";

  /** All elements below a root, those in open shadow roots too. @param {Document | ShadowRoot} root @returns {Element[]} */
  const everything = (root) =>
    [...root.querySelectorAll("*")].flatMap((e) => (e.shadowRoot ? [e, ...everything(e.shadowRoot)] : [e]));

  /** @param {Element} element */
  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest("[inert]");

  /** @param {Element} element */
  const name = (element) => {
    const text = (element.getAttribute("aria-label") || element.textContent || "").replace(/\s+/g, " ");
    const hint = element.id || element.getAttribute("part") || element.className;
    return `<${element.localName} ${hint}> ${text.trim().slice(0, 40)}`;
  };

  /** A link in running text: its size is that of the line (the exception of WCAG 2.5.5 and 2.5.8). @param {Element} element */
  const isInline = (element) => {
    if (element.localName !== "a" || getComputedStyle(element).display !== "inline") return false;
    let block = element.parentElement;
    while (block && getComputedStyle(block).display === "inline") block = block.parentElement;
    const around = (block?.textContent ?? "").replace(element.textContent ?? "", "");
    return /\p{L}{2,}/u.test(around);
  };

  /** Something only for screen readers, or a skip link that comes into view with the focus. @param {DOMRect} box */
  const isAside = (box) => box.width <= 1 || box.height <= 1 || box.right <= 0 || box.bottom <= 0;

  /** Interactive elements smaller than 44 × 44 CSS pixels (WCAG 2.5.5). */
  const small = () =>
    everything(document).flatMap((element) => {
      if (!element.matches(INTERACTIVE) || !isShown(element) || isInline(element)) return [];
      const label = element.matches("[type=checkbox], [type=radio]") ? element.closest("label") : null;
      const box = (label ?? element).getBoundingClientRect();
      if (isAside(box) || (box.width >= 43.5 && box.height >= 43.5)) return [];
      return [`${name(element)}: ${Math.round(box.width)} × ${Math.round(box.height)}`];
    });

  /** The innermost elements that reach over the sides of the page. */
  const culprits = () => {
    const over = everything(document).filter((e) => {
      const box = e.getBoundingClientRect();
      return isShown(e) && !isAside(box) && (box.right > innerWidth + 1 || box.left < -1);
    });
    return over.filter((e) => !over.some((other) => other !== e && e.contains(other))).slice(0, 3).map(name);
  };

  /** What must be scrolled sideways to be read, or is cut off there (WCAG 1.4.10). */
  const sideways = () =>
    everything(document).flatMap((element) => {
      const style = getComputedStyle(element);
      const page = element === document.documentElement;
      if (!isShown(element) || (!page && style.overflowX === "visible")) return [];
      if (element.matches("input, select, textarea") || isAside(element.getBoundingClientRect())) return [];
      const over = element.scrollWidth - element.clientWidth;
      if (over <= 1) return [];
      return [`${page ? `the page, by ${culprits().join(" and ")}` : name(element)}: ${over} px too wide`];
    });

  /**
   * Messages without language and direction of their own, and texts in them that have none (WCAG 3.1.2).
   * What the person wrote has no language that Lotse knows: the browser finds its direction.
   */
  const untagged = () =>
    everything(document).filter((e) => e.getAttribute("role") === "log").flatMap((log) => {
      const bare = [...log.children].filter((e) => e.getAttribute("dir") !== "auto" && !(e.matches("[lang][dir]")));
      const texts = [...log.querySelectorAll("*")].filter((e) =>
        [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && /\p{L}/u.test(n.nodeValue ?? "")));
      const within = (/** @type {Element} */ e, /** @type {string} */ what) => {
        const found = e.closest(what);
        return found && log.contains(found) && found !== log;
      };
      const orphans = texts.filter((e) => !within(e, "[dir=auto]") && !(within(e, "[lang]") && within(e, "[dir]")));
      return [...bare, ...orphans].map((e) => `${name(e)}: lang=${e.getAttribute("lang")} dir=${e.getAttribute("dir")}`);
    });

  /**
   * Texts of a reply whose language is not the one the page says, by `lang` of the element around them.
   * @param {{value: string, language: string}[]} texts
   */
  const mistaken = (texts) => {
    const all = everything(document).filter((e) => e.closest("[role=log]") && !e.childElementCount);
    return texts.flatMap(({ value, language }) => {
      const shown = all.filter((e) => (e.textContent ?? "").trim() === value.trim());
      if (language === "und" || shown.length === 0) return [];
      // Easy German is German: voices and screen readers go by the language, not its variant (BCP 47).
      const main = (/** @type {string} */ tag) => tag.split("-")[0];
      const said = shown.map((e) => e.closest("[lang]")?.getAttribute("lang") ?? "");
      return said.map(main).includes(main(language)) ? [] : [`${value.slice(0, 40)}: is ${language}, says ${said.join()}`];
    });
  };

  /** Elements whose direction is not that of their language. */
  const turned = () =>
    everything(document).flatMap((element) => {
      const [lang, dir] = [element.getAttribute("lang"), element.getAttribute("dir")];
      if (!lang || !dir || dir === "auto") return [];
      const right = RTL.has(lang.split("-")[0]) ? "rtl" : "ltr";
      return dir === right ? [] : [`${name(element)}: lang=${lang} dir=${dir}`];
    });

  /** Whether the focused element shows it: an outline of at least 2 px (WCAG 2.4.7, 2.4.13). */
  const unfocused = () => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (!at || at === document.body) return ["the focus is lost"];
    const style = getComputedStyle(at);
    // "auto" is the browser's own ring.
    const seen = style.outlineStyle === "auto" || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
    const box = at.getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return [...(seen ? [] : [`${name(at)}: no outline`]), ...(inView ? [] : [`${name(at)}: out of view`])];
  };

  /** Animations that run now, of the page and of shadow roots. */
  const moving = () =>
    [document, ...everything(document).flatMap((e) => e.shadowRoot ?? [])]
      .flatMap((root) => root.getAnimations())
      .filter((a) => a.playState === "running" && Number(a.effect?.getComputedTiming().duration ?? 0) > 10)
      .map((a) => String(a.id || /** @type {CSSAnimation} */ (a).animationName || "transition"));

  const LEADING = ["href", "xlink:href", "src", "srcset", "action", "formaction", "data", "poster", "ping"];
  const STRANGE = "iframe, frame, object, embed, applet, base, marquee, math, foreignObject, meta[http-equiv=refresh]";

  /**
   * What a text has become when it was taken as markup: elements, handlers, addresses nobody meant.
   * @param {Document} where
   * @param {string} stranger a host no address may have
   */
  const suspects = (where = document, stranger = "") =>
    everything(where).flatMap((element) => {
      const found = element.matches(STRANGE) ? [`${name(element)}: an element nobody made`] : [];
      if (element.matches("script:not([src]):not([type='application/ld+json'])"))
        found.push(`${name(element)}: a script in the page`);
      for (const { name: attribute, value } of element.attributes) {
        if (attribute.startsWith("on") || attribute === "srcdoc" || (attribute === "style" && /url|[({]/.test(value)))
          found.push(`${name(element)}: ${attribute}=${value}`);
        if (!LEADING.includes(attribute)) continue;
        const url = URL.canParse(value, where.baseURI) ? new URL(value, where.baseURI) : null;
        const isFine = url && ["http:", "https:", "tel:", "mailto:"].includes(url.protocol);
        const isStranger = stranger && url?.protocol.startsWith("http") && url.hostname === stranger;
        if (!isFine || isStranger) found.push(`${name(element)}: ${attribute}=${value}`);
      }
      return found;
    });

  Object.assign(window, { checks: { small, sideways, untagged, mistaken, turned, unfocused, moving, suspects } });
})();
