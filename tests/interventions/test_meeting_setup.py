"""Kinds of meetings and what they ask: set up by the administrator, a new version at every change."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.tenancy import municipality_scope
from interventions.meetings.guiding import as_lines, check_texts, lines_of, texts_of
from interventions.models import AnalysisMeeting, GuidingQuestions, MeetingKind, Rung, SupportQueue
from interventions.services.meeting_setup import add_kind, ask_anew, close_kind, rename_kind
from tests.factories.imports import text_of
from tests.factories.meetings import MeetingFactory, kind_of


@pytest.fixture
def team(in_solviken):
    return kind_of(Rung.TEAM)


def asked(*texts):
    return [{"sv": text} for text in texts]


def versions(kind):
    return list(kind.guiding_questions.values_list("version", flat=True))


# ---- texts ----


def test_lines_are_questions_without_empty_ones():
    assert lines_of("  Vad ser vi? \r\n\n Vad  ändrar vi?\n") == ["Vad ser vi?", "Vad ändrar vi?"]


def test_dash_keeps_the_place_of_what_is_not_translated():
    texts = texts_of({"sv": ["Ett", "Två"], "en": ["-", "Two"], "nb": []}, "sv")

    assert texts == [{"sv": "Ett"}, {"sv": "Två", "en": "Two"}]
    assert as_lines(texts, "en") == "-\nTwo"
    assert as_lines(texts, "nb") == ""


def test_other_number_of_lines_is_an_error_at_its_language():
    with pytest.raises(ValidationError) as problem:
        texts_of({"sv": ["Ett", "Två"], "en": ["One"]}, "sv")

    (message,) = problem.value.message_dict["en"]
    assert message.startswith("There is 1 line here, but 2 questions in the municipality's language.")


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "Write at least one question."),
        (asked(*"abcdefghijklm"), "These are 13 questions. A meeting answers at most 12."),
        (asked("x" * 201), "Question 1 has 201 letters. At most 200 are read at a meeting."),
        ([{"en": "What?"}], "Question 1 is not there in the municipality's language."),
    ],
)
def test_questions_that_cannot_be_asked_are_refused(texts, message):
    with pytest.raises(ValidationError) as problem:
        check_texts(texts, "sv")

    assert problem.value.messages == [message]


def test_twelve_questions_of_two_hundred_letters_can_be_asked():
    check_texts(asked(*["x" * 200] * 12), "sv")


# ---- services ----


def test_change_makes_a_new_version_and_keeps_the_old_one(team, in_solviken):
    old = team.guiding_questions.get()
    before = old.texts

    made = ask_anew(kind=team, texts=asked("Vad ser vi?"), seen=1, by=in_solviken.administrator)

    old.refresh_from_db()
    assert (versions(team), old.texts) == ([1, 2], before)
    assert (made.prompts, made.made_by) == (["Vad ser vi?"], in_solviken.administrator)
    event = AuditEvent.objects.get(action="guiding questions changed")
    assert (event.subject, event.facts) == (team.key, {"version": 2, "n": 1})


def test_nothing_changed_is_refused(team, in_solviken):
    with pytest.raises(ValidationError) as problem:
        ask_anew(
            kind=team,
            texts=team.guiding_questions.get().texts,
            seen=1,
            by=in_solviken.administrator,
        )

    assert (problem.value.code, versions(team)) == ("same", [1])


def test_version_that_somebody_else_has_replaced_is_refused(team, in_solviken):
    ask_anew(kind=team, texts=asked("Vad ser vi?"), seen=1, by=in_solviken.administrator)

    with pytest.raises(ValidationError) as problem:
        ask_anew(kind=team, texts=asked("Vad gör vi?"), seen=1, by=in_solviken.administrator)

    assert (problem.value.code, versions(team)) == ("conflict", [1, 2])


def test_meeting_that_has_begun_keeps_its_questions(team, in_solviken):
    begun = MeetingFactory(kind=team, unit=in_solviken.school, lead=in_solviken.principal, is_started=True)

    ask_anew(kind=team, texts=asked("Vad ser vi?"), seen=1, by=in_solviken.administrator)
    later = MeetingFactory(kind=team, unit=in_solviken.school, lead=in_solviken.principal, is_started=True)

    begun.refresh_from_db()
    assert (begun.guiding.version, later.guiding.version) == (1, 2)


def test_new_kind_comes_last_with_its_first_version(in_solviken):
    queue = SupportQueue.objects.first()

    kind = add_kind(
        names={"sv": "Socialtjänstens möte", "en": "Social services' meeting"},
        rung=Rung.SCHOOL,
        texts=asked("Vad behöver familjen?"),
        names_pupils=True,
        queue=queue,
        asks_family=True,
        by=in_solviken.administrator,
    )

    assert MeetingKind.objects.last() == kind
    assert (kind.names_pupils, kind.queue, kind.asks_family) == (True, queue, True)
    assert versions(kind) == [1]
    assert AuditEvent.objects.get(action="kind of meeting added").subject == kind.key


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"rung": Rung.AREA, "names_pupils": True}, "names_pupils"),
        ({"rung": Rung.BOARD, "asks_family": True}, "asks_family"),
        ({"rung": Rung.QUEUE}, "rung"),
        ({"rung": Rung.SCHOOL, "names": {"en": "Meeting"}}, "names"),
        ({"rung": Rung.SCHOOL, "names": {"sv": "x" * 61}}, "names"),
    ],
)
def test_kind_that_cannot_be_is_refused_by_field(in_solviken, fields, field):
    before = MeetingKind.objects.count()

    with pytest.raises(ValidationError) as problem:
        add_kind(**{"names": {"sv": "Möte"}, "texts": asked("Vad?")} | fields, by=in_solviken.administrator)

    assert list(problem.value.message_dict) == [field]
    assert MeetingKind.objects.count() == before


def test_renamed_kind_keeps_its_level_and_its_meetings(team, in_solviken):
    meeting = MeetingFactory(kind=team, unit=in_solviken.school, lead=in_solviken.principal)
    queue = SupportQueue.objects.first()

    rename_kind(
        kind=team, names={"sv": "Lagmöte"}, queue=queue, asks_family=True, by=in_solviken.administrator
    )

    meeting.kind.refresh_from_db()
    assert (meeting.kind.name, meeting.kind.queue, meeting.kind.asks_family) == ("Lagmöte", queue, True)
    assert meeting.kind.rung == Rung.TEAM


def test_family_is_not_asked_above_the_school(in_solviken):
    with pytest.raises(ValidationError):
        rename_kind(
            kind=kind_of(Rung.AREA),
            names={"sv": "Område"},
            queue=None,
            asks_family=True,
            by=in_solviken.administrator,
        )


def test_talk_always_asks_the_family(in_solviken):
    talk = MeetingKind.objects.get(is_talk=True)

    rename_kind(
        kind=talk, names={"sv": "Samtal"}, queue=None, asks_family=False, by=in_solviken.administrator
    )

    talk.refresh_from_db()
    assert talk.asks_family


def test_closed_kind_can_be_opened_again(team, in_solviken):
    for is_closed in (True, True, False):
        close_kind(kind=team, is_closed=is_closed, by=in_solviken.administrator)

    team.refresh_from_db()
    actions = AuditEvent.objects.filter(subject=team.key).order_by("pk").values_list("action", flat=True)
    assert team.closed_at is None
    assert list(actions) == ["kind of meeting closed", "kind of meeting opened"]


# ---- pages ----


@pytest.fixture
def browser(in_solviken, sign_in):
    return sign_in(in_solviken.administrator)


def address(kind):
    return reverse("interventions:meeting-kind", args=[kind.key])


def test_administration_leads_to_the_kinds_and_their_levels(browser, team):
    administration = browser.get(reverse("accounts:administration")).content.decode()
    page = browser.get(reverse("interventions:meeting-setup"))

    assert reverse("interventions:meeting-setup") in administration
    assert address(team) in page.content.decode()
    rungs = [row.kind.rung for row in page.context["rows"]]
    assert rungs == sorted(rungs)


def test_administrator_writes_a_new_version(browser, team, in_solviken):
    response = browser.post(
        address(team),
        {"changes": "asks", "seen": "1", "asks_sv": "Vad ser vi?\nVad gör vi?", "asks_en": "What?\n-"},
        follow=True,
    )

    newest = team.guiding_questions.last()
    assert newest.texts == [{"sv": "Vad ser vi?", "en": "What?"}, {"sv": "Vad gör vi?"}]
    text = text_of(response.content.decode())
    assert "Version 2 is asked at meetings that begin from now on." in text
    assert "Version 1" in text
    assert in_solviken.administrator.name in text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"asks_sv": ""}, "This field is required."),
        ({"asks_sv": "Vad ser vi?\nVad gör vi?", "asks_en": "What?"}, "There is 1 line here, but 2"),
        ({"asks_sv": "x" * 300}, "Question 1 has 300 letters."),
        ({"asks_sv": "Vad ser vi?", "seen": "0"}, "Somebody has saved version 1"),
        ({"asks_sv": "Vad ser vi?", "seen": "x"}, "The page was not sent whole."),
    ],
)
def test_what_was_typed_comes_back_with_a_sentence(browser, team, fields, message):
    response = browser.post(address(team), {"changes": "asks", "seen": "1"} | fields)

    assert response.status_code == 422
    assert message in text_of(response.content.decode())
    assert response.context["asks"]["asks_sv"].value() == fields["asks_sv"]
    assert versions(team) == [1]


def test_saving_without_a_change_says_so(browser, team):
    page = browser.get(address(team))
    form = page.context["asks"]
    typed = {field.html_name: field.value() for field in form}

    response = browser.post(address(team), {"changes": "asks", **typed})

    assert response.status_code == 422
    assert "Nothing is changed, so there is no new version." in text_of(response.content.decode())
    assert versions(team) == [1]


def test_administrator_renames_and_closes(browser, team):
    queue = SupportQueue.objects.first()
    browser.post(
        address(team),
        {
            "changes": "names",
            "name_sv": "Lagmöte",
            "name_en": "Team",
            "queue": queue.key,
            "asks_family": "on",
        },
    )
    browser.post(address(team), {"changes": "closed", "is_closed": "1"})

    team.refresh_from_db()
    assert (team.names, team.queue, team.asks_family) == ({"sv": "Lagmöte", "en": "Team"}, queue, True)
    assert team.closed_at is not None
    assert versions(team) == [1]


def test_name_that_is_too_long_is_refused_with_what_was_typed(browser, team):
    response = browser.post(address(team), {"changes": "names", "name_sv": "x" * 61})

    assert response.status_code == 422
    assert response.context["form"]["name_sv"].value() == "x" * 61


def test_administrator_adds_a_kind(browser):
    response = browser.post(
        reverse("interventions:meeting-kind-new"),
        {"name_sv": "Hälsomöte", "rung": str(Rung.AREA.value), "asks_sv": "Vad ser vi?", "seen": "0"},
    )

    kind = MeetingKind.objects.last()
    assert response.status_code == 302
    assert (kind.name, kind.rung, kind.guiding_questions.get().prompts) == ("Hälsomöte", 40, ["Vad ser vi?"])


def test_new_kind_with_pupils_above_the_school_is_refused(browser):
    before = MeetingKind.objects.count()

    response = browser.post(
        reverse("interventions:meeting-kind-new"),
        {"name_sv": "Hälsomöte", "rung": "40", "names_pupils": "on", "asks_family": "on", "seen": "0"},
    )

    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) == {"names_pupils", "asks_family"}
    assert "asks_sv" in response.context["asks"].errors
    assert MeetingKind.objects.count() == before


def test_unknown_change_changes_nothing(browser, team):
    assert browser.post(address(team), {"changes": "everything"}).status_code == 422
    assert GuidingQuestions.objects.filter(kind=team).count() == 1


def test_kind_of_another_municipality_is_not_there(browser, fjordvik):
    with municipality_scope(fjordvik.municipality):
        foreign = kind_of(Rung.TEAM)

    assert browser.get(address(foreign)).status_code == 404


def test_list_asks_as_much_for_thirteen_kinds_as_for_ten(browser, in_solviken, django_assert_max_num_queries):
    for n in range(3):
        kind = add_kind(
            names={"sv": f"Möte {n}"}, rung=Rung.SCHOOL, texts=asked("Vad?"), by=in_solviken.administrator
        )
        MeetingFactory(kind=kind, unit=in_solviken.school, lead=in_solviken.principal)
    assert AnalysisMeeting.objects.count() == 3

    with django_assert_max_num_queries(6):
        browser.get(reverse("interventions:meeting-setup"))
