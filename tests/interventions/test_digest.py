"""The summary by mail: at most once a period, only with content, in words, and with no name of a pupil."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.access import Sight
from accounts.models import AuditEvent, RoleAssignment, User
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from interventions.digest import digest_of
from interventions.models import Digest, Evaluation, MailChoice, Outcome, Rung
from interventions.services import choose_mails, digesting, send_digests
from interventions.tasks import send_digests as send_task
from tests.factories.accounts import PersonFactory
from tests.factories.interventions import EvaluationFactory, FollowUpFactory, InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.questions import QuestionFactory
from tests.fixtures import TODAY, Place

from .conftest import Measured

DAY = datetime.timedelta(days=1)
WEEK = 7 * DAY
CANARY, FAMILY = "Kanarina", "Fågelström"


def person(place: Place, login: str, role: RoleCode, unit: Any, **fields: Any) -> User:
    with municipality_scope(place.municipality):
        usual = {"name": login.split("@")[0].title(), "language": "en"}
        return PersonFactory(role=role, unit=unit, login=login, **usual | fields)


@pytest.fixture
def anna(solviken: Place) -> User:
    """A teacher of 4A who can be written to."""
    return person(solviken, "anna@solviken.example", RoleCode.TEACHER, solviken.class_4a)


@pytest.fixture
def late(solviken: Place, anna: User) -> Any:
    """A follow-up of hers that is late."""
    with municipality_scope(solviken.municipality):
        return InterventionFactory(
            unit=solviken.class_4a, responsible=anna, follow_up_on=TODAY - DAY, title="Hemlig"
        )


def last_sent_on(user: User) -> datetime.date | None:
    with municipality_scope(user.municipality):
        found = MailChoice.objects.filter(user=user).first()
        return found.last_sent_on if found else None


def choose(user: User, digest: Digest) -> None:
    with municipality_scope(user.municipality):
        choose_mails(digest=digest, reminders=True, by=user)


def go_on(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    then = timezone.now() + datetime.timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: then)


# ---- when, and to whom ----


def test_digest_says_what_waits_and_where_and_no_title(late: Any, anna: User) -> None:
    send_digests()

    (letter,) = mail.outbox
    assert letter.to == [anna.login]
    assert letter.subject == "What waits for you, and is late: Solviken"
    assert "Late\n- 1 follow-up: 4A\n" in letter.body
    assert "Hemlig" not in letter.body
    assert letter.extra_headers["List-Unsubscribe"].strip("<>") in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_digest_comes_once_a_week_however_often_the_task_runs(
    late: Any, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_task()
    send_task()
    go_on(monkeypatch, 6)
    send_task()
    assert len(mail.outbox) == 1

    go_on(monkeypatch, 1)
    send_task()

    assert len(mail.outbox) == 2
    assert last_sent_on(anna) == TODAY + WEEK
    with municipality_scope(anna.municipality):
        assert AuditEvent.objects.filter(action="summary sent", subject=anna.key).count() == 2


@pytest.mark.parametrize(
    ("digest", "days", "n"), [(Digest.MONTHLY, 29, 1), (Digest.MONTHLY, 30, 2), (Digest.NEVER, 30, 0)]
)
def test_digest_comes_as_often_as_it_is_chosen(
    late: Any, anna: User, monkeypatch: pytest.MonkeyPatch, digest: Digest, days: int, n: int
) -> None:
    choose(anna, digest)

    send_digests()
    go_on(monkeypatch, days)
    send_digests()

    assert len(mail.outbox) == n


def test_digest_without_content_is_none_and_claims_nothing(anna: User) -> None:
    assert (send_digests(), mail.outbox, last_sent_on(anna)) == (0, [], None)


def test_nobody_without_an_address_or_a_role_is_written_to(late: Any, anna: User, solviken: Place) -> None:
    with municipality_scope(solviken.municipality):
        InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher, follow_up_on=TODAY - DAY)
        RoleAssignment.objects.filter(user=anna).update(valid_to=TODAY)

    assert (send_digests(), mail.outbox) == (0, [])


def test_who_has_left_is_not_written_to(late: Any, anna: User) -> None:
    anna.is_active = False
    anna.save()

    assert (send_digests(), mail.outbox) == (0, [])


def test_digest_that_cannot_be_sent_gives_its_claim_back_and_the_others_get_theirs(
    late: Any, anna: User, solviken: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    bo = person(solviken, "bo@solviken.example", RoleCode.PRINCIPAL, solviken.school)
    choose(anna, Digest.WEEKLY)
    send = EmailBackend.send_messages

    def refuse_annas(self: Any, letters: Any) -> Any:
        if letters[0].to == [anna.login]:
            raise ConnectionRefusedError
        return send(self, letters)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_annas)
    n_first_time = send_digests()
    monkeypatch.setattr(EmailBackend, "send_messages", send)

    assert (n_first_time, last_sent_on(anna), last_sent_on(bo)) == (1, None, TODAY)
    assert send_digests() == 1


def test_of_two_workers_at_once_one_writes(late: Any, anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other has sent it between this one's reading and claiming."""
    write = digesting._letter
    n_other: list[int] = []

    def while_another_sends(reader: User, since: datetime.date) -> Any:
        letter = write(reader, since)
        monkeypatch.setattr(digesting, "_letter", write)
        n_other.append(send_digests())
        return letter

    monkeypatch.setattr(digesting, "_letter", while_another_sends)

    assert (send_digests(), n_other, len(mail.outbox)) == (0, [1], 1)


