"""套表: a blank of the office above with its mapping, and what was filled into it in each month."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from lantian.apps.core.models import StoredFile, WithUid
from lantian.apps.plans.models import Plan


class Form(WithUid):
    """套表: a blank as it came, its grid (forms/blank.py) and its mapping by sheet (forms/matching.py).

    ``mapping``: ``{"sheets": {"0": {"first", "last", "columns", "keys", "rows"}}, "cells": [{"sheet", "row", "col",
    "source", "text"}]}``; ``mapped`` says that a person looked at it.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="forms")
    title = models.CharField(max_length=200)
    issuer = models.CharField(max_length=120, blank=True)  # who asks for it
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    grid = models.JSONField()
    mapping = models.JSONField(default=dict)
    mapped = models.BooleanField(default=False)
    archived = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("archived", "-id")

    def __str__(self) -> str:
        return self.title


class FormFilling(WithUid):
    """What a form holds for a month. ``values``: ``[{"sheet", "row", "col", "source", "text" or "number" or "why",
    "doubt"}]`` as returns gave them; ``edits``: what a person wrote instead, by "sheet,row,col". ``issued`` freezes it.
    """

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="fillings")
    period = models.CharField(max_length=8)
    values = models.JSONField(default=list)
    edits = models.JSONField(default=dict)
    issued = models.DateTimeField(null=True)
    issued_file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    filled = models.DateTimeField(auto_now=True)
    filled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("form_id", "-period")
        constraints = (models.UniqueConstraint(fields=("form", "period"), name="form_filling_once"),)

    def __str__(self) -> str:
        return f"{self.form_id} {self.period}"
