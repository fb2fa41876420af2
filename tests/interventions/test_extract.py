"""An extract holds what every table says of the pupil and who has read it, and nobody else's name."""

from __future__ import annotations

import json

import pytest

from accounts.audit import record as record_audit_event
from accounts.declarations import declarations
from accounts.models import User
from pupils.extract import extract_of
from pupils.models import Pupil
from tests.architecture.specimens import make_specimens
from tests.factories.medical import MedicalResultFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

from .test_erasing import Scene, scene  # noqa: F401 – a fixture

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]


def said(scene: Scene) -> str:  # noqa: F811 – the fixture's value
    return json.dumps(extract_of(scene.pupil, by=scene.place.principal).to_plain(), ensure_ascii=False)


def test_every_table_about_pupils_is_in_the_extract(in_solviken: Place) -> None:
    """Of the specimens, one row in every table, most of them about one pupil."""
    rows = make_specimens()
    pupil = next(row for model, row in rows.items() if model is Pupil)

    extract = extract_of(pupil, by=in_solviken.principal)

    titles = {section.title.lower() for section in extract.sections}
    about = {
        str(each.model._meta.verbose_name_plural).lower()
        for each in declarations()
        if each.by and each.kind != "medical" and each.rows_about(pupil.pk).exists()
    }
    assert len(about) >= 25
    assert about - titles == set()


def test_extract_says_what_is_written_of_the_pupil(scene: Scene) -> None:  # noqa: F811
    text = said(scene)

    not_rows_about_the_pupil = {"cell of a file", "number as it is written", "own id", "value of an import"}
    for name, canary in scene.canaries.items():
        if name not in not_rows_about_the_pupil:
            assert canary in text, name
    assert "fågel77" in text


def test_names_of_other_pupils_and_of_staff_are_left_out(scene: Scene) -> None:  # noqa: F811
    text = said(scene)

    assert "Alva" not in text
    assert "[another pupil]" in text
    assert [person.name for person in User.objects.all() if f'"{person.name}"' in text] == []
    assert "teacher, 4A" in text


def test_readings_are_told_with_role_time_and_purpose(scene: Scene) -> None:  # noqa: F811
    record_audit_event(
        "pupil sheet seen", by=scene.place.health_team, pupils=[scene.pupil.pk], purpose="samtal"
    )
    record_audit_event("pupil seen", by=scene.place.colleague, pupils=[scene.friend.pk])

    readings = extract_of(scene.pupil, by=scene.place.principal).readings

    assert {reading.action for reading in readings} == {"pupil seen", "pupil sheet seen"}
    (sheet,) = [reading for reading in readings if reading.action == "pupil sheet seen"]
    assert (sheet.who, sheet.purpose) == ("pupil-health team, Solviksskolan", "samtal")
    assert not any("5A" in reading.who for reading in readings)


def test_extract_of_the_school_does_not_say_that_medical_pupil_health_knows_anything(
    scene: Scene,  # noqa: F811
) -> None:
    before = extract_of(scene.pupil, by=scene.place.principal)
    MedicalResultFactory(pupil=scene.pupil, by=scene.place.medical_health)
    record_audit_event("medical pupil seen", by=scene.place.medical_health, pupils=[scene.pupil.pk])

    after = extract_of(scene.pupil, by=scene.place.principal)
    of_its_own = extract_of(scene.pupil, by=scene.place.medical_health)

    assert (after.sections, after.readings) == (before.sections, before.readings)
    assert "Medical results" in {section.title for section in of_its_own.sections}
    assert "medical pupil seen" in {reading.action for reading in of_its_own.readings}


def test_pupil_of_whom_nothing_is_kept_but_the_name(in_solviken: Place) -> None:
    pupil = PupilFactory(given_name="Ny", family_name="Elev")

    extract = extract_of(pupil, by=in_solviken.principal)

    assert [section.title for section in extract.sections] == ["Pupils"]
    assert extract.readings == []
