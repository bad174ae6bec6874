"""Requests that bring too much, on a real server: refused in words, kept nowhere."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from django.core.asgi import get_asgi_application

from lantian.site import bodies


def answer_of(length: int | None, pieces: list[bytes], limit: int) -> tuple[dict[str, Any], bytes | None]:
    """The scope that the application got, and the body it read (None where the sender seemed to have gone)."""
    got: dict[str, Any] = {}
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in pieces]
    waiting[-1]["more_body"] = False

    async def application(scope: Any, receive: Any, _send: Any) -> None:
        got["scope"], got["body"] = scope, b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                got["body"] = None
                return
            got["body"] += message["body"]
            if not message["more_body"]:
                return

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(_message: Any) -> None:
        return None

    headers = [] if length is None else [(b"content-length", str(length).encode())]
    scope = {"type": "http", "headers": [*headers, (b"content-type", b"text/plain")]}
    asyncio.run(bodies.limited(application, limit)(scope, receive, send))
    got["left"] = waiting
    return got, got["body"]


def test_a_body_within_the_limit_passes_whole() -> None:
    got, body = answer_of(6, [b"abc", b"def"], 6)
    assert body == b"abcdef"
    assert "too_large" not in got["scope"]


def test_a_length_beyond_the_limit_is_read_away_and_marked() -> None:
    got, body = answer_of(7, [b"abc", b"defg"], 6)
    assert (body, got["left"], got["scope"]["too_large"]) == (b"", [], True)
    assert got["scope"]["headers"] == []  # neither length nor type of what is not there any more


@pytest.mark.parametrize("rest", [[], [b"h" * 100]])
@pytest.mark.parametrize("length", [None, 3])
def test_a_body_that_hides_its_length_is_dropped_where_it_is_too_much(length: int | None, rest: list[bytes]) -> None:
    got, body = answer_of(length, [b"abc", b"defg", *rest], 6)
    assert (body, got["left"], got["scope"]["too_large"]) == (b"", [], True)


def test_who_hangs_up_while_sending_too_much_reaches_nobody() -> None:
    called = []

    async def application(*_arguments: Any) -> None:
        called.append(1)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "headers": [(b"content-length", b"99")]}
    asyncio.run(bodies.limited(application, 6)(scope, receive, receive))  # type: ignore[arg-type]
    assert called == []


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The site, which takes 1 MiB here, on a real socket; no database is asked for what follows."""
    application = bodies.limited(get_asgi_application(), 2**20)
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="error", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize(("path", "words"), [("/login/", "文件过大"), ("/api/v1/plans", '"too_large"')])
def test_the_sender_is_told_in_words_and_nothing_is_kept(
    path: str, words: str, port: int, tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for told in ({"Content-Length": str(8 * 2**20)}, {}):  # without a length the body is sent in chunks
        connection.request("POST", path, body=iter([b"x" * 2**20] * 8), headers=told)
        answer = connection.getresponse()
        assert (answer.status, words in answer.read().decode()) == (413, True)
    assert list(tmp_path.iterdir()) == []
