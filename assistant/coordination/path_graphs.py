"""Paths as pictures for coordinators: Mermaid text, and SVG drawn row by row without any tool."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from assistant.dialogue.paths import Place, Walker
from assistant.dialogue.situation import Situation
from assistant.knowledge.model import GuidedPath, Knowledge

WIDTH, GAP, LINE, LEFT = 260, 46, 17, 30
LETTERS = 34
"""Characters that fit into a line of a box."""
ARROWS = 14
"""Distance of neighbouring arrows at the side."""


@dataclass(frozen=True)
class Arrow:
    """A way from a station to a station or to an end; `label` is what is pressed."""

    start: str
    end: str
    label: str


@dataclass(frozen=True)
class Graph:
    """Stations in walking order, ends, and the arrows between them."""

    title: str
    stations: tuple[tuple[str, str], ...]
    ends: tuple[tuple[str, str], ...]
    arrows: tuple[Arrow, ...]


def path_graph(knowledge: Knowledge, path: GuidedPath) -> Graph:
    """Return the graph of a path, with its German texts."""
    order = Walker(knowledge).stations(Place(path, (), Situation(), path.start))
    ends: dict[str, str] = {}
    arrows: list[Arrow] = []
    for key in order:
        stop = path.stations[key]
        if stop.next:
            asked = knowledge.facets.get(stop.facet or "")
            values = asked.values.items() if asked else ()
            label = " / ".join(v.text for name, v in values if name not in stop.options)
            arrows.append(Arrow(key, stop.next, label))
        for option in stop.options.values():
            entry = knowledge.entries.get(option.entry or option.picks or "")
            text = option.text or (entry.title if entry else "")
            end = option.to
            if end is None:
                end = f"entry-{option.entry}" if option.entry else "person"
                ends[end] = entry.title if entry and option.entry else "Mensch"
            if option.filter is None:
                arrows.append(Arrow(key, end, text))
        if stop.contacts:
            ends["person"] = "Mensch"
            arrows.append(Arrow(key, "person", ""))
    stations = tuple((key, path.stations[key].title) for key in order)
    return Graph(path.title, stations, tuple(ends.items()), tuple(arrows))


def mermaid(graph: Graph) -> str:
    """Return a graph in the language of Mermaid."""
    names = {key: f"s{number}" for number, (key, _) in enumerate((*graph.stations, *graph.ends))}
    lines = ["---", f"title: {graph.title}", "---", "flowchart TD"]
    lines += [f'    {names[key]}["{_quoted(title)}"]' for key, title in graph.stations]
    lines += [f'    {names[key]}(["{_quoted(title)}"])' for key, title in graph.ends]
    for arrow in graph.arrows:
        label = f'|"{_quoted(textwrap.shorten(arrow.label, 60, placeholder=" …"))}"|' if arrow.label else ""
        lines.append(f"    {names[arrow.start]} -->{label} {names[arrow.end]}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


def svg(graph: Graph) -> str:
    """Return a graph as SVG: stations below each other, ends beside the station they follow."""
    return "\n".join(_drawing(graph)) + "\n"


@dataclass(frozen=True)
class _Box:
    x: int
    y: int
    lines: tuple[str, ...]
    is_end: bool
    heading: int = 0

    @property
    def height(self) -> int:
        return LINE * len(self.lines) + 16


def _drawing(graph: Graph) -> Iterator[str]:
    boxes, height = _boxes(graph)
    sides = sorted({a.end for a in graph.arrows if _is_far(graph, a)})
    column = {end: number for number, end in enumerate(sides)}
    left = LEFT + ARROWS * (len(sides) + 1)
    width = left + 2 * WIDTH + 160
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" font-family="sans-serif" font-size="13">'
    )
    yield f"<title>{escape(graph.title)}</title>"
    yield (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 8 4 0 8z" fill="#0b6e5f"/></marker></defs>'
    )
    yield '<rect width="100%" height="100%" fill="#fff"/>'
    rows: dict[str, int] = {}
    for arrow in graph.arrows:
        start, end = boxes[arrow.start], boxes[arrow.end]
        if _is_far(graph, arrow):
            side = left - ARROWS * (column[arrow.end] + 1)
            from_y, to_y = start.y + start.height - 8, end.y + 8
            yield _line(f"M{left} {from_y} H{side} V{to_y} H{left}")
        elif end.is_end:
            row = rows[arrow.start] = rows.get(arrow.start, -1) + 1
            from_x, at = left + WIDTH, start.y + 12 + 4 * row
            yield _line(f"M{from_x} {at} H{from_x + 20 + 8 * (row % 12)} V{end.y + 14} H{left + end.x}")
        else:
            middle = left + WIDTH // 2
            yield _line(f"M{middle} {start.y + start.height} V{end.y}")
    for box in boxes.values():
        yield from _box(box, left)
    yield "</svg>"


def _is_far(graph: Graph, arrow: Arrow) -> bool:
    """Whether an arrow leads to a station that is not the next one below."""
    order = [key for key, _ in graph.stations]
    if arrow.end not in order:
        return False
    return order.index(arrow.end) != order.index(arrow.start) + 1


def _boxes(graph: Graph) -> tuple[dict[str, _Box], int]:
    boxes: dict[str, _Box] = {}
    titles, y = dict(graph.ends), 20
    for number, (key, title) in enumerate(graph.stations, 1):
        options = dict.fromkeys(a.label for a in graph.arrows if a.start == key and a.label)
        lines = textwrap.wrap(f"{number}. {title}", LETTERS)
        heading = len(lines)
        for option in options:
            lines += textwrap.wrap(f"· {option}", LETTERS, subsequent_indent="  ")
        boxes[key] = _Box(0, y, tuple(lines), False, heading)
        below = y + boxes[key].height
        side = y
        for arrow in graph.arrows:
            if arrow.start == key and arrow.end in titles and arrow.end not in boxes:
                box = _Box(WIDTH + 130, side, tuple(textwrap.wrap(titles[arrow.end], LETTERS)), True)
                boxes[arrow.end] = box
                side += box.height + 10
        y = max(below, side) + GAP
    return boxes, y


def _line(way: str) -> str:
    return f'<path d="{way}" fill="none" stroke="#0b6e5f" stroke-width="1.4" marker-end="url(#tip)"/>'


def _box(box: _Box, left: int) -> Iterator[str]:
    round_, fill = (16, "#e8f3f0") if box.is_end else (6, "#fbfaf6")
    x = left + box.x
    yield (
        f'<rect x="{x}" y="{box.y}" width="{WIDTH}" height="{box.height}" rx="{round_}" '
        f'fill="{fill}" stroke="#1c2b2a"/>'
    )
    for number, line in enumerate(box.lines):
        weight = ' font-weight="700"' if number < box.heading else ""
        text = escape(line).replace("  ", "\u00a0\u00a0")
        yield f'<text x="{x + 10}" y="{box.y + 20 + LINE * number}"{weight}>{text}</text>'


def write_graphs(knowledge: Knowledge, folder: Path) -> list[Path]:
    """Write `<path>.mmd` and `<path>.svg` for every path into a folder; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for path in knowledge.paths.values():
        graph = path_graph(knowledge, path)
        for ending, text in (("mmd", mermaid(graph)), ("svg", svg(graph))):
            file = folder / f"{path.id}.{ending}"
            file.write_text(text, encoding="utf-8")
            written.append(file)
    return written
