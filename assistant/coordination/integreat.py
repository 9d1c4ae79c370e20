"""From an export of Integreat pages to a knowledge base that Lotse answers from.

The export is what the Integreat CMS serves at `/api/v3/<region>/<language>/pages/`, one file per language.
The first language is the source language; pages of the others are its translations. One page becomes one
entry: an organization where phone numbers, mail addresses or addresses are marked as such, else a guide.
There are no labels, example questions, dangers or weights in an export, so only the index answers.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, unquote_plus

import phonenumbers
import polib
import Stemmer
import yaml
from anyascii import anyascii
from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from assistant.errors import ImportFileError
from assistant.knowledge.loading import load_knowledge
from assistant.knowledge.model import LanguageTag
from assistant.language.normalize import MAX_LENGTH
from assistant.language.translations import catalog_path

REGION_ID = "integreat-{region}"
CONCEPT = "integreat-page"
"""The one concept every imported entry is about, until a coordinator gives it better ones."""
PIECE = MAX_LENGTH
"""Characters of one text: of longer ones the matcher reads only the beginning."""
LONGEST_NUMBER = 16
"""Characters of a phone number, `+` included (E.164)."""
SUMMARY_WORDS = 60
MOST_LINKS = 8
MOST_TOPICS = 6
REVIEW = "as published by Integreat"


# --- the export -----------------------------------------------------------------------------------------


def _mapping(value: object) -> object:
    """An empty mapping arrives as an empty list."""
    return {} if value is None or value == [] else value


class _Exported(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Reference(_Exported):
    """Another page an exported page refers to."""

    id: int = 0


class ExportedPage(_Exported):
    """One page as the CMS exports it; what Lotse does not use is left out."""

    id: int
    title: str
    path: str
    url: str = ""
    content: str | None = None
    excerpt: str | None = None
    last_updated: dt.datetime
    parent: Reference | None = None
    order: int = 0
    available_languages: Annotated[dict[str, Reference], BeforeValidator(_mapping)] = {}


_PAGES = TypeAdapter(list[ExportedPage])


def read_export(path: Path) -> list[ExportedPage]:
    """Return the pages of an export file; raise ImportFileError when it is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be read ({error.strerror}); check the file name") from error
    except ValueError as error:
        raise ImportFileError(f"{path}: this is not JSON ({error}); export the pages again") from error
    if not isinstance(data, list):
        advice = "save what /api/v3/<region>/<language>/pages/ returns"
        raise ImportFileError(f"{path}: must be a list of pages; {advice}")
    try:
        pages = _PAGES.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        number, *where = first["loc"]
        name = ".".join(map(str, where)) or "the page"
        message = f"page {int(number) + 1}: `{name}`: {first['msg']}; export the pages again"
        raise ImportFileError(f"{path}: {message}") from error
    if not pages:
        raise ImportFileError(f"{path}: holds no page; check region and language of the export")
    return pages


# --- from HTML to lines -----------------------------------------------------------------------------------


