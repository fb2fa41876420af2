"""The reminder of a follow-up: once for each follow-up day, without names, and twice run is once."""

import datetime

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from interventions.letters import mail_address_of
from interventions.models import Digest, Intervention
from interventions.services import choose_mails, remind_of_follow_ups
from interventions.tasks import remind_of_follow_ups as remind_task
from tests.factories.accounts import PersonFactory
from tests.factories.interventions import (
    EvaluationFactory,
    FollowUpFactory,
    InterventionFactory,
)
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.fixture
def writable(solviken):
    """A teacher of 4A whose user name is an address."""
    with municipality_scope(solviken.municipality):
        return PersonFactory(
            role=RoleCode.TEACHER,
            unit=solviken.class_4a,
            login="anna@solviken.example",
            name="Anna Ek",
            language="en",
        )


@pytest.fixture
def due(solviken, writable):
    """`due(days)` is an intervention of the teacher that is to be followed up so many days from today."""

    def made(days=3, **fields):
        with municipality_scope(solviken.municipality):
            usual = {"unit": solviken.class_4a, "responsible": writable, "follow_up_on": TODAY + days * DAY}
            return InterventionFactory(**usual | fields)

    return made


def reminded_on(intervention):
    with municipality_scope(intervention.municipality):
        return Intervention.objects.get(pk=intervention.pk).reminded_on


def test_reminder_says_what_by_when_and_where_and_names_no_pupil(due, solviken, measured):
    intervention = due(title="Läsning med Ada", pupils=[measured.ada], indicator=measured.reading)

    remind_of_follow_ups()

    (letter,) = mail.outbox
    assert letter.to == ["anna@solviken.example"]
    assert letter.subject == "An intervention is to be followed up"
    assert "- 4A: by Nov. 19, 2026" in letter.body
    assert reverse("interventions:intervention", args=[intervention.key]) in letter.body
    for untold in ("Ada", "Läsning", "Läsförståelse"):
        assert untold not in letter.subject + letter.body


def test_reminder_comes_once_however_often_the_task_runs(due):
    intervention = due()

    remind_task()
    remind_task()

    assert len(mail.outbox) == 1
    assert reminded_on(intervention) == TODAY
    with municipality_scope(intervention.municipality):
        events = AuditEvent.objects.filter(action="intervention reminded of")
        assert [event.subject for event in events] == [intervention.key]


def test_reminder_of_several_is_one_letter(due):
    due(3), due(-2)

    assert remind_of_follow_ups() == 2
    assert [letter.subject for letter in mail.outbox] == ["2 interventions are to be followed up"]


@pytest.mark.parametrize(("days", "n"), [(15, 0), (14, 1), (0, 1), (-30, 1)])
def test_reminder_comes_when_it_is_due_within_two_weeks_or_late(due, days, n):
    due(days, starts_on=TODAY - 60 * DAY)

    assert remind_of_follow_ups() == n


def test_reminder_comes_again_when_the_day_has_been_put_off(due, monkeypatch):
    intervention = due(reminded_on=TODAY - 12 * DAY)

    assert remind_of_follow_ups() == 1
    assert reminded_on(intervention) == TODAY


def test_nobody_is_reminded_of_what_is_followed_up_ended_or_not_begun(due, solviken):
    followed_up, evaluated = due(), due(ended_on=TODAY)
    due(ended_on=TODAY)
    due(starts_on=TODAY + DAY)
    with municipality_scope(solviken.municipality):
        FollowUpFactory(intervention=followed_up)
        EvaluationFactory(intervention=evaluated)

    assert (remind_of_follow_ups(), mail.outbox) == (0, [])


def test_who_has_no_address_has_the_start_page_alone(due, solviken):
    intervention = due(responsible=solviken.teacher)

    assert (remind_of_follow_ups(), mail.outbox) == (0, [])
    assert reminded_on(intervention) is None


def test_who_has_left_is_not_written_to(due, writable):
    due()
    writable.is_active = False
    writable.save()

    assert (remind_of_follow_ups(), mail.outbox) == (0, [])


@pytest.mark.parametrize(
    ("login", "address"), [("anna@solviken.example", "anna@solviken.example"), ("anna", ""), ("anna@", "")]
)
def test_mail_address_is_the_user_name_where_it_is_one(writable, login, address):
    writable.login = login

    assert mail_address_of(writable) == address


def test_letter_that_cannot_be_sent_is_tried_again_and_the_others_get_theirs(due, solviken, monkeypatch):
    first = due()
    with municipality_scope(solviken.municipality):
        other = PersonFactory(role=RoleCode.TEACHER, unit=solviken.class_4a, login="bo@solviken.example")
    second = due(responsible=other)
    send = EmailBackend.send_messages

    def refuse_annas(self, letters):
        if letters[0].to == ["anna@solviken.example"]:
            raise ConnectionRefusedError
        return send(self, letters)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_annas)
    n_first_time = remind_of_follow_ups()
    monkeypatch.undo()

    assert (n_first_time, reminded_on(second)) == (1, TODAY)
    assert reminded_on(first) is None


def test_without_a_mail_server_nobody_is_reminded_and_nothing_is_claimed(due, settings):
    intervention = due()
    settings.SENDS_MAIL = False

    assert (remind_of_follow_ups(), mail.outbox) == (0, [])
    assert reminded_on(intervention) is None


def test_reminder_is_written_in_the_persons_language_else_the_municipalitys(due, writable):
    due()
    writable.language = ""
    writable.save()

    remind_of_follow_ups()

    assert mail.outbox[0].subject != ""
    assert "19 november 2026" in mail.outbox[0].body


def test_who_has_turned_reminders_off_gets_none_and_the_others_get_theirs(due, solviken, writable):
    unwanted = due()
    with municipality_scope(solviken.municipality):
        other = PersonFactory(role=RoleCode.TEACHER, unit=solviken.class_4a, login="bo@solviken.example")
        choose_mails(digest=Digest.WEEKLY, reminders=False, by=writable)
    due(responsible=other)

    assert remind_of_follow_ups() == 1
    assert [letter.to for letter in mail.outbox] == [["bo@solviken.example"]]
    assert reminded_on(unwanted) is None


def test_reminder_says_how_to_get_no_more_of_them(due):
    due()

    remind_of_follow_ups()

    (letter,) = mail.outbox
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.extra_headers["List-Unsubscribe"].strip("<>") in letter.body
