"""A cache for what is slow to build, keyed by what it was built from; never trusted when damaged."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_KEEP = 6


def cached(folder: Path | None, version: str, build: Callable[[], T]) -> T:
    """Return the value of a version from the folder, or build and keep it.

    The file carries a checksum: a half-written or foreign one is rebuilt. Nothing is kept when the
    folder cannot be written.
    """
    if folder is None:
        return build()
    path = folder / f"{hashlib.sha256(version.encode()).hexdigest()[:24]}.index"
    found = _read(path)
    if found is not None:
        return found  # type: ignore[return-value]
    with _alone(path):
        found = _read(path)  # another process may have built it meanwhile
        if found is not None:
            return found  # type: ignore[return-value]
        with uncollected():
            value = build()
        with contextlib.suppress(OSError):
            _write(path, value)
        return value


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time build what a file will hold; without a lock where none can be made."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context((path.parent / "building.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> object | None:
    """The value of a file, read piece by piece: a whole copy beside the value would double the memory."""
    try:
        with path.open("rb") as file:
            wanted = file.read(32)
            digest = hashlib.sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
            if digest.digest() != wanted:
                return None
            file.seek(32)
            with uncollected():
                value: object = pickle.load(file)
                return value
    except Exception:
        return None


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Pause the garbage collector: among millions of new objects it would look at each several times."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    half = path.with_suffix(f".{os.getpid()}.tmp")
    half.write_bytes(hashlib.sha256(data).digest() + data)
    half.replace(path)
    old = sorted(path.parent.glob("*.index"), key=lambda p: p.stat().st_mtime, reverse=True)
    for stale in old[_KEEP:]:
        stale.unlink(missing_ok=True)