def test_one_whose_summary_cannot_be_written_does_not_keep_the_others_from_theirs(
    late: Any, anna: User, solviken: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    bo = person(solviken, "bo@solviken.example", RoleCode.PRINCIPAL, solviken.school)
    write = digesting.digest_of

    def fail_for_anna(sight: Sight, since: datetime.date) -> Any:
        if sight.user == anna:
            raise ZeroDivisionError
        return write(sight, since)

    monkeypatch.setattr(digesting, "digest_of", fail_for_anna)

    assert send_digests() == 1
    assert [letter.to for letter in mail.outbox] == [[bo.login]]
    assert last_sent_on(anna) is None


def test_without_a_mail_server_none_is_sent_and_nothing_is_claimed(
    late: Any, anna: User, settings: Any
) -> None:
    settings.SENDS_MAIL = False

    assert (send_digests(), mail.outbox, last_sent_on(anna)) == (0, [], None)


# ---- what it tells ----


def told(user: User, days: int = 7) -> Any:
    return digest_of(Sight(user), TODAY - days * DAY)


def verdict(intervention: Any, word: str, days: int = 1) -> None:
    follow_up = FollowUpFactory(intervention=intervention, verdict=word, reason="")
    made = EvaluationFactory(intervention=intervention, follow_up=follow_up)
    Evaluation.objects.filter(pk=made.pk).update(evaluated_at=timezone.now() - days * DAY)


def ended(place: Place, **fields: Any) -> Any:
    usual = {"unit": place.class_4a, "responsible": place.teacher, "ended_on": TODAY - DAY}
    return InterventionFactory(**usual | fields)


def test_learnt_is_the_verdict_in_words_with_the_direction(in_solviken: Place, measured: Measured) -> None:
    reading = {"indicator": measured.reading}
    verdict(ended(in_solviken, **reading), "better")
    verdict(ended(in_solviken, pupils=[measured.ada], **reading), "worse")
    verdict(ended(in_solviken, **reading), "cannot_say")
    verdict(ended(in_solviken, **reading), "better", days=9)

    assert told(in_solviken.teacher).learnt == [
        "Läsförståelse, 4A, Solviksskolan: better than similar pupils (more is better)",
        "Läsförståelse, Solviksskolan: worse than similar pupils (more is better)",
        "1 intervention was evaluated without an answer: it cannot be said whether it helped",
    ]


def test_head_learns_of_whole_schools_only_and_as_the_page_of_each_allows(
    in_solviken: Place, measured: Measured
) -> None:
    reading = {"indicator": measured.reading, "responsible": in_solviken.principal}
    verdict(ended(in_solviken, unit=in_solviken.school, **reading), "cannot_say")
    verdict(ended(in_solviken, unit=in_solviken.school, pupils=[measured.ada], **reading), "worse")
    verdict(ended(in_solviken, **reading), "better")

    assert told(in_solviken.area_head).learnt == [
        "1 intervention was evaluated without an answer: it cannot be said whether it helped"
    ]
    assert len(told(in_solviken.principal).learnt) == 3


def test_answers_meetings_and_what_is_late_with_others_are_counted(in_solviken: Place) -> None:
    InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher, follow_up_on=TODAY - DAY)
    of_school = {"kind": kind_of(Rung.SCHOOL), "unit": in_solviken.school, "lead": in_solviken.principal}
    MeetingFactory(planned_on=TODAY - 2 * DAY, is_closed=True, **of_school)
    MeetingFactory(planned_on=TODAY - 3 * DAY, **of_school)
    MeetingFactory(planned_on=TODAY - 8 * DAY, is_closed=True, **of_school)

    principal, head = told(in_solviken.principal), told(in_solviken.area_head)

    assert principal.with_others == ["1 follow-up: 4A"]
    assert principal.late == ["1 meeting: Solviksskolan"]
    assert principal.held == ["1 analysis meeting was held", "1 analysis meeting did not take place"]
    assert head.with_others == ["2 interventions and meetings to look after: Solviksskolan"]
    assert head.held == principal.held
    assert told(in_solviken.teacher).held == []


