"""One person is slowed down, many people at one address are not; only our proxies say who comes."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from aiohttp.test_utils import make_mocked_request

from assistant.channels.web.limits import Buckets, Limits, client_address

PROXIES = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/24"))


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    bucket = Buckets(burst=3, rate=0.5)
    assert [bucket.take(b"a", 0.0) for _ in range(5)] == [0, 0, 0, 2, 2]
    assert bucket.take(b"a", 1.9) > 0
    assert bucket.take(b"a", 2.1) == 0
    assert bucket.take(b"b", 2.1) == 0


def test_buckets_stay_few() -> None:
    bucket = Buckets(burst=3, rate=0.5, most=10)
    for number in range(1000):
        bucket.take(str(number).encode(), float(number))
    assert len(bucket._levels) == 10


def test_addresses_are_forgotten_within_a_minute() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    request = make_mocked_request("POST", "/api/v1/ask")
    limits.ask(request, None)
    limits.ask(request, "a")
    clock.now = 60
    limits.expire()
    assert not any(len(b._levels) for b in (limits.addresses, limits.starts, limits.conversations))


def test_who_is_slowed_down_is_not_forgotten() -> None:
    bucket = Buckets(burst=3, rate=0.5)
    waits = [bucket.take(b"a", 0.0) for _ in range(4)]
    bucket.expire(1.0)
    assert waits[-1] > 0 and bucket.take(b"a", 1.0) > 0


def test_who_asks_too_fast_takes_nothing_from_the_others_at_the_same_address() -> None:
    """A shelter: 200 people behind one address, one of them holds down the key (reliability S9)."""
    clock = Clock()
    limits = Limits(clock=clock)
    request = make_mocked_request("POST", "/api/v1/ask")
    refused = {"hasty": 0, "calm": 0}
    for tick in range(1000):
        clock.now = tick / 100
        refused["hasty"] += bool(limits.ask(request, "hasty"))
        if tick % 5 == 0:
            refused["calm"] += bool(limits.ask(request, f"calm {tick // 5}"))
    assert refused["hasty"] > 950
    assert refused["calm"] == 0


def test_new_conversations_from_one_address_have_a_limit() -> None:
    limits = Limits(clock=Clock())
    request = make_mocked_request("POST", "/api/v1/ask")
    waits = [limits.ask(request, None) for _ in range(250)]
    assert waits[199] == 0
    assert waits[-1] > 0


def test_limits_can_be_switched_off() -> None:
    limits = Limits(on=False, clock=Clock())
    request = make_mocked_request("POST", "/api/v1/ask")
    assert not any(limits.ask(request, "x") or limits.visit(request) for _ in range(1000))


def test_an_address_is_not_kept_as_it_is() -> None:
    limits = Limits(clock=Clock())
    limits.visit(make_mocked_request("GET", "/", transport=_from("203.0.113.9")))
    assert not any(b"203.0.113.9" in key for key in limits.addresses._levels)


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody's proxy: it may write what it likes
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # the first one was made up
        ("127.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.7", "198.51.100.1"),  # two proxies of ours
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_our_proxies_say_who_comes(peer: str, forwarded: str, found: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers, transport=_from(peer))
    assert client_address(request, PROXIES) == found
    assert client_address(request, ()) == peer


def test_one_connection_cannot_use_all_its_ipv6_addresses() -> None:
    limits = Limits(clock=Clock())
    waits = [
        limits.visit(make_mocked_request("GET", "/", transport=_from(f"2001:db8::{number:x}")))
        for number in range(400)
    ]
    assert waits[-1] > 0


def _from(peer: str):  # type: ignore[no-untyped-def]
    from unittest.mock import Mock

    transport = Mock()
    transport.get_extra_info = lambda name, default=None: (peer, 1) if name == "peername" else default
    return transport
