"""Addresses of papers; objects by uid."""

from __future__ import annotations

from django.urls import path

from lantian.apps.papers.views import editor, lists, paper

app_name = "papers"
urlpatterns = [
    path("papers/", lists.papers, name="list"),
    path("papers/new/", editor.new, name="new"),
    path("papers/preview/", editor.preview, name="preview"),
    path("papers/letterheads/", lists.letterheads, name="letterheads"),
    path("papers/letterheads/save/", lists.save_letterhead, name="save-letterhead"),
    path("papers/letterheads/<uuid:uid>/number/", lists.raise_number, name="raise-number"),
    path("papers/templates/", lists.templates, name="templates"),
    path("papers/templates/<slug:name>/", lists.save_template, name="save-template"),
    path("papers/countersigns/<uuid:uid>/", paper.countersign, name="countersign"),
    path("papers/recipients/<uuid:uid>/receive/", paper.receive, name="receive"),
    path("papers/recipients/<uuid:uid>/reply/", paper.reply, name="reply"),
    path("papers/recipients/<uuid:uid>/file/", paper.reply_file, name="reply-file"),
    path("papers/<uuid:uid>/", paper.paper, name="paper"),
    path("papers/<uuid:uid>/edit/", editor.edit, name="edit"),
    path("papers/<uuid:uid>/copy/", editor.copy, name="copy"),
    path("papers/<uuid:uid>/check/", paper.check, name="check"),
    path("papers/<uuid:uid>/sign/", paper.sign, name="sign"),
    path("papers/<uuid:uid>/signed-on-paper/", paper.sign_on_paper, name="sign-on-paper"),
    path("papers/<uuid:uid>/issue/", paper.issue, name="issue"),
    path("papers/<uuid:uid>/back/", paper.back, name="back"),
    path("papers/<uuid:uid>/void/", paper.void, name="void"),
    path("papers/<uuid:uid>/word/", paper.docx, name="word"),
    path("papers/<uuid:uid>/scan/", paper.scan, name="scan"),
]
