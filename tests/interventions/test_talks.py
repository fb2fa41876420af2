"""Talks: who opens them, what two who write at once keep, how a talk ends, and what is on paper."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, RoleAssignment, User
from interventions.family.seen import same, seen
from interventions.models import FamilyCode, GuidingQuestions, MeetingKind, Talk, TalkAgreement, TalkVoice
from interventions.services.family import close_talk, open_code_of_talk
from pupils.models import Enrolment, Protection, Pupil
from tests.factories.family import AgreementFactory, TalkFactory, TalkVoiceFactory, talk_kind
from tests.factories.imports import text_of
from tests.factories.pupils import EnrolmentFactory, PupilFactory, protect
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Client]
DUE = datetime.date(2026, 12, 1)


@pytest.fixture
def ada(in_solviken: Place) -> Pupil:
    return PupilFactory(given_name="Ada", family_name="Lövgren", school_class=in_solviken.class_4a)


@pytest.fixture
def talk(in_solviken: Place, ada: Pupil) -> Talk:
    return TalkFactory(
        pupil=ada, unit=in_solviken.class_4a, made_by=in_solviken.teacher, present="Ada och mamma"
    )


@pytest.fixture
def browser(in_solviken: Place, sign_in: SignIn) -> Client:
    return sign_in(in_solviken.teacher)


def address(talk: Talk, page: str = "talk") -> str:
    return reverse(f"interventions:{page}", args=[talk.key])


def form_of(browser: Client, talk: Talk) -> dict[str, str]:
    """What the page would send if nothing were changed."""
    context = browser.get(address(talk)).context
    form, lines = context["form"], context["lines"]
    fields = [*form, *lines.management_form, *(field for line in lines for field in line)]
    return {field.html_name: value_of(field.value()) for field in fields}


def value_of(value: Any) -> str:
    return "" if value is None else str(value)


def save(browser: Client, talk: Talk, page: str = "talk", seen_in: Any = None, **changed: str) -> Any:
    """Sends the page with some fields changed; seen_in: as it was when it was opened earlier."""
    form = (seen_in or form_of(browser, talk)) | {"save": "q-1"}
    return browser.post(
        address(talk, page), form | {name.replace("__", "-"): of for name, of in changed.items()}
    )


def said(talk: Talk) -> dict[tuple[int, str], str]:
    return {(row.prompt, row.voice): row.text for row in talk.voices.all()}


def agreed(talk: Talk) -> list[tuple[str, str, datetime.date | None]]:
    return list(talk.agreements.values_list("what", "who", "due_on"))


# ---- who opens it ----


def test_way_to_the_talks_stands_on_the_page_of_the_pupil(browser: Client, ada: Pupil) -> None:
    page = browser.get(reverse("colourmaps:pupil", args=[ada.key])).content.decode()

    assert reverse("interventions:talk-list", args=[ada.key]) in page


def test_talk_begins_with_the_newest_questions_of_its_kind(
    browser: Client, ada: Pupil, in_solviken: Place
) -> None:
    kind = talk_kind()
    GuidingQuestions.objects.create(
        municipality=kind.municipality, kind=kind, version=2, texts=[{"en": "How are you?"}]
    )

    response = browser.post(
        reverse("interventions:talk-list", args=[ada.key]),
        {"kind": kind.key, "held_on": str(TODAY), "present": "Ada"},
    )

    talk = Talk.objects.get()
    assert response.headers["Location"] == address(talk)
    assert (talk.pupil, talk.unit, talk.guiding.version) == (ada, in_solviken.class_4a, 2)
    assert "How are you?" in text_of(browser.get(address(talk)).content.decode())


def test_answers_keep_the_questions_they_were_given_to(browser: Client, talk: Talk) -> None:
    GuidingQuestions.objects.create(
        municipality=talk.municipality, kind=talk.kind, version=2, texts=[{"en": "How are you?"}]
    )

    page = text_of(browser.get(address(talk)).content.decode())

    assert "What goes well?" in page
    assert "How are you?" not in page


def test_whoever_has_the_pupil_today_reads_talks_of_the_class_before(
    in_solviken: Place, ada: Pupil, talk: Talk, sign_in: SignIn
) -> None:
    Enrolment.objects.filter(pupil=ada).update(valid_to=TODAY)
    EnrolmentFactory(pupil=ada, school_class=in_solviken.class_5a, valid_from=TODAY)

    answers = {
        who: sign_in(getattr(in_solviken, who)).get(address(talk)).status_code
        for who in ("teacher", "colleague", "principal", "area_head", "coordinator")
    }

    assert answers == {
        "teacher": 403,
        "colleague": 200,
        "principal": 200,
        "area_head": 403,
        "coordinator": 403,
    }


@pytest.mark.parametrize(
    ("page", "action"), [("talk", "talk seen"), ("talk-print", "talk printed"), ("talk-list", "talks seen")]
)
def test_every_look_is_logged_with_the_pupil(browser: Client, talk: Talk, page: str, action: str) -> None:
    to = (
        reverse("interventions:talk-list", args=[talk.pupil.key])
        if page == "talk-list"
        else address(talk, page)
    )

    browser.get(to)

    assert AuditEvent.objects.get(action=action).pupil_ids == [talk.pupil_id]


def test_log_holds_nothing_that_was_said(browser: Client, talk: Talk) -> None:
    save(browser, talk, q1_pupil="Ada trivs.")

    facts = [str(event.facts) + event.subject for event in AuditEvent.objects.all()]

    assert [each for each in facts if "trivs" in each or "Ada" in each] == []


@pytest.mark.parametrize("page", ["talk", "talk-print", "talk-list"])
def test_other_pupils_are_on_no_page(in_solviken: Place, browser: Client, talk: Talk, page: str) -> None:
    other = PupilFactory(given_name="Kanarina", family_name="Fågelström", school_class=in_solviken.class_4a)
    TalkVoiceFactory(
        talk=TalkFactory(pupil=other, unit=in_solviken.class_4a, made_by=in_solviken.teacher),
        prompt=1,
        voice="pupil",
        text="Kanariefågel",
    )
    to = (
        reverse("interventions:talk-list", args=[talk.pupil.key])
        if page == "talk-list"
        else address(talk, page)
    )

    content = browser.get(to).content.decode()

    assert "Lövgren, Ada" in content
    assert [word for word in ("Kanari", "Fågelström") if word in content] == []


@pytest.mark.parametrize("page", ["talk", "talk-print", "talk-list"])
def test_protected_pupil_is_called_as_on_the_page_of_the_pupil(
    browser: Client, talk: Talk, page: str
) -> None:
    protect(talk.pupil, Protection.PROTECTED)
    to = (
        reverse("interventions:talk-list", args=[talk.pupil.key])
        if page == "talk-list"
        else address(talk, page)
    )

    content = browser.get(to).content.decode()

    assert f"Protected pupil {talk.pupil.key[:3].upper()}" in content
    assert "Lövgren" not in content


def test_role_that_has_ended_opens_nothing(in_solviken: Place, browser: Client, talk: Talk) -> None:
    RoleAssignment.objects.filter(user=in_solviken.teacher).update(valid_to=TODAY)

    assert save_status(browser, talk) == 403


def save_status(browser: Client, talk: Talk) -> int:
    return browser.post(address(talk), {}).status_code


# ---- writing ----


def test_everything_on_the_page_is_saved_whichever_button_is_pressed(browser: Client, talk: Talk) -> None:
    response = save(
        browser,
        talk,
        q1_pupil="Rasterna.",
        q1_pupil_face="3",
        q3_guardian="Läsa hemma.",
        present="Ada, mamma, mentor",
        agree__0__what="Läsa varje kväll",
        agree__0__who="Mamma",
        agree__0__due_on=str(DUE),
    )

    talk.refresh_from_db()
    assert response.headers["Location"] == address(talk) + "?saved=q-1#q-1"
    assert said(talk) == {(1, "pupil"): "Rasterna.", (3, "guardian"): "Läsa hemma."}
    assert talk.voices.get(prompt=1).face == 3
    assert talk.present == "Ada, mamma, mentor"
    assert agreed(talk) == [("Läsa varje kväll", "Mamma", DUE)]


def test_two_who_write_in_different_columns_both_keep_their_words(browser: Client, talk: Talk) -> None:
    opened = form_of(browser, talk)

    save(browser, talk, seen_in=opened, q1_pupil="Rasterna.")
    response = save(browser, talk, seen_in=opened, q1_staff="Matematiken.")

    assert response.status_code == 302
    assert said(talk) == {(1, "pupil"): "Rasterna.", (1, "staff"): "Matematiken."}


def test_two_who_write_in_the_same_place_see_both_texts_and_lose_nothing(browser: Client, talk: Talk) -> None:
    opened = form_of(browser, talk)
    save(browser, talk, seen_in=opened, q1_pupil="Rasterna.")

    response = save(browser, talk, seen_in=opened, q1_pupil="Idrotten.", q2_pupil="Läsningen.")

    page = text_of(response.content.decode())
    assert response.status_code == 409
    assert response.context["form"]["q1_pupil"].value() == "Idrotten."
    assert "Meanwhile somebody wrote: Rasterna." in page
    assert said(talk) == {(1, "pupil"): "Rasterna.", (2, "pupil"): "Läsningen."}


def test_text_that_is_put_together_after_a_clash_is_saved(browser: Client, talk: Talk) -> None:
    opened = form_of(browser, talk)
    save(browser, talk, seen_in=opened, q1_pupil="Rasterna.")
    clashed = save(browser, talk, seen_in=opened, q1_pupil="Idrotten.")
    form = clashed.context["form"]
    shown = opened | {field.html_name: value_of(field.value()) for field in form}

    response = save(browser, talk, seen_in=shown, q1_pupil="Rasterna och idrotten.")

    assert response.status_code == 302
    assert said(talk) == {(1, "pupil"): "Rasterna och idrotten."}


def test_same_words_from_two_are_no_clash(browser: Client, talk: Talk) -> None:
    opened = form_of(browser, talk)

    answers = [
        save(browser, talk, seen_in=opened, q1_pupil="Rasterna.\r\nOch lunchen.").status_code
        for _n in range(2)
    ]

    assert answers == [302, 302]


def test_facts_that_clash_come_back(browser: Client, talk: Talk) -> None:
    opened = form_of(browser, talk)
    save(browser, talk, seen_in=opened, present="Ada och pappa")

    response = save(browser, talk, seen_in=opened, present="Ada och mormor")

    talk.refresh_from_db()
    assert (response.status_code, talk.present) == (409, "Ada och pappa")
    assert response.context["form"]["present"].value() == "Ada och mormor"
    assert "Ada och pappa" in text_of(response.content.decode())


def test_agreement_that_clashes_comes_back_and_others_are_saved(browser: Client, talk: Talk) -> None:
    line = AgreementFactory(talk=talk, what="Läsa", who="Mamma", due_on=DUE)
    opened = form_of(browser, talk)
    TalkAgreement.objects.filter(pk=line.pk).update(who="Pappa")

    response = save(
        browser, talk, seen_in=opened, agree__0__who="Mormor", agree__1__what="Räkna", agree__1__who="Ada"
    )

    assert response.status_code == 409
    assert agreed(talk) == [("Läsa", "Pappa", DUE), ("Räkna", "Ada", None)]
    assert response.context["lines"][0]["who"].value() == "Mormor"


def test_line_of_which_all_is_taken_away_is_gone(browser: Client, talk: Talk) -> None:
    AgreementFactory(talk=talk, what="Läsa", who="Mamma", due_on=DUE)

    save(browser, talk, agree__0__what="", agree__0__who="", agree__0__due_on="")

    assert agreed(talk) == []


def test_double_click_makes_no_second_agreement(browser: Client, talk: Talk) -> None:
    opened = form_of(browser, talk)

    for _click in range(2):
        save(browser, talk, seen_in=opened, agree__0__what="Läsa", agree__0__who="Mamma")

    assert agreed(talk) == [("Läsa", "Mamma", None)]


def test_agreement_of_another_talk_is_out_of_reach(in_solviken: Place, browser: Client, talk: Talk) -> None:
    other = AgreementFactory(
        talk=TalkFactory(pupil=talk.pupil, unit=talk.unit, made_by=in_solviken.teacher), what="Läsa"
    )

    save(browser, talk, agree__0__id=str(other.pk), agree__0__what="Ändrad", agree__0__who="Jag")
    done = browser.post(address(talk, "talk-agreement"), {"agreement": str(other.pk), "is_done": "1"})

    other.refresh_from_db()
    assert (other.what, other.done_on, done.status_code) == ("Läsa", None, 404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"held_on": "i går"},
        {"held_on": "0026-11-16"},
        {"agree__0__due_on": "2206-12-01"},
        {"agree__0__due_on": "2026-02-31"},
        {"q1_pupil": "x" * 2001},
        {"q1_pupil_face": "7"},
        {"agree__TOTAL_FORMS": "many"},
    ],
)
def test_bad_input_comes_back_with_what_was_typed(browser: Client, talk: Talk, wrong: dict[str, str]) -> None:
    response = save(browser, talk, **{"q2_guardian": "Kvar."} | wrong)

    assert response.status_code == 422
    assert response.context["form"]["q2_guardian"].value() == "Kvar."
    assert said(talk) == {}


# ---- the end ----


def test_talk_ends_with_agreements_that_say_what_who_and_when(browser: Client, talk: Talk) -> None:
    response = save(
        browser,
        talk,
        "talk-close",
        agree__0__what="Läsa",
        agree__0__who="Mamma",
        agree__0__due_on=str(DUE),
    )

    talk.refresh_from_db()
    assert (response.status_code, talk.is_closed, talk.closed_by) == (302, True, talk.made_by)


@pytest.mark.parametrize("lacking", ["what", "who", "due_on"])
def test_talk_does_not_end_in_air_but_is_saved(browser: Client, talk: Talk, lacking: str) -> None:
    line = {"what": "Läsa", "who": "Mamma", "due_on": str(DUE)} | {lacking: ""}

    response = save(
        browser,
        talk,
        "talk-close",
        q1_pupil="Rasterna.",
        **{f"agree__0__{name}": value for name, value in line.items()},
    )

    talk.refresh_from_db()
    assert (response.status_code, talk.is_closed) == (422, False)
    assert "write what is done, who does it and by when" in text_of(response.content.decode())
    assert (said(talk), len(agreed(talk))) == ({(1, "pupil"): "Rasterna."}, 1)


def test_talk_without_agreements_needs_a_reason(browser: Client, talk: Talk) -> None:
    without = save(browser, talk, "talk-close").status_code
    reasoned = save(browser, talk, "talk-close", why_none="Vi ses igen i morgon.").status_code

    talk.refresh_from_db()
    assert (without, reasoned, talk.is_closed) == (422, 302, True)


def test_talk_that_was_ended_meanwhile_takes_nothing_and_gives_the_words_back(
    browser: Client, talk: Talk
) -> None:
    opened = form_of(browser, talk)
    AgreementFactory(talk=talk)
    close_talk(talk=talk, by=talk.made_by)

    response = save(browser, talk, seen_in=opened, q1_pupil="För sent.")

    assert response.status_code == 422
    assert response.context["form"]["q1_pupil"].value() == "För sent."
    assert "has been ended meanwhile" in text_of(response.content.decode())
    assert said(talk) == {}


def test_talk_ends_once(talk: Talk, in_solviken: Place) -> None:
    AgreementFactory(talk=talk)
    first = close_talk(talk=talk, by=in_solviken.teacher)

    again = close_talk(talk=talk, by=in_solviken.principal)

    assert (again.closed_at, again.closed_by) == (first.closed_at, in_solviken.teacher)


def test_agreement_is_marked_done_and_not_done_after_the_end(
    in_solviken: Place, browser: Client, ada: Pupil
) -> None:
    talk = TalkFactory(pupil=ada, unit=in_solviken.class_4a, made_by=in_solviken.teacher, is_closed=True)
    line = AgreementFactory(talk=talk, what="Läsa högt")
    undone = text_of(browser.get(reverse("interventions:talk-list", args=[ada.key])).content.decode())

    browser.post(address(talk, "talk-agreement"), {"agreement": str(line.pk), "is_done": "1", "from": "list"})
    line.refresh_from_db()
    done_on = line.done_on
    done = text_of(browser.get(reverse("interventions:talk-list", args=[ada.key])).content.decode())
    browser.post(address(talk, "talk-agreement"), {"agreement": str(line.pk)})

    line.refresh_from_db()
    assert (done_on, line.done_on) == (TODAY, None)
    assert ["Läsa högt" in page for page in (undone, done)] == [True, False]


def test_ended_talk_can_only_be_read(in_solviken: Place, browser: Client, ada: Pupil) -> None:
    talk = TalkFactory(pupil=ada, unit=in_solviken.class_4a, made_by=in_solviken.teacher, is_closed=True)
    TalkVoiceFactory(talk=talk, prompt=1, voice="guardian", text="Hon trivs.")

    page = browser.get(address(talk)).content.decode()

    assert "Hon trivs." in page
    assert "<textarea" not in page


# ---- paper and the family's answers ----


def test_paper_holds_what_was_said_and_agreed_on(browser: Client, talk: Talk) -> None:
    TalkVoiceFactory(talk=talk, prompt=1, voice="pupil", text="Rasterna.", face=1)
    AgreementFactory(talk=talk, what="Läsa högt", who="Pappa", due_on=DUE)

    page = text_of(browser.get(address(talk, "talk-print")).content.decode())

    for words in (
        "Lövgren, Ada",
        "4A, Solviksskolan",
        "Ada och mamma",
        "Rasterna.",
        "Hard",
        "Läsa högt",
        "Pappa",
    ):
        assert words in page


def test_family_answers_after_a_talk_by_a_code_that_names_nobody(
    in_solviken: Place, browser: Client, talk: Talk
) -> None:
    browser.post(address(talk, "talk-code"))

    code = FamilyCode.objects.get()
    page = text_of(browser.get(address(talk, "talk-code")).content.decode())
    assert (code.talk, code.school, code.kind) == (talk, in_solviken.school, talk.kind)
    assert "0 have answered" in page
    assert [word for word in ("Lövgren", "Ada ") if word in page] == []


def test_code_of_a_talk_waits_for_its_day(in_solviken: Place, ada: Pupil) -> None:
    later = TalkFactory(
        pupil=ada,
        unit=in_solviken.class_4a,
        made_by=in_solviken.teacher,
        held_on=TODAY + datetime.timedelta(days=3),
    )

    with pytest.raises(ValidationError):
        open_code_of_talk(talk=later, by=in_solviken.teacher)


# ---- rules and cost ----


def test_kind_that_is_no_talk_begins_none(browser: Client, ada: Pupil) -> None:
    other = MeetingKind.objects.filter(is_talk=False).first()

    response = browser.post(
        reverse("interventions:talk-list", args=[ada.key]), {"kind": other.key, "held_on": str(TODAY)}
    )

    assert (response.status_code, Talk.objects.count()) == (422, 0)


def test_municipality_without_kinds_of_talks_says_so(browser: Client, ada: Pupil) -> None:
    MeetingKind.objects.filter(is_talk=True).update(closed_at=timezone.now())

    page = browser.get(reverse("interventions:talk-list", args=[ada.key]))

    assert page.status_code == 200
    assert "No kind of talk is in use" in text_of(page.content.decode())


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (("a\r\nb ", None), ("a\nb", ""), True),
        ((" a", 1), ("a", "1"), True),
        (("a b",), ("ab",), False),
        (("a", ""), ("", "a"), False),
    ],
)
def test_what_was_seen_is_the_same_however_its_lines_end(one: Any, other: Any, is_same: bool) -> None:
    assert (same(one, other), seen(*one) == seen(*other)) == (is_same, is_same)


@pytest.mark.parametrize("n_talks", [1, 3])
def test_pages_cost_the_same_with_few_and_many_rows(
    in_solviken: Place, browser: Client, talk: Talk, n_talks: int, django_assert_max_num_queries: Any
) -> None:
    for _n in range(n_talks):
        ended = TalkFactory(pupil=talk.pupil, unit=talk.unit, made_by=in_solviken.teacher, is_closed=True)
        AgreementFactory(talk=ended)
        AgreementFactory(talk=talk)
        TalkVoice.objects.all().delete()
    browser.get(address(talk))

    with django_assert_max_num_queries(14):
        browser.get(address(talk))
    with django_assert_max_num_queries(13):
        browser.get(reverse("interventions:talk-list", args=[talk.pupil.key]))
    with django_assert_max_num_queries(13):
        browser.get(address(talk, "talk-print"))
