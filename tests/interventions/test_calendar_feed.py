"""The calendar that is read without a sign-in: what stands in it, who gets it, and that its secret is kept nowhere."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from accounts.models import AuditEvent, RoleAssignment, User
from accounts.tenancy import municipality_scope
from colourmaps.config.logs import ScrubbingFormatter
from interventions.models import CalendarFeed, Rung
from interventions.services.calendar_feed import make_feed, remove_feed
from interventions.services.meeting_planning import cancel_meeting
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place
from tests.walls import everywhere

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Client]
DAY = datetime.timedelta(days=1)
CANARY, FAMILY = "Kanarina", "Fågelström"
# Everything that may stand in the file; a new property is looked at before it is added here.
OF_THE_CALENDAR = {"PRODID", "VERSION", "X-WR-CALNAME", "NAME", "REFRESH-INTERVAL"}
OF_AN_EVENT = {"UID", "DTSTAMP", "SUMMARY", "DTSTART", "DTEND", "STATUS", "SEQUENCE", "URL"}


@pytest.fixture
def town(in_solviken: Place) -> Place:
    PupilFactory(given_name=CANARY, family_name=FAMILY, school_class=in_solviken.class_4a)
    return in_solviken


def team_meeting(town: Place, **fields: Any) -> Any:
    usual = {
        "kind": kind_of(Rung.TEAM),
        "unit": town.school,
        "classes": [town.class_4a, town.class_5a],
        "lead": town.principal,
    }
    return MeetingFactory(**usual | fields)


def address_of(secret: str) -> str:
    return reverse("interventions:calendar-file", args=[secret])


def read(person: User) -> Any:
    """The answer to the person's calendar, which is not signed in."""
    return Client().get(address_of(make_feed(by=person)))


def events(response: Any) -> list[Event]:
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


def test_file_is_a_calendar_of_the_own_meetings_that_is_kept_nowhere(town: Place) -> None:
    meeting = team_meeting(town, planned_on=TODAY + DAY, at=datetime.time(14, 30), minutes=90)

    response = read(town.principal)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store, private"
    (event,) = events(response)
    begins, ends = event["DTSTART"], event["DTEND"]
    assert str(event["SUMMARY"]) == "Arbetslagets analys, 4A, 5A"
    assert begins.params["TZID"] == "Europe/Stockholm"
    assert (begins.dt.isoformat(), ends.dt.isoformat()) == (
        "2026-11-17T14:30:00+01:00",
        "2026-11-17T16:00:00+01:00",
    )
    assert str(event["UID"]) == f"{meeting.key}@9901.fargkartor"
    assert str(event["URL"]).endswith(reverse("interventions:meeting", args=[meeting.key]))
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CONFIRMED", 0)


def test_meeting_without_an_hour_takes_the_whole_day(town: Place) -> None:
    team_meeting(town, planned_on=TODAY)

    (event,) = events(read(town.principal))

    assert (event["DTSTART"].dt, event["DTEND"].dt) == (TODAY, TODAY + DAY)
    assert event["DTSTART"].params["VALUE"] == "DATE"


def test_cancelled_meeting_says_so_under_the_same_name(town: Place) -> None:
    meeting = team_meeting(town)
    (before,) = events(read(town.principal))
    cancel_meeting(meeting=meeting, why=f"{CANARY} är sjuk", by=town.principal)

    (after,) = events(read(town.principal))

    assert str(after["UID"]) == str(before["UID"])
    assert (str(after["STATUS"]), after["SEQUENCE"] > before["SEQUENCE"]) == ("CANCELLED", True)
    assert str(after["SUMMARY"]).endswith(": Arbetslagets analys, 4A, 5A")


def test_no_property_stands_there_that_has_not_been_looked_at_and_no_free_text(town: Place) -> None:
    meeting = team_meeting(
        town,
        at=datetime.time(9),
        place=f"Hos {CANARY} {FAMILY}",
        others_present=f"{FAMILY}s mamma",
        is_started=True,
    )
    CaseFactory(meeting=meeting, unit=town.class_4a, title=f"Läsning med {CANARY}", said=FAMILY)
    cancelled = team_meeting(town, planned_on=TODAY + DAY)
    cancel_meeting(meeting=cancelled, why=f"{CANARY} {FAMILY}", by=town.principal)

    response = read(town.principal)

    calendar = Calendar.from_ical(response.content)
    assert {name for name in calendar if name not in OF_THE_CALENDAR} == set()
    assert {part.name for part in calendar.subcomponents} == {"VEVENT", "VTIMEZONE"}
    assert [set(event) - OF_AN_EVENT for event in events(response)] == [set(), set()]
    unfolded = response.content.decode().replace("\r\n ", "")
    assert [word for word in (CANARY, FAMILY, "sjuk", "Läsning", "Hos") if word in unfolded] == []


def test_calendar_holds_what_the_person_may_enter_today(town: Place) -> None:
    own = team_meeting(town, unit=town.class_4a, classes=[])
    team_meeting(town)
    team_meeting(town, kind=kind_of(Rung.AREA), unit=town.area, classes=[], lead=town.area_head)
    of_teacher, of_head = read(town.teacher), read(town.area_head)

    RoleAssignment.objects.filter(user=town.teacher).update(valid_to=TODAY)
    afterwards = Client().get(address_of(make_feed(by=town.teacher)))

    assert [str(event["UID"]).partition("@")[0] for event in events(of_teacher)] == [own.key]
    assert [str(event["SUMMARY"]).partition(",")[2].strip() for event in events(of_head)] == [town.area.name]
    assert (afterwards.status_code, events(afterwards)) == (200, [])


