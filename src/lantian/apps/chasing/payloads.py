"""What the robots of chat groups take: one function for each, address and text in, request out. Pure.

Shapes after the vendors' pages: WeCom 群机器人 (text at most 2,048 bytes), DingTalk 自定义机器人 (加签: HmacSHA256 of
timestamp and secret, in the address), Feishu 自定义机器人 (签名校验: key is timestamp and secret, in the body).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

WECOM_BYTES = 2048
OTHER_BYTES = 18_000
MORE = "（名单较长，其余请登录平台查看）"


@dataclass(frozen=True, slots=True)
class Request:
    """What is posted: the address with what the vendor adds to it, the body as JSON."""

    address: str
    body: bytes


def fitted(text: str, limit: int) -> str:
    """The text cut at a whole character so that it fits ``limit`` bytes, saying that there is more."""
    if len(text.encode()) <= limit:
        return text
    room = limit - len(MORE.encode()) - 1
    return text.encode()[:room].decode("utf-8", "ignore").rstrip("、，； ") + "\n" + MORE


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def wecom(address: str, _secret: str, text: str, _now: float) -> Request:
    """企业微信: no signature; the key stands in the address."""
    return Request(address, _json({"msgtype": "text", "text": {"content": fitted(text, WECOM_BYTES)}}))


def dingtalk(address: str, secret: str, text: str, now: float) -> Request:
    """钉钉: timestamp in milliseconds and signature in the address, where the robot asks for 加签."""
    if secret:
        stamp = str(round(now * 1000))
        digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
        sign = quote_plus(base64.b64encode(digest))
        address += f"{'&' if '?' in address else '?'}timestamp={stamp}&sign={sign}"
    body = {"msgtype": "text", "text": {"content": fitted(text, OTHER_BYTES)}, "at": {"isAtAll": False}}
    return Request(address, _json(body))


def feishu(address: str, secret: str, text: str, now: float) -> Request:
    """飞书: timestamp in seconds and signature in the body."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": fitted(text, OTHER_BYTES)}}
    if secret:
        stamp = str(int(now))
        digest = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
        body = {"timestamp": stamp, "sign": base64.b64encode(digest).decode()} | body
    return Request(address, _json(body))


MAKERS: dict[str, Callable[[str, str, str, float], Request]] = {"wecom": wecom, "dingtalk": dingtalk, "feishu": feishu}


def accepted(answer: bytes) -> str:
    """What the vendor said is wrong; empty where it took the message. Their answers are JSON with a code of 0."""
    try:
        said = json.loads(answer)
    except ValueError:
        return "no JSON in the answer"
    if not isinstance(said, dict):
        return "no JSON object in the answer"
    code = said.get("errcode", said.get("code", said.get("StatusCode")))
    if code == 0:
        return ""
    return str(said.get("errmsg") or said.get("msg") or said.get("StatusMessage") or code)[:200]
