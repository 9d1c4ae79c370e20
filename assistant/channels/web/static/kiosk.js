// @ts-check
// The information desk: leaves no trace. Every step happens on one address, so that "back" has nothing
// to go back to; after a minute without a touch it asks, then forgets everything (WCAG 2.2, 2.2.1).
(() => {
  "use strict";
  const body = document.body;
  const IDLE = Number(body.dataset.idle) * 1000;
  const WARNING = Number(body.dataset.warning);
  const START = "/kiosk" + location.search.replace(/([?&])language=[^&]*&?/, "$1").replace(/[?&]$/, "");

  /** @type {ReturnType<typeof setTimeout>} */
  let idle;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let counting;
  /** The page that is being loaded. @type {XMLHttpRequest | undefined} */
  let loading;

  const dialog = () => /** @type {HTMLDialogElement | null} */ (document.getElementById("idle"));
  const isUsed = () => Boolean(document.querySelector("[data-used]"));
  const conversation = () =>
    /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=conversation]"))?.value || "";

  /** @param {string} sentence */
  const say = (sentence) => {
    const place = document.getElementById("trouble");
    if (place) place.textContent = sentence || place.dataset.failed || "";
  };

  /** Forget on the server and here; the page before is replaced, never kept. */
  const wipe = () => {
    clearTimeout(idle);
    clearInterval(counting);
    const late = loading;
    loading = undefined; // an answer that comes now belongs to nobody
    late?.abort();
    const key = conversation();
    if (key) {
      const form = new URLSearchParams({ conversation: key });
      void fetch("/kiosk/end", { method: "POST", body: form, keepalive: true, redirect: "manual" }).catch(() => {});
    }
    for (const form of document.forms) form.reset();
    dialog()?.close();
    document.querySelector("main")?.replaceChildren();
    sessionStorage.clear();
    history.replaceState(null, "", START);
    restart();
  };

  /** Begin anew as soon as the server can be reached; an error page of the browser would need a helper. */
  const restart = async () => {
    const answer = await fetch(START, { cache: "no-store" }).catch(() => null);
    if (answer?.ok) return location.replace(START);
    say("");
    setTimeout(restart, 5000);
  };

  const rest = () => {
    clearTimeout(idle);
    if (isUsed()) idle = setTimeout(warn, IDLE);
  };

  const warn = () => {
    const shown = dialog();
    const text = shown?.querySelector("[data-text]");
    if (!shown || !(text instanceof HTMLElement)) return wipe();
    let left = WARNING;
    const count = () => (text.textContent = (text.dataset.text || "").replace("{seconds}", String(left)));
    count();
    shown.showModal();
    counting = setInterval(() => {
      left -= 1;
      if (left <= 0) wipe();
      else count();
    }, 1000);
  };

  const stay = () => {
    clearInterval(counting);
    dialog()?.close();
    rest();
  };

  /**
   * Load the next page into this one. An XMLHttpRequest gives a parsed document: no HTML is ever written
   * from text, which Trusted Types forbid.
   * @param {string} method @param {string} url @param {URLSearchParams | null} fields
   */
  const go = (method, url, fields) => {
    const request = (loading = new XMLHttpRequest());
    request.open(method, url);
    request.responseType = "document";
    request.timeout = 20000;
    body.setAttribute("aria-busy", "true");
    request.onloadend = () => {
      body.removeAttribute("aria-busy");
      if (request !== loading) return;
      loading = undefined;
      clearInterval(counting); // the question whether somebody is there goes with the page before
      const next = request.response;
      // Too fast, or no connection: say so and leave everything where it is.
      if (!next?.querySelector("[data-desk]")) return say(next?.querySelector("h1")?.textContent ?? "");
      const root = document.documentElement;
      root.lang = next.documentElement.lang;
      root.dir = next.documentElement.dir;
      document.title = next.title;
      body.replaceChildren(...[...next.body.children].map((child) => document.adoptNode(child)));
      window.scrollTo(0, 0);
      const heading = document.querySelector("h1");
      if (heading instanceof HTMLElement) heading.focus();
      rest();
    };
    request.send(fields);
  };

  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    event.preventDefault();
    if (form.action.endsWith("/kiosk/end")) return wipe();
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter)) fields.append(name, String(value));
    go("POST", form.action, fields);
  });

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest("[data-stay]")) return stay();
    if (target.closest("[data-wipe]")) return wipe();
    const link = target.closest("a");
    if (!link || link.hash) return;
    event.preventDefault();
    if (link.pathname === "/kiosk") go("GET", link.href, null);
  });
  document.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  }, true);
  for (const name of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
    document.addEventListener(name, () => { if (!dialog()?.open) rest(); }, { passive: true });
  }
  // A page that comes back out of the browser's memory is somebody else's.
  window.addEventListener("pageshow", (event) => { if (event.persisted) wipe(); });
  rest();
})();
