"""Addresses of chasing; objects by uid, months as 2025-03."""

from __future__ import annotations

from django.urls import path

from lantian.apps.chasing.views import channels, letters, office

app_name = "chasing"
urlpatterns = [
    path("desk/office/", office.office, name="office"),
    path("desk/office/<uuid:uid>/reminding/", office.reminding, name="reminding"),
    path("desk/office/<uuid:uid>/<str:period>/<uuid:unit>/phone/", office.phone, name="phone"),
    path("desk/office/<uuid:uid>/<str:period>/<uuid:unit>/call/", office.call, name="call"),
    path("desk/office/<uuid:uid>/<str:period>/<uuid:unit>/letter/", letters.draft, name="draft"),
    path("letters/", letters.letters, name="letters"),
    path("letters/<uuid:uid>/", letters.letter, name="letter"),
    path("letters/<uuid:uid>/close/", letters.close, name="close"),
    path("channels/", channels.channels, name="channels"),
    path("channels/new/", channels.new, name="new-webhook"),
    path("channels/<uuid:uid>/save/", channels.save, name="save-webhook"),
    path("channels/<uuid:uid>/switch/", channels.switch, name="switch-webhook"),
    path("channels/<uuid:uid>/test/", channels.test, name="test-webhook"),
    path("channels/<uuid:uid>/remove/", channels.remove, name="remove-webhook"),
    path("channels/messages/<uuid:uid>/again/", channels.again, name="again"),
]
