"""How often one may ask: tight per conversation, loose per address, for many people share one.

A shelter, a school or a mosque reaches us from a single address. Everything is held in memory, bounded
and under a random key of the process; addresses are neither stored nor logged.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

Networks = Sequence[IPv4Network | IPv6Network]


@dataclass
class Buckets:
    """Token buckets, one per key: `burst` at once, then `rate` per second; those used last are kept."""

    burst: float
    rate: float
    most: int = 20_000
    _levels: OrderedDict[bytes, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, key: bytes, now: float) -> float:
        """Take one token; return 0.0, or the seconds until there is one again."""
        level, seen = self._levels.pop(key, (self.burst, now))
        level = min(self.burst, level + (now - seen) * self.rate)
        wait = 0.0 if level >= 1 else (1 - level) / self.rate
        self._levels[key] = (level if wait else level - 1, now)
        if len(self._levels) > self.most:
            self._levels.popitem(last=False)
        return wait

    def expire(self, now: float) -> None:
        """Delete what is full again: it says no more than a key nobody has used."""
        while self._levels:
            oldest, (_, seen) = next(iter(self._levels.items()))
            if (now - seen) * self.rate < self.burst:
                break
            del self._levels[oldest]


@dataclass
class Limits:
    """The limits of a server; `on` is the setting LOTSE_RATE."""

    on: bool = True
    proxies: Networks = ()
    clock: Callable[[], float] = time.monotonic
    conversations: Buckets = field(default_factory=lambda: Buckets(burst=12, rate=0.5))
    addresses: Buckets = field(default_factory=lambda: Buckets(burst=300, rate=20))
    starts: Buckets = field(default_factory=lambda: Buckets(burst=200, rate=5))
    """New conversations per address."""
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def visit(self, request: web.Request) -> float:
        """Count a request of an address; return the seconds to wait, 0.0 for none."""
        if not self.on:
            return 0.0
        return self.addresses.take(self._address(request), self.clock())

    def ask(self, request: web.Request, conversation: str | None) -> float:
        """Count a message of a conversation, or of a new one (None); return the seconds to wait.

        Who is too fast within a conversation takes nothing from the others at the same address.
        """
        if not self.on:
            return 0.0
        now, address = self.clock(), self._address(request)
        if conversation is None:
            first = self.starts.take(address, now)
        else:
            first = self.conversations.take(self._hashed(conversation), now)
        return first or self.addresses.take(address, now)

    def expire(self) -> None:
        """Delete what is known of addresses and conversations that have been quiet for a while."""
        for buckets in (self.conversations, self.addresses, self.starts):
            buckets.expire(self.clock())

    def _address(self, request: web.Request) -> bytes:
        return self._hashed(_network_of(client_address(request, self.proxies)))

    def _hashed(self, text: str) -> bytes:
        return blake2b(text.encode("utf-8", "replace"), digest_size=8, key=self._salt).digest()


def client_address(request: web.Request, proxies: Networks) -> str:
    """Return the address a request comes from, behind the listed proxies.

    X-Forwarded-For is read from its end: only what our own proxies wrote is believed.
    """
    address = request.remote or ""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])) if proxies else ""
    for hop in reversed(forwarded.split(",")):
        if not _is_listed(address, proxies) or not _is_address(hop.strip()):
            break
        address = hop.strip()
    return address


def _is_listed(address: str, networks: Networks) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _network_of(address: str) -> str:
    """The /64 of an IPv6 address: that is what one connection gets, so it counts as one address."""
    if ":" not in address or not _is_address(address):
        return address
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Network((int(found) >> 64 << 64, 64)))
    return address
