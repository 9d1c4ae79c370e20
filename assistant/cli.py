"""The `lotse` command: one thin function per command."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import structlog
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    track,
)
from rich.table import Table

from assistant import __version__
from assistant.app import build_assistant, load_content
from assistant.coordination.content_checks import check_reached, check_translations
from assistant.coordination.evaluating import (
    Outcome,
    TestQuestion,
    figures,
    grouped,
    is_held_back,
    load_questions,
    question_files,
    ranked_entries,
    run_questions,
)
from assistant.coordination.evaluation_report import Run, write_report
from assistant.coordination.noise import Spoiler
from assistant.coordination.path_checks import check_paths
from assistant.dialogue.state import Message
from assistant.errors import KnowledgeError, LotseError, Problem
from assistant.knowledge.checks import CheckedContent, check_content
from assistant.knowledge.loading import Reading, load_knowledge, read_knowledge
from assistant.matching.explain import Explanation, explain
from assistant.pipeline import Assistant
from assistant.rendering.plain import render_plain
from assistant.settings import Settings, load_settings

out = Console()
err = Console(stderr=True)
app = typer.Typer(
    help="Lotse answers questions of newcomers in Leipzig and Saxony, in their own language.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
translate = typer.Typer(help="Keep the translations in step.", no_args_is_help=True)
app.add_typer(translate, name="translate")
importing = typer.Typer(help="Make a knowledge base from what another system exports.", no_args_is_help=True)
app.add_typer(importing, name="import")
telegram = typer.Typer(help="Prepare the Telegram bot, and see how it stands.", no_args_is_help=True)
app.add_typer(telegram, name="telegram")


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"lotse {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    knowledge: Annotated[
        Path | None, typer.Option(help="Folder of the knowledge base [LOTSE_KNOWLEDGE].")
    ] = None,
    locales: Annotated[Path | None, typer.Option(help="Folder of the translations [LOTSE_LOCALES].")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Settings that hold for every command."""
    settings = load_settings()
    if knowledge:
        settings = replace(settings, knowledge=knowledge)
    if locales:
        settings = replace(settings, locales=locales)
    context.obj = settings


@app.command()
def ask(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="The question; `-` reads it from input.")] = None,
    language: Annotated[str | None, typer.Option(help="The person's chosen language.")] = None,
    explain_: Annotated[bool, typer.Option("--explain", help="Show why.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The reply as JSON.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Questions and answers as JSON Lines.")] = False,
) -> None:
    """Ask one question, or many.

    Examples: `lotse ask "Wie lasse ich mein Diplom anerkennen?"` ·
    `lotse ask "كورس ألماني" --explain` · `lotse ask --jsonl < questions.jsonl > answers.jsonl`
    """
    assistant = build_assistant(context.obj)
    if jsonl:
        raise typer.Exit(_ask_lines(assistant))
    if text is None or text == "-":
        text = sys.stdin.read().strip()
    if not text:
        raise typer.BadParameter("write a question, for example: lotse ask 'Deutschkurs'")
    turn = assistant.respond(Message(text, language=language))
    why: Explanation | None = None
    if explain_:
        why = explain(turn.query, assistant.matcher.ranker.rank(turn.query, True), turn.decision)
    if as_json:
        data = turn.reply.as_json() | ({"explanation": why.as_json()} if why else {})
        print(json.dumps(data, ensure_ascii=False))
        return
    out.print(render_plain(turn.reply), markup=False, highlight=False)
    if why:
        _show_explanation(why, turn.milliseconds)


def _ask_lines(assistant: Assistant) -> int:
    """Answer JSON Lines from input in order; a broken line gets an `error` and exit code 1."""
    failed = 0
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            message = Message(str(item["text"]), language=item.get("language") or None)
        except (ValueError, KeyError, TypeError) as error:
            failed = 1
            print(json.dumps({"error": f"not a question ({error})"}), flush=True)
            continue
        turn = assistant.respond(message)
        answer = {
            "id": item.get("id"),
            "language": turn.reply.language,
            "decision": turn.reply.decision,
            "entries": list(ranked_entries(turn)),
            "score": round(turn.decision.score, 4),
            "ms": round(turn.milliseconds, 3),
        }
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return failed


