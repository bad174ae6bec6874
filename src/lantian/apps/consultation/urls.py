"""Addresses of 征求意见; objects by uid."""

from __future__ import annotations

from django.urls import path

from lantian.apps.consultation import views_office as office
from lantian.apps.consultation import views_reply as reply

app_name = "consultation"
urlpatterns = [
    path("plans/<uuid:uid>/consultation/", office.plan, name="plan"),
    path("plans/<uuid:uid>/consultation/open/", office.open_round, name="open"),
    path("consultation/rounds/<uuid:uid>/", office.comments, name="round"),
    path("consultation/rounds/<uuid:uid>/invite/", office.invite, name="invite"),
    path("consultation/rounds/<uuid:uid>/due/", office.due, name="due"),
    path("consultation/rounds/<uuid:uid>/settle/", office.settle, name="settle"),
    path("consultation/rounds/<uuid:uid>/close/", office.close, name="close"),
    path("consultation/rounds/<uuid:uid>/form.<str:kind>", office.form, name="form"),
    path("consultation/rounds/<uuid:uid>/table.<str:kind>", office.table, name="table"),
    path("consultation/comments/<uuid:uid>/decide/", office.decide, name="decide"),
    path("consultation/comments/<uuid:uid>/carried-out/", office.carried_out, name="carried-out"),
    path("consultation/", reply.invitations, name="invitations"),
    path("consultation/<uuid:uid>/", reply.invitation, name="invitation"),
    path("consultation/<uuid:uid>/comment/", reply.comment, name="comment"),
    path("consultation/<uuid:uid>/submit/", reply.submit, name="submit"),
    path("consultation/<uuid:uid>/no-objection/", reply.no_objection, name="no-objection"),
    path("consultation/<uuid:uid>/withdraw/", reply.withdraw, name="withdraw"),
    path("consultation/<uuid:uid>/note/", reply.note, name="note"),
    path("consultation/<uuid:uid>/filled/", reply.filled, name="filled"),
    path("consultation/<uuid:uid>/filled/accept/", reply.accept, name="accept"),
    path("consultation/<uuid:uid>/filled/discard/", reply.discard, name="discard"),
    path("consultation/<uuid:uid>/scan/", reply.scan, name="scan"),
    path("consultation/<uuid:uid>/reply/", reply.reply_file, name="reply"),
    path("consultation/<uuid:uid>/remove/", office.remove, name="remove"),
]
