"""Medical results into their own table: who may, what is refused, what is kept."""

from __future__ import annotations

import datetime

import pytest

from accounts.access import AccessDenied
from accounts.models import AuditEvent
from accounts.refusal import ActRefused
from accounts.secrecy import SecrecyArea, area_of_action
from colourmaps.definition import Definition
from colourmaps.medical.models import MedicalResult
from colourmaps.medical.queries import history_of, results_of
from colourmaps.medical.services import Entry, record_medical
from colourmaps.models import Result
from colourmaps.scales import Mark
from colourmaps.services import DefinitionRefused, change_indicator
from tests.factories.colourmaps import IndicatorFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

from .conftest import Clinic

DAY = datetime.date(2026, 10, 5)
MEDICAL = frozenset({SecrecyArea.MEDICAL})
pytestmark = pytest.mark.slow


def keep(clinic: Clinic, *entries: Entry, on: datetime.date = DAY, who: str = "medical_health") -> int:
    return record_medical(
        entries=entries, measured_on=on, school_class=clinic.place.class_4a, by=getattr(clinic.place, who)
    )


def test_correction_keeps_what_was_there(clinic: Clinic) -> None:
    n = keep(clinic, Entry(clinic.pupil.pk, clinic.thriving, 300))

    before = MedicalResult.objects.get(pk=clinic.result.pk)
    (now,) = results_of([clinic.pupil.pk], MEDICAL)
    assert n == 1
    assert (before.value, before.superseded_by, before.is_removed) == (
        200,
        clinic.place.medical_health,
        False,
    )
    assert (now.value, now.by) == (300, clinic.place.medical_health)
    assert sorted(each.value for each in history_of(clinic.pupil.pk, MEDICAL)) == [200, 300]


def test_same_value_again_writes_nothing_and_says_nothing(clinic: Clinic) -> None:
    assert keep(clinic, Entry(clinic.pupil.pk, clinic.thriving, 200)) == 0

    assert MedicalResult.objects.count() == 1
    assert not AuditEvent.objects.filter(action="medical results recorded").exists()


def test_emptied_value_is_taken_away_and_stays_in_the_history(clinic: Clinic) -> None:
    keep(clinic, Entry(clinic.pupil.pk, clinic.thriving, None))

    assert results_of([clinic.pupil.pk], MEDICAL) == []
    assert [each.is_removed for each in history_of(clinic.pupil.pk, MEDICAL)] == [True]


def test_mark_is_kept_without_a_value(clinic: Clinic) -> None:
    keep(clinic, Entry(clinic.other_pupil.pk, clinic.thriving, None, Mark.ABSENT))

    (kept,) = results_of([clinic.other_pupil.pk], MEDICAL)
    assert (kept.value, kept.mark) == (None, Mark.ABSENT)


def test_what_was_in_force_at_a_moment_is_read_again(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    before = timezone.now()
    later = before + datetime.timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    keep(clinic, Entry(clinic.pupil.pk, clinic.thriving, 400))

    assert [each.value for each in results_of([clinic.pupil.pk], MEDICAL, at=before)] == [200]
    assert [each.value for each in results_of([clinic.pupil.pk], MEDICAL, at=later)] == [400]


@pytest.mark.parametrize(
    "who", ["teacher", "analysis_lead", "principal", "health_team", "coordinator", "administrator"]
)
def test_nobody_else_records(clinic: Clinic, who: str) -> None:
    with pytest.raises(AccessDenied):
        keep(clinic, Entry(clinic.pupil.pk, clinic.thriving, 300), who=who)


def test_indicator_of_the_school_is_refused(clinic: Clinic) -> None:
    with pytest.raises(ActRefused, match=r"medicin|medical"):
        keep(clinic, Entry(clinic.pupil.pk, IndicatorFactory(), 300))


def test_pupil_of_another_class_is_refused(clinic: Clinic) -> None:
    elsewhere = PupilFactory(school_class=clinic.place.class_5a)

    with pytest.raises(ActRefused):
        keep(clinic, Entry(elsewhere.pk, clinic.thriving, 300))


def test_value_outside_the_scale_and_a_day_to_come_are_refused(clinic: Clinic) -> None:
    with pytest.raises(ActRefused):
        keep(clinic, Entry(clinic.pupil.pk, clinic.thriving, 250))
    with pytest.raises(ActRefused):
        keep(clinic, Entry(clinic.pupil.pk, clinic.thriving, 300), on=TODAY + datetime.timedelta(days=1))


def test_recording_is_audited_on_its_side_of_the_wall(clinic: Clinic) -> None:
    keep(
        clinic, Entry(clinic.pupil.pk, clinic.thriving, 300), Entry(clinic.other_pupil.pk, clinic.sleep, 800)
    )

    event = AuditEvent.objects.get(action="medical results recorded")
    assert event.pupil_ids == sorted([clinic.pupil.pk, clinic.other_pupil.pk])[: len(event.pupil_ids)]
    assert area_of_action(event.action) is SecrecyArea.MEDICAL
    assert area_of_action("pupil seen") is SecrecyArea.SCHOOL
    # Codes, ids and counts alone.
    assert "Trivsel" not in str(event.facts)


def test_reads_without_the_area_give_nothing(clinic: Clinic) -> None:
    """Whoever forgets to say what may be read, gets nothing."""
    school = frozenset({SecrecyArea.SCHOOL})

    for areas in ((), school):
        assert results_of([clinic.pupil.pk], areas) == []
        assert history_of(clinic.pupil.pk, areas) == []
    assert results_of([clinic.pupil.pk]) == history_of(clinic.pupil.pk) == []


def test_medical_results_are_none_of_the_schools(clinic: Clinic) -> None:
    keep(clinic, Entry(clinic.pupil.pk, clinic.thriving, 300))

    assert not Result.objects.exists()


def test_scale_of_a_medical_indicator_with_results_stays(clinic: Clinic) -> None:
    from dataclasses import replace

    definition = Definition.of(clinic.thriving)
    other = replace(definition, scale=Definition.of(clinic.sleep).scale)

    with pytest.raises(DefinitionRefused, match=r"används|in use"):
        change_indicator(indicator=clinic.thriving, definition=other, by=None)


def test_secrecy_area_of_an_indicator_never_changes(clinic: Clinic) -> None:
    from dataclasses import replace

    for indicator, area in ((clinic.sleep, "school"), (IndicatorFactory(), "medical")):
        definition = replace(Definition.of(indicator), secrecy_area=area)
        with pytest.raises(DefinitionRefused) as refusal:
            change_indicator(indicator=indicator, definition=definition, by=None)
        assert refusal.value.field == "secrecy_area"
