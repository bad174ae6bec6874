"""考核: the list of cards, a card's matrix, its text, frozen versions and papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.assessment import rights_scorecards as rights
from lantian.apps.assessment import scorepapers, scoretexts
from lantian.apps.assessment.actions import scorecards as actions
from lantian.apps.assessment.models import Scorecard, ScoreVersion
from lantian.apps.assessment.queries import columns
from lantian.apps.assessment.queries import scorecards as queries
from lantian.apps.assessment.scoring import CardError, Item, UnitScore, Words, sources
from lantian.apps.assessment.views.merge import download
from lantian.apps.core import files, policy
from lantian.apps.core import history as core_history
from lantian.apps.core.policy import person
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.views.common import revision_of

PAGE = 50
_TEXT_BYTES = 240_000


def card_of(request: HttpRequest, uid: object) -> Scorecard:
    """A card in the person's scope."""
    return policy.get_or_404(person(request), Scorecard.objects.select_related("area"), uid=uid)


def office_card(request: HttpRequest, uid: object) -> Scorecard:
    """A card of the person's office; 403 for a unit that only sees its own score."""
    row = card_of(request, uid)
    if not rights.of_office(person(request), row):
        raise PermissionDenied
    return row


def attempt(request: HttpRequest, act: Callable[[], str]) -> None:
    """Do it and say so, or say why it is not possible."""
    try:
        messages.success(request, act())
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    except files.TooLargeError as large:
        text = _("The file is larger than %(limit)s MB and was not taken.")
        messages.error(request, text % {"limit": large.limit // (1024 * 1024)})


def day_of(text: str) -> date | None:
    """A day as a form or an address gives it; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def as_of(request: HttpRequest) -> date:
    """The day that the page is about: ``?on=``, today at the latest."""
    today = timezone.localdate()
    return min(day_of(request.GET.get("on", "")) or today, today)


@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """The cards that the person may see."""
    user = person(request)
    context = {
        "page": Paginator(queries.cards(user), PAGE).get_page(request.GET.get("page")),
        "may": policy.can(user, rights.EDIT),
    }
    return render(request, "assessment/scorecards/list.html", context)


@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """The sample card as a file to start from."""
    policy.require(request.user, rights.EDIT)
    response = HttpResponse(queries.SAMPLE.read_bytes(), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="scorecard.yaml"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a card: paste or upload its text."""
    policy.require(request.user, rights.EDIT)
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Change a card's text."""
    row = card_of(request, uid)
    policy.require(request.user, rights.EDIT, row)
    return _edit(request, row)


def _edit(request: HttpRequest, row: Scorecard | None) -> HttpResponse:
    text, problems, refusal = row.text if row else queries.SAMPLE.read_text(encoding="utf-8"), [], ""
    if request.method == "POST":
        try:
            text = _given(request)
            saved = actions.save(person(request), text, row, revision_of(request))
        except CardError as error:
            side = "zh" if (get_language() or "zh").startswith("zh") else "en"
            problems = [(item.line, item.place, getattr(item, side)) for item in error.problems]
        except NotPossible as reason:
            refusal = str(reason)
        else:
            messages.success(request, _("The card is saved."))
            return redirect("assessment:scorecard", uid=saved.uid)
    context = {
        "card": row, "text": text, "problems": problems, "refusal": refusal, "sources": sources().values(),
    }  # fmt: skip
    status = 400 if problems or refusal else 200
    return render(request, "assessment/scorecards/edit.html", context, status=status)


def _given(request: HttpRequest) -> str:
    """The text of the file, if one was chosen, else what stands in the field."""
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "").replace("\r\n", "\n")
    if (file.size or 0) > _TEXT_BYTES:
        raise NotPossible(_("The file is too large for a scorecard."))
    try:
        return str(file.read(), "utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise NotPossible(_("The file is no text in UTF-8.")) from None


@require_safe
def card(request: HttpRequest, uid: str) -> HttpResponse:
    """Units × items as of a day; a unit sees its own row."""
    user, row, day = person(request), card_of(request, uid), as_of(request)
    office = rights.of_office(user, row)
    seen = set(rights.units_of(user, row).values_list("pk", flat=True))
    found = queries.rows(row, day)
    read = queries.card_of(row.text)
    lines = [(str(item.unit.uid), item.unit.name, item.score) for item in found if item.unit.pk in seen]
    names = {item.key: scoretexts.name(item.title) for item in read.items}
    context = {
        "card": row, "read": read, "day": day, "today": timezone.localdate(), "office": office,
        "may": policy.can(user, rights.EDIT, row), "window": actions.window_open(row, timezone.localdate()),
        "heads": [(item.key, names[item.key], scoretexts.figure(item.weight), item.group) for item in read.items],
        "columns": columns_of(read.items), "lines": matrix(lines, titles_of(row)), "versions": queries.frozen(row),
        "appeals": [(appeal, names.get(appeal.item, appeal.item)) for appeal in queries.appeals(user, row)[:100]],
        "plans": row.plans.all(),
    }  # fmt: skip
    return render(request, "assessment/scorecards/card.html", context)


def columns_of(items: Sequence[Item]) -> list[tuple[str, str, list[str]]]:
    """Items for which the office enters figures: key, title, names of the figures."""
    return [(item.key, scoretexts.name(item.title), names) for item in items if (names := columns.names_of(item))]


@require_safe
def history(request: HttpRequest, uid: str) -> HttpResponse:
    """What was done to the card, its figures, appeals and frozen scores: for the office."""
    row = office_card(request, uid)
    context = {"card": row, "entries": queries.history(row), "most": core_history.PAGE}
    return render(request, "assessment/scorecards/history.html", context)


def titles_of(row: Scorecard) -> dict[str, dict[str, Any]]:
    """Title, group and basis of each item, by key."""
    return {
        item.key: {"title": scoretexts.name(item.title), "group": item.group, "basis": item.basis, "kind": item.kind}
        for item in queries.card_of(row.text).items
    }


def matrix(lines: list[tuple[str, str, UnitScore]], titles: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the matrix for a page."""
    return [
        {
            "uid": uid, "name": name, "rank": score.rank, "total": scoretexts.points(score.low, score.high),
            "grade": scoretexts.name(score.grade), "scored": score.total is not None,
            "items": scoretexts.shown(score, titles),
        }
        for uid, name, score in lines
    ]  # fmt: skip


@require_POST
def open_to_units(request: HttpRequest, uid: str) -> HttpResponse:
    """Let units see their scores."""
    row = card_of(request, uid)

    def act() -> str:
        actions.open_to_units(person(request), row, revision_of(request))
        return _("The units see their own scores from now on.")

    attempt(request, act)
    return redirect("assessment:scorecard", uid=uid)


@require_POST
def window(request: HttpRequest, uid: str) -> HttpResponse:
    """Set the days within which units may appeal."""
    row = card_of(request, uid)
    policy.require(request.user, rights.EDIT, row)

    def act() -> str:
        first, last = (day_of(request.POST.get(name, "")) for name in ("first", "last"))
        if first is None or last is None:
            raise NotPossible(_("Give the first and the last day."))
        actions.set_window(person(request), row, first, last, revision_of(request))
        return _("The units may appeal within these days.")

    attempt(request, act)
    return redirect("assessment:scorecard", uid=uid)


@require_POST
def freeze(request: HttpRequest, uid: str) -> HttpResponse:
    """Freeze the scores as of a day."""
    row = card_of(request, uid)
    policy.require(request.user, rights.EDIT, row)

    def act() -> str:
        day = day_of(request.POST.get("day", "")) or timezone.localdate()
        made = actions.freeze(person(request), row, day, request.POST.get("note", ""), revision_of(request))
        return _("Frozen as number %(n)s.") % {"n": made.number}

    attempt(request, act)
    return redirect("assessment:scorecard", uid=uid)


@require_safe
def draft(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """All scores as they stand on a day, marked as a draft."""
    row, day = office_card(request, uid), as_of(request)
    if form not in ("docx", "xlsx"):
        raise Http404
    scores = [(item.unit.name, item.score) for item in queries.rows(row, day)]
    titles = [(item.key, item.title.zh) for item in queries.card_of(row.text).items]
    content = scorepapers.papers(row.title, f"预评分，截至{day.isoformat()}", titles, scores, form, mark="草稿")
    return download(content, f"{_file_name(row)}（预评分{day.isoformat()}）.{form}", form)


def _file_name(row: Scorecard) -> str:
    return row.title.replace("/", "_").replace("\\", "_")


def _version(request: HttpRequest, uid: object) -> ScoreVersion:
    rows = ScoreVersion.objects.select_related("card__area", "by")
    return policy.get_or_404(person(request), rows, uid=uid)


@require_safe
def version(request: HttpRequest, uid: str) -> HttpResponse:
    """Scores as they were frozen; a unit sees its own row."""
    user, row = person(request), _version(request, uid)
    seen = {str(uid) for uid in rights.units_of(user, row.card).values_list("uid", flat=True)}
    titles = {
        item["key"]: {"title": scoretexts.name(Words(**item["title"])), "group": item["group"], "kind": item["kind"]}
        for item in row.content["items"]
    }
    everything = rights.of_office(user, row.card)
    lines = [line for line in queries.scores_of(row.content) if everything or line[0] in seen]
    heads = [
        (item["key"], titles[item["key"]]["title"], scoretexts.figure(Decimal(item["weight"])), item["group"])
        for item in row.content["items"]
    ]
    context = {"version": row, "card": row.card, "heads": heads, "lines": matrix(lines, titles), "office": everything}
    return render(request, "assessment/scorecards/version.html", context)


@require_safe
def version_file(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """Frozen scores as a paper, for the office."""
    row = _version(request, uid)
    if not rights.of_office(person(request), row.card):
        raise PermissionDenied
    if form not in ("docx", "xlsx"):
        raise Http404
    titles = [(item["key"], item["title"]["zh"]) for item in row.content["items"]]
    scores = [(name, score) for _uid, name, score in queries.scores_of(row.content)]
    note = f"第{row.number}次定稿，截至{row.day.isoformat()}"
    content = scorepapers.papers(row.content["title"], note, titles, scores, form)
    return download(content, f"{_file_name(row.card)}（第{row.number}次定稿）.{form}", form)
