"""Forms of the device register: what was typed as values that the actions take."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from lantian.apps.areas.models import Unit
from lantian.apps.core.forms import LookForm
from lantian.apps.core.models import User
from lantian.apps.devices.models import Device, DeviceKind, DeviceState, Profile
from lantian.apps.devices.rights import editable_areas
from lantian.apps.monitoring.forms import AreaField
from lantian.apps.monitoring.models import Station
from lantian.protocols.hj212.profile import CHECKSUMS, ENCODINGS, MINUTES, VERSIONS

_DATE = {"type": "date"}
_KEY = re.compile(r"[0-9A-Fa-f]{32}")
_MOST_ALIASES = 200
CHECKSUM_WORDS = {
    "hj212": gettext_lazy("HJ 212 (standard)"),
    "modbus": gettext_lazy("Modbus instead of HJ 212"),
    "swapped": gettext_lazy("HJ 212 with its bytes swapped"),
    "none": gettext_lazy("none: every packet is believed"),
}
LABEL_WORDS = {"start": gettext_lazy("the period's beginning"), "end": gettext_lazy("the period's end")}


class DeviceForm(LookForm):
    """A device of the register."""

    mn = forms.CharField(label=gettext_lazy("Device number (MN)"), max_length=64)
    name = forms.CharField(label=gettext_lazy("Device name"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of device"), choices=DeviceKind.choices)
    area = AreaField(label=pgettext_lazy("device", "Area"), queryset=None)
    owner: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label=pgettext_lazy("device", "Unit that answers for it"), queryset=None, required=False
    )
    station: forms.ModelChoiceField[Station] = forms.ModelChoiceField(
        label=pgettext_lazy("device", "Station"), queryset=None, required=False,
        help_text=gettext_lazy("Its data count for this station; without one they stand under the device number."),
    )  # fmt: skip
    state = forms.ChoiceField(label=pgettext_lazy("device", "State"), choices=DeviceState.choices)
    for_assessment = forms.BooleanField(label=gettext_lazy("Counts in assessment"), required=False)
    installed = forms.DateField(
        label=gettext_lazy("Installed on"), required=False, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    retired = forms.DateField(
        label=gettext_lazy("Retired on"), required=False, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = editable_areas(user)
        offered: dict[str, QuerySet[Any]] = {
            "area": areas.select_related("parent").order_by("path"),
            "owner": Unit.objects.filter(area__in=areas, collective=False, merged_into=None),
            "station": Station.objects.filter(area__in=areas),
        }
        for name, rows in offered.items():
            cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = rows

    def clean_mn(self) -> str:
        """A number without what would end or divide it on the wire."""
        mn: str = self.cleaned_data["mn"]
        if not re.fullmatch(r"[^\s;=&,]{1,64}", mn):
            raise ValidationError(_("A device number holds no blank and none of ; = & ,"))
        return mn

    def clean(self) -> dict[str, Any]:
        """A last day after the first."""
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("installed"), cleaned.get("retired")
        if begins and ends and ends < begins:
            self.add_error("retired", _("The last day lies before the first."))
        return cleaned


def device_initial(row: Device) -> dict[str, Any]:
    """The form's values of a stored device."""
    return {name: getattr(row, name) for name in DeviceForm.base_fields}


