"""Addresses of the core."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from lantian.apps.core import views, views_history, views_tokens

app_name = "core"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", views.language, name="language"),
    path("password/", views.password, name="password"),
    path("tokens/", views_tokens.tokens, name="tokens"),
    path("tokens/<uuid:uid>/revoke/", views_tokens.revoke, name="token_revoke"),
    path("history/", views_history.search, name="history"),
    path("history/<slug:form>/", views_history.export, name="history_export"),
]
