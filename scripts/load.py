"""Loads one address from a process of its own: POSTs over kept connections, each as fast as it is answered.

    python scripts/load.py URL SECONDS CLIENTS < bodies.txt

One body per line; prints answers per second, times in milliseconds and errors as JSON. Written on bare
asyncio: a comfortable client would take more time per request than what it measures.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from measuring import percentile


@dataclass
class Tally:
    """What came back so far."""

    end: float
    spent: list[float] = field(default_factory=list)
    errors: int = 0


class Visitor(asyncio.Protocol):
    """One connection: sends a request, waits for its whole response, sends the next."""

    def __init__(self, tally: Tally, requests: list[bytes], first: int, step: int) -> None:
        self.tally, self.requests, self.number, self.step = tally, requests, first, step
        self.left = asyncio.get_running_loop().create_future()
        self.received = b""
        self.started = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self.tally.spent.append((time.perf_counter() - self.started) * 1000)
        self.tally.errors += b" 200 " not in head[:13]
        self.received = b""
        if time.perf_counter() < self.tally.end:
            self._send()
        else:
            self.transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        self.tally.errors += time.perf_counter() < self.tally.end
        if not self.left.done():
            self.left.set_result(None)

    def _send(self) -> None:
        self.started = time.perf_counter()
        self.transport.write(self.requests[self.number % len(self.requests)])
        self.number += self.step


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0] or 0)


async def load(url: str, seconds: float, clients: int, bodies: list[bytes]) -> dict[str, float]:
    """Return what a number of clients got in some seconds."""
    parts = urlsplit(url)
    requests = [
        f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
        for body in bodies
    ]
    tally = Tally(time.perf_counter() + seconds)
    loop = asyncio.get_running_loop()
    visitors = []
    for number in range(clients):
        _, visitor = await loop.create_connection(
            lambda number=number: Visitor(tally, requests, number, clients), parts.hostname, parts.port
        )
        visitors.append(visitor)
    await asyncio.wait([visitor.left for visitor in visitors], timeout=seconds + 10)
    return {
        "per_second": len(tally.spent) / seconds,
        "p50": percentile(tally.spent, 0.5),
        "p99": percentile(tally.spent, 0.99),
        "answers": len(tally.spent),
        "errors": tally.errors,
    }


if __name__ == "__main__":
    url, seconds, clients = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    bodies = [line.strip() for line in sys.stdin.buffer if line.strip()]
    print(json.dumps(asyncio.run(load(url, seconds, clients, bodies))))