class ProfileForm(LookForm):
    """How a device speaks. Secrets are entered, kept or forgotten; they are never shown."""

    crc = forms.ChoiceField(
        label=gettext_lazy("Checksum"), choices=[(name, CHECKSUM_WORDS[name]) for name in CHECKSUMS],
    )  # fmt: skip
    version = forms.ChoiceField(
        label=gettext_lazy("Version of HJ 212"), required=False,
        choices=[("", gettext_lazy("nobody has said")), *((year, year) for year in VERSIONS)],
    )  # fmt: skip
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding of texts"), required=False,
        choices=[("", gettext_lazy("UTF-8, else GBK")), *((name, name.upper()) for name in ENCODINGS)],
    )  # fmt: skip
    period_label = forms.ChoiceField(
        label=gettext_lazy("The time of a period's data is"), choices=list(LABEL_WORDS.items()),
        help_text=gettext_lazy("By the standard the beginning. Read the wrong way, most daily figures change."),
    )  # fmt: skip
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("Minutes of a minute record"), required=False, coerce=int, empty_value=None,
        choices=[("", gettext_lazy("nobody has said")), *((number, str(number)) for number in MINUTES)],
    )  # fmt: skip
    interval = forms.IntegerField(
        label=gettext_lazy("Seconds between two records"), required=False, min_value=1, max_value=86_400,
        help_text=gettext_lazy("From it the online rate is reckoned, and when a device counts as off line."),
    )  # fmt: skip
    relay = forms.CharField(
        label=gettext_lazy("Forwarded by"), max_length=120, required=False,
        help_text=gettext_lazy("The platform that forwards its packets, if any."),
    )  # fmt: skip
    aliases = forms.CharField(
        label=gettext_lazy("Codes that mean others"), required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "placeholder": "107=a34001"}),
        help_text=gettext_lazy("One a line: the code sent = the code of the standard."),
    )  # fmt: skip
    check_password = forms.BooleanField(
        label=gettext_lazy("Compare the password and mark what differs"), required=False
    )
    password = forms.CharField(
        label=gettext_lazy("Password (PW)"), max_length=32, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    forget_password = forms.BooleanField(label=gettext_lazy("Forget the stored password"), required=False)
    sm4_key = forms.CharField(
        label=gettext_lazy("SM4 key (32 hexadecimal digits)"), max_length=32, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    forget_key = forms.BooleanField(label=gettext_lazy("Forget the stored key"), required=False)
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_sm4_key(self) -> str:
        """A key of 16 bytes."""
        text: str = self.cleaned_data["sm4_key"].strip()
        if text and not _KEY.fullmatch(text):
            raise ValidationError(_("32 hexadecimal digits are wanted (16 bytes)."))
        return text

    def clean_aliases(self) -> dict[str, str]:
        """Lines of ``wire=standard`` as an object."""
        found = {}
        for number, line in enumerate(self.cleaned_data["aliases"].splitlines(), 1):
            if not line.strip():
                continue
            wire, equals, code = (part.strip() for part in line.partition("="))
            if not (equals and re.fullmatch(r"[\w.]{1,40}", wire) and re.fullmatch(r"[A-Za-z0-9]{1,40}", code)):
                raise ValidationError(
                    _("Line %(number)s: code sent = code of the standard is wanted.") % {"number": number}
                )
            found[wire] = code
        if len(found) > _MOST_ALIASES:
            raise ValidationError(_("At most %(most)s codes.") % {"most": _MOST_ALIASES})
        return found

    def values(self) -> dict[str, Any]:
        """What the action takes: a secret left empty stays as it was."""
        given = self.cleaned_data
        kept = {"password": given["password"], "sm4_key": given["sm4_key"]}
        secrets = {
            name: text or ("" if given[forget] else None)
            for (name, text), forget in zip(kept.items(), ("forget_password", "forget_key"), strict=True)
        }
        plain = ("crc", "version", "encoding", "period_label", "minutes", "interval", "relay", "aliases", "why")
        return {name: given[name] for name in plain} | {"check_password": given["check_password"]} | secrets


def profile_initial(row: Profile) -> dict[str, Any]:
    """The form's values of a stored profile; no secrets."""
    plain = ("crc", "version", "encoding", "period_label", "minutes", "interval", "relay", "check_password")
    return {name: getattr(row, name) for name in plain} | {"aliases": alias_lines(row.aliases)}


def alias_lines(aliases: dict[str, str]) -> str:
    """Aliases as the form shows them."""
    return "\n".join(f"{wire}={code}" for wire, code in sorted(aliases.items()))


class PasteForm(LookForm):
    """Packets from a log, pasted."""

    packets = forms.CharField(
        label=gettext_lazy("Packets"), max_length=400_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "placeholder": "##0136QN=…;CN=2011;PW=…;MN=…"}),
        help_text=gettext_lazy("One or several packets from the device's log. They are read and not kept."),
    )  # fmt: skip
