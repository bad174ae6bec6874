"""Forms of the directory's pages: what was typed as values that the actions take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from lantian.apps.areas.actions import ChangeError, StaleError
from lantian.apps.areas.models import Area, AreaKind, CollectiveRule, Level, RuleKind, Unit
from lantian.apps.areas.queries import Directory
from lantian.apps.core.forms import LookForm
from lantian.apps.core.holding import FieldRefusal

T = TypeVar("T")


class DirectoryForm(LookForm):
    """A form of the directory, which knows what the person saw when it was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    stale = False
    ticks = ""

    def refuse(self, error: FieldRefusal) -> None:
        """Show what an action refused."""
        self.stale = isinstance(error, StaleError)
        super().refuse(error)

    def saved(self, act: Callable[[dict[str, Any]], T]) -> T | None:
        """What ``act`` makes of what was typed; None where the form or the action refuses it: the form says why."""
        if not self.is_valid():
            return None
        try:
            return act(self.values())
        except ChangeError as error:
            self.refuse(error)
            return None

    def look_again(self, stamp: str) -> None:
        """After a stale save: the person has the new values before them now, and may save over them."""
        if self.stale:
            data = cast(QueryDict, self.data).copy()
            data["seen"] = stamp
            self.data = data

    def values(self) -> dict[str, Any]:
        """What was typed, without the stamp."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


def day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """A date field that every browser shows as such."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def area_choices(user_paths: list[str] | None, *, empty: bool, keep: Area | None = None) -> list[tuple[str, str]]:
    """Areas for a choice: all but streets and towns within reach, and the one that is set now."""
    rows = [
        area
        for area in Area.objects.exclude(level=Level.TOWN).order_by("path")
        if user_paths is None or area.path.startswith(tuple(user_paths))
    ]
    if keep is not None and keep not in rows:
        rows.append(keep)
    choices = [(area.code, f"{'　' * (area.path.count('/') - 2)}{area.name}") for area in rows]
    return [("", "—"), *choices] if empty else choices


class AreaForm(DirectoryForm):
    """基本信息 of an area."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=30, required=False)
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=20, help_text=gettext_lazy("As in GB/T 2260, or one of your own.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=AreaKind.choices)
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=Level.choices)
    parent = forms.ChoiceField(label=gettext_lazy("Part of"), required=False)
    opened = day(pgettext_lazy("area or unit", "Opened"))
    closed = day(pgettext_lazy("area or unit", "Closed"), help_text=gettext_lazy("The last day; fill in to close."))
    source = forms.CharField(label=gettext_lazy("Source of the entry"), max_length=120, required=False)

    def __init__(self, *args: Any, parents: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = parents  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not code.isalnum() or not code.isascii():
            raise ValidationError(_("Only letters and digits."))
        return code

    def clean_parent(self) -> Area | None:
        code = self.cleaned_data["parent"]
        return Area.objects.get(code=code) if code else None


class AreaChangeForm(DirectoryForm):
    """更名, 划转 of an area from a day on."""

    on = day(gettext_lazy("From the day"), required=True)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=30, required=False)
    parent = forms.ChoiceField(label=gettext_lazy("Part of"), required=False)

    def __init__(self, *args: Any, parents: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = parents  # type: ignore[attr-defined]

    def clean_parent(self) -> Area | None:
        code = self.cleaned_data["parent"]
        return Area.objects.get(code=code) if code else None


class UnitForm(DirectoryForm):
    """基本信息 of a unit."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("As plans print it, such as 市生态环境局.")
    )
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=60, required=False)
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=120, required=False)
    area = forms.ChoiceField(label=gettext_lazy("Area"))
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=Level.choices)
    parent = forms.CharField(
        label=gettext_lazy("Unit above"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Name of a unit of this area or of one above."),
    )
    collective = forms.BooleanField(
        label=gettext_lazy("Stands for several units, such as 各区政府"), required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )  # fmt: skip
    opened = day(pgettext_lazy("area or unit", "Opened"))
    closed = day(pgettext_lazy("area or unit", "Closed"), help_text=gettext_lazy("The last day; fill in to close."))
    named_since = day(gettext_lazy("Name in use since"))
    source = forms.CharField(label=gettext_lazy("Source of the entry"), max_length=120, required=False)

    def __init__(self, *args: Any, areas: list[tuple[str, str]], above: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = areas  # type: ignore[attr-defined]
        self.fields["parent"].widget.attrs["list"] = "units-above"
        self.above = above

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        area = Area.objects.filter(code=cleaned.get("area") or "").first()
        if area is not None:
            cleaned["area"] = area
            cleaned["parent"] = self._above(area, cleaned.get("parent") or "")
        return cleaned

    def _above(self, area: Area, name: str) -> Unit | None:
        if not name:
            return None
        for code in reversed(area.path.strip("/").split("/")):
            found = Unit.objects.filter(area__code=code, name=name, merged_into=None).first()
            if found is not None:
                return found
        self.add_error("parent", _("No unit of this area or above has this name."))
        return None


class RenameForm(DirectoryForm):
    """更名 of a unit."""

    on = day(gettext_lazy("From the day"), required=True)
    name = forms.CharField(label=gettext_lazy("New name"), max_length=80)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=60, required=False)
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=120, required=False)
    source = forms.CharField(label=gettext_lazy("Source of the entry"), max_length=120, required=False)


