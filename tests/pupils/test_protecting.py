"""Becoming protected, being named, asking who it is: what is written, and what a copy of the database tells."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection
from django.utils import timezone
from pytest_django import Settings

from accounts.access import Sight
from accounts.models import AuditEvent, RoleAssignment, Unit
from accounts.refusal import ActRefused
from colourmaps.models import Result
from pupils.models import ProtectedAccess, ProtectedIdentity, Protection, Pupil, Unmasking
from pupils.protected import NUMBER, OWN_ID, identity_of, may_answer, may_ask, numbered, shown_now
from pupils.protecting import (
    answer_request,
    ask_for_name,
    end_access,
    end_protection,
    name_person,
    protect_pupil,
    reseal_all,
)
from pupils.sealed import current_name
from pupils.services import add_pupil, remove_pupils, rename_pupils
from tests.factories.accounts import PersonFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, record
from tests.factories.pupils import PupilFactory, named, protect
from tests.fixtures import TODAY, Place
from tests.walls import everywhere

pytestmark = pytest.mark.usefixtures("in_english")

FAMILY, GIVEN, NUMBER_OF, OWN = "Zyxgömd", "Qvällrun", "201601012391", "KANARIE77"
CANARIES = (FAMILY, GIVEN, NUMBER_OF, NUMBER_OF[2:], OWN)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def hidden(in_solviken: Place) -> Pupil:
    """A pupil of 4A with a result, who has become protected."""
    pupil = PupilFactory(
        family_name=FAMILY,
        given_name=GIVEN,
        identity_number=NUMBER_OF,
        own_id=OWN,
        school_class=in_solviken.class_4a,
    )
    record(RoundFactory(), IndicatorFactory(), {pupil: 2000})
    return protect(pupil)


def line(place: Place) -> list[Unit]:
    return [place.root, place.administration, place.area, place.school, place.class_4a]


def dump() -> dict[str, str]:
    """Every value of every row of every table as text, by table: what somebody has who has copied the database."""
    with everywhere(), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = {}
        for table in tables:
            cursor.execute(f'select * from "{table}"')  # noqa: S608 – names of our own tables
            found[table] = " ".join(repr(row) for row in cursor.fetchall())
    return found


def tables_with(words: tuple[str, ...]) -> list[str]:
    return sorted(
        table for table, text in dump().items() if any(word.lower() in text.lower() for word in words)
    )


# ---- the copy of the database


def test_copy_of_the_database_has_no_name_and_no_number(hidden: Pupil) -> None:
    assert tables_with(CANARIES) == []


def test_copy_is_searched_in_earnest(in_solviken: Place) -> None:
    PupilFactory(family_name=FAMILY, given_name=GIVEN, own_id=OWN, school_class=in_solviken.class_4a)

    assert tables_with(CANARIES) == ["pupils_pupil"]


def test_nothing_in_the_sealed_row_stands_in_another_table(hidden: Pupil) -> None:
    """So nothing joins it to the pupil, the class or the results: each of its values is nowhere else."""
    row = ProtectedIdentity.objects.get()
    values = [row.pk, row.locator, row.number_mac, row.own_id_mac, row.sealed]
    others = {table: text for table, text in dump().items() if table != "pupils_protectedidentity"}

    assert [(table, value) for table, text in others.items() for value in values if value in text] == []
    assert {field.name for field in ProtectedIdentity._meta.fields if field.is_relation} == {"municipality"}
    assert Result.objects.filter(pupil=hidden).exists()


def test_sealed_rows_have_no_time_and_no_order(hidden: Pupil) -> None:
    kinds = {field.get_internal_type() for field in ProtectedIdentity._meta.fields}

    assert kinds == {"CharField", "TextField", "ForeignKey"}


def test_database_itself_refuses_a_name_beside_the_protection(hidden: Pupil) -> None:
    with pytest.raises(IntegrityError, match="pupil_protected_has_no_name"):
        Pupil.objects.filter(pk=hidden.pk).update(family_name=FAMILY)


def test_pupil_who_is_added_as_protected_is_never_written_with_a_name(in_solviken: Place) -> None:
    pupil = add_pupil(given_name=GIVEN, family_name=FAMILY, own_id=OWN, protection=Protection.CONFIDENTIAL)

    assert tables_with(CANARIES) == []
    assert identity_of(pupil).family_name == FAMILY


def test_pupil_who_is_removed_leaves_nothing_sealed(hidden: Pupil) -> None:
    Result.objects.filter(pupil=hidden).delete()

    remove_pupils([hidden.pk])

    assert ProtectedIdentity.objects.count() == 0


def test_protected_pupil_is_not_renamed(hidden: Pupil) -> None:
    rename_pupils({hidden.pk: (FAMILY, GIVEN)})

    assert tables_with(CANARIES) == []


# ---- the acts


def test_name_comes_back_by_decision(in_solviken: Place, hidden: Pupil) -> None:
    end_protection(pupil=hidden, by=in_solviken.principal, reason="Beslut 17")

    stored = Pupil.objects.get(pk=hidden.pk)
    assert (stored.family_name, stored.given_name, stored.identity_number, stored.own_id) == (
        FAMILY,
        GIVEN,
        NUMBER_OF,
        OWN,
    )
    assert (stored.search_name, stored.is_protected) == ("zyxgömd qvällrun", False)
    assert ProtectedIdentity.objects.count() == 0


def test_number_that_another_pupil_has_by_now_keeps_the_name_sealed(
    in_solviken: Place, hidden: Pupil
) -> None:
    PupilFactory(identity_number=NUMBER_OF)

    with pytest.raises(ActRefused, match="the same number"):
        end_protection(pupil=hidden, by=in_solviken.principal, reason="Beslut 17")


def test_without_a_key_nobody_can_be_protected(in_solviken: Place, settings: Settings) -> None:
    pupil = PupilFactory(family_name=FAMILY, school_class=in_solviken.class_4a)
    settings.IDENTITY_KEYS = []

    with pytest.raises(ActRefused, match="no key"):
        protect_pupil(pupil=pupil, protection="protected", by=None, reason="Beslut")
    with pytest.raises((ActRefused, ImproperlyConfigured)):
        add_pupil(family_name=FAMILY, protection="protected")


@pytest.mark.parametrize("reason", [f"Om {FAMILY}", f"{GIVEN}s ärende", f"Nr {NUMBER_OF}"])
def test_reason_that_names_the_pupil_is_refused(in_solviken: Place, hidden: Pupil, reason: str) -> None:
    with pytest.raises(ActRefused, match="names the pupil"):
        ask_for_name(pupil=hidden, by=in_solviken.teacher, reason=reason, minutes=10)
    with pytest.raises(ActRefused, match="names the pupil"):
        name_person(
            user=in_solviken.teacher,
            by=in_solviken.principal,
            reason=reason,
            valid_from=TODAY,
            valid_to=None,
            pupil=hidden,
        )


def test_numbers_find_the_pupil_without_opening_anything(
    hidden: Pupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pupils.protected.open_sealed", lambda *args, **kwargs: pytest.fail("opened"))

    assert numbered([NUMBER_OF, "201601022390"], NUMBER) == {NUMBER_OF: hidden.pk}
    assert numbered([OWN], OWN_ID) == {OWN: hidden.pk}


def test_keys_are_changed_row_by_row(hidden: Pupil, settings: Settings) -> None:
    before = ProtectedIdentity.objects.get()
    settings.IDENTITY_KEYS = ["n" * 50, *settings.IDENTITY_KEYS]
    assert identity_of(hidden).family_name == FAMILY

    assert (reseal_all(), reseal_all()) == (1, 0)

    settings.IDENTITY_KEYS = settings.IDENTITY_KEYS[:1]
    after = ProtectedIdentity.objects.get()
    assert after.sealed_with == current_name() != before.sealed_with
    assert identity_of(hidden).family_name == FAMILY
    assert numbered([NUMBER_OF], NUMBER) == {NUMBER_OF: hidden.pk}


# ---- two persons


def test_name_is_shown_to_who_asked_once_another_has_approved(
    in_solviken: Place, hidden: Pupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, now = in_solviken, timezone.now()
    named(place.teacher, hidden, by=place.principal)
    asked = ask_for_name(pupil=hidden, by=place.teacher, reason="Orosanmälan", minutes=10)
    assert shown_now(Sight(place.teacher), hidden, line(place)) is None

    answer_request(unmasking=asked, is_approved=True, by=place.principal)

    assert shown_now(Sight(place.teacher), hidden, line(place)) == asked
    # Nobody else sees it by that: not who approved, nor another who is named.
    named(place.analysis_lead, hidden, by=place.principal)
    assert shown_now(Sight(place.principal), hidden, line(place)) is None
    assert shown_now(Sight(place.analysis_lead), hidden, line(place)) is None
    monkeypatch.setattr(timezone, "now", lambda: now + datetime.timedelta(minutes=11))
    assert shown_now(Sight(place.teacher), hidden, line(place)) is None


def test_nobody_answers_the_own_request(in_solviken: Place, hidden: Pupil) -> None:
    place = in_solviken
    named(place.principal, hidden, by=place.administrator)
    asked = ask_for_name(pupil=hidden, by=place.principal, reason="Akut", minutes=10)

    assert not may_answer(Sight(place.principal), asked, line(place))
    with pytest.raises(ActRefused, match="Another person"):
        answer_request(unmasking=asked, is_approved=True, by=place.principal)
    with pytest.raises(IntegrityError, match="unmasking_two_persons"):
        Unmasking.objects.filter(pk=asked.pk).update(answered_by=place.principal)


def test_refused_request_shows_nothing_and_is_answered_once(in_solviken: Place, hidden: Pupil) -> None:
    place = in_solviken
    named(place.teacher, hidden, by=place.principal)
    asked = ask_for_name(pupil=hidden, by=place.teacher, reason="Akut", minutes=10)

    answer_request(unmasking=asked, is_approved=False, by=place.principal)

    assert shown_now(Sight(place.teacher), hidden, line(place)) is None
    with pytest.raises(ActRefused, match="meanwhile"):
        answer_request(unmasking=asked, is_approved=True, by=place.principal)


@pytest.mark.parametrize("who", ["colleague", "area_head", "coordinator", "administrator", "health_team"])
def test_only_who_is_named_asks_and_only_who_sees_the_class_answers(
    in_solviken: Place, hidden: Pupil, who: str
) -> None:
    place = in_solviken
    named(place.teacher, hidden, by=place.principal)
    asked = ask_for_name(pupil=hidden, by=place.teacher, reason="Akut", minutes=10)
    sight = Sight(getattr(place, who))

    assert (may_ask(sight, hidden, line(place)), may_answer(sight, asked, line(place))) == (False, False)


@pytest.mark.parametrize("who", ["colleague", "area_head"])
def test_being_named_is_nothing_without_a_role_that_sees_the_class(
    in_solviken: Place, hidden: Pupil, who: str
) -> None:
    person = getattr(in_solviken, who)
    named(person, hidden, by=in_solviken.principal)

    assert not may_ask(Sight(person), hidden, line(in_solviken))


def test_who_is_named_for_the_school_asks_for_its_pupils_alone(in_solviken: Place, hidden: Pupil) -> None:
    place = in_solviken
    dates = {"reason": "Kurator", "valid_from": TODAY, "valid_to": None}
    name_person(user=place.health_team, by=place.principal, school=place.school, **dates)

    assert may_ask(Sight(place.health_team), hidden, line(place))


END: dict[str, Any] = {
    "access": lambda place, asked: ProtectedAccess.objects.update(valid_to=TODAY),
    "role": lambda place, asked: RoleAssignment.objects.filter(user=place.teacher).update(valid_to=TODAY),
    "the unmasking": lambda place, asked: Unmasking.objects.update(shown_until=timezone.now()),
    "protection": lambda place, asked: end_protection(pupil=asked.pupil, by=None, reason="Beslut"),
    "by the principal": lambda place, asked: end_access(
        access=ProtectedAccess.objects.get(), on=TODAY, by=place.principal
    ),
}


@pytest.mark.parametrize("what", END)
def test_sight_of_the_name_ends_with(in_solviken: Place, hidden: Pupil, what: str) -> None:
    place = in_solviken
    named(place.teacher, hidden, by=place.principal)
    asked = ask_for_name(pupil=hidden, by=place.teacher, reason="Akut", minutes=30)
    answer_request(unmasking=asked, is_approved=True, by=place.principal)
    assert shown_now(Sight(place.teacher), hidden, line(place)) == asked

    END[what](place, asked)

    hidden.refresh_from_db()
    assert shown_now(Sight(place.teacher), hidden, line(place)) is None


def test_everything_is_in_the_log_and_the_name_never(in_solviken: Place, hidden: Pupil) -> None:
    place = in_solviken
    access = named(place.teacher, hidden, by=place.principal)
    asked = ask_for_name(pupil=hidden, by=place.teacher, reason="Orosanmälan", minutes=10)
    answer_request(unmasking=asked, is_approved=True, by=place.principal)
    end_access(access=access, on=TODAY, by=place.principal)
    end_protection(pupil=hidden, by=place.principal, reason="Beslut 18")

    events = AuditEvent.objects.filter(pupil_ids=[hidden.pk]).order_by("pk")
    assert [(event.action, event.actor_id) for event in events] == [
        ("pupil protected", None),
        ("access to protected identity given", place.principal.pk),
        ("unmasking asked", place.teacher.pk),
        ("unmasking approved", place.principal.pk),
        ("access to protected identity ended", place.principal.pk),
        ("protection of pupil ended", place.principal.pk),
    ]
    told = dump()["accounts_auditevent"]
    assert [word for word in CANARIES if word in told] == []


def test_request_that_nobody_answered_lapses(
    in_solviken: Place, hidden: Pupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pupils.protected import open_requests

    named(in_solviken.teacher, hidden, by=in_solviken.principal)
    ask_for_name(pupil=hidden, by=in_solviken.teacher, reason="Akut", minutes=10)
    assert open_requests().count() == 1
    later = timezone.now() + DAY
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert open_requests().count() == 0


def test_people_are_needed_for_names(in_solviken: Place) -> None:
    with pytest.raises(ValueError, match="a pupil or a school"):
        name_person(
            user=PersonFactory(), by=in_solviken.principal, reason="x", valid_from=TODAY, valid_to=None
        )
