"""Families answer by a code: who opens it, what the public pages take, and that nothing leads back to anybody."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from accounts.tenancy import municipality_scope
from interventions.family.codes import (
    CODE_LETTERS,
    MOST_WRONG_CODES,
    grouped,
    normalised,
    open_code,
    unused_code,
)
from interventions.models import AnalysisMeeting, FamilyAnswer, FamilyCode, Felt, Who
from interventions.services.family import Answered, open_code_of_meeting, take_answer
from tests.factories.family import CodeFactory, family_kind
from tests.factories.imports import text_of
from tests.factories.meetings import MeetingFactory, kind_of
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Client]
DAY = datetime.timedelta(days=1)
ALL_YES = {"listened": "3", "influenced": "3", "understood": "3"}


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def meeting(in_solviken: Place) -> AnalysisMeeting:
    return MeetingFactory(kind=family_kind(), unit=in_solviken.school, lead=in_solviken.principal)


@pytest.fixture
def code(in_solviken: Place, meeting: AnalysisMeeting) -> FamilyCode:
    return CodeFactory(meeting=meeting, school=in_solviken.school)


@pytest.fixture
def family() -> Client:
    """A phone that has never been here, and checks forms as a browser does."""
    return Client(enforce_csrf_checks=True, headers={"accept-language": "en"})


def address(code: FamilyCode | str, page: str = "voice-questions", language: str = "") -> str:
    path = reverse(f"interventions:{page}", args=[code if isinstance(code, str) else code.code])
    return f"{path}?language={language}" if language else path


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found[1]


def send(family: Client, to: str, **answers: str) -> Any:
    """Opens the page and sends its form, as a browser would."""
    page = family.get(to).content.decode()
    form = {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"), "token": hidden(page, "token")}
    return family.post(to, {**form, **answers})


# ---- the code ----


def test_code_is_opened_once_by_whoever_is_in_the_meeting(meeting: AnalysisMeeting, sign_in: SignIn) -> None:
    principal, to = sign_in(meeting.lead), reverse("interventions:family-code", args=[meeting.key])

    principal.post(to)
    first = FamilyCode.objects.get()
    principal.post(to)

    assert FamilyCode.objects.get().code == first.code
    assert (first.open_until, first.month) == (TODAY + DAY, TODAY.replace(day=1))
    assert AuditEvent.objects.filter(action="family code opened").count() == 1


def test_page_of_the_code_shows_it_with_a_drawing_and_how_many_have_answered(
    meeting: AnalysisMeeting, code: FamilyCode, sign_in: SignIn
) -> None:
    take_answer(code=code, answer=Answered(Felt.NO, Felt.NO, Felt.NO), token="a")

    page = (
        sign_in(meeting.lead).get(reverse("interventions:family-code", args=[meeting.key])).content.decode()
    )

    assert grouped(code.code) in page
    assert re.search(r'<svg[^>]*class="qr"', page)
    assert "style=" not in page
    assert "1 has answered, of at most 12" in text_of(page)


def test_page_of_the_code_says_nothing_of_what_was_answered(
    meeting: AnalysisMeeting, code: FamilyCode, sign_in: SignIn
) -> None:
    browser, to = sign_in(meeting.lead), reverse("interventions:family-code", args=[meeting.key])
    take_answer(code=code, answer=Answered(Felt.NO, Felt.NO, Felt.NO), token="a")
    of_no = browser.get(to).content
    FamilyAnswer.objects.update(listened=Felt.YES, influenced=Felt.YES, understood=Felt.YES)

    of_yes = browser.get(to).content

    assert without_tokens(of_no) == without_tokens(of_yes)


def without_tokens(page: bytes) -> str:
    without_fields = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.decode())
    return re.sub(r'"x-csrftoken": "[^"]+"', "", without_fields)


def test_code_is_not_opened_before_the_day_of_the_meeting(in_solviken: Place) -> None:
    tomorrow = MeetingFactory(
        kind=family_kind(), unit=in_solviken.school, lead=in_solviken.principal, planned_on=TODAY + DAY
    )

    with pytest.raises(ValidationError):
        open_code_of_meeting(meeting=tomorrow, by=in_solviken.principal)

    assert FamilyCode.objects.count() == 0


def test_kind_without_families_has_no_code(in_solviken: Place, sign_in: SignIn) -> None:
    other = MeetingFactory(
        kind=kind_of(30, asks_family=False), unit=in_solviken.school, lead=in_solviken.principal
    )

    response = sign_in(in_solviken.principal).get(reverse("interventions:family-code", args=[other.key]))

    assert response.status_code == 404


def test_code_has_no_letters_that_look_alike() -> None:
    assert set(CODE_LETTERS) & set("AEIOUQ0128BGSZL5") == set()
    assert len(set(CODE_LETTERS)) == 20


def test_new_code_is_one_that_no_municipality_has(
    in_solviken: Place, code: FamilyCode, fjordvik: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([code.code, "CDFHJKMN"])
    monkeypatch.setattr("interventions.family.codes.get_random_string", lambda *_of: next(drawn))

    with municipality_scope(fjordvik.municipality):
        assert unused_code() == "CDFHJKMN"


@pytest.mark.parametrize("typed", ["cdfh jkmn", " CDFH-JKMN ", "CDFHJKMN", "cdfhjkmn"])
def test_code_is_taken_however_it_is_typed(in_solviken: Place, meeting: AnalysisMeeting, typed: str) -> None:
    CodeFactory(meeting=meeting, school=in_solviken.school, code="CDFHJKMN")

    found = open_code(typed, TODAY)

    assert (normalised(typed), found and found.code) == ("CDFHJKMN", "CDFHJKMN")


@pytest.mark.parametrize(("day", "is_open"), [(TODAY, True), (TODAY + DAY, True), (TODAY + 2 * DAY, False)])
def test_code_closes_by_itself_after_the_next_day(
    code: FamilyCode, day: datetime.date, is_open: bool
) -> None:
    assert (open_code(code.code, day) is not None) == is_open


def test_code_that_two_municipalities_drew_leads_to_neither(
    in_solviken: Place, code: FamilyCode, fjordvik: Place
) -> None:
    with municipality_scope(fjordvik.municipality):
        twin = MeetingFactory(kind=family_kind(), unit=fjordvik.school, lead=fjordvik.principal)
        CodeFactory(meeting=twin, school=fjordvik.school, code=code.code)

    assert open_code(code.code, TODAY) is None


# ---- answering ----


def test_family_answers_without_signing_in(in_solviken: Place, code: FamilyCode, family: Client) -> None:
    response = send(family, address(code), listened="3", influenced="2", understood="1", who="pupil")

    row = FamilyAnswer.objects.get()
    assert response.headers["Location"] == address(code, "voice-thanks")
    assert (row.listened, row.influenced, row.understood, row.who, row.n) == (3, 2, 1, "pupil", 1)
    assert (row.school, row.kind, row.month) == (in_solviken.school, code.kind, TODAY.replace(day=1))
    code.refresh_from_db()
    assert code.n_answers == 1


def test_code_typed_on_the_page_leads_to_its_questions(code: FamilyCode, family: Client) -> None:
    typed = grouped(code.code).lower()

    response = family.get(reverse("interventions:voice"), {"code": typed, "language": "da"})

    assert response.headers["Location"] == address(code, language="da")


def test_only_the_cookie_against_forged_forms_is_set(code: FamilyCode, family: Client) -> None:
    send(family, address(code), **ALL_YES)
    family.get(address(code, "voice-thanks"))
    family.get(reverse("interventions:voice"))

    assert [name for name in family.cookies if "csrf" not in name] == []


def test_pages_are_not_kept_by_the_browser_and_hold_no_script(code: FamilyCode, family: Client) -> None:
    pages = [
        family.get(to)
        for to in (address(code), address(code, "voice-thanks"), reverse("interventions:voice"))
    ]

    assert ["no-store" in page.headers["Cache-Control"] for page in pages] == [True, True, True]
    assert [b"<script" in page.content for page in pages] == [False, False, False]


def test_public_pages_say_nothing_of_the_municipality_or_the_meeting(
    in_solviken: Place, code: FamilyCode, family: Client, sign_in: SignIn
) -> None:
    words = ("Solvik", code.kind.name, in_solviken.principal.name)
    browsers = (family, sign_in(in_solviken.principal))
    pages = [
        text_of(browser.get(to).content.decode())
        for browser in browsers
        for to in (address(code), address(code, "voice-thanks"))
    ]

    assert [word for page in pages for word in words if word in page] == []


@pytest.mark.parametrize(("code_of", "name"), [("sv", "sv"), ("en", "en"), ("nb", "nb"), ("da", "da")])
def test_language_is_kept_in_the_address(code: FamilyCode, family: Client, code_of: str, name: str) -> None:
    to = address(code, language=code_of)

    page = family.get(to)
    thanks = send(family, to, **ALL_YES).headers["Location"]

    assert f'<html lang="{name}">' in page.content.decode()
    assert page.headers["Content-Language"] == name
    assert thanks == address(code, "voice-thanks", code_of)
    assert f'href="{to}"' in family.get(thanks).content.decode()


def test_languages_are_named_in_themselves(code: FamilyCode, family: Client) -> None:
    page = family.get(address(code)).content.decode()

    assert re.findall(r'<a href="\?language=(\w\w)" lang="\1"[^>]*>([^<]+)</a>', page) == [
        ("sv", "Svenska"),
        ("en", "English"),
        ("nb", "Norsk (bokmål)"),
        ("da", "Dansk"),
    ]


def test_browser_that_speaks_none_of_them_gets_the_municipalitys(
    in_solviken: Place, code: FamilyCode
) -> None:
    in_solviken.municipality.language = "nb"
    in_solviken.municipality.save()

    page = Client(headers={"accept-language": "ar"}).get(address(code))

    assert '<html lang="nb">' in page.content.decode()
    assert page.headers["Content-Language"] == "nb"


def test_somebody_signed_in_elsewhere_answers_where_the_code_is(
    in_solviken: Place, code: FamilyCode, fjordvik: Place, sign_in: SignIn
) -> None:
    response = send(sign_in(fjordvik.principal), address(code), **ALL_YES)

    assert response.status_code == 302
    assert FamilyAnswer.objects.get().municipality == in_solviken.municipality


def test_unknown_language_is_the_browsers(code: FamilyCode, family: Client) -> None:
    page = family.get(address(code, language="xx")).content.decode()

    assert '<html lang="en">' in page


def test_answers_that_are_chosen_come_back_with_what_is_missing(code: FamilyCode, family: Client) -> None:
    response = send(family, address(code), listened="2", who="guardian")

    page = response.content.decode()
    assert response.status_code == 422
    assert re.findall(r'name="(\w+)" value="(\w+)"[^>]* checked', page) == [
        ("listened", "2"),
        ("who", "guardian"),
    ]
    assert page.count("Choose one of the faces.") == 2
    assert FamilyAnswer.objects.count() == 0


@pytest.mark.parametrize("answers", [{**ALL_YES, "listened": "4"}, {**ALL_YES, "who": "principal"}])
def test_answer_that_is_none_is_refused(code: FamilyCode, family: Client, answers: dict[str, str]) -> None:
    response = send(family, address(code), **answers)

    assert (response.status_code, FamilyAnswer.objects.count()) == (422, 0)


def test_form_that_is_sent_twice_counts_once(code: FamilyCode, family: Client) -> None:
    page = family.get(address(code)).content.decode()
    form = {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"), "token": hidden(page, "token")}

    answers = [family.post(address(code), {**form, **ALL_YES}).status_code for _click in range(2)]

    code.refresh_from_db()
    assert answers == [302, 302]
    assert (code.n_answers, FamilyAnswer.objects.get().n) == (1, 1)


def test_next_person_gets_a_form_of_their_own(code: FamilyCode, family: Client) -> None:
    for _person in range(2):
        send(family, address(code), **ALL_YES)

    code.refresh_from_db()
    assert (code.n_answers, FamilyAnswer.objects.get().n) == (2, 2)


def test_twelve_answers_are_all(code: FamilyCode, family: Client) -> None:
    page = family.get(address(code)).content.decode()
    form = {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"), "token": hidden(page, "token")}
    for n in range(12):
        take_answer(code=code, answer=Answered(Felt.YES, Felt.YES, Felt.YES), token=str(n))

    too_late = family.post(address(code), {**form, **ALL_YES})

    code.refresh_from_db()
    assert (too_late.status_code, code.n_answers, FamilyAnswer.objects.get().n) == (409, 12, 12)
    assert b"Next person" not in family.get(address(code, "voice-thanks")).content


def test_closed_code_is_answered_like_one_that_never_was(code: FamilyCode, family: Client) -> None:
    FamilyCode.objects.update(open_until=TODAY - DAY)

    closed = family.get(address(code))
    never = family.get(address("CCCCCCCC"))

    assert (closed.status_code, never.status_code) == (404, 404)
    assert text_of(closed.content.decode()) == text_of(never.content.decode())


def test_code_that_closed_while_its_form_was_open_takes_nothing(code: FamilyCode) -> None:
    code.open_until = TODAY - DAY
    code.save()

    with pytest.raises(ValidationError) as refusal:
        take_answer(code=code, answer=Answered(Felt.YES, Felt.YES, Felt.YES), token="a")

    assert refusal.value.code == "closed"


# ---- guessing ----


def test_guessing_is_stopped_by_address_also_with_the_right_code(code: FamilyCode, family: Client) -> None:
    for n in range(MOST_WRONG_CODES):
        assert family.get(address(f"CCCC{n:04}")).status_code == 404

    stopped = [family.get(address(code)).status_code, family.get(address(code, "voice-thanks")).status_code]
    typed = family.get(reverse("interventions:voice"), {"code": code.code}).status_code
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").get(address(code)).status_code

    assert (stopped, typed, elsewhere) == ([429, 429], 429, 200)


def test_address_is_what_the_proxy_wrote_and_not_what_the_caller_did(
    code: FamilyCode, family: Client
) -> None:
    for n in range(MOST_WRONG_CODES):
        family.get(address(f"CCCC{n:04}"), headers={"x-forwarded-for": f"203.0.113.{n}, 198.51.100.1"})

    same = family.get(address(code), headers={"x-forwarded-for": "203.0.113.99, 198.51.100.1"})
    other = family.get(address(code), headers={"x-forwarded-for": "198.51.100.2"})

    assert (same.status_code, other.status_code) == (429, 200)


# ---- nobody is found again ----


def test_row_of_answers_carries_nothing_but_what_is_counted() -> None:
    assert sorted(field.attname for field in FamilyAnswer._meta.get_fields() if field.concrete) == [
        "id",
        "influenced",
        "kind_id",
        "listened",
        "month",
        "municipality_id",
        "n",
        "school_id",
        "understood",
        "who",
    ]
    references = {field.name for field in FamilyAnswer._meta.get_fields() if field.is_relation}
    assert references == {"municipality", "kind", "school"}
    back = {field.related_model for field in FamilyAnswer._meta.related_objects}
    assert back == set()


def test_key_of_a_row_tells_no_order(code: FamilyCode) -> None:
    keys = []
    for n, felt in enumerate((Felt.YES, Felt.PARTLY, Felt.NO)):
        take_answer(code=code, answer=Answered(felt, felt, felt), token=str(n))
        keys.append(FamilyAnswer.objects.get(listened=felt).pk)

    assert {(type(key), key.version) for key in keys} == {(uuid.UUID, 4)}


def test_same_answers_in_any_order_leave_the_same_rows(
    in_solviken: Place, code: FamilyCode, fjordvik: Place
) -> None:
    """What a reader of the tables finds is the same, whoever came first."""
    answers = [Answered(Felt.YES, Felt.NO, Felt.YES, Who.PUPIL), Answered(Felt.NO, Felt.NO, Felt.NO)]
    answers += [answers[0]]
    with municipality_scope(fjordvik.municipality):
        twin_meeting = MeetingFactory(kind=family_kind(), unit=fjordvik.school, lead=fjordvik.principal)
        twin = CodeFactory(meeting=twin_meeting, school=fjordvik.school)
    for n, (one, other) in enumerate(zip(answers, reversed(answers), strict=True)):
        take_answer(code=code, answer=one, token=str(n))
        with municipality_scope(fjordvik.municipality):
            take_answer(code=twin, answer=other, token=str(n))

    def rows() -> set[tuple[Any, ...]]:
        return set(FamilyAnswer.objects.values_list("who", "listened", "influenced", "understood", "n"))

    with municipality_scope(fjordvik.municipality):
        others = rows()
    assert rows() == others == {("pupil", 3, 1, 3, 2), ("", 1, 1, 1, 1)}


def test_forms_that_were_sent_are_kept_in_no_order(code: FamilyCode) -> None:
    for n in range(12):
        take_answer(code=code, answer=Answered(Felt.YES, Felt.YES, Felt.YES), token=str(n))

    code.refresh_from_db()

    assert code.used_tokens == sorted(code.used_tokens)
    assert len(set(code.used_tokens)) == 12


def test_answering_leaves_no_line_in_the_log(code: FamilyCode, family: Client) -> None:
    before = AuditEvent.objects.count()

    send(family, address(code), **ALL_YES)

    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("page", ["voice-questions", "voice-thanks"])
def test_page_costs_few_queries(
    code: FamilyCode, family: Client, page: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        family.get(address(code, page))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_are_both_counted(in_solviken: Place, code: FamilyCode) -> None:
    failures: list[BaseException] = []

    def answer(token: str) -> None:
        try:
            with municipality_scope(in_solviken.municipality):
                take_answer(code=code, answer=Answered(Felt.YES, Felt.YES, Felt.YES), token=token)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=answer, args=[token]) for token in ("a", "b", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    code.refresh_from_db()
    assert (failures, code.n_answers, FamilyAnswer.objects.get().n) == ([], 3, 3)
