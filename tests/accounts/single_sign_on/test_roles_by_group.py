"""Roles that follow from groups: begun and ended at sign-in, by date, and never those given by hand."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, IdentityProvider, RoleAssignment, SeenClaims, User
from accounts.roles import RoleCode
from accounts.single_sign_on.forms import MappingForm
from accounts.single_sign_on.previewing import preview_of_seen, preview_of_values
from accounts.single_sign_on.roles_by_group import SEEN_KEPT, apply_groups
from accounts.single_sign_on.setting_up import add_mapping, switch_mapping
from accounts.tenancy import municipality_scope
from tests.factories.accounts import PersonFactory
from tests.fixtures import TODAY, Place

from .oidc_browser import sign_in_by, who

Link = Callable[[IdentityProvider, User, str], None]
Posts = list[tuple[str, str, datetime.date, datetime.date | None]]


@pytest.fixture
def mapped(solviken: Place, oidc: IdentityProvider) -> IdentityProvider:
    """rektor: principal of the school; elevhälsa: its health team; both turned on."""
    by = solviken.administrator
    with municipality_scope(solviken.municipality):
        add_mapping(provider=oidc, value="rektor", role=RoleCode.PRINCIPAL, unit=solviken.school, by=by)
        add_mapping(provider=oidc, value="elevhälsa", role=RoleCode.HEALTH_TEAM, unit=solviken.school, by=by)
        switch_mapping(provider=oidc, is_on=True, by=by)
    return oidc


@pytest.fixture
def person(solviken: Place, mapped: IdentityProvider, link: Link) -> User:
    """Somebody without a role, known as anna."""
    with municipality_scope(solviken.municipality):
        person = PersonFactory()
    link(mapped, person, "anna")
    return person


def held_by(person: User) -> Posts:
    with municipality_scope(person.municipality):
        rows = (
            RoleAssignment.objects.filter(user=person).select_related("unit").order_by("valid_from", "role")
        )
        return [(row.role, row.unit.name, row.valid_from, row.valid_to) for row in rows]


def reason_of(response: Any) -> str:
    assert response.status_code == 403
    return response.context["reason"].value


def test_sign_in_gives_and_ends_what_the_groups_say(
    solviken: Place, mapped: IdentityProvider, person: User, browser: Client, clock: datetime.date
) -> None:
    sign_in_by(browser, mapped, "anna", groups=["rektor", "annat"])
    assert held_by(person) == [("principal", "Solviksskolan", clock, None)]

    begun = clock - datetime.timedelta(days=30)
    with municipality_scope(solviken.municipality):
        RoleAssignment.objects.filter(user=person).update(valid_from=begun)
    sign_in_by(browser, mapped, "anna", groups=["elevhälsa"])

    assert held_by(person) == [
        ("principal", "Solviksskolan", begun, clock),
        ("health_team", "Solviksskolan", clock, None),
    ]
    with municipality_scope(solviken.municipality):
        events = AuditEvent.objects.filter(facts__person=person.pk, action__startswith="role ").order_by("pk")
        assert [(event.action, event.subject, event.facts["provider"]) for event in events] == [
            ("role assigned", "principal", mapped.key),
            ("role assigned", "health_team", mapped.key),
            ("role ended", "principal", mapped.key),
        ]


def test_role_given_by_hand_stays_when_there_is_no_group(
    solviken: Place, mapped: IdentityProvider, browser: Client, link: Link
) -> None:
    link(mapped, solviken.principal, "bo")
    before = held_by(solviken.principal)

    sign_in_by(browser, mapped, "bo", groups=["rektor"])
    sign_in_by(browser, mapped, "bo", groups=[])

    assert held_by(solviken.principal) == before


def test_role_that_comes_and_goes_on_one_day_leaves_no_trace_but_in_the_log(
    solviken: Place, mapped: IdentityProvider, person: User, browser: Client, clock: datetime.date
) -> None:
    sign_in_by(browser, mapped, "anna", groups=["rektor"])
    sign_in_by(browser, mapped, "anna", groups=[])
    assert held_by(person) == []

    sign_in_by(browser, mapped, "anna", groups=["rektor"])
    assert held_by(person) == [("principal", "Solviksskolan", clock, None)]


def test_role_that_was_ended_today_goes_on_when_the_group_is_back(
    solviken: Place, mapped: IdentityProvider, person: User, clock: datetime.date
) -> None:
    with municipality_scope(solviken.municipality):
        for groups in (["rektor"], [], ["rektor"], ["rektor"]):
            apply_groups(user=person, provider=mapped, groups=groups, on=clock)

    assert held_by(person) == [("principal", "Solviksskolan", clock, None)]


def test_nothing_is_given_while_the_table_is_turned_off(
    solviken: Place, mapped: IdentityProvider, person: User, browser: Client
) -> None:
    with municipality_scope(solviken.municipality):
        switch_mapping(provider=mapped, is_on=False, by=solviken.administrator)

    sign_in_by(browser, mapped, "anna", groups=["rektor"])

    assert who(browser) == person.pk
    assert held_by(person) == []


def test_groups_that_the_provider_left_out_end_nothing_and_let_nobody_in(
    solviken: Place, mapped: IdentityProvider, person: User, browser: Client
) -> None:
    sign_in_by(browser, mapped, "anna", groups=["rektor"])
    before = held_by(person)
    browser.logout()

    response = sign_in_by(browser, mapped, "anna", _claim_names={"groups": "src1"})

    assert reason_of(response) == "groups left out"
    assert held_by(person) == before


def test_account_is_made_for_whom_groups_give_a_role_and_for_nobody_else(
    solviken: Place, mapped: IdentityProvider, browser: Client, clock: datetime.date
) -> None:
    with municipality_scope(solviken.municipality):
        IdentityProvider.objects.update(makes_accounts=True)
    login = solviken.teacher.login

    nobody = sign_in_by(browser, mapped, "nobody", groups=["annat"], name="Nobody")
    sign_in_by(browser, mapped, "new", groups=["rektor"], name="Eva Ny", preferred_username=login)

    assert reason_of(nobody) == "unknown"
    made = User.objects.get(pk=who(browser))
    assert (made.name, made.municipality) == ("Eva Ny", solviken.municipality)
    assert made.login.startswith("sso-9901-")
    assert not made.has_usable_password()
    assert held_by(made) == [("principal", "Solviksskolan", clock, None)]


def test_no_account_is_made_while_the_table_is_turned_off(
    solviken: Place, mapped: IdentityProvider, browser: Client
) -> None:
    with municipality_scope(solviken.municipality):
        IdentityProvider.objects.update(makes_accounts=True, maps_roles=False)

    assert reason_of(sign_in_by(browser, mapped, "new", groups=["rektor"])) == "unknown"


def test_preview_says_what_the_sign_in_then_does(
    solviken: Place, mapped: IdentityProvider, person: User, browser: Client, clock: datetime.date
) -> None:
    """Before the switch, from the claims of a sign-in that changed nothing."""
    with municipality_scope(solviken.municipality):
        switch_mapping(provider=mapped, is_on=False, by=solviken.administrator)
    sign_in_by(browser, mapped, "anna", groups=["rektor", "annat"])

    with municipality_scope(solviken.municipality):
        (row,) = preview_of_seen(mapped, clock)
        typed = preview_of_values(mapped, ["rektor"])
        apply_groups(user=person, provider=mapped, groups=["rektor", "annat"], on=clock)
        (after,) = preview_of_seen(mapped, clock)

    words = "Principal, Solviksskolan".casefold()
    assert row.groups == ("annat", "rektor")
    assert [each.casefold() for each in typed.given] == [each.casefold() for each in row.given]
    assert len(row.given) == 1
    assert (row.ended, row.kept) == ((), ())
    assert (after.given, after.kept) == ((), row.given), words


def test_last_claims_are_kept_without_name_and_subject(
    solviken: Place, mapped: IdentityProvider, person: User, browser: Client
) -> None:
    with municipality_scope(solviken.municipality):
        SeenClaims.objects.bulk_create(
            SeenClaims(municipality=solviken.municipality, provider=mapped, at=timezone.now())
            for _each in range(SEEN_KEPT + 5)
        )

    sign_in_by(browser, mapped, "anna", groups=["rektor"], name="Anna Ek", email="anna@solviken.example")

    with municipality_scope(solviken.municipality):
        assert SeenClaims.objects.count() == SEEN_KEPT
        seen = SeenClaims.objects.latest("pk")
        kept = str({field.name: getattr(seen, field.attname) for field in SeenClaims._meta.concrete_fields})
        assert seen.groups == ["rektor"]
        assert [each for each in ("Anna", "anna", "solviken.example") if each in kept] == []


def test_line_that_would_give_a_role_where_it_cannot_be_held_gives_nothing(
    solviken: Place, person: User, mapped: IdentityProvider
) -> None:
    """Principal of the whole municipality would see every pupil: the pages of people refuse it as well."""
    with municipality_scope(solviken.municipality):
        add_mapping(
            provider=mapped,
            value="alla",
            role=RoleCode.PRINCIPAL,
            unit=solviken.root,
            by=solviken.administrator,
        )
        change = apply_groups(user=person, provider=mapped, groups={"alla"}, on=TODAY)

    assert change.given == ()
    assert held_by(person) == []


def test_form_refuses_a_role_where_it_cannot_be_held(solviken: Place, mapped: IdentityProvider) -> None:
    with municipality_scope(solviken.municipality):
        sent = {"value": "alla", "role": RoleCode.PRINCIPAL, "unit": solviken.root.key}
        form = MappingForm(sent, units=[(solviken.root, 0), (solviken.school, 1)])

        assert list(form.errors) == ["unit"]
        assert MappingForm(
            sent | {"unit": solviken.school.key}, units=[(solviken.root, 0), (solviken.school, 1)]
        ).is_valid()
