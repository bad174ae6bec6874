"""The editor's form: what is typed of a paper, checked and resolved in the directory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantian.apps.areas.models import Area, Unit
from lantian.apps.areas.queries import Directory
from lantian.apps.core.models import User
from lantian.apps.papers import body
from lantian.apps.papers.actions import Words
from lantian.apps.papers.models import Paper, PaperKind
from lantian.apps.plans.models import Secrecy

_SEPARATORS = re.compile(r"[、，,；;\n\r]+")


def names_in(text: str) -> list[str]:
    """Names as they are typed: parted by 、 or one a line."""
    return [name.strip() for name in _SEPARATORS.split(text) if name.strip()]


def _named(units: Iterable[Unit]) -> dict[str, Unit]:
    """Units by each of their names."""
    return {name: unit for unit in units for name in (unit.name, unit.full_name) if name}


def people_of(issuer: Unit) -> list[User]:
    """Persons with a login who can be named as approver."""
    rows = User.objects.filter(is_active=True, memberships__unit=issuer).distinct()
    return list(rows.order_by("display_name", "username"))


class PaperForm(forms.Form):
    """A draft. ``main_to`` are names as printed; those that the directory knows become recipients."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=PaperKind.choices)
    issuer = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Issuer"), to_field_name="uid")
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    main_to = forms.CharField(label=gettext_lazy("Addressed to"), required=False, max_length=8000)
    body = forms.CharField(label=gettext_lazy("Text of the paper"), required=False, max_length=60_000)
    attachments = forms.CharField(label=gettext_lazy("Attachments"), required=False, max_length=4000)
    copy_to = forms.CharField(label=gettext_lazy("Copies to"), required=False, max_length=8000)
    secrecy = forms.ChoiceField(label=gettext_lazy("Secrecy"), choices=Secrecy.choices)
    approver = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Approver"), to_field_name="uid", required=False
    )
    approver_name = forms.CharField(label=gettext_lazy("Approver without a login"), max_length=40, required=False)
    countersigns = forms.CharField(label=gettext_lazy("Units that countersign"), required=False, max_length=4000)

    def __init__(self, issuers: list[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["issuer"]
        chosen.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in issuers])
        named: Any = self.fields["approver"]
        named.queryset = User.objects.filter(is_active=True)
        self.unknown: list[str] = []

    @staticmethod
    def initial_of(paper: Paper) -> dict[str, Any]:
        """What stands in the form of a draft."""
        return {
            "kind": paper.kind, "issuer": paper.issuer.uid, "title": paper.title, "main_to": "、".join(paper.main_to),
            "body": body.typed(paper.body), "attachments": "\n".join(paper.attachments),
            "copy_to": "、".join(paper.copy_to), "secrecy": paper.secrecy,
            "approver": paper.approver.uid if paper.approver else "", "approver_name": paper.approver_name,
            "countersigns": "、".join(item.unit.name for item in paper.countersigns.select_related("unit")),
        }  # fmt: skip

    def clean_body(self) -> list[dict[str, Any]]:
        try:
            return body.parse(self.cleaned_data["body"])
        except body.BodyError as error:
            limit, value = error.args
            text = {
                "letters": _("A paragraph has at most %(n)s characters."),
                "paragraphs": _("A paper has at most %(n)s paragraphs and rows."),
            }[limit]
            raise ValidationError(text % {"n": value}) from None

    def words(self, paper: Paper | None = None) -> Words:
        """The checked words. Units that the directory does not know stay names; ``unknown`` lists them.

        Names of units that ``paper`` goes to already mean those units, however many others bear the name.
        Raises ValidationError (kept as the field's error) where a unit that countersigns is unknown.
        """
        values = self.cleaned_data
        issuer: Unit = values["issuer"]
        directory = Directory(Area.objects.get(pk=issuer.area_id), timezone.localdate())
        main_to = names_in(values["main_to"])
        there = _named(paper.units.all()) if paper else {}
        found = {name: there.get(name) or directory.find(name) for name in main_to}
        self.unknown = [name for name, unit in found.items() if unit is None]
        agreeing = _named(item.unit for item in paper.countersigns.select_related("unit")) if paper else {}
        asked = {name: agreeing.get(name) or directory.find(name) for name in names_in(values["countersigns"])}
        if lost := [name for name, unit in asked.items() if unit is None or unit.collective]:
            text = _("Not in the directory of units, or not clear which is meant: %(names)s")
            self.add_error("countersigns", text % {"names": "、".join(lost)})
            raise ValidationError("countersigns")
        return Words(
            title=values["title"], body=values["body"], main_to=main_to, copy_to=names_in(values["copy_to"]),
            attachments=[line.strip() for line in values["attachments"].splitlines() if line.strip()],
            secrecy=values["secrecy"], approver=values["approver"], approver_name=values["approver_name"],
            units=[unit for unit in found.values() if unit is not None and not unit.collective],
            countersigns=[unit for unit in asked.values() if unit is not None],
        )  # fmt: skip
