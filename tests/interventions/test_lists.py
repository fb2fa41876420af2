"""Lists with filters in the address, and what they show as a workbook."""

import datetime
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.tenancy import municipality_scope
from interventions.models import FollowUp
from tests.factories.colourmaps import IndicatorFactory
from tests.factories.interventions import FollowUpFactory, InterventionFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.fixture
def three(solviken, measured):
    """Of 4A: one on reading that is late, one of support on another indicator, one that nobody answers for."""
    with municipality_scope(solviken.municipality):
        own = {"unit": solviken.class_4a, "responsible": solviken.teacher}
        late = InterventionFactory(
            **own, title="Försenad", indicator=measured.reading, follow_up_on=TODAY - DAY
        )
        InterventionFactory(
            **own, title="Stöd", indicator=IndicatorFactory(code="MA"), kind="support", pupils=[measured.ada]
        )
        InterventionFactory(
            unit=solviken.class_4a,
            title="Utan ägare",
            indicator=measured.reading,
            responsible=solviken.coordinator,
        )
        for day, verdict in ((TODAY - DAY, "better"), (TODAY, "no_difference")):
            FollowUp.objects.create(
                municipality=solviken.municipality,
                intervention=late,
                round=measured.autumn if verdict == "better" else measured.spring,
                frozen_at=datetime.datetime.combine(day, datetime.time(9), datetime.UTC),
                verdict=verdict,
            )


def titles(response):
    return sorted(row.record.title for row in response.context["table"].rows)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Försenad", "Stöd", "Utan ägare"]),
        ("state=late", ["Försenad"]),
        ("state=running", ["Stöd", "Utan ägare"]),
        ("state=ended", []),
        ("indicator=LAS", ["Försenad", "Utan ägare"]),
        ("kind=support", ["Stöd"]),
        ("ownerless=on", ["Utan ägare"]),
        ("verdict=no_difference", ["Försenad"]),
        ("verdict=better", []),
        ("indicator=LAS&ownerless=on", ["Utan ägare"]),
        ("state=nonsense&kind=nonsense&indicator=nonsense", ["Försenad", "Stöd", "Utan ägare"]),
    ],
)
def test_list_of_a_unit_shows_what_its_address_says(solviken, three, sign_in, query, expected):
    address = reverse("interventions:unit-interventions", args=[solviken.school.key])

    assert titles(sign_in(solviken.principal).get(f"{address}?{query}")) == expected


def test_list_is_narrowed_to_one_responsible(solviken, three, sign_in):
    address = reverse("interventions:unit-interventions", args=[solviken.school.key])

    response = sign_in(solviken.principal).get(f"{address}?responsible={solviken.teacher.key}")

    assert titles(response) == ["Försenad", "Stöd"]


def test_list_says_the_latest_verdict_and_who_has_left(solviken, three, sign_in):
    page = sign_in(solviken.principal).get(
        reverse("interventions:unit-interventions", args=[solviken.school.key])
    )

    text = page.content.decode()
    assert text.count("no measurable change</td>") == 1
    assert text.count('<span class="tag strong">nobody answers</span>') == 1


