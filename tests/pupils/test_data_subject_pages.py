"""The pages of extract and erasure, and the data-protection pack."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.data_protection import as_text, pack_of
from accounts.declarations import declarations
from accounts.models import AuditEvent, Job, User
from accounts.roles import ROLES
from colourmaps.medical.models import MedicalResult
from pupils.models import Erasure, Pupil
from pupils.tasks import erase_pupil
from tests.factories.colourmaps import IndicatorFactory
from tests.factories.medical import MedicalIndicatorFactory, MedicalResultFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.slow
SignIn = Callable[[User], Client]


@pytest.fixture
def pupil(in_solviken: Place) -> Pupil:
    return PupilFactory(school_class=in_solviken.class_4a, given_name="Kanaria", family_name="Gulvinge")


def test_extract_asks_what_for_and_is_logged(pupil: Pupil, in_solviken: Place, sign_in: SignIn) -> None:
    browser, page = sign_in(in_solviken.principal), reverse("pupils:register-extract", args=[pupil.key])

    asked = browser.get(page)
    refused = browser.post(page, {"as": "page"})
    shown = browser.post(page, {"purpose": "mamma bad om det 12 november", "as": "page"})

    assert "Kanaria" in asked.content.decode()
    assert refused.status_code == 422
    assert "in which class the pupil is or was" in shown.content.decode().lower()
    event = AuditEvent.objects.get(action="register extract handed out")
    assert (event.pupil_ids, event.purpose) == ([pupil.pk], "mamma bad om det 12 november")


def test_what_the_log_keeps_of_an_extract_names_nobody(
    pupil: Pupil, in_solviken: Place, sign_in: SignIn
) -> None:
    browser, page = sign_in(in_solviken.principal), reverse("pupils:register-extract", args=[pupil.key])

    named = browser.post(page, {"purpose": "Anna Gulvinge bad om det", "as": "page"})

    assert named.status_code == 422
    assert "The log holds no names and numbers." in named.content.decode()
    assert not AuditEvent.objects.filter(action="register extract handed out").exists()


def test_erasure_says_nothing_of_medical_pupil_health(
    pupil: Pupil, in_solviken: Place, sign_in: SignIn
) -> None:
    """A count of what medical pupil health has of a pupil is something that the school does not know."""
    MedicalResultFactory(
        pupil=pupil, indicator=MedicalIndicatorFactory(code="HTRIVS"), by=in_solviken.medical_health
    )
    browser, page = sign_in(in_solviken.principal), reverse("pupils:pupil-erasure", args=[pupil.key])
    decision = {
        "decided_on": "2026-11-02",
        "decided_by": "Nämnden",
        "reference": "BUN 2026/77",
        "ground": "beslut av domstol",
    }

    shown = browser.post(page, decision)
    browser.post(page, {**decision, "step": "do", "seal": shown.context["preview"].seal})
    job = Job.objects.get()
    erase_pupil(job.municipality_id, job.pk)
    listed = browser.get(reverse("pupils:erasure-list"))

    assert "Pupils: 1" in shown.content.decode()
    for answer in (shown, listed):
        assert "medical result" not in answer.content.decode().lower()
    assert not MedicalResult.objects.exists()


def test_pupil_is_found_by_the_whole_number_alone(pupil: Pupil, in_solviken: Place, sign_in: SignIn) -> None:
    Pupil.objects.filter(pk=pupil.pk).update(identity_number="201601012391")
    browser, page = sign_in(in_solviken.data_protection), reverse("pupils:data-subject-find")

    found = browser.post(page, {"number": "160101-2391"})
    missing = [browser.post(page, {"number": number}) for number in ("160101", "Gulvinge", "160101-2383")]

    assert found.headers["Location"] == reverse("pupils:register-extract", args=[pupil.key])
    assert "160101" not in found.headers["Location"]
    assert [response.status_code for response in missing] == [422] * 3
    assert browser.get(found.headers["Location"]).status_code == 200


def test_pupil_of_another_school_is_answered_like_none(
    pupil: Pupil, in_solviken: Place, sign_in: SignIn
) -> None:
    from accounts.models import RoleAssignment

    RoleAssignment.objects.filter(user=in_solviken.principal).update(unit=in_solviken.class_5a)
    browser, page = sign_in(in_solviken.principal), reverse("pupils:data-subject-find")

    there = browser.post(page, {"number": pupil.own_id})

    assert there.status_code == 422
    assert pupil.key not in there.content.decode()


def test_extract_as_a_file_holds_the_same(pupil: Pupil, in_solviken: Place, sign_in: SignIn) -> None:
    page = reverse("pupils:register-extract", args=[pupil.key])

    response = sign_in(in_solviken.principal).post(page, {"purpose": "arkiv", "as": "file"})

    assert response.headers["Content-Disposition"] == f'attachment; filename="{pupil.key}.json"'
    assert {section["title"] for section in json.loads(response.content)["sections"]} == {
        "Pupils",
        "Enrolments",
    }


def test_erasure_is_shown_in_numbers_decided_and_done(
    pupil: Pupil, in_solviken: Place, sign_in: SignIn
) -> None:
    browser, page = sign_in(in_solviken.principal), reverse("pupils:pupil-erasure", args=[pupil.key])
    decision = {
        "decided_on": "2026-11-02",
        "decided_by": "Nämnden",
        "reference": "BUN 2026/77",
        "ground": "beslut av domstol",
    }

    shown = browser.post(page, decision)
    assert "Pupils: 1" in shown.content.decode()
    assert Pupil.objects.filter(pk=pupil.pk).exists()
    browser.post(page, {**decision, "step": "do", "seal": shown.context["preview"].seal})
    job = Job.objects.get()
    erase_pupil(job.municipality_id, job.pk)

    assert not Pupil.objects.filter(pk=pupil.pk).exists()
    assert Erasure.objects.get().erased_at is not None
    listed = browser.get(reverse("pupils:erasure-list")).content.decode()
    assert "BUN 2026/77" in listed
    assert "Gulvinge" not in listed
    assert browser.get(page).status_code == 404


@pytest.mark.usefixtures("in_english")
def test_pack_says_what_settings_and_tables_say(in_solviken: Place, settings: object) -> None:
    IndicatorFactory(names={"en": "Reading"}, purpose="Se vilka som behöver stöd", legal_ground="")

    text = as_text(pack_of(in_solviken.municipality))

    for role in ROLES.values():
        assert str(role.purpose)[1:] in text
    assert all(str(each.says)[1:] in text for each in declarations())
    assert "| Reading | Swedish" not in text
    assert "Se vilka som behöver stöd | MISSING" in text
    settings.SENDS_MAIL = False  # type: ignore[attr-defined]
    assert "there is no outside service" in as_text(pack_of(in_solviken.municipality))
    settings.SENDS_MAIL, settings.EMAIL_HOST = True, "post.example"  # type: ignore[attr-defined]
    assert "| Mail server | post.example |" in as_text(pack_of(in_solviken.municipality))


def test_command_writes_the_pack(in_solviken: Place, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("data_protection_pack", in_solviken.municipality.code, json=True)

    titles = [chapter["title"] for chapter in json.loads(capsys.readouterr().out)]
    assert len(titles) == len(set(titles)) == 10


def test_protected_pupil_is_found_by_the_number_and_named_nowhere(
    in_solviken: Place, sign_in: SignIn
) -> None:
    protected = PupilFactory(
        family_name="Hemlig", own_id="h1", school_class=in_solviken.class_4a, protection="protected"
    )

    answer = sign_in(in_solviken.data_protection).post(
        reverse("pupils:data-subject-find"), {"number": "h1"}, follow=True
    )

    assert answer.redirect_chain[0][0] == reverse("pupils:register-extract", args=[protected.key])
    assert "Hemlig" not in answer.content.decode()
