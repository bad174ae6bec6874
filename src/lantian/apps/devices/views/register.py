"""The register: the list with how devices do, its files, and numbers that nobody registered."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import policy, tables
from lantian.apps.devices import actions, health, lakedays, proposal, queries, sent, words
from lantian.apps.devices.lists import KIND_WORDS, columns
from lantian.apps.devices.models import Device, DeviceKind, DeviceState
from lantian.apps.devices.rights import EDIT
from lantian.apps.devices.views.common import filters_of, keeper, reader
from lantian.apps.monitoring.errors import RegistryError
from lantian.protocols.hj212.profile import DEFAULT

PAGE = 50
_FILTERS = ("q", "area", "kind", "state", "show")
_COUNTED = ("online", "offline", "never", "proposed", "rubbish", "clock", "low", "repeats", "second_peer")
_SEEN = 20  # packets of a number that nobody registered, by which its kind is guessed


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Every device in sight with how it does."""
    user = reader(request)
    chosen = filters_of(request, *_FILTERS)
    now, report = timezone.now(), health.report()
    rows = queries.chosen_devices(user, chosen, report, now)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = queries.lines(page.object_list, report, now)
    counts = queries.tally(user, report, now)
    context = {
        "page": page,
        "lines": lines,
        "stuck": lakedays.stuck(sorted(line.device.lake_code for line in lines if line.device.taken), now),
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "areas": queries.areas(user),
        "kinds": DeviceKind.choices,
        "states": DeviceState.choices,
        "shown": [(name, words.MARKS[name]) for name in (*queries.SHOWN, "units")],
        "counts": [(name, words.MARKS[name], counts[name]) for name in _COUNTED if counts.get(name)],
        "marks": words.MARKS,
        "report": report,
        "may_edit": policy.can(user, EDIT),
    }
    return render(request, "devices/list.html", context)


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The register as filtered, as CSV or workbook; its first columns can be brought back."""
    user = reader(request)
    now, report = timezone.now(), health.report()
    rows = queries.chosen_devices(user, filters_of(request, *_FILTERS), report, now)
    head = [column.zh for column in columns().values()]
    head += [
        "状态",
        "运行状况",
        "最近上报",
        "上线率（%）",
        "校验失败",
        "拒收报文",
        "重复报文",
        "时钟偏差（秒）",
        "单位待确认",
    ]
    lines = queries.lines(rows.iterator(chunk_size=500), report, now)
    return tables.download(tables.Table("lantian-devices", head, (_cells(line) for line in lines)), form)


@require_safe
def quarantine(request: HttpRequest) -> HttpResponse:
    """Numbers that sent and that nobody registered, with the last packet of each on the page."""
    user = keeper(request)
    report = health.report()
    text = filters_of(request, "q")["q"]
    found = [one for one in queries.unknown(report) if text.lower() in one.mn.lower()]
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    samples = sent.newest([one.mn for one in page.object_list])
    context = {
        "page": page,
        "lines": [(one, [words.code_word(code) for code in list(one.codes)[:4]], _sample(samples.get(one.mn)))
                  for one in page.object_list],
        "text": text,
        "nameless": sorted(sent.nameless().items(), key=lambda pair: -pair[1])[:10],
        "report": report,
        "may_edit": policy.can(user, EDIT),
    }  # fmt: skip
    return render(request, "devices/quarantine.html", context)


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """Register an unknown number in one click, and go to what its packets propose."""
    user = keeper(request)
    mn = request.POST.get("mn", "")
    packets = sent.of_device(mn, _SEEN)
    known = {one.mn for one in queries.unknown(health.report())}
    if mn not in known or len(mn) > 64:
        messages.error(request, _("This number is registered already, or it sent nothing lately."))
        return redirect("devices:quarantine")
    kind = proposal.suggestion([packet.frame() for packet in packets]).kind
    try:
        row = actions.register(user, mn, kind)
    except RegistryError as error:
        messages.error(request, error.message)
        return redirect("devices:quarantine")
    messages.success(request, _("Registered. Look at what its packets propose, and confirm it."))
    return redirect("devices:propose", uid=row.uid)


def _sample(packet: sent.Packet | None) -> words.Shown | None:
    return words.shown(packet, DEFAULT) if packet else None


def _cells(line: queries.Line) -> list[tables.Value]:
    row, found = line.device, line.health
    cells: list[tables.Value] = [
        row.mn, row.name, KIND_WORDS[row.kind], _area(row), row.owner.name if row.owner else "",
        row.station.code if row.station else "", "是" if row.for_assessment else "否",
        row.installed.isoformat() if row.installed else "", row.note, str(row.get_state_display()),
        "、".join(str(words.MARKS[name].label) for name in (line.verdict.state, *line.verdict.problems)),
    ]  # fmt: skip
    if found is None:
        return [*cells, None, None, None, None, None, None, row.open]
    last = timezone.localtime(found.last_seen).strftime("%Y-%m-%d %H:%M:%S") if found.last_seen else ""
    share = None if found.share is None else round(100 * found.share, 1)
    return [*cells, last, share, found.crc_failures, found.rejected, found.repeated, found.offset, row.open]


def _area(row: Device) -> str:
    return f"{row.area.parent.name}{row.area.name}" if row.area.parent else str(row.area.name)