class Only(StrEnum):
    """What one process serves."""

    web = "web"
    telegram = "telegram"


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on [LOTSE_HOST].")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on [LOTSE_PORT].")] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Processes that share port and memory.")] = 1,
    only: Annotated[Only | None, typer.Option(help="Serve only this.")] = None,
) -> None:
    """Serve the web widget, pages and API; Telegram too when LOTSE_TELEGRAM_TOKEN is set."""
    settings: Settings = context.obj
    if host:
        settings = replace(settings, host=host)
    if port is not None:
        settings = replace(settings, port=port)
    with _shared_metrics(processes):
        from assistant.serving import serve as run

        run(settings, processes, only.value if only else None)


@contextmanager
def _shared_metrics(processes: int) -> Iterator[None]:
    """Let several processes add their counts up; prometheus_client reads where when it is imported."""
    if processes == 1:
        yield
        return
    with TemporaryDirectory(prefix="lotse-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


@app.command()
def feedback(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Of how many days, today included.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show which answers helped and which contacts people report as wrong."""
    from assistant.coordination.feedback import read_feedback
    from assistant.serving import prepare_logging

    prepare_logging("warning")
    rows = asyncio.run(read_feedback(context.obj, days))
    if as_json:
        print(json.dumps([row.__dict__ for row in rows], ensure_ascii=False))
        return
    table = Table("entry", "language", "what people say")
    table.add_column("times", justify="right")
    for row in rows:
        table.add_row(row.entry, row.language, row.what, str(row.count))
    out.print(table if rows else f"no feedback in the last {days} days")


@app.command()
def check(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Problems as JSON.")] = False,
    errors_only: Annotated[bool, typer.Option(help="Leave warnings out.")] = False,
) -> None:
    """Check the knowledge base; exit code 1 when there are errors."""
    problems = [p for p in _problems(context.obj) if not errors_only or p.severity == "error"]
    errors = [p for p in problems if p.severity == "error"]
    if as_json:
        print(json.dumps([p.__dict__ for p in problems], ensure_ascii=False))
        raise typer.Exit(1 if errors else 0)
    for problem in problems:
        color = "red" if problem.severity == "error" else "yellow"
        out.print(f"[{color}]{problem.severity}[/] ", end="")
        out.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    warnings = len(problems) - len(errors)
    out.print(f"{len(errors)} errors, {warnings} warnings", style="red" if errors else "green")
    raise typer.Exit(1 if errors else 0)


def _problems(settings: Settings) -> list[Problem]:
    reading = Reading(settings.knowledge)
    knowledge = read_knowledge(settings.knowledge, reading)
    problems = list(reading.problems)
    if knowledge is not None:
        content = CheckedContent(knowledge, reading, dt.date.today())
        problems += [*check_content(content), *check_paths(content)]
        problems += check_translations(settings.locales, knowledge)
        problems += check_reached(knowledge, Path("tests/questions"))
    return sorted(problems)


@app.command()
def paths(
    context: typer.Context,
    graph: Annotated[Path | None, typer.Option(help="Folder for a picture (SVG, Mermaid) of each.")] = None,
) -> None:
    """List the guided paths, or draw them. Example: `lotse paths --graph var/paths`"""
    from assistant.coordination.path_graphs import write_graphs

    knowledge = load_knowledge(context.obj.knowledge)
    if graph is not None:
        for file in write_graphs(knowledge, graph):
            out.print(str(file), highlight=False)
        return
    table = Table("path", "title", "stations", "options", "command")
    for path in knowledge.paths.values():
        options = sum(len(stop.options) for stop in path.stations.values())
        row = (path.id, path.title, str(len(path.stations)), str(options), f"/{path.command or ''}")
        table.add_row(*row)
    out.print(table)


@app.command()
def evaluate(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="JSON Lines or tests/questions/*.yaml.")],
    as_json: Annotated[bool, typer.Option("--json", help="Figures as JSON.")] = False,
    misses: Annotated[bool, typer.Option(help="List what went wrong.")] = False,
    existing: Annotated[bool, typer.Option(help="Leave out questions whose entries do not exist.")] = False,
    languages: Annotated[str, typer.Option(help="Only these languages, by comma.")] = "",
    noise: Annotated[
        bool, typer.Option(help="Also ask each question spoiled: typos, Latin letters ...")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Folder for a report file of this run.")] = None,
) -> None:
    """Measure accuracy per language and kind.

    Example: `lotse evaluate tests/questions tests/held --noise --report var/evaluation`
    """
    assistant = build_assistant(context.obj)
    files = [found for path in files for found in question_files(path)]
    held = any(is_held_back(file) for file in files)
    if misses and held:
        raise LotseError("questions that are held back only measure; leave out --misses or that folder")
    questions = [q for file in files for q in load_questions(file)]
    if languages:
        questions = [q for q in questions if q.language in languages.split(",")]
    if existing:
        known = assistant.knowledge.entries.keys()
        questions = [q for q in questions if not q.accept or known & set(q.accept)]
    with Progress(SpinnerColumn(), TextColumn("asking"), TimeElapsedColumn(), console=err) as bar:
        task = bar.add_task("asking", total=len(questions))
        outcomes = run_questions(assistant, questions, lambda: bar.advance(task))
    noisy = _with_noise(context.obj, assistant, questions) if noise else {}
    if report is not None:
        now = dt.datetime.now()
        run = Run(now, assistant.knowledge.version, tuple(map(str, files)), outcomes, noisy)
        err.print(f"report: {write_report(report, run, not held)}", highlight=False)
    groups: dict[str, Any] = {
        "all": {"all": outcomes},
        "language": grouped(outcomes, lambda o: o.question.language),
        "kind": grouped(outcomes, lambda o: o.question.kind),
    }
    if noisy:
        groups["noise"] = noisy
    if as_json:
        data = {
            name: {key: figures(items).__dict__ for key, items in group.items()}
            for name, group in groups.items()
        }
        print(json.dumps(data, ensure_ascii=False))
        return
    for name, group in groups.items():
        out.print(_figures_table(name, group))
    if misses:
        for outcome in outcomes:
            if (outcome.in_scope and not outcome.right) or outcome.wrong:
                line = f"{outcome.question.id} {outcome.question.kind} {outcome.decision} "
                line += f"{outcome.score:.2f} {' '.join(outcome.entries[:3])}"
                line += f" | wanted {' '.join(outcome.question.accept[:3])}"
                out.print(line, markup=False, highlight=False, soft_wrap=True)


def _with_noise(
    settings: Settings, assistant: Assistant, questions: list[TestQuestion]
) -> dict[str, list[Outcome]]:
    """Outcomes of all questions spoiled in every way, by the way of spoiling."""
    knowledge, _ = load_content(settings)  # the one that serves has left its vocabularies behind
    spoiler = Spoiler(knowledge, assistant.matcher)
    found: dict[str, list[Outcome]] = {}
    for question in track(questions, "asking with noise", console=err):
        for name, spoiled in spoiler.spoiled(question):
            found.setdefault(name, []).extend(run_questions(assistant, [spoiled]))
    return dict(sorted(found.items()))


def _figures_table(name: str, group: dict[str, Any]) -> Table:
    """A table of shares in percent; `asked` and `foreign` are counts."""
    table = Table(caption="percent, but for asked and foreign")
    columns = ("asked", "right", "first", "in 3", "wrong", "unsure", "foreign", "answered", "language")
    table.add_column(name)
    for column in columns:
        table.add_column(column, justify="right")
    for key, items in group.items():
        f = figures(items)
        shares = (f.right, f.first, f.among_three, f.wrong, f.fallback)
        table.add_row(
            key,
            str(f.count),
            *(f"{100 * share:.1f}" if f.count else "" for share in shares),
            str(f.out_count),
            f"{100 * f.out_answered:.1f}" if f.out_count else "",
            f"{100 * f.reply_language:.0f}",
        )
    return table


@app.command()
def fit(
    context: typer.Context,
    keep_settings: Annotated[
        bool, typer.Option(help="Keep temperature and thresholds: a third of the time.")
    ] = False,
) -> None:
    """Fit the weights from the example questions and write them beside the knowledge base."""
    from assistant.matching.matcher import build_matcher
    from assistant.matching.weights import FILE, load_weights, save_weights

    try:
        from assistant.matching.fitting import FOLDS, fit_weights
    except ImportError as error:
        raise LotseError(f"fitting needs more packages ({error}); pip install 'lotse[fit]'") from error
    settings: Settings = context.obj
    path = settings.knowledge / FILE
    kept = load_weights(path) if keep_settings and path.is_file() else None
    err.print("reading and building the index")
    knowledge, translations = load_content(settings)
    matcher = build_matcher(knowledge, translations)
    err.print("fitting on all cores; this takes minutes")
    columns = (TextColumn("fitting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # No thread that refreshes the bar: only a process with one thread can use all cores.
    with Progress(*columns, console=err, auto_refresh=False) as bar:
        task = bar.add_task("", total=1 if kept else FOLDS + 1)
        weights = fit_weights(
            knowledge,
            translations,
            matcher,
            lambda done: bar.update(task, completed=done, refresh=True),
            kept,
        )
    save_weights(settings.knowledge / FILE, weights)
    count, rows = (len(weights.table.cells), len(weights.table.names)) if weights.table else (0, 0)
    out.print(
        f"{count:,} weights of {rows:,} features; answer from "
        f"{weights.answer:.2f}, choose from {weights.choose:.2f}"
    )


@app.command()
def tune(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Questions the weights were not fitted from.")],
) -> None:
    """Choose overlap, temperature and thresholds of the weights anew; takes seconds.

    Example: `lotse tune tests/questions`; `tests/held` then says whether it helped.
    """
    from assistant.matching.fitting import settings_from
    from assistant.matching.weights import FILE, save_weights

    settings: Settings = context.obj
    assistant = build_assistant(settings)
    found = [file for path in files for file in question_files(path)]
    if any(is_held_back(file) for file in found):
        raise LotseError("questions that are held back only measure; leave out that folder")
    questions = [(q.text, q.accept) for file in found for q in load_questions(file)]
    weights = settings_from(assistant.knowledge, assistant.matcher, questions)
    save_weights(settings.knowledge / FILE, weights)
    out.print(
        f"overlap {weights.overlap:g}, doubt {weights.doubt:g}, temperature {weights.temperature:g}; "
        f"answer from {weights.answer:.2f}, choose from {weights.choose:.2f}, "
        f"alarm from {weights.danger:.2f}"
    )


@app.command(name="check-weights")
def check_weights(context: typer.Context) -> None:
    """Exit with 1 when the weights were fitted from other content than there is now."""
    from assistant.matching.inputs import inputs_hash
    from assistant.matching.weights import FILE, load_weights

    settings: Settings = context.obj
    if load_weights(settings.knowledge / FILE).inputs != inputs_hash(load_knowledge(settings.knowledge)):
        err.print("weights.tsv is older than the knowledge base; run `lotse fit`", style="red")
        raise typer.Exit(1)
    out.print("weights.tsv is up to date", style="green")


@app.command()
def schema(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Option(help="Where to write; default knowledge/schema.")] = None,
) -> None:
    """Write the JSON Schemas that editors use to help while typing."""
    from assistant.coordination.schemas import write_schemas

    target = folder or context.obj.knowledge / "schema"
    for path in write_schemas(target):
        out.print(str(path), highlight=False)


@app.command()
def review(
    context: typer.Context,
    entry: Annotated[str, typer.Argument(help="Id of the entry, for example jobcenter-leipzig.")],
    by: Annotated[str, typer.Option(help="Name of the person who confirmed the facts.")],
) -> None:
    """Confirm that the facts of an entry hold today; nothing else in its file changes."""
    from assistant.coordination.editing import confirm_entry

    path = confirm_entry(context.obj.knowledge, entry, by, dt.date.today())
    out.print(f"{path}: assured_date is today, confirmed by {by}", highlight=False)


@app.command()
def new(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="course, procedure, organization, guide, event or concept.")],
    entry: Annotated[str, typer.Argument(help="Id: small letters and hyphens, for example deutsch-cafe.")],
    title: Annotated[str, typer.Option(prompt="Title in German (gloss in English for a concept)")],
    summary: Annotated[str, typer.Option(help="2 to 4 short sentences in German.")] = "",
    concept: Annotated[str, typer.Option(help="Main concept, for example german-course.")] = "",
    source: Annotated[str, typer.Option(help="Web address the facts come from.")] = "",
) -> None:
    """Write a commented YAML file for a new entry or concept that passes the check.

    Example: `lotse new guide deutsch-cafe --title "Sprachcafé" --summary "…" --concept speaking-practice
    --source https://example.org`
    """
    from assistant.coordination.editing import new_concept, new_entry

    settings: Settings = context.obj
    if kind == "concept":
        path = new_concept(settings.knowledge, entry, title)
    else:
        summary = summary or typer.prompt("Summary, 2 to 4 short sentences in German")
        concept = concept or typer.prompt("Main concept (see concepts.yaml)")
        source = source or typer.prompt("Source (web address)")
        path = new_entry(settings.knowledge, kind, entry, title, summary, concept, source, dt.date.today())
    out.print(f"{path} written; complete it, then run `lotse check`", highlight=False)


@app.command()
def migrate(context: typer.Context) -> None:
    """Bring the tables of the database up to date; `lotse serve` does it by itself at the start."""
    _only_warnings()
    before, after = asyncio.run(_migrate(context.obj))
    if after is None:
        raise LotseError("the database cannot be reached or written; see LOTSE_DATABASE")
    out.print(f"tables: {before or 'none, or those of the first edition'} -> {after}", highlight=False)


async def _migrate(settings: Settings) -> tuple[str | None, str | None]:
    from assistant.storage.store import run_store

    async with run_store(settings.database, settings.secret, lambda: dt.datetime.now(dt.UTC)) as store:
        return store.was, await store.tables() if store.is_ready else None


@app.command(name="broadcast")
def broadcast_(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="YAML file with `topic` and `texts`.")] = None,
    topic: Annotated[str, typer.Option(help="Instead of a file: the topic.")] = "",
    text_file: Annotated[list[str] | None, typer.Option(help="Its texts, as de=FILE, uk=FILE.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show who would get what.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before sending.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait until all is sent.")] = False,
    resume: Annotated[int | None, typer.Option(help="Go on with a stopped one.")] = None,
    cancel: Annotated[int | None, typer.Option(help="Delete what is left of one.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show all broadcasts.")] = False,
) -> None:
    """Write to all who asked to hear of a topic, each in their language, slower than answers.

    Ctrl-C stops it, --resume goes on. A running `lotse serve` sends.
    Examples: `lotse broadcast news.yaml --dry-run` · `lotse broadcast --topic events --text-file de=de.txt`
    """
    from assistant.broadcast_command import Wish, run_broadcast

    files = {}
    for item in text_file or ():
        tag, _, name = item.partition("=")
        if not name:
            raise typer.BadParameter("write --text-file LANGUAGE=FILE, for example de=news.txt")
        files[tag] = Path(name)
    wish = Wish(file, topic, files, dry_run, yes, not no_wait, resume, cancel, list_)
    _only_warnings()
    raise typer.Exit(run_broadcast(context.obj, wish, out))


def _only_warnings() -> None:
    """Leave out what only a server has to tell."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@importing.command()
def integreat(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Exports: /api/v3/<region>/<language>/pages/ as JSON.")],
    language: Annotated[list[str], typer.Option(help="Language of each file, in their order.")],
    out_: Annotated[Path, typer.Option("--out", help="New folder for the knowledge base.")],
) -> None:
    """Turn pages of the Integreat CMS into a knowledge base; the first language is the source language.

    Example: `lotse import integreat de.json ar.json --language de --language ar --out var/augsburg`, then
    `lotse --knowledge var/augsburg --locales var/augsburg/locales ask "Deutschkurs"`
    """
    from assistant.coordination.integreat import import_integreat

    if len(files) != len(language):
        raise typer.BadParameter("name one --language for each file, in the same order")
    settings: Settings = context.obj
    with _steps() as step:
        step("importing")
        done = import_integreat(
            list(zip(language, files, strict=True)), out_, settings.knowledge, settings.locales
        )
    out.print(
        f"{done.entries} entries in {out_}; no dangers are known there, add crisis.yaml", highlight=False
    )
    for tag, count in done.translated.items():
        out.print(f"{tag}: {count} translated, {done.left_out[tag]} left out (not in {language[0]})")


@translate.command()
def update(context: typer.Context) -> None:
    """Bring every catalog in step with the code and the knowledge base."""
    from assistant.coordination import translating
    from assistant.language.translations import catalog_path
    from assistant.settings import PACKAGE

    settings: Settings = context.obj
    knowledge = load_knowledge(settings.knowledge)
    wanted = {
        "messages": translating.wanted_messages(PACKAGE),
        "knowledge": translating.wanted_knowledge(knowledge),
    }
    rows = [
        translating.update_catalog(catalog_path(settings.locales, language, domain), language, wanted[domain])
        for language, domain in translating.catalogs_of(knowledge)
    ]
    _show_status(rows)


@translate.command()
def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show what is missing, outdated and unreviewed per language."""
    from assistant.coordination.translating import load_status

    settings: Settings = context.obj
    rows = load_status(settings.locales, load_knowledge(settings.knowledge))
    if as_json:
        print(json.dumps([row.__dict__ for row in rows]))
        return
    _show_status(rows)


@translate.command()
def export(
    context: typer.Context,
    language: Annotated[str, typer.Argument(help="Tag of the language, for example uk.")],
    file: Annotated[Path, typer.Argument(help="PO file to write.")],
) -> None:
    """Write one PO file with everything of a language, for a translator."""
    from assistant.coordination.translating import export_catalog

    out.print(f"{export_catalog(context.obj.locales, language, file)} texts in {file}")


@translate.command(name="import")
def import_(
    context: typer.Context,
    language: Annotated[str, typer.Argument(help="Tag of the language.")],
    file: Annotated[Path, typer.Argument(help="PO file a translator sent back.")],
    by: Annotated[str, typer.Option(help="Name of the person who reviewed the texts.")] = "",
) -> None:
    """Take a translator's PO file back; with --by its texts count as reviewed."""
    from assistant.coordination.translating import import_catalog

    changed, confirmed = import_catalog(context.obj.locales, language, file, by, dt.date.today())
    out.print(f"{changed} texts changed, {confirmed} confirmed as reviewed")


@telegram.command(name="setup")
def telegram_setup(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be set.")] = False,
) -> None:
    """Bring commands, descriptions and name of the bot to Telegram, in every language.

    Run it after the bot was made and after its texts changed; what is set already stays as it is.
    """
    from assistant.channels.telegram.setup import profiles, run_setup, skipped

    knowledge, translations = load_content(context.obj)
    wanted = profiles(knowledge, translations)
    table = Table("language", "commands", "description", "short", "set")
    if dry_run:
        changes = {profile.code: ["not set: dry run"] for profile in wanted}
    else:
        with Progress(TextColumn("Telegram"), BarColumn(), MofNCompleteColumn(), console=err) as bar:
            task = bar.add_task("", total=len(wanted))
            changes = asyncio.run(run_setup(context.obj, wanted, lambda: bar.advance(task)))
    for profile in wanted:
        table.add_row(
            profile.code or f"everybody else ({profile.language})", str(len(profile.commands)),
            f"{len(profile.about)} letters", f"{len(profile.short)} letters",
            ", ".join(changes[profile.code]) or "as it was",
        )  # fmt: skip
    out.print(table)
    if without := skipped(knowledge):
        out.print(f"Telegram has no code for {', '.join(without)}: who speaks them sees the default")


@telegram.command(name="check")
def telegram_check(context: typer.Context) -> None:
    """Ask Telegram who the bot is, what it may do and whether messages wait."""
    from assistant.channels.telegram.setup import run_check

    found = asyncio.run(run_check(context.obj))
    out.print(f"@{found.username} answers at https://t.me/{found.username}", highlight=False)
    waiting = f"{found.waiting} messages wait"
    out.print(
        f"webhook: {found.webhook}; {waiting}" if found.webhook else f"no webhook: Lotse polls; {waiting}"
    )
    if found.last_error:
        out.print(f"Telegram could not deliver: {found.last_error}", style="yellow", markup=False)
    if not found.inline:
        out.print("inline mode is off; switch it on at @BotFather with /setinline", style="yellow")
    if found.reads_groups:
        out.print("the bot reads all messages in groups; @BotFather: /setprivacy, Enable", style="yellow")


def _show_status(rows: list[Any]) -> None:
    table = Table()
    for column in ("language", "catalog", "texts", "done", "missing", "outdated", "unreviewed"):
        table.add_column(column, justify="left" if column in ("language", "catalog") else "right")
    for row in rows:
        table.add_row(
            row.language, row.domain, str(row.total), str(row.done), str(row.missing),
            str(row.outdated), str(row.unreviewed),
        )  # fmt: skip
    out.print(table)


def _show_explanation(why: Explanation, milliseconds: float) -> None:
    for title, columns, rows in (
        ("Words", ("typed", "read as", ""), why.words),
        ("Concepts", ("concept", "label", "language", "strength"), why.concepts),
        ("Entries", ("entry", "score", "linear", "overlap", "doubt", "because"), why.matches),
    ):
        table = Table(title=title, title_justify="left")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*row)
        out.print(table)
    out.print(
        f"foreign {why.foreign:.3f} · margin {why.margin:.3f} · decision {why.decision} "
        f"({why.reason}) · {milliseconds:.1f} ms", markup=False, highlight=False,
    )  # fmt: skip


@contextmanager
def _steps() -> Iterator[Any]:
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err) as bar:
        task = bar.add_task("", total=None)
        yield lambda name: bar.update(task, description=name)


def main() -> None:
    """Run the command line; expected errors are one sentence, not a traceback."""
    try:
        app()
    except KnowledgeError as error:
        for problem in error.problems:
            err.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        err.print(f"{len(error.problems)} problems; nothing was changed", style="red")
        sys.exit(1)
    except LotseError as error:
        err.print(str(error), style="red", markup=False, highlight=False)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
