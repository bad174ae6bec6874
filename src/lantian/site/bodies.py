"""How much one request may bring: more is thrown away while it arrives, so that it never fills the disk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]

# A form may carry several files, each of them up to the installation's limit.
FILES_AT_ONCE = 10


def limited(application: Application, limit: int) -> Application:
    """``application``, to which a body of more than ``limit`` bytes comes empty, with ``scope["too_large"]`` set.

    The web framework keeps a whole body on disk before it looks who sends it. A length that says too much is believed
    at once; a body that hides its length is cut off where it exceeds the limit (the framework then forgets what it
    kept, as of a sender who has gone), and the request starts again without it.
    """

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"")
        exceeded, more = length.isdigit() and int(length) > limit, True
        if not exceeded:
            seen = 0

            async def counted() -> Message:
                nonlocal seen, exceeded, more
                message = await receive()
                seen += len(message.get("body", b""))
                exceeded, more = seen > limit, message.get("more_body", False)
                return {"type": "http.disconnect"} if exceeded else message

            await application(scope, counted, send)
        if exceeded and (not more or await _thrown_away(receive)):
            of_body = (b"content-", b"transfer-")
            kept = [(name, value) for name, value in scope["headers"] if not name.startswith(of_body)]
            await application({**scope, "too_large": True, "headers": kept}, _nothing(receive), send)

    return wrapped


async def _thrown_away(receive: Receive) -> bool:
    """Read a body to its end, keeping none of it; whether the sender is still there to hear the answer."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        more = message.get("more_body", False)
    return True


def _nothing(receive: Receive) -> Receive:
    """An empty body; after it whatever comes (that the sender has gone)."""
    told = False

    async def nothing() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return nothing
