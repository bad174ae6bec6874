"""Login and password forms in the look of the site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lantian.apps.core import throttle


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
