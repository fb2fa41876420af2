"""The nurse's own pages: the class, filling it in, the pupil, notes."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from colourmaps.medical.models import MedicalResult
from tests.factories.medical import CrossingFactory, MedicalResultFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

from .conftest import Clinic

pytestmark = pytest.mark.slow


@pytest.fixture
def nurse(clinic: Clinic, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(clinic.place.medical_health)


def address(name: str, clinic: Clinic) -> str:
    key = clinic.pupil.key if name in ("pupil", "share") else clinic.place.class_4a.key
    return reverse(f"medical:{name}", args=[key])


def field(clinic: Clinic, code: str) -> str:
    return f"v-{clinic.pupil.key}-{code}"


def filled(clinic: Clinic, nurse: Client, **changes: str) -> dict[str, str]:
    """What the form sends, with changes."""
    page = nurse.get(address("fill-in", clinic), {"on": changes.get("on", TODAY.isoformat())})
    form = page.context["form"]
    shown = {name: form[name].value() or "" for name in form.fields if name != "on"}
    return {"on": TODAY.isoformat()} | shown | changes


def test_class_shows_each_pupil_and_the_counts_of_those_with_a_colour(clinic: Clinic, nurse: Client) -> None:
    page = nurse.get(address("class", clinic))

    assert [(row.name, len(row.cells)) for row in page.context["rows"]] == [("Ask, Bo", 2), ("Ek, Alva", 2)]
    cells = page.context["rows"][1].cells
    assert 'class="red"' in cells[0]
    assert "dåligt" in cells[0]
    assert "missing" in cells[1]
    (of_red, *_rest) = page.context["counts"]
    assert (of_red[0], unescape(of_red[2])) == (
        "red",
        "<td>1<small>/1</small></td><td class=zero>0<small>/0</small></td>",
    )


def test_reading_a_class_is_audited_for_every_pupil(clinic: Clinic, nurse: Client) -> None:
    nurse.get(address("class", clinic))

    event = AuditEvent.objects.get(action="medical class seen")
    assert event.pupil_ids == sorted([clinic.pupil.pk, clinic.other_pupil.pk])


def test_values_are_filled_in_for_a_day_and_shown_again(clinic: Clinic, nurse: Client) -> None:
    sent = filled(clinic, nurse, **{field(clinic, "TRIVS"): "bra", field(clinic, "SOMN"): "8,5"})

    answer = nurse.post(address("fill-in", clinic), sent)

    assert answer.status_code == 302
    kept = MedicalResult.objects.filter(measured_on=TODAY, superseded_at=None).order_by("value")
    assert [(each.indicator.code, each.value) for each in kept] == [("TRIVS", 300), ("SOMN", 850)]
    again = nurse.get(address("fill-in", clinic), {"on": TODAY.isoformat()}).context["form"]
    assert (again[field(clinic, "TRIVS")].value(), again[field(clinic, "SOMN")].value()) == ("bra", "8.5")


def test_sending_what_was_shown_changes_nothing(clinic: Clinic, nurse: Client) -> None:
    day = clinic.result.measured_on.isoformat()
    before = list(MedicalResult.objects.values())

    nurse.post(address("fill-in", clinic), filled(clinic, nurse, on=day))

    assert list(MedicalResult.objects.values()) == before


def test_what_is_no_value_is_refused_beside_its_field_and_nothing_is_saved(
    clinic: Clinic, nurse: Client
) -> None:
    sent = filled(clinic, nurse, **{field(clinic, "TRIVS"): "bra", field(clinic, "SOMN"): "99"})

    answer = nurse.post(address("fill-in", clinic), sent)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field(clinic, "SOMN")}
    assert 'value="99"' in answer.content.decode()
    assert MedicalResult.objects.count() == 1


def test_other_year_groups_are_filled_in_where_they_are_asked_for(clinic: Clinic, nurse: Client) -> None:
    clinic.sleep.year_groups = [8]
    clinic.sleep.save()

    usual = nurse.get(address("fill-in", clinic)).context["form"]
    all_of_them = nurse.get(address("fill-in", clinic), {"all": "1"}).context["form"]

    assert field(clinic, "SOMN") not in usual.fields
    assert field(clinic, "SOMN") in all_of_them.fields


def test_pupil_of_another_class_cannot_be_slipped_in(clinic: Clinic, nurse: Client) -> None:
    elsewhere = PupilFactory(school_class=clinic.place.class_5a)

    nurse.post(address("fill-in", clinic), filled(clinic, nurse, **{f"v-{elsewhere.key}-TRIVS": "bra"}))

    assert not MedicalResult.objects.filter(pupil=elsewhere).exists()


def test_page_of_a_pupil_has_all_results_with_their_corrections(clinic: Clinic, nurse: Client) -> None:
    sent = filled(clinic, nurse, on=clinic.result.measured_on.isoformat())
    nurse.post(address("fill-in", clinic), sent | {field(clinic, "TRIVS"): "mycket bra"})

    (group,) = nurse.get(address("pupil", clinic)).context["indicators"]

    assert [reading.text for reading, _form in group["now"]] == ["mycket bra"]
    assert [reading.text for reading in group["before"]] == ["dåligt"]


def test_note_is_kept_with_the_one_before(clinic: Clinic, nurse: Client) -> None:
    nurse.post(address("pupil", clinic), {"result": clinic.result.pk, "note": "Ring hem"})
    now = MedicalResult.objects.get(superseded_at=None)
    nurse.post(address("pupil", clinic), {"result": now.pk, "note": "Ringt"})

    notes = MedicalResult.objects.order_by("pk").values_list("note", "value")
    assert list(notes) == [("", 200), ("Ring hem", 200), ("Ringt", 200)]


def test_note_of_another_pupils_result_is_unknown(clinic: Clinic, nurse: Client) -> None:
    others = MedicalResultFactory(
        pupil=clinic.other_pupil, indicator=clinic.thriving, by=clinic.place.medical_health
    )

    answer = nurse.post(address("pupil", clinic), {"result": others.pk, "note": "Fel"})

    assert answer.status_code == 404
    assert not MedicalResult.objects.filter(note="Fel").exists()


def test_class_of_another_school_is_closed(clinic: Clinic, nurse: Client) -> None:
    from tests.factories.accounts import SchoolClassFactory, UnitFactory

    elsewhere = SchoolClassFactory(parent=UnitFactory(parent=clinic.place.area))

    assert nurse.get(reverse("medical:class", args=[elsewhere.key])).status_code == 403


def test_list_of_classes_and_decisions_are_the_persons_own(clinic: Clinic, nurse: Client) -> None:
    from tests.factories.accounts import SchoolClassFactory, UnitFactory

    elsewhere = SchoolClassFactory(parent=UnitFactory(parent=clinic.place.area, name="Annan skola"))
    pupil = PupilFactory(school_class=elsewhere, family_name="Borta")
    for each in (pupil, clinic.pupil):
        CrossingFactory(
            pupil=each,
            codes=["TRIVS"],
            receiver=clinic.place.teacher,
            decided_by=clinic.place.medical_health,
        )

    classes = nurse.get(reverse("medical:class-list")).content.decode()
    decisions = nurse.get(reverse("medical:crossing-list")).content.decode()

    assert ("Annan skola" in classes, "Solviksskolan" in classes) == (False, True)
    assert ("Borta" in decisions, "Ek, Alva" in decisions) == (False, True)


@pytest.mark.parametrize("n", [1, 3])
def test_class_asks_as_often_for_three_pupils_as_for_one(
    clinic: Clinic, nurse: Client, n: int, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for _n in range(n):
        PupilFactory(school_class=clinic.place.class_4a)
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        nurse.get(address("class", clinic))
