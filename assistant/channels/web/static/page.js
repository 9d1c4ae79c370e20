// @ts-check
// Small help for pages that work without it: printing, sharing, the menu of languages.
(() => {
  "use strict";
  const root = document.documentElement;

  for (const element of document.querySelectorAll("[data-needs-script]")) element.removeAttribute("hidden");

  /** @param {string} paper */
  const print = (paper) => {
    root.dataset.paper = paper;
    window.print();
  };

  const share = async (/** @type {HTMLElement} */ button) => {
    const url = button.dataset.share || location.href;
    try {
      if (navigator.share) await navigator.share({ title: document.title, url });
      else await copy(url);
    } catch {
      return; // the person closed the dialog
    }
    const label = button.querySelector("span");
    if (label && !("share" in navigator)) label.textContent = button.dataset.done || "";
  };

  /** The clipboard needs a secure context; on a hotspot there is none. @param {string} text */
  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  };

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const paper = target.closest("[data-print]");
    if (paper instanceof HTMLElement) {
      event.preventDefault();
      print(paper.dataset.print || "");
    }
    const sharing = target.closest("[data-share]");
    if (sharing instanceof HTMLElement) void share(sharing);
    for (const menu of document.querySelectorAll("details.languages[open]")) {
      if (!menu.contains(target)) menu.removeAttribute("open");
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.languages[open]")) {
      menu.removeAttribute("open");
      menu.querySelector("summary")?.focus();
    }
  });
})();
