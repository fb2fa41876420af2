"""Who is signed in is read anew for every page: what has ended since has ended."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from accounts.signed_in import Backend, SessionStore
from tests.fixtures import Place


def test_person_comes_with_the_municipality_in_one_query(
    in_solviken: Place, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        found = Backend().get_user(in_solviken.teacher.pk)
        assert (found, found.municipality) == (in_solviken.teacher, in_solviken.teacher.municipality)


@pytest.mark.django_db
def test_platform_operator_has_no_municipality(django_assert_num_queries) -> None:
    operator = User.objects.create_superuser("operator", "a-right-password")

    found = Backend().get_user(operator.pk)

    with django_assert_num_queries(0):
        assert (found, found.municipality) == (operator, None)


def test_account_that_has_ended_is_nobody(in_solviken: Place) -> None:
    person = in_solviken.teacher
    person.is_active = False
    person.save()

    assert Backend().get_user(person.pk) is None
    assert Backend().get_user(0) is None


def test_ended_account_is_signed_out_at_the_next_page(in_solviken: Place, client: Client) -> None:
    client.force_login(in_solviken.teacher)
    assert client.get("/").status_code == 200
    User.objects.filter(pk=in_solviken.teacher.pk).update(is_active=False)

    assert client.get("/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "kept"), [(1, {"word": "kept"}), (-1, {})])
def test_session_holds_until_it_expires(hours: int, kept: dict[str, str]) -> None:
    store = SessionStore()
    store["word"] = "kept"
    store.save()
    expires = timezone.now() + datetime.timedelta(hours=hours)
    Session.objects.filter(session_key=store.session_key).update(expire_date=expires)

    assert dict(SessionStore(store.session_key).items()) == kept


@pytest.mark.django_db
def test_session_that_nobody_has_is_empty_and_gets_another_key() -> None:
    store = SessionStore("nobodyhasthissessionkeyatall00000")

    assert (dict(store.items()), store.session_key) == ({}, None)