def test_head_is_told_no_verdict_that_the_page_does_not_tell(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        of_school = InterventionFactory(
            unit=solviken.school, responsible=solviken.principal, indicator=measured.reading
        )
        FollowUpFactory(intervention=of_school, round=measured.autumn, verdict="worse")
    key = solviken.school.key
    address = reverse("interventions:unit-interventions", args=[key])
    head, principal = sign_in(solviken.area_head), sign_in(solviken.principal)

    told = [browser.get(address).content.decode().count("worse</td>") for browser in (head, principal)]
    files = [
        browser.get(reverse("interventions:unit-interventions-xlsx", args=[key]))
        for browser in (head, principal)
    ]

    assert told == [0, 1]
    assert [column(sheet_of(each), "Verdict") for each in files] == [[None], ["worse"]]
    assert titles(head.get(f"{address}?verdict=worse")) == []


def sheet_of(response):
    return openpyxl.load_workbook(io.BytesIO(response.content)).active


def column(sheet, head):
    heads = [cell.value for cell in sheet[4]]
    return [row[heads.index(head)].value for row in sheet.iter_rows(min_row=5)]


def test_workbook_has_the_rows_of_the_page_and_no_name_of_a_pupil(solviken, three, sign_in):
    address = reverse("interventions:unit-interventions-xlsx", args=[solviken.school.key])
    browser = sign_in(solviken.principal)

    everything, support = sheet_of(browser.get(address)), sheet_of(browser.get(f"{address}?kind=support"))

    assert column(everything, "What we do") == ["Försenad", "Stöd", "Utan ägare"]
    assert column(everything, "For whom") == ["the whole of 4A", "1 pupil", "the whole of 4A"]
    assert column(everything, "Verdict") == ["no measurable change", None, None]
    assert column(everything, "Start")[0].date() == datetime.date(2026, 11, 2)
    assert column(support, "What we do") == ["Stöd"]
    values = [str(cell.value) for row in everything.iter_rows() for cell in row]
    assert not any("Ada" in value for value in values)


def test_workbook_of_the_own_list_follows_its_address(solviken, three, sign_in):
    address = reverse("interventions:intervention-list-xlsx")

    sheet = sheet_of(sign_in(solviken.teacher).get(f"{address}?indicator=LAS"))

    assert column(sheet, "What we do") == ["Försenad", "Utan ägare"]


def test_text_that_looks_like_a_formula_stays_a_text(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        InterventionFactory(unit=solviken.class_4a, title="=HYPERLINK(1)", responsible=solviken.teacher)

    sheet = sheet_of(
        sign_in(solviken.teacher).get(
            reverse("interventions:unit-interventions-xlsx", args=[solviken.class_4a.key])
        )
    )

    cell = sheet["A5"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)


def test_workbook_taken_out_is_written_down(solviken, three, sign_in):
    sign_in(solviken.principal).get(
        reverse("interventions:unit-interventions-xlsx", args=[solviken.school.key])
    )

    with municipality_scope(solviken.municipality):
        event = AuditEvent.objects.get(action="interventions downloaded")
    assert (event.actor_id, event.unit_id, event.facts) == (
        solviken.principal.pk,
        solviken.school.pk,
        {"n": 3},
    )


def test_head_is_shown_and_given_whole_schools_alone(solviken, three, sign_in):
    with municipality_scope(solviken.municipality):
        InterventionFactory(unit=solviken.school, title="Hela skolan", responsible=solviken.principal)
    browser = sign_in(solviken.area_head)
    own = reverse("interventions:intervention-list")
    of_school = reverse("interventions:unit-interventions", args=[solviken.school.key])
    xlsx = reverse("interventions:unit-interventions-xlsx", args=[solviken.school.key])

    assert titles(browser.get(of_school)) == ["Hela skolan"]
    assert [row.record.title for row in browser.get(own).context["others"].rows] == ["Hela skolan"]
    assert column(sheet_of(browser.get(xlsx)), "What we do") == ["Hela skolan"]
    indicators = dict(browser.get(of_school).context["filters"].fields["indicator"].choices)
    assert "MA" not in indicators


@pytest.mark.parametrize(
    "page", ["unit-interventions", "unit-interventions-xlsx", "intervention-list", "intervention-list-xlsx"]
)
def test_pages_of_lists_take_as_many_queries_for_three_as_for_one(solviken, measured, sign_in, page):
    def made(n):
        with municipality_scope(solviken.municipality):
            for _each in range(n):
                InterventionFactory(
                    unit=solviken.class_4a,
                    indicator=measured.reading,
                    responsible=solviken.teacher,
                    pupils=[measured.ada],
                )

    def n_queries():
        key = [solviken.school.key] if page.startswith("unit") else []
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse(f"interventions:{page}", args=key)).status_code == 200
        return len(asked)

    browser = sign_in(solviken.principal)
    made(1)
    n_queries()
    for_one = n_queries()
    made(2)

    assert n_queries() == for_one


@pytest.fixture
def of_the_school(solviken, measured):
    """For the whole of a school of five pupils, which is too small for a head to be told the answer."""
    with municipality_scope(solviken.municipality):
        found = InterventionFactory(
            unit=solviken.school,
            responsible=solviken.principal,
            indicator=measured.reading,
            title="Hela skolan",
        )
        FollowUpFactory(intervention=found, verdict="worse", reason="")


@pytest.mark.parametrize(
    "name", ["intervention-list", "unit-interventions", "unit-interventions-xlsx", "column-answers"]
)
def test_list_tells_a_head_no_verdict_that_the_page_does_not_tell(
    solviken, of_the_school, sign_in, in_english, name
):
    of_unit = {"intervention-list": [], "column-answers": [solviken.school.key, "LAS"]}
    address = reverse(f"interventions:{name}", args=of_unit.get(name, [solviken.school.key]))

    def words_for(person):
        response = sign_in(person).get(address)
        if name.endswith("xlsx"):
            return str([cell.value for row in sheet_of(response).iter_rows() for cell in row])
        return response.content.decode().replace('<option value="worse">worse</option>', "")

    head, principal = words_for(solviken.area_head), words_for(solviken.principal)

    assert "Hela skolan" in head
    assert ("worse" in head, "worse" in principal) == (False, True)


def test_filter_by_verdict_finds_a_head_nothing_that_no_list_tells(solviken, of_the_school, sign_in):
    address = reverse("interventions:unit-interventions", args=[solviken.school.key]) + "?verdict=worse"

    found = {who: titles(sign_in(getattr(solviken, who)).get(address)) for who in ("area_head", "principal")}

    assert found == {"area_head": [], "principal": ["Hela skolan"]}
