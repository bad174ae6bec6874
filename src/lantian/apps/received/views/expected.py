"""外部来源: who sends what; adding and changing a line."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantian.apps.core import policy
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.policy import person
from lantian.apps.received import actions
from lantian.apps.received.forms import ExpectedForm
from lantian.apps.received.models import Expected
from lantian.apps.received.rights import RECEIVE, offices


@require_http_methods(["GET", "HEAD", "POST"])
def expected(request: HttpRequest) -> HttpResponse:
    """A new line of the list."""
    policy.require(person(request), RECEIVE)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, uid: str) -> HttpResponse:
    """Change a line; its last day ends it."""
    row = policy.get_or_404(person(request), Expected.objects.select_related("area"), uid=uid)
    policy.require(request.user, RECEIVE, row)
    return _form(request, row)


def _form(request: HttpRequest, row: Expected | None) -> HttpResponse:
    user = person(request)
    initial = ExpectedForm.initial_of(row) if row else None
    form = ExpectedForm(offices(user), request.POST if request.method == "POST" else None, initial=initial)
    if row is not None:
        del form.fields["area"]
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        area = values.pop("area", None) or (row.area if row else None)
        try:
            assert area is not None
            actions.save_expected(user, row, area, **values)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("received:list")
    status = 400 if request.method == "POST" else 200
    return render(request, "received/expected.html", {"form": form, "row": row}, status=status)
