"""What is counted for Prometheus: numbers and times, never words or people.

Labels take few values: routes as declared, status codes, languages Lotse speaks. With several processes
their counts are added up through files in PROMETHEUS_MULTIPROC_DIR, as prometheus_client provides it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)


def mark_dead(process: int) -> None:
    """Leave the gauges of a process that has ended out."""
    if SHARED_FOLDER in os.environ:
        mark_process_dead(process)  # type: ignore[no-untyped-call]


@dataclass
class Metrics:
    """The metrics of one process."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.answers = self._counter("lotse_answers", "Answers given", "channel", "language", "decision")
        self.requests = self._counter("lotse_requests", "Web requests", "route", "status")
        self.limited = self._counter("lotse_requests_limited", "Requests refused because they came too fast")
        self.feedback = self._counter("lotse_feedback", "What people say about answers", "what")
        self.seconds = Histogram(
            "lotse_answer_seconds", "Time to compose an answer", registry=self.registry, buckets=SECONDS
        )
        self.entries = self._gauge("lotse_knowledge_entries", "Entries people can be answered with")
        self.languages = self._gauge("lotse_knowledge_languages", "Languages Lotse speaks")
        self.problems = self._gauge("lotse_knowledge_problems", "Problems of newer knowledge")
        self.database = self._gauge("lotse_database_ready", "1 when the database answers")
        self.reload = Gauge(
            "lotse_knowledge_last_reload_successful",
            "1 when the newest knowledge is served, 0 when it has errors",
            registry=self.registry, multiprocess_mode="livemin",
        )  # fmt: skip
        self.reload.set(1)
        if SHARED_FOLDER not in os.environ:
            ProcessCollector(registry=self.registry)

    def answer(self, channel: str, language: str, decision: str, seconds: float) -> None:
        """Count an answer and the time it took."""
        self.answers.labels(channel, language, decision).inc()
        self.seconds.observe(seconds)

    def request(self, route: str, status: int) -> None:
        """Count a web request by its route and the status of the response."""
        self.requests.labels(route, str(status)).inc()

    def exposed(self) -> tuple[bytes, str]:
        """Return all metrics in Prometheus' text format, and its content type."""
        registry = self.registry
        if SHARED_FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry), CONTENT_TYPE_LATEST

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        """A gauge that is set when it is asked for: of several processes the one asked last counts."""
        return Gauge(name, meaning, registry=self.registry, multiprocess_mode="livemostrecent")
