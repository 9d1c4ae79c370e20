"""Paths as data: what `lotse check` finds in them, how they are drawn and shown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.coordination.path_checks import check_paths
from assistant.coordination.path_graphs import mermaid, path_graph, svg, write_graphs
from assistant.dialogue.paths import Walker
from assistant.dialogue.situation import SKIPPED, Situation, fits
from assistant.knowledge.checks import CheckedContent
from assistant.knowledge.loading import Reading, load_knowledge, read_knowledge
from assistant.knowledge.model import Facets
from assistant.pipeline import Assistant
from tests.conftest import ROOT

GOOD = """\
title: Wohnung finden
summary: Von der Frage zur Wohnung.
button: Wohnung finden
start: ort
stations:
  ort:
    title: Ort
    question: Wo suchen Sie?
    next: geld
    options:
      stadt: {text: in der Stadt, to: geld}
      land: {text: auf dem Land, to: geld}
  geld:
    title: Geld
    question: Was brauchen Sie?
    options:
      wohnung: {entry: wohnung}
      ruhe: {text: Ruhe, entry: wohnung, chosen: {ort: [land]}}
      mensch: {text: Ich möchte reden, person: true}
"""


def problems(folder: Path, text: str) -> list[str]:
    """What the check says of a path file."""
    (folder / "paths").mkdir(exist_ok=True)
    (folder / "paths" / "weg.yaml").write_text(text)
    reading = Reading(folder)
    knowledge = read_knowledge(folder, reading)
    assert knowledge is not None
    found = [*reading.problems, *check_paths(CheckedContent(knowledge, reading, dt.date(2026, 11, 21)))]
    return [str(problem) for problem in found]


def test_a_good_path_has_no_problems(small: Path) -> None:
    assert problems(small, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("start: ort", "start: hier", "paths/weg.yaml:4:1: `hier` is no station"),
        ("    next: geld\n", "    next: gelt\n", "paths/weg.yaml:9:5: `gelt` is no station of this path"),
        ("to: geld}\n      land", "to: gelt}\n      land", "paths/weg.yaml:11:35: `gelt` is no station"),
        ("{entry: wohnung}", "{entry: wohnug}", "unknown entry `wohnug`; did you mean wohnung?"),
        ("ort: [land]", "ort: [berg]", "`berg` is no option of the station `ort`"),
        ("ort: [land]", "geld: [mensch]", "this option is never offered"),
        ("{entry: wohnung}", "{text: Nichts}", "an option leads to one thing; write one of"),
        ("{entry: wohnung}", "{to: ort}", "an option needs a text"),
        ("      stadt: {", "      back: {", "`back` is a name Lotse uses itself"),
        ("    question: Was", "    facet: status\n    question: Was", "a station with `facet` needs"),
        ("    title: Geld", "    titel: Geld", "unknown key `titel`; did you mean `title`?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(small: Path, old: str, new: str, problem: str) -> None:
    assert old in GOOD
    found = problems(small, GOOD.replace(old, new, 1))
    assert any(problem in line for line in found), found


def test_a_station_nobody_meets_is_found(small: Path) -> None:
    text = GOOD + "  keller:\n    title: Keller\n    options:\n      a: {entry: wohnung}\n"
    assert problems(small, text) == [
        "paths/weg.yaml:20:3: no way leads here; link it or delete it",
    ]


def test_a_way_in_circles_is_found(small: Path) -> None:
    circle = GOOD[: GOOD.index("      wohnung:")] + "      zurueck: {text: Nochmal, to: ort}\n"
    assert all("no way from here ends at an entry or a person" in line for line in problems(small, circle))
    assert len(problems(small, circle)) == 2


def test_a_dead_end_for_some_people_is_found(small: Path) -> None:
    end = GOOD[: GOOD.index("      wohnung:")]
    end += "      ruhe: {text: Ruhe, entry: wohnung, chosen: {ort: [land]}}\n"
    (line,) = problems(small, end)
    assert "a dead end for anybody" in line


def test_the_paths_of_the_knowledge_base_are_sound() -> None:
    reading = Reading(ROOT / "knowledge")
    knowledge = read_knowledge(ROOT / "knowledge", reading)
    assert knowledge is not None
    assert list(check_paths(CheckedContent(knowledge, reading, dt.date(2026, 11, 21)))) == []


def test_a_rule_fits_does_not_fit_or_nobody_knows() -> None:
    facets = load_knowledge(ROOT / "knowledge").facets
    rule = Facets(status=("duldung",), place=("sachsen",))
    assert fits(rule, Situation(), facets) is None
    assert fits(rule, Situation().say({"status": "duldung"}), facets) is None
    assert fits(rule, Situation().say({"status": "eu"}), facets) is False
    assert fits(rule, Situation().say({"status": "duldung", "place": "leipzig"}), facets) is True


def test_a_situation_is_replaced_skipped_and_forgotten() -> None:
    said = Situation().say({"status": "duldung"}).say({"status": "eu", "level": SKIPPED})
    assert (said.get("status"), said.skipped, said.answered("level")) == ("eu", ("level",), True)
    assert said.say({"level": "B1"}).skipped == ()
    assert said.forget(["status", "level"]) == Situation()


def test_a_path_is_drawn(tmp_path: Path) -> None:
    knowledge = load_knowledge(ROOT / "knowledge")
    files = write_graphs(knowledge, tmp_path / "graphs")
    assert {file.name for file in files} == {
        f"{path}.{ending}" for path in knowledge.paths for ending in ("mmd", "svg")
    }
    graph = path_graph(knowledge, knowledge.paths["recognition"])
    assert next(title for _, title in graph.stations) == "Beruf"
    assert "flowchart TD" in mermaid(graph)
    drawing = ElementTree.fromstring(svg(graph))
    assert len(drawing.findall("{http://www.w3.org/2000/svg}rect")) == 1 + len(graph.stations) + len(
        graph.ends
    )


def test_walking_knows_where_it_stands(assistant: Assistant) -> None:
    walker = Walker(assistant.knowledge)
    path = assistant.knowledge.paths["recognition"]
    place = walker.enter(path, Situation())
    assert place.station == "beruf"
    moved = walker.press(path, place.trail, place.situation, "beruf", "j-nurse")
    assert moved is not None
    assert (moved.station, walker.subject(moved)) == ("pflicht", "pflegefachkraft")
    assert walker.here(path, moved.trail, moved.situation) == moved
    assert walker.press(path, (), Situation(), "beruf", "j-astronaut") is None
