"""The map of a year group or of a team as a file: each row with its class, nobody protected, and it can come back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, RoleAssignment, User
from colourmaps.importing.lifecycle import upload_file
from colourmaps.models import Indicator
from pupils.models import Pupil
from tests.factories.accounts import LONG_AGO
from tests.factories.colourmaps import ThresholdFactory, record
from tests.factories.imports import fresh, work
from tests.factories.pupils import PupilFactory

from .scene import SECRET, ClassWithMap, opened, texts_of


@pytest.fixture
def cia(mapped: ClassWithMap) -> Pupil:
    """In 5A; read 30."""
    indicator: Indicator = mapped.reading
    ThresholdFactory(indicator=indicator, year_group=5)
    pupil = PupilFactory(
        own_id="C3", given_name="Cia", family_name="Berg", school_class=mapped.place.class_5a
    )
    record(mapped.round, indicator, {pupil: 3000})
    return pupil


@pytest.fixture
def of_team(mapped: ClassWithMap, cia: Pupil, sign_in: Callable[[User], Client]) -> HttpResponse:
    """The file of the teacher who has both classes."""
    RoleAssignment.objects.create(
        municipality=mapped.place.municipality,
        user=mapped.place.teacher,
        unit=mapped.place.class_5a,
        role="teacher",
        valid_from=LONG_AGO,
    )
    address = reverse("colourmaps:team-map-xlsx")
    return sign_in(mapped.place.teacher).get(address, {"round": mapped.round.key})


def test_rows_of_a_team_stand_by_class_and_say_it(of_team: HttpResponse) -> None:
    sheet = opened(of_team).worksheets[0]

    rows = [[cell.value for cell in row[:5]] for row in sheet.iter_rows(min_row=9, max_row=12)]
    assert rows == [
        ["Family name", "Given name", "Pupil id", "Class", "Läsförståelse\n(ord/min)"],
        ["Ek", "Ada", "A1", "4A", 26.5],
        ["Ek", "Bo", "B2", "4A", "[30.5, 3 mo.]"],
        ["Berg", "Cia", "C3", "5A", 30],
    ]
    assert (sheet["A1"].value, sheet["A2"].value) == (
        "Colour map My classes: 4A, 5A",
        "School: Solviksskolan",
    )
    assert not [text for text in texts_of(opened(of_team)) if SECRET in text or "SKYDD9" in text]


def test_file_of_a_team_is_recorded_for_each_class(
    mapped: ClassWithMap, cia: Pupil, of_team: HttpResponse
) -> None:
    events = AuditEvent.objects.filter(action="team map downloaded").order_by("unit_id")

    assert [(event.unit_id, sorted(event.pupil_ids)) for event in events] == [
        (mapped.place.class_4a.pk, [mapped.ada.pk, mapped.bo.pk]),
        (mapped.place.class_5a.pk, [cia.pk]),
    ]


def test_file_of_a_year_group_has_its_pupils_alone(
    mapped: ClassWithMap, cia: Pupil, sign_in: Callable[[User], Client]
) -> None:
    address = reverse("colourmaps:year-group-map-xlsx", args=[mapped.place.school.key, 4])

    sheet = opened(sign_in(mapped.place.principal).get(address, {"round": mapped.round.key})).worksheets[0]

    rows = [[cell.value for cell in row[1:4]] for row in sheet.iter_rows(min_row=10, max_row=12)]
    assert rows[:2] == [["Ada", "A1", "4A"], ["Bo", "B2", "4A"]]
    assert str(sheet["A12"].value).startswith("Total")
    event = AuditEvent.objects.get(action="year group map downloaded")
    assert (event.facts["year_group"], sorted(event.pupil_ids)) == (4, [mapped.ada.pk, mapped.bo.pk])


@pytest.mark.slow
def test_file_of_a_team_sent_back_as_it_is_changes_nothing(
    mapped: ClassWithMap, of_team: HttpResponse
) -> None:
    file = SimpleUploadedFile("klasser.xlsx", of_team.content)
    batch = upload_file(upload=file, by=mapped.place.coordinator)

    work()

    counts = fresh(batch).counts
    counted = {name: counts[name] for name in ("rows", "refused", "new", "changed", "unchanged")}
    assert counted == {"rows": 3, "refused": 0, "new": 0, "changed": 0, "unchanged": 5}


def test_pages_lead_to_their_files(mapped: ClassWithMap, sign_in: Callable[[User], Client]) -> None:
    year = [mapped.place.school.key, 4]
    query = f"?round={mapped.round.key}"

    of_year = sign_in(mapped.place.principal).get(reverse("colourmaps:year-group-map", args=year) + query)
    of_team = sign_in(mapped.place.teacher).get(reverse("colourmaps:team-map") + query)

    assert reverse("colourmaps:year-group-map-xlsx", args=year) + query in of_year.content.decode()
    assert reverse("colourmaps:team-map-xlsx") + query in of_team.content.decode()
