"""Sending what is queued: each message is taken once; what became of it is written beside it."""

from __future__ import annotations

import smtplib
import time

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.chasing import outbound, payloads, rights, sealed
from lantian.apps.chasing.actions.common import ChasingError
from lantian.apps.chasing.models import Channel, Message, MessageState, Webhook
from lantian.apps.core import audit, jobs, policy
from lantian.apps.core.models import User

SEND = "chasing.send"


def send_due() -> dict[str, int]:
    """Send every queued message; returns how many were sent and how many failed.

    A message is claimed before it leaves: two runs never send the same one, and one whose run was killed stays
    ``sending`` for a person to look at.
    """
    done = {"sent": 0, "failed": 0}
    for key in Message.objects.filter(state=MessageState.QUEUED).order_by("id").values_list("pk", flat=True):
        taken = Message.objects.filter(pk=key, state=MessageState.QUEUED).update(
            state=MessageState.SENDING, tried=timezone.now()
        )
        if taken:
            error = _send(Message.objects.select_related("webhook").get(pk=key))
            state = MessageState.FAILED if error else MessageState.SENT
            Message.objects.filter(pk=key).update(state=state, error=error[:300])
            done["failed" if error else "sent"] += 1
    return done


def _send(message: Message) -> str:
    """Send one; returns what went wrong, without secrets."""
    if message.channel == Channel.EMAIL:
        return _mail(message)
    return post(message.webhook, message.text) if message.webhook else "the chat group was removed"


def _mail(message: Message) -> str:
    if not settings.LANTIAN_EMAIL:
        return "LANTIAN_EMAIL_URL is not set"
    try:
        EmailMessage(message.subject, message.text, settings.DEFAULT_FROM_EMAIL, [message.to]).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return type(error).__name__
    return ""


def post(hook: Webhook, text: str) -> str:
    """Write one line to a chat group; returns what went wrong, without the address's secret part."""
    if not hook.active:
        return "switched off"
    try:
        made = payloads.MAKERS[hook.kind](sealed.unseal(hook.address), sealed.unseal(hook.secret), text, time.time())
        return payloads.accepted(outbound.post(made.address, made.body, settings.LANTIAN_WEBHOOK_HOSTS))
    except sealed.SealError:
        return "the installation's secret key was changed: enter the address again"
    except outbound.OutboundError as error:
        return str(error)


@transaction.atomic
def send_again(user: User, message: Message) -> None:
    """Queue a message again that failed, or whose sending was cut short."""
    policy.require(user, rights.MANAGE if message.plan is None else rights.DRAFT, message)
    again = Message.objects.filter(pk=message.pk, state__in=(MessageState.FAILED, MessageState.SENDING))
    if not again.update(state=MessageState.QUEUED, error=""):
        raise ChasingError(_("This message is not waiting to be sent again."))
    audit.record(user, "message.again", message, after={"to": message.to})
    jobs.enqueue(user, SEND, {})
