"""Login, logout, language, password and the pages of refusal."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lantian.apps.core import actions, audit
from lantian.apps.core.forms import LoginForm, PasswordForm
from lantian.apps.core.models import User


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    """The login page."""

    template_name = "core/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: LoginForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(form)
        user = form.get_user()
        if isinstance(user, User):
            audit.record(user, "user.login", user)
        return response


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language, for the person where somebody is logged in and for this browser."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(_("This language is not available."))
    if isinstance(request.user, User):
        actions.set_language(request.user, code)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=31_536_000, samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE), httponly=True,
    )  # fmt: skip
    return response


def password(request: HttpRequest) -> HttpResponse:
    """The person's own password. A demonstration user keeps the one that the command printed."""
    user = request.user
    if not isinstance(user, User):
        return redirect("core:login")
    if user.demonstration:
        raise PermissionDenied
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_password(user, user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password was changed."))
        return redirect("home")
    return render(request, "core/password.html", {"form": form})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403: the thing exists for the person, the action is not the person's."""
    return render(request, "core/refused.html", {"status": 403}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404: nothing there, or nothing that this person may see."""
    return render(request, "core/refused.html", {"status": 404}, status=404)
