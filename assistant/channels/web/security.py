"""Security headers on every response, and who may use the API from other pages (CORS).

Sources: Fetch standard (CORS, CORP), Content Security Policy 3, RFC 6797 (HSTS), OWASP ASVS 5.0 chapter 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from assistant.channels.web.embed import PATH as EMBED
from assistant.channels.web.responses import add_vary
from assistant.settings import Settings

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Server": "Lotse",
}
HSTS = "max-age=31536000"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""For all that is no page: opened by itself it loads and runs nothing."""
SHARED = ("/api/", "/widget", "/static/")
"""Where pages of other origins may read; the widget needs no more."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}
EXPOSED = "Retry-After, ETag"


@dataclass(frozen=True)
class Protection:
    """The headers of a server, worked out once."""

    headers: Mapping[str, str]
    origins: frozenset[str]
    page_policy: str
    embed_policy: str

    def add(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add all headers to a response that has not been sent."""
        headers = response.headers
        for name, value in self.headers.items():
            headers.setdefault(name, value)
        if response.content_type == "text/html":
            policy = self.embed_policy if request.path == EMBED else self.page_policy
        else:
            policy = DATA_POLICY
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("Cache-Control", "no-store")
        shared = is_shared(request)
        headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if shared else "same-origin")
        if shared:
            self._allow(request, response)

    def _allow(self, request: web.Request, response: web.StreamResponse) -> None:
        """Let exactly the listed origins read; no credentials ever. `null` and look-alikes are not listed."""
        add_vary(response, "Origin")
        origin = request.headers.get("Origin")
        if origin in self.origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
            if is_preflight(request):
                response.headers.update(PREFLIGHT)


def protection(settings: Settings) -> Protection:
    """Return the protection for the settings: HSTS only where people reach us by https."""
    headers = dict(HEADERS)
    if settings.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = HSTS
    framing = " ".join(["'self'", *settings.origins])
    return Protection(
        headers, frozenset(settings.origins), PAGE_POLICY.format(ancestors="'self'"),
        PAGE_POLICY.format(ancestors=framing),
    )  # fmt: skip


def is_shared(request: web.Request) -> bool:
    """Whether pages of other origins may read this address at all."""
    return request.path.startswith(SHARED)


def is_preflight(request: web.Request) -> bool:
    """Whether a browser asks first whether a page may send its request (Fetch standard, CORS-preflight)."""
    return request.method == "OPTIONS" and is_shared(request)
