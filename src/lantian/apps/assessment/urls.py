"""Addresses of assessment; objects by uid."""

from __future__ import annotations

from lantian.apps.assessment import urls_forms, urls_scorecards, urls_yearend

app_name = "assessment"
urlpatterns = [*urls_yearend.urlpatterns, *urls_forms.urlpatterns, *urls_scorecards.urlpatterns]
