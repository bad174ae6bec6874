"""Forms in the look of the site: what those of every app share; login and password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lantian.apps.core import throttle
from lantian.apps.core.holding import FieldRefusal


class LookForm(forms.Form):
    """A form in the look of the site; what an action refuses is put beside the field that it speaks of."""

    ticks = "form-check-input"  # the look of boxes to tick

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if look := self._look(field.widget):
                field.widget.attrs.setdefault("class", look)

    def _look(self, widget: forms.Widget) -> str:
        if isinstance(widget, forms.HiddenInput):
            return ""
        if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
            return self.ticks
        return "form-select" if isinstance(widget, forms.Select) else "form-control"

    def refuse(self, error: FieldRefusal) -> None:
        """Show what an action refused."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


class LoginForm(AuthenticationForm):
    """Name and password; refuses for a while after five failures from one address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username") or ""
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        if throttle.blocked(username, address):
            raise ValidationError(_("Too many failed attempts. Wait 15 minutes, then try again."), code="throttled")
        if throttle.slowed(username):
            raise ValidationError(_("Too many failed attempts. Wait a minute, then try again."), code="throttled")
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            throttle.failed(username, address)
            raise
        throttle.succeeded(username, address)
        return cleaned


class PasswordForm(PasswordChangeForm):
    """The person's own new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.widget.attrs["class"] = "form-control"
