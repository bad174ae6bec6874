"""Addresses of supervision; objects by uid."""

from __future__ import annotations

from lantian.apps.supervision import urls_duties, urls_errands, urls_exchange, urls_incoming, urls_returns

app_name = "supervision"
urlpatterns = [
    *urls_duties.urlpatterns, *urls_returns.urlpatterns, *urls_incoming.urlpatterns, *urls_errands.urlpatterns,
    *urls_exchange.urlpatterns,
]  # fmt: skip
