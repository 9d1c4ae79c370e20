// A reply's blocks as elements: text, steps, documents to tick off, contact cards, sources.

import { button, icon, linked, make, plain, texted } from "./dom.js";

/** @import { Block, Card, Contact, Deeds, Hours, Items, Link, Reply, Text } from "./types" */

/** Paragraphs that wait folded up in a long answer. */
const ASIDE = ["eligibility", "funding", "if_rejected", "exemption", "childcare", "registration"];
const LONG = 7;

/**
 * Copy text; without a secure context through a selected field.
 * @param {string} text
 * @param {Element} near
 */
export const copy = async (text, near) => {
  try {
    await navigator.clipboard.writeText(plain(text));
  } catch {
    const field = make("textarea", { class: "away", "aria-hidden": "true", tabindex: "-1" });
    const focused = /** @type {ShadowRoot} */ (near.getRootNode()).activeElement;
    field.value = plain(text);
    near.after(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
};

/** @param {Text} heading @param {Node[]} children */
const part = (heading, ...children) => make("section", {}, texted("h4", heading), ...children);

/** @param {Text} heading @param {Node[]} children */
const folded = (heading, ...children) =>
  make("details", {}, texted("summary", heading), ...children);

/** @param {Items} block @param {string} entry @param {Deeds} deeds */
const documents = (block, entry, deeds) => {
  const all = block.items.length;
  const ticked = new Set(deeds.ticks(entry).filter((n) => n < all));
  const state = texted("p", deeds.own("tick"), { class: "soft" });
  const count = () => {
    state.textContent = ticked.size
      ? deeds.say.ready.replace("{done}", String(ticked.size)).replace("{all}", String(all))
      : deeds.say.tick;
  };
  count();
  const rows = block.items.map((item, number) => {
    const box = make("input", { type: "checkbox" });
    box.checked = ticked.has(number);
    box.addEventListener("change", () => {
      box.checked ? ticked.add(number) : ticked.delete(number);
      deeds.tick(entry, [...ticked]);
      count();
    });
    return make("li", {}, make("label", {}, box, texted("span", item)));
  });
  return part(block.heading, state, make("ul", { class: "plain ticks" }, ...rows));
};

/** @param {Hours} hours */
const opening = (hours) => {
  const row = make("li", {}, icon("clock"));
  const inner = make("div", {}, texted("span", hours.label));
  if (hours.state_text) inner.append(" ", texted("span", hours.state_text, { class: `chip ${hours.state}` }));
  for (const line of hours.lines) inner.append(texted("div", line));
  if (hours.note) inner.append(texted("small", hours.note));
  row.append(inner);
  return row;
};

/** "This information is wrong": one tap says what; no words are asked for. @param {Contact} block @param {Deeds} deeds */
const wrong = (block, deeds) => {
  const { say } = deeds;
  const box = make("div", { class: "wrong" });
  /** @param {string} what */
  const tell = (what) => () => {
    deeds.report({ entry: block.entry, wrong: what });
    const thanks = texted("p", deeds.own("wrong_thanks"), { class: "soft", tabindex: "-1" });
    box.replaceChildren(thanks);
    thanks.focus();
    deeds.tell(say.wrong_thanks);
  };
  const ask = make("div", { class: "chips", role: "group", "aria-label": say.wrong_what, hidden: true },
    texted("p", deeds.own("wrong_what")),
    ...["phone", "hours", "address", "other"].map((what) => button(null, deeds.own(`wrong_${what}`), tell(what))));
  const opener = button(null, deeds.own("wrong"), () => {
    ask.hidden = !ask.hidden;
    opener.setAttribute("aria-expanded", String(!ask.hidden));
  }, { class: "quiet small", "aria-expanded": "false" });
  box.append(opener, ask);
  return box;
};

/** @param {Contact} b @param {Deeds} deeds */
const contact = (b, deeds) => {
  const { host, say } = deeds;
  /** @param {"mail" | "link" | "map"} name @param {Link} link @param {string} [label] */
  const way = (name, link, label) => make("li", {},
    icon(name), make("div", {}, linked(link, host, null, { "aria-label": label && `${label}: ${link.label.value}` }), link.note && texted("small", link.note)));
  const calls = b.phones.map((phone) => {
    const call = linked(phone, host, "phone", { class: "call" });
    call.prepend(make("span", { class: "away", text: `${say.call} ` }));
    return make("div", {}, call, phone.note && texted("small", phone.note));
  });
  const rows = [
    ...b.emails.map((mail) => way("mail", mail, say.write)),
    ...(b.address.length || b.map
      ? [make("li", {}, icon("map"), make("div", {}, ...b.address.map((line) => texted("div", line)),
        b.distance && texted("div", b.distance), b.map && linked(b.map, host)))]
      : []),
    ...b.hours.map(opening),
    ...(b.website ? [way("link", b.website)] : []),
    ...b.notes.map((note) => make("li", {}, icon("info"), texted("span", note))),
  ];
  return make("section", { class: "contact" }, texted("h3", b.name), b.purpose && texted("p", b.purpose),
    calls.length > 0 && make("div", { class: "calls" }, ...calls),
    rows.length > 0 && make("ul", { class: "plain rows" }, ...rows),
    wrong(b, deeds));
};

/** @param {Card} b @param {Deeds} deeds */
const card = (b, deeds) => {
  const lines = [b.sentence, ...b.lines];
  return make("section", {}, texted("p", b.heading), ...lines.map((line) => texted("blockquote", line)),
    texted("p", b.meaning, { class: "soft" }),
    button("card", deeds.own("counter"), () => deeds.enlarge(b.heading, lines, b.meaning), { class: "full" }));
};

/** @param {Text} text @param {Deeds} deeds @param {string} key */
const copier = (text, deeds, key) => {
  const press = button("copy", deeds.own(key), async () => {
    await copy(text.value, press);
    deeds.tell(deeds.say.copied);
  });
  return press;
};

/** @param {Block} b @param {Reply} reply @param {Deeds} deeds @returns {Node} */
const one = (b, reply, deeds) => {
  const { host } = deeds;
  switch (b.type) {
    case "text": {
      if (!b.heading) return b.role === "title" ? texted("h3", b.text) : texted("p", b.text, { class: b.role });
      const text = texted("p", b.text);
      return ASIDE.includes(b.role) && reply.blocks.length > LONG ? folded(b.heading, text) : part(b.heading, text);
    }
    case "steps":
      return part(b.heading, make("ol", { class: "steps" }, ...b.items.map((item) => texted("li", item))));
    case "documents":
      return documents(b, reply.entry ?? "", deeds);
    case "list":
      return part(b.heading, make("ul", {}, ...b.items.map((item) => texted("li", item))));
    case "facts":
      return part(b.heading, make("dl", {}, ...b.facts.map((fact) =>
        make("div", {}, texted("dt", fact.label), make("dd", {}, texted("span", fact.value), fact.note && texted("small", fact.note))))));
    case "contact":
      return contact(b, deeds);
    case "german_phrases":
      return part(b.heading, ...b.phrases.map((phrase) => texted("blockquote", phrase)),
        button("card", deeds.own("counter"), () => deeds.enlarge(b.heading, b.phrases), { class: "tool" }));
    case "card":
      return card(b, deeds);
    case "draft":
      return part(b.heading, texted("p", b.meaning, { class: "soft" }), texted("blockquote", b.text), copier(b.text, deeds, "copy"));
    case "share": {
      const href = b.href.startsWith("/") ? host + b.href : b.href;
      const address = { language: "und", value: href };
      return make("section", {}, texted("p", b.heading), make("p", {}, linked({ href, label: address }, host)), copier(address, deeds, "copy_link"));
    }
    case "notice":
      return texted("p", b.text, { class: `notice ${b.kind}` });
    case "links": {
      const rows = b.links.map((link) =>
        make("li", {}, linked(link, host, link.href.includes(".ics") ? "calendar" : "link", { class: "row" }), link.note && texted("small", link.note)));
      return part(b.heading, make("ul", { class: "plain" }, ...rows));
    }
    case "sources":
      return make("section", {},
        folded(b.heading, make("ul", { class: "plain" }, ...b.sources.map((source) => make("li", {}, linked(source, host))))),
        texted("p", b.assured, { class: "soft" }));
    default:
      return make("span");
  }
};

/** The kind of a block, to find the same one in another language. @param {Block} b */
const kindOf = (b) => (b.type === "text" ? `text ${b.role}` : b.type);

/**
 * The blocks of a reply; with `beside`, each next to the same one in the language before (German beside it).
 * @param {Reply} reply
 * @param {Deeds} deeds
 * @param {Reply} [beside]
 */
export const render = (reply, deeds, beside) => {
  if (!beside) return reply.blocks.map((b) => one(b, reply, deeds));
  const rest = [...beside.blocks];
  return reply.blocks.map((b) => {
    const place = rest.findIndex((other) => kindOf(other) === kindOf(b));
    if (place < 0 || b.type === "contact" || b.type === "sources" || b.type === "notice") return one(b, reply, deeds);
    const [other] = rest.splice(place, 1);
    return make("div", { class: "beside" }, make("div", {}, one(other, beside, deeds)), make("div", {}, one(b, reply, deeds)));
  });
};
