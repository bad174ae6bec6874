"""Chat groups: made, changed, tried and removed by administrators."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.chasing import outbound, rights, sealed
from lantian.apps.chasing.actions.common import ChasingError, StaleError
from lantian.apps.chasing.actions.messages import post
from lantian.apps.chasing.models import Webhook, WebhookKind
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User

TEST = "【测试】蓝天平台已接入本群，今后在此发送进展填报提醒。"


@transaction.atomic
def save_webhook(
    user: User, row: Webhook | None, *, name: str, kind: str, area: Area, address: str = "", secret: str = "",
    revision: int = 0,
) -> Webhook:  # fmt: skip
    """A new chat group, or a change of one; an empty address or secret keeps the old one.

    Raises PermissionDenied, StaleError, ChasingError (with what is wrong with the address).
    """
    policy.require(user, rights.MANAGE)
    if row is not None:
        policy.require(user, rights.MANAGE, row)
        row.refresh_from_db(from_queryset=Webhook.objects.select_for_update())
        if revision != row.revision:
            raise StaleError(_("Somebody else changed this chat group meanwhile. Look at it as it stands now."))
    made = row or Webhook(created_by=user)
    before = _said(made) if row is not None else None
    made.name, made.kind, made.area = name.strip()[:60], kind, area
    policy.require(user, rights.MANAGE, made)
    if not made.name or kind not in WebhookKind.values:
        raise ChasingError(_("Give a name and choose the kind of group."))
    if address.strip():
        made.host = _host(address.strip())
        made.address = sealed.seal(address.strip())
    if not made.address:
        raise ChasingError(_("Give the address that the robot of the group shows."))
    if secret.strip():
        made.secret = sealed.seal(secret.strip())
    made.revision += 1 if row is not None else 0
    made.save()
    after = _said(made) | {"address_changed": bool(address.strip()), "secret_changed": bool(secret.strip())}
    audit.record(user, "webhook.save", made, before=before, after=after)
    return made


def _host(address: str) -> str:
    """The host of an address that is allowed here; raises ChasingError in the person's language."""
    try:
        outbound.allowed(address, settings.LANTIAN_WEBHOOK_HOSTS)
    except outbound.OutboundError as error:
        raise ChasingError(_("The address cannot be used: %(why)s") % {"why": error}) from None
    return (urlsplit(address).hostname or "")[:120]


def _said(row: Webhook) -> dict[str, str | bool]:
    """What the audit record says: neither address nor secret."""
    return {"name": row.name, "kind": row.kind, "area": row.area.name, "host": row.host, "active": row.active}


@transaction.atomic
def switch_webhook(user: User, row: Webhook, on: bool) -> None:
    """Turn a chat group on or off."""
    policy.require(user, rights.MANAGE, row)
    before, row.active = row.active, on
    row.revision += 1
    row.save(update_fields=["active", "revision"])
    audit.record(user, "webhook.switch", row, before={"active": before}, after={"active": on})


@transaction.atomic
def remove_webhook(user: User, row: Webhook) -> None:
    """Forget a chat group with its address and the log of its messages."""
    policy.require(user, rights.MANAGE, row)
    audit.record(user, "webhook.remove", row, before=_said(row))
    row.delete()


def test_webhook(user: User, row: Webhook) -> None:
    """Write a line to the group here and now. Raises PermissionDenied, ChasingError with what went wrong."""
    policy.require(user, rights.MANAGE, row)
    error = post(row, TEST)
    audit.record(user, "webhook.test", row, after={"error": error})
    if error:
        raise ChasingError(_("Not sent: %(why)s") % {"why": error})
