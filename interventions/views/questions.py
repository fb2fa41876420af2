"""Lists of questions: one's own with those of one's units, as a page and as a file; and what waits at a unit."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import (
    MunicipalityRequest,
    breadcrumb_of,
    configure_table,
    requires,
    requires_somewhere,
)
from colourmaps.exporting.downloads import FileType, file_response
from colourmaps.exporting.safe_cells import file_name

from ..questions.exporting import questions_workbook
from ..questions.filters import SEARCHED_LETTERS, TABS, WAITED_DAYS, Filtered, filtered
from ..questions.obstacles import obstacles_at
from ..questions.queries import LONG_DAYS
from ..questions.reader import QuestionReader
from ..questions.tables import QuestionTable, pupils_behind
from ..questions.visiting import check_may_look

ROWS_PER_PAGE = 25
FOUND_AT_ONCE = 100


@requires_somewhere(Permission.ANSWER_QUESTIONS)
def question_list(request: MunicipalityRequest) -> HttpResponse:
    """?show= chooses the tab; ?state=, ?rung=, ?area= and ?waited= narrow it. A search is never in the address."""
    reader = QuestionReader(request.sight)
    search = request.POST.get("q", "").strip()
    search = search if len(search) >= SEARCHED_LETTERS else ""
    found = filtered(request.GET, reader, search)
    table = _table(request, found.stops, reader, FOUND_AT_ONCE if search else ROWS_PER_PAGE)
    query = found.form.chosen
    context = {
        "tabs": _tabs(found),
        "form": found.form,
        "query": urlencode(query),
        "search": search,
        "table": table,
        "downloads": [
            {"label": "Excel", "url": f"{reverse('interventions:question-list-xlsx')}?{urlencode(query)}"}
        ],
        "ask_links": [
            (unit.name, reverse("interventions:question-new", args=[unit.key]))
            for unit in request.sight.own_units(Permission.ASK_QUESTIONS)
        ],
        "obstacle_links": [
            (unit.name, reverse("interventions:unit-obstacles", args=[unit.key]))
            for unit in request.sight.own_units(Permission.ANSWER_QUESTIONS)
        ],
    }
    return render(request, "interventions/question_list.html", context)


def _table(request: MunicipalityRequest, stops: Any, reader: QuestionReader, n_rows: int) -> QuestionTable:
    """A page of a list; whose pupils stand behind its rows is logged."""
    table = QuestionTable(stops, reader=reader)
    configure_table(request, table, n_rows)
    pupils = pupils_behind(table)
    if pupils:
        record("questions seen", by=request.user, pupils=pupils)
    return table


def _tabs(found: Filtered) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "n": found.counts[tab],
            "url": f"?show={tab}" if tab else "?",
            "current": tab == found.tab,
        }
        for tab, label in TABS.items()
    ]


@requires_somewhere(Permission.ANSWER_QUESTIONS)
@limited(Limited.EXPORTS)
def question_list_xlsx(request: MunicipalityRequest) -> HttpResponse:
    """The list that the address describes, without identity: what stays at a school is not in the file."""
    reader = QuestionReader(request.sight)
    stops = list(filtered(request.GET, reader).stops)
    record("questions taken out", by=request.user, n=len(stops))
    name = file_name(_("Questions and obstacles"), str(request.sight.today), suffix=".xlsx")
    return file_response(questions_workbook(stops, reader), name, FileType.XLSX)


@requires(Permission.ANSWER_QUESTIONS)
def unit_obstacles(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """Which questions have waited long at a unit and below it, on whom, and what they are about; ?waited= the days."""
    check_may_look(request.sight, request.line)
    reader = QuestionReader(request.sight)
    asked_for = request.GET.get("waited", "")
    days = next((each for each in WAITED_DAYS if str(each) == asked_for), LONG_DAYS)
    obstacles = obstacles_at(unit, reader, days)
    context = {
        "unit": unit,
        "days": days,
        "choices": [
            {"label": _("%(n)s days") % {"n": each}, "url": f"?waited={each}", "current": each == days}
            for each in WAITED_DAYS
        ],
        "obstacles": obstacles,
        "table": _table(request, obstacles.stops, reader, ROWS_PER_PAGE),
        "new_url": reverse("interventions:question-new", args=[unit.key])
        if request.sight.can_in_line(Permission.ASK_QUESTIONS, request.line)
        else "",
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    return render(request, "interventions/question_obstacles.html", context)