class AliasForm(DirectoryForm):
    """One other name of a unit; ``which`` is the name that it had, blank for a new one."""

    which = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Other name"), max_length=120)
    since = day(gettext_lazy("Since"))
    until = day(gettext_lazy("Until"))
    former = forms.BooleanField(
        label=gettext_lazy("former name"), required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )  # fmt: skip
    misreading = forms.BooleanField(
        label=gettext_lazy("misreading"), required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )  # fmt: skip
    source = forms.CharField(label=gettext_lazy("Source of the entry"), max_length=120, required=False)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "which"}


class RuleForm(DirectoryForm):
    """One line of what a collective unit stands for; a line that is left blank or marked ``gone`` does not count."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Rule"), choices=[("", "—"), *RuleKind.choices], required=False
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of area"), choices=AreaKind.choices, required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )  # fmt: skip
    pattern = forms.CharField(label=gettext_lazy("Name pattern"), max_length=120, required=False)
    member = forms.CharField(label=gettext_lazy("Member"), max_length=120, required=False)
    since = day(gettext_lazy("Since"))
    until = day(gettext_lazy("Until"))
    source = forms.CharField(label=gettext_lazy("Source of the entry"), max_length=120, required=False)
    gone = forms.BooleanField(
        label=gettext_lazy("delete"), required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )

    def __init__(self, *args: Any, directory: Directory | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].widget.attrs["list"] = "member-names"
        self._directory = directory

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, name = cleaned.get("kind"), (cleaned.get("member") or "").strip()
        if kind == RuleKind.MEMBER and not cleaned.get("gone"):
            found = self._directory.find(name) if self._directory and name else None
            if found is None:
                like = "、".join(unit.name for unit in self._directory.suggest(name, 3)) if self._directory else ""
                text = _("The directory does not have this unit, or has several. Like it: %(names)s")
                self.add_error("member", text % {"names": like or "—"})
            cleaned["unit"] = found
        return cleaned

    def rule(self) -> CollectiveRule | None:
        """The unsaved rule; None for a line that does not count."""
        data = self.cleaned_data
        if not data.get("kind") or data.get("gone"):
            return None
        each = data["kind"] != RuleKind.MEMBER
        return CollectiveRule(
            kind=data["kind"],
            kinds=";".join(data.get("kinds") or ()) if each else "",
            pattern=(data.get("pattern") or "") if each else "",
            member=data.get("unit"),
            since=data.get("since"),
            until=data.get("until"),
            source=data.get("source") or "",
        )


def day_of(text: str) -> date:
    """The day of an address; today where none, or none that can be, is given."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


def closing_day(text: str) -> date | None:
    """The last day that was typed, None for a blank field. Raises ChangeError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ChangeError(_("Not a date: %(text)s") % {"text": text[:40]}) from None
