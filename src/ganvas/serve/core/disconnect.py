"""Cancels work whose client has disconnected."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any, TypeVar

from fastapi import Request

from ganvas.errors import UserError

T = TypeVar("T")


async def while_connected(request: Request, future: Future[T]) -> T:
    """Wait for a result; when the client disconnects first, work that has not begun is cancelled.

    Raises:
        UserError: The client disconnected.
    """

    async def disconnected() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    work = asyncio.wrap_future(future)
    left = asyncio.create_task(disconnected())
    both: set[asyncio.Future[Any]] = {work, left}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
        return await work
    except asyncio.CancelledError:
        future.cancel()
        if left.done():  # nobody receives this answer
            raise UserError("The client disconnected before the answer was ready.", code="disconnected") from None
        raise
    finally:
        left.cancel()
