"""Addresses of the device register."""

from __future__ import annotations

from django.urls import path

from lantian.apps.devices.views import device, lists, register

app_name = "devices"
urlpatterns = [
    path("devices/", register.devices, name="list"),
    path("devices/export/<slug:form>/", register.export, name="export"),
    path("devices/new/", device.new, name="new"),
    path("devices/quarantine/", register.quarantine, name="quarantine"),
    path("devices/quarantine/register/", register.register, name="register"),
    path("devices/lists/", lists.lists, name="lists"),
    path("devices/lists/empty/", lists.empty, name="empty"),
    path("devices/lists/upload/", lists.upload, name="upload"),
    path("devices/lists/<uuid:uid>/", lists.staged, name="staged"),
    path("devices/lists/<uuid:uid>/accept/", lists.accept, name="accept"),
    path("devices/lists/<uuid:uid>/drop/", lists.drop, name="drop"),
    path("devices/<uuid:uid>/", device.device, name="device"),
    path("devices/<uuid:uid>/edit/", device.edit, name="edit"),
    path("devices/<uuid:uid>/propose/", device.propose, name="propose"),
    path("devices/<uuid:uid>/units/", device.units, name="units"),
    path("devices/<uuid:uid>/units/look/", device.look, name="look"),
]
