"""One's own tokens: make, see, revoke. A token cannot make tokens: the page takes browser sessions only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from lantian.apps.core import policy
from lantian.apps.core import tokens as actions
from lantian.apps.core.models import Token, User
from lantian.apps.core.policy import person


class TokenForm(forms.Form):
    """What a new token is for, what it may do, how long it lives."""

    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=80,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        help_text=gettext_lazy("The program or system that will use it, so that you know it again."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Valid for"),
        coerce=int,
        initial=90,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes, days = self.fields["scopes"], self.fields["days"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        assert isinstance(days, forms.TypedChoiceField)
        scopes.choices = [(name, actions.SCOPES[name][0]) for name in actions.open_to(user)]
        days.choices = [(count, ngettext("%(n)s day", "%(n)s days", count) % {"n": count}) for count in actions.DAYS]


@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The person's tokens and the form for a new one, whose secret the answer shows this once."""
    user = person(request)
    form = TokenForm(user, request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        _token, secret = actions.create_token(user, given["name"], given["scopes"], given["days"])
        form = TokenForm(user)
    now = timezone.now()
    rows = [
        {"token": row, "scopes": [(name, actions.SCOPES[name][0]) for name in row.scopes if name in actions.SCOPES],
         "expired": row.expires <= now}
        for row in policy.scope(user, Token.objects.all())
    ]  # fmt: skip
    response = render(request, "core/tokens.html", {"form": form, "rows": rows, "secret": secret})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke(request: HttpRequest, uid: str) -> HttpResponse:
    """End a token at once."""
    user = person(request)
    token = policy.get_or_404(user, Token.objects.all(), uid=uid)
    actions.revoke_token(user, token)
    messages.success(
        request, _("The token “%(name)s” is revoked: programs can no longer use it.") % {"name": token.name}
    )
    return redirect("core:tokens")