def test_only_those_who_see_pupils_read_the_name_of_a_class(in_solviken: Place) -> None:
    meeting = MeetingFactory(
        kind=kind_of(Rung.AREA), unit=in_solviken.area, lead=in_solviken.area_head, is_closed=True
    )
    decided = {"outcome": Outcome.MEASURE, "measure": "x", "decided_at": timezone.now(), "due_on": TODAY}
    for who in (in_solviken.area_head, in_solviken.teacher):
        CaseFactory(meeting=meeting, unit=in_solviken.class_4a, responsible=who, **decided)

    assert told(in_solviken.area_head).due == ["1 decision of a meeting"]
    assert told(in_solviken.teacher).due == ["1 decision of a meeting: 4A"]


@pytest.fixture
def canary(solviken: Place, measured: Measured) -> Measured:
    """Everything that a mail could tell of is about one pupil, whose name stands in each text."""
    with municipality_scope(solviken.municipality):
        measured.ada.given_name, measured.ada.family_name = CANARY, FAMILY
        measured.ada.save()
    return measured


def test_no_mail_has_the_name_of_a_pupil_or_a_free_text(
    solviken: Place, canary: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    school, root = solviken.school, solviken.root
    roles = [
        (RoleCode.TEACHER, solviken.class_4a),
        (RoleCode.ANALYSIS_LEAD, school),
        (RoleCode.PRINCIPAL, school),
        (RoleCode.HEALTH_TEAM, school),
        (RoleCode.AREA_HEAD, solviken.area),
        (RoleCode.ADMINISTRATION_HEAD, solviken.administration),
        (RoleCode.BOARD_MEMBER, root),
        (RoleCode.SUPPORT_FUNCTION, root),
        (RoleCode.COORDINATOR, root),
        (RoleCode.ADMINISTRATOR, root),
    ]
    people = [person(solviken, f"{role.value}@solviken.example", role, unit) for role, unit in roles]
    with municipality_scope(solviken.municipality):
        for who in people[:4]:
            fields = {
                "responsible": who,
                "pupils": [canary.ada],
                "title": f"Läsning med {CANARY}",
                "indicator": canary.reading,
                "unit": solviken.class_4a,
            }
            InterventionFactory(follow_up_on=TODAY - DAY, **fields)
            verdict(InterventionFactory(ended_on=TODAY - DAY, **fields), "better")
            QuestionFactory(
                unit=solviken.class_4a, pupil=canary.ada, asked_by=who, text=f"Hur hjälper vi {CANARY}?"
            )
            meeting = MeetingFactory(
                kind=kind_of(Rung.TEAM), unit=school, lead=who, classes=[solviken.class_4a], is_closed=True
            )
            CaseFactory(
                meeting=meeting,
                unit=solviken.class_4a,
                pupil=canary.ada,
                title=CANARY,
                outcome=Outcome.MEASURE,
                measure=f"Ring {FAMILY}",
                responsible=who,
                due_on=TODAY,
                decided_at=timezone.now(),
            )

    n = send_digests()

    sent = "".join(f"{letter.subject}\n{letter.body}" for letter in mail.outbox)
    assert n == len(mail.outbox) >= 6
    for untold in (CANARY, FAMILY, "Läsning med", "Hur hjälper", "Ring "):
        assert untold not in sent
    assert "better than similar pupils" in sent
    above = [letter for letter in mail.outbox if "head" in letter.to[0] or "board" in letter.to[0]]
    assert [letter for letter in above if "4A" in letter.body] == []


@pytest.mark.parametrize(("language", "month"), [("en", "Nov."), ("", "november")])
def test_digest_is_in_the_persons_language_else_the_municipalitys(
    in_solviken: Place, language: str, month: str
) -> None:
    who = PersonFactory(
        role=RoleCode.PRINCIPAL, unit=in_solviken.school, login="p@solviken.example", language=language
    )
    MeetingFactory(
        kind=kind_of(Rung.SCHOOL), unit=in_solviken.school, lead=who, planned_on=TODAY - DAY, is_closed=True
    )

    send_digests()

    assert month in mail.outbox[0].body


def test_digest_asks_little_of_the_database(
    in_solviken: Place, measured: Measured, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for _ in range(3):
        verdict(ended(in_solviken, indicator=measured.reading), "better")
        InterventionFactory(
            unit=in_solviken.class_4a, responsible=in_solviken.teacher, follow_up_on=TODAY - DAY
        )

    with django_assert_max_num_queries(35):
        told(in_solviken.principal)
