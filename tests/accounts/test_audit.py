"""The memory of who did or saw what holds ids and codes, never names."""

import json

import pytest
from django.forms.models import model_to_dict

from accounts.audit import record
from accounts.audit_kinds import kind_of
from accounts.models import AuditEvent, AuditKind
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place
from tests.walls import without_wall


def test_event_remembers_who_what_where_and_whom(in_solviken: Place) -> None:
    record(
        "class map seen",
        by=in_solviken.teacher,
        unit=in_solviken.class_4a,
        subject="kkkkkkkkkkkk",
        pupils={3, 1, 2},
        n_cells=12,
    )

    event = AuditEvent.objects.latest("pk")
    assert (event.municipality, event.actor_id, event.action) == (
        in_solviken.municipality,
        in_solviken.teacher.pk,
        "class map seen",
    )
    assert (event.unit_id, event.subject, event.pupil_ids, event.facts) == (
        in_solviken.class_4a.pk,
        "kkkkkkkkkkkk",
        [1, 2, 3],
        {"n_cells": 12},
    )


def test_event_of_the_machine_has_no_actor(in_solviken: Place) -> None:
    record("sums recounted", by=None)

    event = AuditEvent.objects.latest("pk")
    assert (event.actor_id, event.unit_id, event.pupil_ids) == (None, None, [])


def test_reading_pages_of_pupils_leaves_ids_and_no_names(in_solviken: Place, sign_in) -> None:
    pupil = PupilFactory(
        given_name="Kanarie",
        family_name="Fågelström",
        identity_number="201601012391",
        school_class=in_solviken.class_4a,
    )
    with without_wall():
        AuditEvent.objects.all().delete()

    assert sign_in(in_solviken.teacher).get(f"/pupils/{pupil.key}/").status_code == 200

    event = AuditEvent.objects.exclude(action="signed in").get()
    assert (event.action, event.actor_id, event.pupil_ids) == (
        "pupil seen",
        in_solviken.teacher.pk,
        [pupil.pk],
    )
    text = json.dumps(model_to_dict(event), default=str)
    assert not [word for word in ("Kanarie", "Fågelström", "201601012391") if word in text]


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("class map seen", AuditKind.READ),
        ("pupils found", AuditKind.READ),
        ("erasure looked at", AuditKind.READ),
        ("emergencies listed", AuditKind.READ),
        ("read in emergency", AuditKind.READ),
        ("class map downloaded", AuditKind.EXPORT),
        ("register extract handed out", AuditKind.EXPORT),
        ("workbook to fill in made", AuditKind.EXPORT),
        ("export fetched", AuditKind.EXPORT),
        ("list of people fetched", AuditKind.EXPORT),
        ("municipality exported", AuditKind.EXPORT),
        ("pupil erased", AuditKind.WRITE),
        ("role assigned", AuditKind.PERMISSION),
        ("access denied", AuditKind.DENIAL),
        ("sign-in failed", AuditKind.SIGN_IN),
    ],
)
def test_kind_of_what_was_done_decides_which_follow_up_finds_it(action: str, kind: AuditKind) -> None:
    assert kind_of(action) is kind
