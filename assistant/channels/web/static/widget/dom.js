// Elements, texts with their language, links and icons. Texts are only ever set with textContent.

/** @import { Language, Link, Text } from "./types" */

const SVG = "http://www.w3.org/2000/svg";

/** Icons: one stroke on a grid of 24. */
const ICONS = {
  mark: "M10 9h4l1.5 12h-7zM10 9V6h4v3M9 6l3-3 3 3M6 5 3 4M6 8H3M18 5l3-1M18 8h3M5 21h14",
  close: "M6 6l12 12M18 6 6 18",
  send: "M5 12h14M13 6l6 6-6 6",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  phone: "M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z",
  mail: "M3 6h18v12H3zM3 7l9 7 9-7",
  map: "M12 21s-7-6-7-11a7 7 0 0 1 14 0c0 5-7 11-7 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  share: "M12 15V3M8 7l4-4 4 4M5 12v8h14v-8",
  print: "M7 9V3h10v6M7 18H4v-8h16v8h-3M7 14h10v7H7z",
  speaker: "M4 9v6h4l5 4V5L8 9zM17 8a6 6 0 0 1 0 8",
  stop: "M7 7h10v10H7z",
  card: "M3 5h18v14H3zM7 10h10M7 14h6",
  beside: "M4 5h7v14H4zM13 5h7v14h-7z",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  next: "M9 6l6 6-6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  path: "M5 19h9a4 4 0 0 0 0-8h-4a4 4 0 0 1 0-8h9",
  down: "M12 5v14M6 13l6 6 6-6",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8v.1",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
};
/** Icons that point: mirrored where people read from right to left. */
const POINTING = ["send", "next", "back"];

/** @typedef {keyof typeof ICONS} Icon */

/** @type {Map<string, string>} */
const directions = new Map();

/** Learn the writing direction of each language. @param {Language[]} languages */
export const learn = (languages) => languages.forEach((l) => directions.set(l.tag, l.direction));

/**
 * Make an element: `text` and `click` are special, `false`, `null` and `undefined` leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "text") element.textContent = value;
    else if (key === "click") element.addEventListener("click", value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
};

/** Language and direction of a text as attributes. @param {Text} text */
export const tongue = ({ language }) =>
  language && language !== "und" ? { lang: language, dir: directions.get(language) ?? "auto" } : { dir: "auto" };

/**
 * An element for a text, with its own language and direction (WCAG 3.1.2).
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Text} text
 * @param {Record<string, any>} [attributes]
 */
export const texted = (name, text, attributes = {}) => make(name, { ...attributes, ...tongue(text), text: text.value });

/** An icon; it says nothing to screen readers. @param {Icon} name */
export const icon = (name) => {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  for (const [key, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["class", POINTING.includes(name) ? "icon flip" : "icon"]])
    svg.setAttribute(key, value);
  svg.append(path);
  return svg;
};

/**
 * A button with an icon and words.
 * @param {Icon | null} name
 * @param {Text | null} label
 * @param {(event: Event) => void} click
 * @param {Record<string, any>} [attributes]
 */
export const button = (name, label, click, attributes = {}) =>
  make("button", { type: "button", click, ...attributes, ...(label && tongue(label)) }, name && icon(name), make("span", { text: label?.value }));

/** Only these may be followed; anything else stays text. @param {string} href */
const safe = (href) => /^(https?:|tel:|mailto:|\/(?!\/))/i.test(href);

/**
 * A link; numbers and addresses keep their order in every script. What is no safe address stays text.
 * @param {Link} link
 * @param {string} host
 * @param {Icon | null} [name]
 * @param {Record<string, any>} [attributes]
 */
export const linked = (link, host, name = null, attributes = {}) => {
  const own = link.label.language === "und";
  const inner = own ? make("bdi", { dir: "ltr", text: link.label.value }) : texted("bdi", link.label);
  if (!safe(link.href)) return make("span", {}, inner);
  const page = !/^(tel|mailto):/i.test(link.href);
  const href = link.href.startsWith("/") ? host + link.href : link.href;
  return make("a", { href, target: page && "_blank", rel: page && "noopener noreferrer", ...attributes }, name && icon(name), inner);
};

/**
 * All texts of a reply or block in reading order.
 * @param {any} value
 * @returns {Generator<Text>}
 */
export function* textsOf(value) {
  if (Array.isArray(value)) for (const one of value) yield* textsOf(one);
  else if (value && typeof value === "object") {
    if (typeof value.value === "string") yield value;
    else for (const key of new Set(["heading", "name", "label", ...Object.keys(value)])) yield* textsOf(value[key]);
  }
}

/** Text without the invisible marks that keep numbers in order on screen. @param {string} text */
export const plain = (text) => text.replace(/[\u2066-\u2069]/g, "");
