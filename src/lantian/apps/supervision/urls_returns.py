"""Addresses of the desk, returns, links, evidence, review."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.supervision.views import desk, evidence, links, printing, returns, review

urlpatterns: list[URLPattern] = [
    path("desk/", desk.desk, name="desk"),
    path("returns/", review.returns, name="returns"),
    path("returns/open/", returns.open_return, name="return-open"),
    path("returns/accept/", review.accept_many, name="returns-accept"),
    path("returns/scan/", evidence.scan, name="return-scan"),
    path("returns/links/", links.links, name="links"),
    path("returns/links/make/", links.make, name="links-make"),
    path("returns/links/<uuid:uid>/revoke/", links.revoke, name="link-revoke"),
    path("returns/<uuid:uid>/", returns.sheet, name="return"),
    path("returns/<uuid:uid>/save/<uuid:row>/", returns.save, name="return-save"),
    path("returns/<uuid:uid>/no-change/", returns.no_change, name="return-no-change"),
    path("returns/<uuid:uid>/submit/", returns.submit, name="return-submit"),
    path("returns/<uuid:uid>/withdraw/", returns.withdraw, name="return-withdraw"),
    path("returns/<uuid:uid>/evidence/<uuid:row>/", evidence.attach, name="return-attach"),
    path("returns/<uuid:uid>/files/<uuid:file>/", evidence.download, name="return-file"),
    path("returns/<uuid:uid>/files/<uuid:file>/remove/", evidence.remove, name="return-detach"),
    path("returns/<uuid:uid>/print/", printing.sheet, name="return-print"),
    path("returns/<uuid:uid>/scans/<int:number>/", evidence.scan_file, name="return-scan-file"),
    path("returns/<uuid:uid>/review/", review.review, name="return-review"),
    path("returns/<uuid:uid>/review/<uuid:row>/", review.judge, name="return-judge"),
    path("returns/<uuid:uid>/accept/", review.accept, name="return-accept"),
    path("returns/<uuid:uid>/send-back/", review.send_back, name="return-send-back"),
    path("returns/<uuid:uid>/reopen/", review.reopen, name="return-reopen"),
    path("r/<str:secret>/", links.opened, name="link"),
    path("r/<str:secret>/save/<uuid:row>/", links.save, name="link-save"),
    path("r/<str:secret>/no-change/", links.no_change, name="link-no-change"),
    path("r/<str:secret>/submit/", links.submit, name="link-submit"),
    path("r/<str:secret>/evidence/<uuid:row>/", links.attach, name="link-attach"),
    path("r/<str:secret>/files/<uuid:file>/", links.evidence, name="link-file"),
    path("r/<str:secret>/files/<uuid:file>/remove/", links.detach, name="link-detach"),
    path("r/<str:secret>/print/", links.printed, name="link-print"),
]
