"""Static files from memory, compressed once, with an address that changes when one of them does.

`/static/<version>/widget/chat.js` may be kept for a year: modules that import each other by relative
addresses stay within one version. `/static/widget/chat.js` is the same file, asked for again each time.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from assistant.channels.web.responses import gzipped

VERSION_LETTERS = 12
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}
TEXT = (".js", ".css", ".svg", ".json", ".txt", ".html")


@dataclass(frozen=True)
class Asset:
    """One file, as it is sent."""

    content_type: str
    body: bytes
    small: bytes
    tag: str


@dataclass
class Assets:
    """The files of a folder by their path in it; read again when one of them was changed."""

    folder: Path
    _read: dict[str, tuple[int, Asset]] = field(default_factory=dict)
    _version: tuple[tuple[tuple[str, int], ...], str] = ((), "")

    def get(self, path: str) -> Asset | None:
        """Return a file by its path in the folder; None when there is none. A version before it is cut."""
        first, _, rest = path.partition("/")
        if rest and len(first) == VERSION_LETTERS and not (self.folder / first).exists():
            path = rest
        file = self.folder / path
        if not _is_inside(path) or not file.is_file():
            return None
        changed = file.stat().st_mtime_ns
        known = self._read.get(path)
        if known is None or known[0] != changed:
            known = self._read[path] = (changed, _asset(file))
        return known[1]

    def is_current(self, path: str) -> bool:
        """Whether a path names the version served now; only then it may be kept for long."""
        return path.partition("/")[0] == self.version()

    def version(self) -> str:
        """Return a text that changes with the content of any file."""
        files = sorted(f for f in self.folder.rglob("*") if f.is_file())
        state = tuple((str(f), f.stat().st_mtime_ns) for f in files)
        if state != self._version[0]:
            whole = sha256()
            for file in files:
                whole.update(str(file.relative_to(self.folder)).encode() + b"\0" + file.read_bytes())
            self._version = (state, whole.hexdigest()[:VERSION_LETTERS])
        return self._version[1]


def _is_inside(path: str) -> bool:
    """Whether a path stays in its folder: no step up, no hidden file, no absolute path."""
    parts = path.split("/")
    return all(part and not part.startswith(".") for part in parts) and "\\" not in path and "\0" not in path


def _asset(file: Path) -> Asset:
    body = file.read_bytes()
    kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if file.suffix in TEXT:
        kind += "; charset=utf-8"
    return Asset(kind, body, gzipped(body, 9), f'"{sha256(body).hexdigest()[:24]}"')
