"""A bare aiohttp handler that returns JSON of a size: `python scripts/bare.py PORT SIZE PROCESSES`."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

from assistant.processes import Supervisor


async def serve(port: int, size: int) -> None:
    """Serve until the process ends."""
    body = b'"' + b"x" * (size - 2) + b'"'

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_port=True).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    port, size, processes = map(int, sys.argv[1:])
    Supervisor(processes, lambda _: asyncio.run(serve(port, size)), lambda _: None).run()