@dataclass
class _Found:
    """What a page marks: its lines of text and ways to reach somebody."""

    lines: list[str] = field(default_factory=list)
    phones: dict[str, str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    addresses: dict[tuple[str, str, str], None] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


class _PageReader(HTMLParser):
    """Reads the content of a page line by line."""

    BLOCKS = frozenset(
        {"address", "article", "blockquote", "div", "dd", "dl", "dt", "figure", "hr", "li", "ol", "p", "pre"}
        | {"h1", "h2", "h3", "h4", "h5", "h6", "section", "table", "tr", "ul"}
    )
    UNSEEN = frozenset(("script", "style", "template"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = _Found()
        self._line: list[str] = []
        self._unseen = 0
        self._href: str | None = None
        self._link_text: list[str] = []
        self._address: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.UNSEEN:
            self._unseen += 1
        elif tag == "br" or tag in self.BLOCKS:
            self._end_line()
            if tag == "li":
                self._line.append("- ")
            if tag == "address":
                self._address = []
        elif tag in ("td", "th"):
            self._line.append(" ")
        elif tag == "a":
            self._href, self._link_text = dict(attrs).get("href"), []

    def handle_endtag(self, tag: str) -> None:
        if tag in self.UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in self.BLOCKS:
            self._end_line()
            if tag == "address" and self._address is not None:
                _add_address(self.found, ", ".join(self._address))
                self._address = None
        elif tag == "a" and self._href:
            _add_link(self.found, self._href.strip(), _tidy("".join(self._link_text)))
            self._href = None

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._line.append(data)
            self._link_text.append(data)

    def _end_line(self) -> None:
        line = _tidy("".join(self._line))
        self._line = []
        if line and line != "-":
            self.found.lines.append(line)
            if self._address is not None:
                self._address.append(line)

    def close(self) -> None:
        super().close()
        self._end_line()


def _tidy(text: str) -> str:
    return " ".join(text.replace("\u00ad", "").split())


def _add_link(found: _Found, href: str, text: str) -> None:
    kind, _, rest = href.partition(":")
    if kind.lower() == "tel":
        number = phone_number(unquote(rest))
        if number:
            found.phones.setdefault(number, "" if _is_number(text) else text)
    elif kind.lower() == "mailto":
        mail = unquote(rest).partition("?")[0].strip()
        if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", mail):
            found.emails.setdefault(mail, "" if "@" in text else text)
    elif re.fullmatch(r"https?://\S+", href) and not _add_place(found, href, text) and text:
        found.links.setdefault(href, text[:300])


def _add_place(found: _Found, href: str, text: str) -> bool:
    """Take the address from a link to a map; return whether it was one."""
    if "maps" not in href:
        return False
    named = unquote_plus(href).partition("/place/")[2].partition("/")[0]
    return _add_address(found, text) or _add_address(found, named)


def phone_number(text: str) -> str | None:
    """Return a German or international number in E.164, a short number as it is, else None."""
    digits = re.sub(r"\D", "", text)
    if len(digits) in range(3, 7) and not text.strip().startswith("+"):
        return digits
    try:
        parsed = phonenumbers.parse(text, "DE")
    except phonenumbers.NumberParseException:
        return None
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    fits = len(number) <= LONGEST_NUMBER and phonenumbers.is_possible_number(parsed)
    return number if fits else None


def _is_number(text: str) -> bool:
    return not re.search(r"[^\W\d_]", text)


_ADDRESS = re.compile(r"([^,;|]*?\d+\s?[a-z]?(?:\s?[-–/]\s?\d+\s?[a-z]?)?)[\s,;|]+(\d{5})\s+([^,;|\d(]+)")


def _add_address(found: _Found, text: str) -> bool:
    match = _ADDRESS.search(text)
    if match:
        street, code, city = (_tidy(part) for part in match.groups())
        found.addresses.setdefault((street[:300], code, city[:300]))
    return match is not None


# --- texts of the right length --------------------------------------------------------------------------


def units(lines: Iterable[str]) -> list[str]:
    """Return lines, those that are too long for one text cut at ends of sentences, else between words."""
    found: list[str] = []
    for line in lines:
        if len(line) <= PIECE:
            found.append(line)
        else:
            found += _packed(_sentences(line), " ")
    return found


def _sentences(line: str) -> list[str]:
    parts = re.split(r"(?<=[.!?؟。])\s+", line)
    short: list[str] = []
    for part in parts:
        words = [word[i : i + PIECE] for word in part.split() for i in range(0, len(word), PIECE)]
        short += [part] if len(part) <= PIECE else _packed(words, " ")
    return short


def _packed(parts: Iterable[str], link: str) -> list[str]:
    """Join parts as long as they fit one text."""
    found: list[str] = []
    for part in parts:
        if found and len(found[-1]) + len(link) + len(part) <= PIECE:
            found[-1] += link + part
        else:
            found.append(part)
    return found


def opening(parts: Sequence[str]) -> int:
    """Return how many of the first lines make a summary: one, more while they stay short."""
    count, words, size = 0, 0, 0
    for part in parts:
        words, size = words + len(part.split()), size + len(part) + 1
        if count and (words > SUMMARY_WORDS or size > PIECE):
            break
        count += 1
    return count


def in_step(versions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the lines of each language joined into texts, the same number of texts in all of them."""
    if len({len(parts) for parts in versions.values()}) == 1:
        return _packed_alike(versions)
    most = min(map(len, versions.values()))
    fewest = min(max(len(_packed(parts, "\n")) for parts in versions.values()), most)
    found = {tag: spread(parts, fewest) for tag, parts in versions.items()}
    for count in range(fewest + 1, most + 1):
        if all(len(text) <= PIECE for texts in found.values() for text in texts):
            break
        found = {tag: spread(parts, count) for tag, parts in versions.items()}
    return found


def _packed_alike(versions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Join the same lines in all languages as long as they fit one text in each."""
    found: dict[str, list[str]] = {tag: [] for tag in versions}
    for row in zip(*versions.values(), strict=True):
        lines = dict(zip(versions, row, strict=True))
        fits = all(texts and len(texts[-1]) + 1 + len(lines[tag]) <= PIECE for tag, texts in found.items())
        for tag, line in lines.items():
            if fits:
                found[tag][-1] += "\n" + line
            else:
                found[tag].append(line)
    return found


def spread(parts: Sequence[str], count: int) -> list[str]:
    """Return lines joined into `count` texts of about the same length, in order; none is empty."""
    if not count:
        return []
    total = sum(map(len, parts)) or 1
    ends, seen = [0], 0
    for number, part in enumerate(parts, 1):
        seen += len(part)
        left = count - len(ends)
        enough = seen >= total * len(ends) / count and left
        if (enough or len(parts) - number == left) and left:
            ends.append(number)
    ends.append(len(parts))
    return ["\n".join(parts[a:b]) for a, b in pairwise(ends) if a < b]


# --- pages as entries -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A page in one language, its HTML read."""

    exported: ExportedPage
    title: str
    parts: tuple[str, ...]
    phones: Mapping[str, str]
    emails: Mapping[str, str]
    addresses: tuple[tuple[str, str, str], ...]
    links: Mapping[str, str]

    @property
    def id(self) -> int:
        return self.exported.id

    @property
    def has_contact(self) -> bool:
        return bool(self.phones or self.emails or self.addresses)


def read_page(exported: ExportedPage) -> Page:
    """Return a page with its text as lines and its contacts."""
    reader = _PageReader()
    reader.feed(exported.content or exported.excerpt or "")
    reader.close()
    found = reader.found
    title = plain_text(exported.title)[:300]
    lines = found.lines[1:] if found.lines[:1] == [title] else found.lines
    return Page(
        exported, title or f"Page {exported.id}", tuple(units(lines)), found.phones, found.emails,
        tuple(found.addresses), found.links,
    )  # fmt: skip


def plain_text(markup: str) -> str:
    """Return markup as one line of plain text."""
    reader = _PageReader()
    reader.feed(markup)
    reader.close()
    return " ".join(reader.found.lines)


@dataclass(frozen=True)
class Texts:
    """The texts of one entry in one language."""

    title: str
    summary: str
    details: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """What an import wrote: entries, translated pages by language, pages without a source page."""

    entries: int
    translated: Mapping[str, int]
    left_out: Mapping[str, int]


def import_integreat(files: Sequence[tuple[str, Path]], out: Path, shipped: Path, locales: Path) -> Imported:
    """Write the knowledge base of exported pages into a new folder `out`; return what was written.

    `files`: (language, export) pairs, the source language first. How words of a language inflect and the
    assistant's own sentences come from `shipped` and `locales`, where they know the language. Raise
    ImportFileError when a file or the folder cannot be used.
    """
    _check_languages([language for language, _ in files])
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ImportFileError(f"{out}: is there already; delete it or choose another --out")
    pages = {language: _read_pages(path) for language, path in files}
    (source, _), *others = files
    region = region_of(pages[source])
    ids = entry_ids(pages[source], REGION_ID.format(region=_slug(region)))
    partners = {
        language: _partners(pages[source], source, pages[language], language) for language, _ in others
    }
    narrower = _narrower(pages[source])
    catalogs: dict[str, list[tuple[str, str, str]]] = {language: [] for language, _ in others}
    for page in pages[source]:
        versions = {source: page} | {
            language: found[page.id] for language, found in partners.items() if page.id in found
        }
        texts = entry_texts(versions, source, narrower.get(page.id, ()))
        _write(out, *_entry(page, texts[source], ids))
        for language in versions.keys() - {source}:
            catalogs[language] += _translated(ids[page.id], texts[source], texts[language])
    _write_base(out, region, source, pages[source], ids)
    for language, _ in files:
        fallback = [source] if language != source else []
        _write(
            out,
            f"languages/{language}/language.yaml",
            language_rules(language, shipped) | {"fallback": fallback},
        )
        _copy_messages(locales, out / "locales", language)
    for language, rows in catalogs.items():
        _write_catalog(out / "locales", language, rows)
    load_knowledge(out)
    return Imported(
        len(pages[source]),
        {language: len(found) for language, found in partners.items()},
        {language: len(pages[language]) - len(found) for language, found in partners.items()},
    )


_TAGS = TypeAdapter(list[LanguageTag])


def _check_languages(languages: Sequence[str]) -> None:
    try:
        _TAGS.validate_python(languages)
    except ValidationError as error:
        wrong = error.errors()[0]["input"]
        raise ImportFileError(f"{wrong!r} is no language; write a tag like de, ar or zh-Hans") from error
    if len(set(languages)) < len(languages):
        raise ImportFileError("each language may be given once; name one file per --language")


def _read_pages(path: Path) -> list[Page]:
    return [read_page(page) for page in sorted(read_export(path), key=lambda p: (p.order, p.id))]


def region_of(pages: Sequence[Page]) -> str:
    """Return the region the pages belong to: the first part of their paths."""
    return pages[0].exported.path.strip("/").partition("/")[0] or "region"


def entry_ids(pages: Iterable[Page], taken: str) -> dict[int, str]:
    """Return a valid, unique entry id for each page id: the end of its path in Latin letters."""
    found: dict[int, str] = {}
    used = {taken}
    for page in sorted(pages, key=lambda p: p.id):
        slug = _slug(unquote(page.exported.path).strip("/").rpartition("/")[2])[:48].strip("-") or "page"
        found[page.id] = slug if slug not in used else f"{slug}-{page.id}"
        used.add(found[page.id])
    return found


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")


def _partners(sources: Iterable[Page], source: str, pages: Iterable[Page], language: str) -> dict[int, Page]:
    """Return the translation of each source page, by the id of the source page."""
    own = {page.id: page for page in pages}
    back = {
        page.exported.available_languages[source].id: page
        for page in own.values()
        if source in page.exported.available_languages
    }
    found = {}
    for page in sources:
        named = page.exported.available_languages.get(language, Reference()).id
        partner = own.get(named) or back.get(page.id)
        if partner is not None:
            found[page.id] = partner
    return found


def _narrower(pages: Iterable[Page]) -> dict[int, list[Page]]:
    found: dict[int, list[Page]] = {}
    for page in pages:
        if page.exported.parent is not None:
            found.setdefault(page.exported.parent.id, []).append(page)
    return found


def entry_texts(versions: Mapping[str, Page], source: str, narrower: Sequence[Page]) -> dict[str, Texts]:
    """Return the texts of an entry in all its languages.

    A text and its translation must be the same piece of the page, so all languages are cut into the same
    number of pieces. A translation that is far shorter than its source keeps title and summary only.
    """
    openings = _openings(versions, source)
    rest = {tag: page.parts[openings[tag] :] for tag, page in versions.items()}
    whole = {tag: parts for tag, parts in rest.items() if len(parts) >= len(_packed(rest[source], "\n"))}
    details = in_step(whole)
    found = {}
    for tag, page in versions.items():
        summary = "\n".join(page.parts[: openings[tag]])
        if not summary:
            summary = " · ".join(p.title for p in narrower)[:PIECE] if tag == source else ""
        found[tag] = Texts(page.title, summary or page.title, tuple(details.get(tag, ())))
    return found


def _openings(versions: Mapping[str, Page], source: str) -> dict[str, int]:
    """Return how many lines the summary takes in each language.

    Where the lines of a translation are those of the source, the same; else as many as leave enough.
    """
    own = versions[source].parts
    count = opening(own)
    left = len(_packed(own[count:], "\n"))
    return {
        tag: count
        if len(parts) == len(own)
        else max(min(opening(parts), len(parts) - left), min(len(parts), 1))
        for tag, parts in ((tag, page.parts) for tag, page in versions.items())
    }


def _entry(page: Page, texts: Texts, ids: Mapping[int, str]) -> tuple[str, dict[str, Any]]:
    """Return file name and content of the entry of a page."""
    exported = page.exported
    day = exported.last_updated.date()
    data: dict[str, Any] = {"title": texts.title, "summary": texts.summary}
    if texts.details:
        data["details"] = list(texts.details)
    data["about"] = {"core": [CONCEPT]}
    if exported.parent is not None and exported.parent.id in ids:
        data["broader"] = ids[exported.parent.id]
    if page.has_contact:
        data |= {"kind": "counselling", "region": "deutschland", **_contact(page)}
    if page.links:
        shown = list(page.links.items())[:MOST_LINKS]
        data["links"] = [{"url": url, "description": text} for url, text in shown]
    link = exported.url if exported.url.startswith("http") else f"https://integreat.app{exported.path}"
    data["sources"] = [{"url": link, "date": day}]
    data["assured_date"] = day
    return f"{'organizations' if page.has_contact else 'guides'}/{ids[page.id]}.yaml", data


def _contact(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if page.addresses:
        found["locations"] = [
            {"address": {"street": street, "postal_code": code, "city": city}}
            for street, code, city in page.addresses
        ]
    if page.phones:
        found["phones"] = [_described("number", *item) for item in page.phones.items()]
    if page.emails:
        found["emails"] = [_described("address", *item) for item in page.emails.items()]
    return found


def _described(name: str, value: str, text: str) -> dict[str, str]:
    return {name: value, "description": text[:300]} if text else {name: value}


def _translated(entry: str, source: Texts, target: Texts) -> list[tuple[str, str, str]]:
    """Return (msgctxt, msgid, msgstr) of an entry."""
    rows = [
        (f"{entry}:title", source.title, target.title),
        (f"{entry}:summary", source.summary, target.summary),
    ]
    rows += [
        (f"{entry}:details", text, translated)
        for text, translated in zip(source.details, target.details, strict=False)
    ]
    return rows


# --- files --------------------------------------------------------------------------------------------------


def _write_base(out: Path, region: str, source: str, pages: Sequence[Page], ids: Mapping[int, str]) -> None:
    own = REGION_ID.format(region=_slug(region))
    website = f"https://integreat.app/{region}/{source}/"
    day = max(page.exported.last_updated for page in pages).date()
    roots = [p for p in pages if p.exported.parent is None or p.exported.parent.id not in ids]
    organization = {
        "title": f"Integreat {region}", "summary": website, "about": {"core": [CONCEPT]}, "kind": "network",
        "region": "deutschland", "website": {"url": website}, "sources": [{"url": website, "date": day}],
        "assured_date": day,
    }  # fmt: skip
    base = {
        "region": region, "time_zone": "Europe/Berlin", "holidays": "DE", "source_language": source,
        "default_contacts": [own], "topics": [ids[page.id] for page in roots[:MOST_TOPICS]],
    }  # fmt: skip
    _write(out, f"organizations/{own}.yaml", organization)
    _write(out, "base.yaml", base)
    _write(out, "concepts.yaml", {CONCEPT: {"gloss": "a page of Integreat", "kind": "topic"}})


class _Dumper(yaml.SafeDumper):
    """Writes values out each time, as a knowledge base knows no aliases, and lines as lines."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def lines(self, text: str) -> yaml.Node:
        """Represent a text; one of several lines as a block."""
        style = "|" if "\n" in text else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.lines)


def _write(folder: Path, name: str, data: Mapping[str, Any]) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(dict(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    path.write_text(text, encoding="utf-8")


def language_rules(language: str, shipped: Path) -> dict[str, Any]:
    """Return how words of a language inflect: as shipped, else by the Snowball algorithm of its name."""
    path = shipped / "languages" / language / "language.yaml"
    if path.is_file():
        rules: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {k: v for k, v in rules.items() if k not in ("fallback", "variant_of")} | {"state": "started"}
    try:
        name = Locale.parse(language, sep="-").get_language_name("en") or ""
    except (UnknownLocaleError, ValueError):
        name = ""
    snowball = name.lower() if name.lower() in Stemmer.algorithms() else None
    return {"state": "started"} | ({"snowball": snowball} if snowball else {})


def _copy_messages(locales: Path, target: Path, language: str) -> None:
    path = catalog_path(locales, language, "messages")
    if path.is_file():
        copy = catalog_path(target, language, "messages")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _write_catalog(locales: Path, language: str, rows: Iterable[tuple[str, str, str]]) -> None:
    file = polib.POFile(wrapwidth=100)
    file.metadata = {
        "Language": language, "MIME-Version": "1.0", "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit", "X-Lotse-Review": REVIEW,
    }  # fmt: skip
    known = set()
    for context, source, translated in rows:
        if (context, source) not in known:
            known.add((context, source))
            file.append(polib.POEntry(msgctxt=context, msgid=source, msgstr=translated))
    path = catalog_path(locales, language, "knowledge")
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(str(path))
