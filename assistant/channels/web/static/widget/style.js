// The chat's style. Sizes are in em of the browser's own text size: a host page cannot shrink them.

const BLACK = [0, 0, 0];
const WHITE = [255, 255, 255];
/** Ink, soft, line, warn, good, paper, card; in light and dark. */
const GROUNDS = {
  light: ["#1c2b2a", "#51605f", "#d5dad6", "#8a1c1c", "#1b6b34", "#fbfaf6", "#ffffff"],
  dark: ["#e8eeec", "#aebbb8", "#3a4745", "#ffb4ab", "#8fd8a0", "#131a19", "#1c2523"],
};

/** @param {string} hex */
const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
/** @param {number[]} from @param {number[]} to @param {number} part */
const mix = (from, to, part) => from.map((v, i) => Math.round(v + (to[i] - v) * part));
/** Relative luminance (WCAG 2.2). @param {number[]} color */
const luminance = (color) => {
  const [r, g, b] = color.map((v) => (v <= 10 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
};
/** @param {number[]} a @param {number[]} b */
const contrast = (a, b) => Math.max(luminance(a) / luminance(b), luminance(b) / luminance(a));

/**
 * The tokens for a host's colour. As text it is mixed with black or white until it reads on every ground
 * (4.5:1, WCAG 1.4.3; on dark ones 6:1, which is gentler to the eyes); what stands on it is black or white.
 * @param {string} hex
 * @param {"light" | "dark"} theme
 */
export const tokens = (hex, theme) => {
  const color = rgb(hex);
  const [ink, soft, line, warn, good, paper, card] = GROUNDS[theme];
  const light = theme === "light";
  const tint = mix(rgb(card), color, light ? 0.1 : 0.16);
  let link = color;
  for (let part = 0.05; part <= 1 && [paper, card].map(rgb).concat([tint]).some((g) => contrast(link, g) < (light ? 4.5 : 6)); part += 0.05)
    link = mix(color, light ? BLACK : WHITE, part);
  const accent = light ? color : link;
  const on = contrast(accent, BLACK) > contrast(accent, WHITE) ? "#000" : "#fff";
  const all = { ink, soft, line, warn, good, paper, card, tint: `rgb(${tint})`, link: `rgb(${link})`, accent: `rgb(${accent})`, "on-accent": on, radius: ".9em", space: "1em" };
  return Object.entries(all).map(([name, value]) => `--lotse-${name}:${value}`).join(";");
};

export const CSS = `
:host([inline]){display:block!important}
*{box-sizing:border-box;margin:0}
.icon{inline-size:1.35em;block-size:1.35em;flex:none;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.flip:dir(rtl){scale:-1 1}
.panel{display:flex;flex-direction:column;background:var(--lotse-paper);color:var(--lotse-ink);border:1px solid var(--lotse-line);overflow:hidden;text-align:start}
:host(:not([inline])) .panel{position:fixed;bottom:1em;right:1em;inline-size:min(27em,calc(100vw - 2em));block-size:min(44em,calc(100dvh - 2em));border-radius:1.25em;z-index:var(--lotse-z,2147483000);box-shadow:0 12px 48px #0004}
:host(:not([inline])) .panel.left{left:1em;right:auto}
:host([inline]) .panel{block-size:var(--lotse-height,40em);border-radius:1.25em}
@media (max-width:640px){:host(:not([inline])) .panel{inset:var(--top,0) 0 auto 0!important;inline-size:100vw;block-size:var(--tall,100dvh);border-radius:0;border:0}}
.away{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.soft,small,.notice,.assumed{color:var(--lotse-soft);font-size:.88em}
small{display:block}

header{display:flex;flex-wrap:wrap;gap:.5em;align-items:center;padding:.6em .7em;padding-block-start:max(.6em,env(safe-area-inset-top));background:var(--lotse-card);border-block-end:1px solid var(--lotse-line)}
header h2{flex:1 1 5em;overflow-wrap:anywhere;hyphens:auto;font-size:.88em;line-height:1.2;font-weight:650;min-inline-size:0;display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden}
.mark{flex:none;display:grid;place-items:center;inline-size:2.4em;block-size:2.4em;border-radius:50%}
.mark .icon{inline-size:1.5em;block-size:1.5em}
.language{position:relative;display:flex;align-items:center;min-inline-size:0;max-inline-size:9.5em}
.language .icon{position:absolute;inset-inline-start:.6em;pointer-events:none}
select{appearance:none;field-sizing:content;font:inherit;font-size:1em;min-block-size:44px;max-inline-size:100%;padding-block:.2em;padding-inline:2.2em .8em;text-overflow:ellipsis;border:1px solid var(--lotse-line);border-radius:2em;background:var(--lotse-paper);color:inherit;cursor:pointer}

button,.tool{font:inherit;display:inline-flex;align-items:center;gap:.5em;min-block-size:44px;min-inline-size:44px;padding:.45em .9em;text-align:start;text-decoration:none;color:var(--lotse-link);background:var(--lotse-card);border:1px solid var(--lotse-line);border-radius:var(--lotse-radius);cursor:pointer}
button:hover,.tool:hover{border-color:var(--lotse-link);background:var(--lotse-tint)}
.full,.full:hover,.me,.call,.mark{background:var(--lotse-accent);color:var(--lotse-on-accent);border:1px solid var(--lotse-link)}
.full{font-weight:600}
.topics .icon,.rows .icon,.language .icon{color:var(--lotse-link)}
.quiet{background:none;border-color:transparent}
.square{justify-content:center;padding:0;flex:none}
.small,.tool{font-size:.88em}
:focus-visible{outline:3px solid var(--lotse-link);outline-offset:2px}
.log:focus-visible{outline-offset:-3px}
.ask:focus-visible{outline-width:2px;outline-offset:0;border-color:transparent}

.log{flex:1;min-block-size:0;overflow-y:auto;overscroll-behavior:contain;padding:1em .9em;display:flex;flex-direction:column;gap:1em;position:relative}
.message{flex:none;overflow-wrap:anywhere;border-radius:1.15em}
.me{align-self:flex-end;max-inline-size:85%;padding:.6em 1em;border-end-end-radius:.3em;white-space:pre-line}
.me.waiting{opacity:.75;border-style:dashed}
.lotse{background:var(--lotse-card);border:1px solid var(--lotse-line);border-start-start-radius:.3em;padding:.9em 1.05em;box-shadow:0 1px 2px #0001}
.lotse.crisis{border:3px solid var(--lotse-warn)}
.body>*+*,section>*+*,details[open]>*+*,.contact>*+*{margin-block-start:.6em}
.body>section,.body>.contact,.body>.beside{margin-block-start:1.1em}
.body>details+details,.body>:first-child{margin:0}
.contact h3{font-size:1.05em}
p,li,dd,dt,blockquote,h3,h4{white-space:pre-line}
h3{font-size:1.15em;line-height:1.3;font-weight:700}
h4{font-size:1em;line-height:1.35;font-weight:650}
ul,ol{padding-inline-start:1.4em}li+li{margin-block-start:.35em}
.plain{list-style:none;padding:0}
.steps{list-style:none;padding:0;counter-reset:step}
.steps li{counter-increment:step;position:relative;padding-inline-start:2.4em;min-block-size:1.75em;padding-block:.1em}
.steps li+li{margin-block-start:.6em}
.steps li::before{content:counter(step);position:absolute;inset-inline-start:0;inset-block-start:0;inline-size:1.85em;block-size:1.85em;line-height:1.85;text-align:center;font-size:.92em;border-radius:50%;background:var(--lotse-tint);color:var(--lotse-link);font-weight:700}
.ticks li+li{margin:0}
.ticks label{display:flex;gap:.7em;align-items:center;min-block-size:44px;padding-block:.25em;cursor:pointer;border-block-end:1px solid var(--lotse-line)}
.ticks li:last-child label{border:0}
input[type=checkbox]{flex:none;inline-size:1.35em;block-size:1.35em;margin:0;accent-color:var(--lotse-link)}
.ticks :checked+span{color:var(--lotse-soft)}
dl div{display:flex;flex-wrap:wrap;gap:.1em 1em;justify-content:space-between;border-block-end:1px solid var(--lotse-line);padding-block:.4em}
dl div:last-child{border:0}
dt{color:var(--lotse-soft);flex:1 1 10.5em;hyphens:auto}dd{text-align:end;font-weight:600}
blockquote{padding:.6em .9em;background:var(--lotse-tint);border-radius:.7em;border-inline-start:4px solid var(--lotse-link);font-weight:600}
.alert,.check_first,.outdated{color:var(--lotse-ink);border-inline-start:4px solid var(--lotse-warn);padding-inline-start:.7em;font-size:1em}
summary{min-block-size:44px;padding-block:.6em;cursor:pointer;color:var(--lotse-link);font-weight:600}
a{color:var(--lotse-link);text-underline-offset:.15em}
a.row,.rows a{display:inline-flex;align-items:center;gap:.5em;min-block-size:44px}
.rows a{margin-block:-.5em;min-inline-size:44px}

.contact{background:var(--lotse-paper);border:1px solid var(--lotse-line);border-radius:1em;padding:.9em}
.calls{display:flex;flex-wrap:wrap;gap:.5em}
.call{display:inline-flex;align-items:center;gap:.6em;min-block-size:48px;padding:.4em 1.1em;border-radius:2em;font-weight:700;font-size:1.08em;text-decoration:none}
.rows li{display:flex;gap:.7em;align-items:flex-start;padding-block:.15em}
.rows .icon{margin-block-start:.15em}
.rows div>div{text-align:-webkit-match-parent;text-align:match-parent}
.chip{display:inline-block;padding:.05em .7em;border-radius:2em;font-size:.88em;font-weight:600;border:1px solid;color:var(--lotse-soft)}
.chip.open{color:var(--lotse-good)}.chip.closed{color:var(--lotse-warn)}
.wrong .quiet{padding-inline:0;color:var(--lotse-soft);text-decoration:underline;text-underline-offset:.2em}
.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17em),1fr));gap:.4em 1.2em}
.beside>:last-child{background:var(--lotse-tint);border-radius:.7em;padding:.6em .8em}

.station{display:flex;align-items:center;gap:.5em;color:var(--lotse-link);font-weight:700}
.chips,.tools{display:flex;flex-wrap:wrap;gap:.5em;margin-block-start:.9em;align-items:center}
.chips>p{flex-basis:100%;color:var(--lotse-soft);font-size:.92em}
.chips button{border-radius:1.4em;border-color:var(--lotse-link)}
.chips .quiet{border-color:transparent}
.chips .taken{background:var(--lotse-tint)}
.body~.notice{margin-block-start:.9em}
.topics{display:grid;gap:.4em;margin-block-start:.8em}
.topics button{justify-content:space-between;inline-size:100%;line-height:1.3;color:var(--lotse-ink)}
.topics .way{justify-content:flex-start;background:var(--lotse-tint)}
.tools{gap:.3em;border-block-start:1px solid var(--lotse-line);padding-block-start:.6em;margin-inline:-.3em}
.tool{border-color:transparent;background:none;padding:.35em .6em;gap:.35em}
.address{flex-basis:100%;display:grid;gap:.5em;justify-items:start;padding:.3em}
.help{display:flex;flex-wrap:wrap;align-items:center;gap:.4em;color:var(--lotse-soft);font-size:.92em;min-block-size:44px}
.help button{padding-block:.2em}

.foot{background:var(--lotse-card);border-block-start:1px solid var(--lotse-line);padding-block-end:env(safe-area-inset-bottom);position:relative}
.newer{position:absolute;inset-block-end:calc(100% + .6em);inset-inline:0;margin-inline:auto;inline-size:fit-content;border-radius:2em;box-shadow:0 4px 16px #0004}
.line{display:flex;flex-wrap:wrap;align-items:center;gap:.3em .6em;padding-inline:.9em}
.status{color:var(--lotse-soft);font-size:.88em}
form{display:flex;gap:.5em;padding:.6em .7em .3em}
.ask{flex:1;font:inherit;font-size:1em;min-inline-size:0;min-block-size:48px;padding:.4em 1em;border:1px solid var(--lotse-soft);border-radius:2em;background:var(--lotse-paper);color:inherit}
.ask::placeholder{color:var(--lotse-soft);opacity:1}
form .square{inline-size:48px;block-size:48px;border-radius:50%}
.always{display:flex;justify-content:space-between;padding:0 .4em .2em}
.always button{font-size:.88em;padding-inline:.6em}

@media (max-width:480px){.always>:last-child{justify-content:center;padding:0}.always>:last-child span{display:none}}

dialog{border:1px solid var(--lotse-line);border-radius:1.25em;padding:1.4em;inline-size:min(26em,calc(100vw - 2em));background:var(--lotse-card);color:var(--lotse-ink);margin:auto}
dialog::backdrop{background:#0009}
dialog .chips{margin-block-start:1.2em}
.big{--lotse-card:#fff;--lotse-ink:#111;--lotse-link:#111;--lotse-line:#111;--lotse-soft:#444;inline-size:100vw;block-size:100dvh;max-inline-size:none;max-block-size:none;border:0;border-radius:0;overflow:auto;overscroll-behavior:contain;padding:clamp(1em,4vw,3em)}
.big[open]{display:flex;flex-direction:column;gap:1em}
.big .top{display:flex;justify-content:space-between;gap:1em;align-items:center}
.words{flex:1;display:grid;align-content:center;gap:1em;font-size:clamp(1.5em,7.5vmin,3.8em);line-height:1.3}
.words>:first-child{font-size:1.2em;font-weight:700}

@media (prefers-reduced-motion:no-preference){.new{animation:in .18s ease-out}@keyframes in{from{opacity:0;translate:0 6px}}}`;