def test_calendar_reaches_from_three_months_back_to_a_year_ahead(town: Place) -> None:
    days = [datetime.date(2026, 8, 15), datetime.date(2026, 8, 16), datetime.date(2027, 11, 16)]
    for day in [*days, datetime.date(2027, 11, 17)]:
        team_meeting(town, planned_on=day, unit=town.school, classes=[], kind=kind_of(Rung.SCHOOL))

    assert [event["DTSTART"].dt for event in events(read(town.principal))] == days[1:]


def test_calendar_speaks_the_language_of_the_person(town: Place) -> None:
    team_meeting(town)
    User.objects.filter(pk=town.principal.pk).update(language="da")

    (event,) = events(read(town.principal))

    assert str(event["SUMMARY"]) == "Teamets analyse, 4A, 5A"


def test_wrong_revoked_and_inactive_get_the_same_404(town: Place) -> None:
    replaced = make_feed(by=town.principal)
    make_feed(by=town.principal)
    removed = make_feed(by=town.teacher)
    remove_feed(by=town.teacher)
    of_inactive = make_feed(by=town.health_team)
    User.objects.filter(pk=town.health_team.pk).update(is_active=False)

    answers = [Client().get(address_of(secret)) for secret in ("x", replaced, removed, of_inactive)]

    assert {(answer.status_code, answer.content) for answer in answers} == {(404, b"Not found\n")}
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_calendar_of_another_municipality_is_found_from_within_ones_own(
    town: Place, fjordvik: Place, sign_in: SignIn
) -> None:
    with municipality_scope(fjordvik.municipality):
        meeting = team_meeting(fjordvik)
        secret = make_feed(by=fjordvik.principal)

    (event,) = events(sign_in(town.principal).get(address_of(secret)))

    assert str(event["UID"]) == f"{meeting.key}@9902.fargkartor"


def test_reading_costs_the_same_for_one_meeting_and_for_many(
    town: Place, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        team_meeting(town, planned_on=TODAY + n * DAY)
    secret = make_feed(by=town.principal)

    with django_assert_max_num_queries(10):
        response = Client().get(address_of(secret))

    assert len(events(response)) == 12


def test_a_form_cannot_be_sent_there(town: Place) -> None:
    assert Client().post(address_of(make_feed(by=town.principal))).status_code == 405


# ---- the secret ----


def test_secret_stands_in_no_table_and_no_log(town: Place, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        secret = make_feed(by=town.principal)
        Client().get(address_of(secret))
        Client().get(address_of(secret[:-1] + "x"))

    formatter = ScrubbingFormatter("{levelname} {name} {message}", style="{")
    lines = [formatter.format(line) for line in caplog.records if not line.name.startswith("django.db")]
    assert [line for line in lines if secret[:-1] in line] == []
    assert [line for line in lines if "/calendar/[secret].ics" in line] != []
    with everywhere():
        rows = [*CalendarFeed.objects.values(), *AuditEvent.objects.values()]
    assert [row for row in rows if secret in str(row)] == []
    (event,) = AuditEvent.objects.filter(action__startswith="calendar")
    assert (event.action, event.subject, event.facts) == ("calendar address made", "", {})


def test_when_it_was_last_read_is_kept_to_the_quarter_of_an_hour(
    town: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, begin = make_feed(by=town.principal), timezone.now()
    noted = []
    for minutes in (0, 5, 20):
        moment = begin + datetime.timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        Client().get(address_of(secret))
        noted.append((CalendarFeed.objects.get().last_read_at - begin).total_seconds() / 60)

    assert noted == [0, 0, 20]


# ---- its page ----


def page(browser: Client, **form: str) -> Any:
    address = reverse("interventions:calendar-feed")
    return browser.post(address, form) if form else browser.get(address)


def test_address_is_shown_once_and_works(town: Place, sign_in: SignIn) -> None:
    team_meeting(town)
    browser = sign_in(town.principal)

    made = page(browser, do="make")
    again = page(browser)

    address = made.context["address"]
    assert address in made.content.decode()
    assert address.rpartition("/")[2].removesuffix(".ics") not in again.content.decode()
    assert len(events(Client().get(address))) == 1
    assert made.headers["Cache-Control"] == "no-store"


def test_new_address_stops_the_old_one_and_there_is_one_each(town: Place, sign_in: SignIn) -> None:
    browser = sign_in(town.principal)
    first, second = (page(browser, do="make").context["address"] for _ in range(2))

    assert [Client().get(address).status_code for address in (first, second)] == [404, 200]
    assert CalendarFeed.objects.count() == 1


def test_address_is_removed(town: Place, sign_in: SignIn) -> None:
    browser = sign_in(town.principal)
    address = page(browser, do="make").context["address"]

    response = page(browser, do="remove")

    assert (response.status_code, Client().get(address).status_code) == (302, 404)
    assert "You have no such address yet" in page(browser).content.decode()


def test_removing_stops_only_ones_own(town: Place, sign_in: SignIn) -> None:
    make_feed(by=town.teacher)

    page(sign_in(town.principal), do="remove")

    assert CalendarFeed.objects.get().user == town.teacher
