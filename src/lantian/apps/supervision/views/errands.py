"""交办事项: the list, the form that hands one out, one matter with its units, its printed sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.areas.models import Area, Unit
from lantian.apps.areas.queries import Directory
from lantian.apps.core import downloads, files, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.plans import watermark
from lantian.apps.plans.models import Measure, Medium, Secrecy
from lantian.apps.plans.queries import chosen
from lantian.apps.supervision.actions import errands as actions
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.models import Errand, ErrandKind, Outcome
from lantian.apps.supervision.queries import errands as queries
from lantian.reading.output.xlsx import workbook

PAGE = 50
EXPORTED = 5000  # rows of the list that one workbook takes
_SEPARATORS = re.compile(r"[、，,；;\s]+")


class UnitsField(forms.CharField):
    """Names of units, one a line or with 、 between them; :meth:`ErrandForm.clean` finds them in the directory."""

    widget = forms.Textarea


class ErrandForm(forms.Form):
    """A matter to hand out; ``areas`` are those of which the person is the office."""

    words = forms.CharField(label=gettext_lazy("What is to be done"), max_length=4000)
    leads = UnitsField(label=gettext_lazy("Units that do it"), max_length=4000)
    reply_by = forms.DateField(label=gettext_lazy("Reply by"))
    supports = UnitsField(label=gettext_lazy("Units that help"), max_length=4000, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Where it comes from"), choices=ErrandKind.choices)
    sender = forms.CharField(label=gettext_lazy("Who assigned it"), max_length=120, required=False)
    source_title = forms.CharField(label=gettext_lazy("Title of the document"), max_length=200, required=False)
    source_number = forms.CharField(label=gettext_lazy("Number of the document"), max_length=80, required=False)
    source_date = forms.DateField(label=gettext_lazy("Date of the document"), required=False)
    letter = forms.FileField(label=gettext_lazy("Source document"), required=False, max_length=255)
    medium = forms.ChoiceField(label=gettext_lazy("Medium"), choices=Medium.choices, initial=Medium.AIR)
    secrecy = forms.ChoiceField(
        label=gettext_lazy("Who may read it"), choices=Secrecy.choices, initial=Secrecy.WORK_SECRET
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("On behalf of"), to_field_name="code", required=False
    )

    def __init__(self, areas: list[Area], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = areas
        choice: Any = self.fields["area"]
        choice.queryset = Area.objects.filter(pk__in=[area.pk for area in areas])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "area" not in self.errors:
            cleaned["area"] = cleaned.get("area") or self.areas[0]
            directory = Directory(cleaned["area"], timezone.localdate())
            for name in ("leads", "supports"):
                if name in cleaned:
                    try:
                        cleaned[name] = _units(cleaned[name], directory)
                    except ValidationError as problem:
                        self.add_error(name, problem)
        return cleaned

    def matter(self) -> actions.Matter:
        """What the form says, for the action."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("area", "letter")}
        letter = self.cleaned_data.get("letter")
        if letter is None:
            return actions.Matter(**given)
        return actions.Matter(**given, letter_name=letter.name or "file", letter=letter.chunks())


def _units(text: str, directory: Directory) -> list[Unit]:
    found: dict[str, Unit | None] = {name: directory.find(name) for name in _SEPARATORS.split(text) if name}
    if unknown := [name for name, unit in found.items() if unit is None]:
        said = []
        for name in unknown[:5]:
            like = "、".join(unit.name for unit in directory.suggest(name, 3))
            said.append(_("“%(name)s” (perhaps %(like)s)") % {"name": name, "like": like} if like else name)
        text = _("Not in the directory of units, or not clear which is meant: %(names)s")
        raise ValidationError(text % {"names": "；".join(said)})
    return [unit for unit in dict.fromkeys(found.values()) if unit is not None]


@require_safe
def errands(request: HttpRequest) -> HttpResponse:
    """The matters in scope, filters in the address; ``format=xlsx`` gives the rows as a workbook."""
    user = person(request)
    policy.require(user, "duty.view")
    filters = chosen(request.GET, queries.FILTERS)
    known = queries.standings(user)
    rows = queries.listed(known, filters)
    if request.GET.get("format") == "xlsx":
        return _workbook(queries.shown(rows[:EXPORTED], known), user)
    stand = queries.counts(known)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": queries.shown(page.object_list, known),
        "states": [(key, label, stand.get(key, 0)) for key, label in queries.STATES.items()],
        "total": len(known),
        "kinds": ErrandKind.choices,
        "years": queries.years(known),
        "filters": filters,
        "filtered": any(filters.values()),
        "may_hand_out": bool(actions.offices(user)),
        "today": timezone.localdate(),
    }
    return render(request, "supervision/errands/list.html", context)


