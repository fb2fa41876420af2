"""Decisions that let something through the wall: who may decide, who reads, and that it ends."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import AccessDenied
from accounts.models import AuditEvent, RoleAssignment, User
from accounts.refusal import ActRefused
from accounts.roles import ROLES, Permission, RoleCode
from colourmaps.medical.models import Crossing
from colourmaps.medical.receivers import RoleAt
from colourmaps.medical.services import decide_crossing, withdraw_crossing
from tests.factories.accounts import RoleAssignmentFactory
from tests.factories.medical import CrossingFactory, MedicalResultFactory
from tests.fixtures import TODAY

from .conftest import Clinic

DAY = datetime.timedelta(days=1)
pytestmark = pytest.mark.slow
SignIn = Callable[[User], Client]


def decide(clinic: Clinic, **changes: Any) -> Crossing:
    wanted: dict[str, Any] = {
        "pupil": clinic.pupil,
        "codes": ["TRIVS"],
        "purpose": "teaching",
        "reason": "Dagens upplägg",
        "ground": "consent",
        "ground_said": "Mamma, på telefon",
        "receiver": clinic.place.teacher,
        "valid_from": TODAY,
        "last_on": TODAY + 30 * DAY,
        "by": clinic.place.medical_health,
    }
    return decide_crossing(**wanted | changes)


def shared_with(browser: Client, clinic: Clinic) -> Any:
    return browser.get(reverse("medical:shared", args=[clinic.pupil.key]))


def purpose_of(event: AuditEvent) -> str:
    return getattr(event, "purpose", "") or event.facts["purpose"]


# ---- deciding ----


def test_decision_is_recorded_and_audited(clinic: Clinic) -> None:
    crossing = decide(clinic)

    kept = Crossing.objects.get()
    assert (kept.pupil, kept.receiver, kept.codes) == (clinic.pupil, clinic.place.teacher, ["TRIVS"])
    assert (kept.valid_from, kept.last_on, kept.decided_by) == (
        TODAY,
        TODAY + 30 * DAY,
        clinic.place.medical_health,
    )
    event = AuditEvent.objects.get(action="medical crossing decided")
    assert (event.subject, event.pupil_ids) == (crossing.key, [clinic.pupil.pk])
    # The purpose as a code: no free text stands in the log.
    assert purpose_of(event) == "teaching"
    assert "Dagens" not in str(event.facts) + event.subject


@pytest.mark.parametrize(
    "who", ["teacher", "principal", "health_team", "administrator", "coordinator", "access_auditor"]
)
def test_only_the_medical_part_decides(clinic: Clinic, who: str) -> None:
    with pytest.raises(AccessDenied):
        decide(clinic, by=getattr(clinic.place, who))

    assert not Crossing.objects.exists()


def test_nobody_decides_for_oneself(clinic: Clinic) -> None:
    """Also not somebody who holds both roles, neither as a person nor by the role."""
    nurse, school = clinic.place.medical_health, clinic.place.school
    RoleAssignmentFactory(user=nurse, role=RoleCode.HEALTH_TEAM, unit=school)

    for receiver in (nurse, RoleAt(RoleCode.HEALTH_TEAM, school)):
        with pytest.raises(ActRefused, match=r"sig själv|oneself"):
            decide(clinic, receiver=receiver)


@pytest.mark.parametrize(
    "changes",
    [
        {"codes": []},
        {"codes": ["LAS"]},
        {"purpose": "curiosity"},
        {"ground": "general_clause"},
        {"reason": " "},
        {"ground_said": ""},
        {"valid_from": TODAY - DAY},
        {"last_on": TODAY - DAY},
        {"last_on": TODAY + 367 * DAY},
    ],
    ids=str,
)
def test_what_cannot_be_decided_is_refused(clinic: Clinic, changes: dict[str, Any]) -> None:
    with pytest.raises(ActRefused):
        decide(clinic, **changes)

    assert not Crossing.objects.exists()


@pytest.mark.parametrize("who", ["colleague", "area_head", "coordinator", "board_member"])
def test_only_those_who_see_the_pupil_can_receive(clinic: Clinic, who: str) -> None:
    with pytest.raises(ActRefused, match=r"(?i)mottagare|receiver"):
        decide(clinic, receiver=getattr(clinic.place, who))


def test_no_other_role_opens_the_area(clinic: Clinic) -> None:
    opening = {
        code
        for code, role in ROLES.items()
        if role.permissions & {Permission.SEE_MEDICAL, Permission.SHARE_MEDICAL}
    }

    assert opening == {"medical_health"}
    assert Permission.SEE_PUPILS not in ROLES["medical_health"].permissions


# ---- reading under a decision ----


def test_receiver_reads_what_is_shared_and_the_read_is_audited(clinic: Clinic, sign_in: SignIn) -> None:
    crossing = decide(clinic)
    MedicalResultFactory(
        pupil=clinic.pupil, indicator=clinic.sleep, value=800, by=clinic.place.medical_health, note="Orolig"
    )

    page = shared_with(sign_in(clinic.place.teacher), clinic).content.decode()

    assert "Trivsel i skolan" in page
    assert "dåligt" in page
    assert "Sömn" not in page
    assert "Orolig" not in page
    event = AuditEvent.objects.get(action="medical results seen")
    assert (event.actor_id, event.subject, event.pupil_ids) == (
        clinic.place.teacher.pk,
        crossing.key,
        [clinic.pupil.pk],
    )
    assert purpose_of(event) == "teaching"


def test_of_each_indicator_the_latest_result_alone_is_shared(clinic: Clinic, sign_in: SignIn) -> None:
    decide(clinic)
    MedicalResultFactory(
        pupil=clinic.pupil,
        indicator=clinic.thriving,
        value=400,
        measured_on=datetime.date(2026, 11, 2),
        by=clinic.place.medical_health,
    )

    page = shared_with(sign_in(clinic.place.teacher), clinic).content.decode()

    assert "mycket bra" in page
    assert "dåligt" not in page


def test_pupils_page_has_a_line_for_the_receiver_and_for_nobody_else(clinic: Clinic, sign_in: SignIn) -> None:
    decide(clinic)
    address = reverse("colourmaps:pupil", args=[clinic.pupil.key])
    link = reverse("medical:shared", args=[clinic.pupil.key])
    other = reverse("colourmaps:pupil", args=[clinic.other_pupil.key])

    of_teacher = sign_in(clinic.place.teacher).get(address).content.decode()
    of_principal = sign_in(clinic.place.principal).get(address).content.decode()
    of_other = sign_in(clinic.place.teacher).get(other).content.decode()
    as_it_was = sign_in(clinic.place.teacher).get(f"{address}?as_of=2026-11-10").content.decode()

    assert link in of_teacher
    assert "Trivsel i skolan" not in of_teacher
    assert "medical" not in of_principal.lower()
    assert [link in page for page in (of_principal, of_other, as_it_was)] == [False] * 3


def test_who_is_not_meant_is_answered_like_for_a_pupil_without_anything(
    clinic: Clinic, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.middleware.csrf._get_new_csrf_string", lambda: "k" * 32)
    browser = sign_in(clinic.place.principal)
    before = shared_with(browser, clinic)
    decide(clinic)
    after = shared_with(browser, clinic)

    assert before.status_code == after.status_code == 404
    assert before.content == after.content
    assert shared_with(sign_in(clinic.place.medical_health), clinic).status_code == 403


def test_role_is_whoever_holds_it_when_it_is_read(clinic: Clinic, sign_in: SignIn) -> None:
    place = clinic.place
    decide(clinic, receiver=RoleAt(RoleCode.PRINCIPAL, place.school))
    held = RoleAssignment.objects.filter(user=place.principal)

    assert shared_with(sign_in(place.principal), clinic).status_code == 200
    assert shared_with(sign_in(place.teacher), clinic).status_code == 404
    held.update(valid_to=TODAY)
    RoleAssignmentFactory(user=place.area_head, role=RoleCode.PRINCIPAL, unit=place.school)
    assert shared_with(sign_in(place.principal), clinic).status_code == 403
    assert shared_with(sign_in(place.area_head), clinic).status_code == 200


# ---- it ends ----


@pytest.mark.parametrize(("offset", "status"), [(-1, 404), (0, 200), (30, 200), (31, 404)])
def test_it_holds_between_its_days_and_ends_by_itself(
    clinic: Clinic, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, offset: int, status: int
) -> None:
    """Without a job or a sweep: the day of the request decides."""
    from django.utils import timezone

    decide(clinic)
    then = timezone.now() + offset * DAY
    monkeypatch.setattr(timezone, "now", lambda: then)

    assert shared_with(sign_in(clinic.place.teacher), clinic).status_code == status


def test_withdrawn_decision_shows_nothing_at_the_next_request(clinic: Clinic, sign_in: SignIn) -> None:
    crossing, browser = decide(clinic), sign_in(clinic.place.teacher)
    assert shared_with(browser, clinic).status_code == 200

    withdraw_crossing(crossing=crossing, why="Behövs inte mer", by=clinic.place.medical_health)

    assert shared_with(browser, clinic).status_code == 404
    event = AuditEvent.objects.get(action="medical crossing withdrawn")
    assert (event.subject, event.pupil_ids) == (crossing.key, [clinic.pupil.pk])
    with pytest.raises(ActRefused):
        withdraw_crossing(crossing=crossing, why="Igen", by=clinic.place.medical_health)


def test_receiver_who_has_the_pupil_no_more_reads_nothing(clinic: Clinic, sign_in: SignIn) -> None:
    decide(clinic)
    browser = sign_in(clinic.place.teacher)
    assert shared_with(browser, clinic).status_code == 200

    RoleAssignment.objects.filter(user=clinic.place.teacher).update(valid_to=TODAY)

    assert shared_with(browser, clinic).status_code == 403


@pytest.mark.parametrize("who", ["teacher", "principal", "administrator"])
def test_only_the_medical_part_withdraws(clinic: Clinic, who: str) -> None:
    crossing = decide(clinic)

    with pytest.raises(AccessDenied):
        withdraw_crossing(crossing=crossing, why="Nej", by=getattr(clinic.place, who))


# ---- pages ----


def test_nurse_decides_on_the_page_after_seeing_it_in_full(
    clinic: Clinic, sign_in: SignIn, in_english: None
) -> None:
    browser = sign_in(clinic.place.medical_health)
    address = reverse("medical:share", args=[clinic.pupil.key])
    sent = {
        "codes": ["TRIVS"],
        "receiver": f"person {clinic.place.teacher.pk}",
        "purpose": "support",
        "reason": "Utredningen",
        "ground": "no_harm",
        "ground_said": "Vägt för varje värde",
        "valid_from": TODAY.isoformat(),
        "last_on": (TODAY + 10 * DAY).isoformat(),
    }

    preview = browser.post(address, sent)
    assert not Crossing.objects.exists()
    done = browser.post(address, sent | {"step": "do", "seal": preview.context["preview"].seal})

    crossing = Crossing.objects.get()
    assert "OSL 25:1" in preview.content.decode()
    assert (done.status_code, done.headers["Location"]) == (
        302,
        reverse("medical:pupil", args=[clinic.pupil.key]),
    )
    assert (crossing.ground, crossing.purpose) == ("no_harm", "support")
    listed = browser.get(reverse("medical:crossing-list")).content.decode()
    assert "Ek, Alva" in listed
    assert "in force" in listed


def test_form_offers_neither_oneself_nor_what_the_pupil_has_no_result_of(
    clinic: Clinic, sign_in: SignIn
) -> None:
    page = sign_in(clinic.place.medical_health).get(reverse("medical:share", args=[clinic.pupil.key]))

    form = page.context["form"]
    assert [code for code, _name in form.fields["codes"].choices] == ["TRIVS"]
    offered = [value for value, _words in form.fields["receiver"].choices]
    assert f"person {clinic.place.medical_health.pk}" not in offered
    assert f"person {clinic.place.colleague.pk}" not in offered
    assert f"person {clinic.place.teacher.pk}" in offered


def test_page_of_a_decision_says_who_has_read(clinic: Clinic, sign_in: SignIn, in_english: None) -> None:
    crossing = decide(clinic)
    nurse = sign_in(clinic.place.medical_health)
    address = reverse("medical:crossing", args=[crossing.key])

    before = nurse.get(address).context["reads"]
    shared_with(sign_in(clinic.place.teacher), clinic)
    after = nurse.get(address).context["reads"]

    assert before == []
    assert [name for _at, name in after] == [clinic.place.teacher.name]


def test_ended_decision_is_listed_and_cannot_be_withdrawn(clinic: Clinic, sign_in: SignIn) -> None:
    ended = CrossingFactory(
        pupil=clinic.pupil,
        codes=["TRIVS"],
        receiver=clinic.place.teacher,
        decided_by=clinic.place.medical_health,
        valid_from=TODAY - 20 * DAY,
        valid_to=TODAY,
    )
    nurse = sign_in(clinic.place.medical_health)

    assert nurse.get(reverse("medical:crossing", args=[ended.key])).context["actions"] == []
    withdrawn = nurse.post(
        reverse("medical:crossing-withdraw", args=[ended.key]), {"why": "Sent", "step": "do", "seal": "x"}
    )
    assert withdrawn.status_code == 200
    assert Crossing.objects.get(pk=ended.pk).withdrawn_at is None
