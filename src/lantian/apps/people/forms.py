"""Forms of people and of the liaison register: what was typed as values that the actions take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from lantian.apps.areas.models import Unit
from lantian.apps.core import policy
from lantian.apps.core.forms import LookForm
from lantian.apps.core.models import User
from lantian.apps.people.queries import UnitNames


class _UnitForm(LookForm):
    """What has a unit by its name; ``everywhere`` is offered only to whom it was given."""

    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=160, required=False)
    everywhere = forms.BooleanField(label=gettext_lazy("Everywhere, without a unit"), required=False)

    def __init__(self, *args: Any, names: UnitNames, everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        self.fields["unit"].widget.attrs |= {"list": "unit-names", "autocomplete": "off"}
        if not everywhere:
            del self.fields["everywhere"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = str(cleaned.get("unit") or "").strip()
        if cleaned.get("everywhere"):
            cleaned["found"] = None
        elif not typed:
            self.add_error("unit", _("Name the unit."))
        else:
            cleaned["found"] = self.names.find(typed)
            if cleaned["found"] is None:
                self.add_error("unit", _("No unit in your area has this name, or several have it."))
        return cleaned

    def place(self) -> Unit | None:
        """The unit that was named; None for everywhere."""
        found: Unit | None = self.cleaned_data["found"]
        return found


class PersonForm(_UnitForm):
    """A new person."""

    display_name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=40)
    username = forms.CharField(
        label=gettext_lazy("Login name"), max_length=60,
        help_text=gettext_lazy("Letters, digits, Chinese characters; the telephone number is usual."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), choices=list(policy.ROLES.items()), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one role.")},
    )  # fmt: skip
    field_order = ("display_name", "username", "unit", "everywhere", "roles")

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip()


class RoleForm(_UnitForm):
    """A further role of a person."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=list(policy.ROLES.items()))


class RenameForm(LookForm):
    """The name that others see."""

    display_name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=40)


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, initial=timezone.localdate, help_text=help_text)


class LiaisonForm(LookForm):
    """Who has a post of a unit; ``revision`` is that of the entry that the page showed, blank for a vacant post."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=40)
    title = forms.CharField(label=gettext_lazy("Position"), max_length=60, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    since = _day(pgettext_lazy("post", "Since"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def values(self) -> dict[str, Any]:
        """What was typed, without the stamp."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class EndForm(LookForm):
    """The last day of an entry."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    until = _day(gettext_lazy("Last day"))


class HandoverForm(LookForm):
    """Who takes over, from which day; accounts only for administrators."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Who takes over"), max_length=40)
    title = forms.CharField(label=gettext_lazy("Position"), max_length=60, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    day = _day(gettext_lazy("Takes over on"), gettext_lazy("The earlier entry ends on the day before."))
    witness = forms.CharField(
        label=gettext_lazy("Witness"), max_length=40, required=False,
        help_text=gettext_lazy("Signs the handover sheet beside the two."),
    )  # fmt: skip
    account = forms.CharField(
        label=gettext_lazy("Login name of who takes over"), max_length=60, required=False,
        help_text=gettext_lazy("Only if the person has an account."),
    )  # fmt: skip
    move_roles = forms.BooleanField(
        label=gettext_lazy("Give the new account the roles of the old one in this unit, and take them from the old"),
        required=False,
    )

    def __init__(self, *args: Any, administrator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not administrator:
            del self.fields["account"], self.fields["move_roles"]

    def clean_account(self) -> User | None:
        typed = str(self.cleaned_data["account"]).strip()
        if not typed:
            return None
        found = User.objects.filter(username__iexact=typed, is_active=True).first()
        if found is None:
            raise ValidationError(_("There is no such login, or it is deactivated."))
        return found