def _workbook(rows: list[tuple[Errand, queries.Standing]], user: User) -> HttpResponse:
    heads = (
        "编号", "事项", "交办来源", "交办人", "来源文件", "文号", "报送截止", "应办单位", "已反馈", "已通过", "状态",
        "办理结果",
    )  # fmt: skip
    target = BytesIO()
    book = workbook(target)
    sheet, bold = book.add_worksheet("交办事项"), book.add_format({"bold": True, "border": 1, "text_wrap": True})
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for line, (row, how) in enumerate(rows, start=1):
        texts = (
            row.series, row.plan.title, str(row.get_kind_display()), row.sender, row.source_title, row.source_number,
            row.reply_by.isoformat(), how.asked, how.answered, how.accepted, str(queries.STATES[how.stand]),
            row.answer,
        )  # fmt: skip
        for column, value in enumerate(texts):
            if isinstance(value, int):
                sheet.write_number(line, column, value)
            else:
                sheet.write_string(line, column, value)
    sheet.set_column(1, 1, 48)
    sheet.freeze_panes(1, 0)
    book.close()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    content = watermark.marked(target.getvalue(), "xlsx", [row.plan for row, _how in rows], user)
    return downloads.download(content, "交办事项.xlsx", kind)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form that hands a matter out; what is wrong is said beside its field."""
    user = person(request)
    policy.require(user, "duty.assign")
    areas = actions.offices(user)
    if not areas:
        raise Http404
    form = ErrandForm(areas, request.POST or None, request.FILES or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.hand_out(user, form.cleaned_data["area"], form.matter())
        except NotPossible as refusal:
            problem = str(refusal)
        except files.TooLargeError as large:
            text = _("The file is larger than %(limit)s MB and was not taken.")
            problem = text % {"limit": large.limit // (1024 * 1024)}
        else:
            said = _("%(series)s is handed out; the units find it on their desks.")
            messages.success(request, said % {"series": made})
            return redirect("supervision:errand", uid=made.uid)
    wrong = bool(problem) or (request.method == "POST" and not form.is_valid())
    context = {"form": form, "areas": areas, "problem": problem, "today": timezone.localdate()}
    return render(request, "supervision/errands/new.html", context, status=422 if wrong else 200)


@require_safe
def unit_names(request: HttpRequest) -> JsonResponse:
    """Units whose name holds ``q``, for choosing while typing; ``area``: of the form, else of the first office."""
    user = person(request)
    policy.require(user, "duty.assign")
    areas = actions.offices(user)
    chosen_area = [area for area in areas if area.code == request.GET.get("area")]
    return JsonResponse({"units": queries.names_like((chosen_area or areas)[:1], request.GET.get("q", ""))})


def _errand(request: HttpRequest, uid: object) -> Errand:
    rows = Errand.objects.select_related("plan__area", "area", "letter", "created_by", "closed_by")
    return policy.get_or_404(person(request), rows, uid=uid)


def _shown(user: User, row: Errand) -> dict[str, Any]:
    how = queries.standings(user, Errand.objects.filter(pk=row.pk))[row.pk]
    return {
        "errand": row,
        "plan": row.plan,
        "measure": Measure.objects.filter(plan=row.plan).first(),
        "doers": queries.doers(user, row),
        "stand": how.stand,
        "asked": how.asked,
        "answered": how.answered,
    }


@require_safe
def errand(request: HttpRequest, uid: str) -> HttpResponse:
    """One matter: words, source, units with their answers, and what the office may do."""
    user, row = person(request), _errand(request, uid)
    context = _shown(user, row) | {
        "decides": policy.can(user, "duty.assign", row),
        "endings": [(Outcome.SETTLED, Outcome.SETTLED.label), (Outcome.DROPPED, Outcome.DROPPED.label)],
        "today": timezone.localdate(),
    }
    return render(request, "supervision/errands/errand.html", context)


@require_safe
def sheet(request: HttpRequest, uid: str) -> HttpResponse:
    """交办单, to be printed: what, by whom, until when, with room for the answer and the signature."""
    row = _errand(request, uid)
    return render(request, "supervision/errands/sheet.html", _shown(person(request), row))


@require_safe
def letter(request: HttpRequest, uid: str) -> HttpResponse:
    """The source document, as a download."""
    row = _errand(request, uid)
    if row.letter is None:
        raise Http404
    return downloads.stored(row.letter, row.letter_name)


def _decided(request: HttpRequest, uid: str, act: Callable[[User, Errand, int | None], str]) -> HttpResponse:
    user, row = person(request), _errand(request, uid)
    given = request.POST.get("revision", "")
    try:
        messages.success(request, act(user, row, int(given) if given.isascii() and given.isdigit() else None))
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    return redirect("supervision:errand", uid=row.uid)


@require_POST
def extend(request: HttpRequest, uid: str) -> HttpResponse:
    """Move the reply-by day."""

    def act(user: User, row: Errand, revision: int | None) -> str:
        policy.require(user, "duty.assign", row)
        try:
            day = forms.DateField().clean(request.POST.get("reply_by", ""))
        except ValidationError:
            raise NotPossible(_("Give the day as 2026-03-15.")) from None
        actions.extend(user, row, day, request.POST.get("reason", ""), revision=revision)
        return _("The answer is now due by %(day)s.") % {"day": day.isoformat()}

    return _decided(request, uid, act)


@require_POST
def close(request: HttpRequest, uid: str) -> HttpResponse:
    """Settle or drop it."""

    def act(user: User, row: Errand, revision: int | None) -> str:
        actions.close(user, row, request.POST.get("outcome", ""), request.POST.get("answer", ""), revision=revision)
        return _("%(series)s has ended.") % {"series": row}

    return _decided(request, uid, act)


@require_POST
def reopen(request: HttpRequest, uid: str) -> HttpResponse:
    """Take the ending back."""

    def act(user: User, row: Errand, revision: int | None) -> str:
        actions.reopen(user, row, request.POST.get("reason", ""), revision=revision)
        return _("%(series)s is open again.") % {"series": row}

    return _decided(request, uid, act)
