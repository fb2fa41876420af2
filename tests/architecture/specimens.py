"""One row of every tenant model, in the municipality that is entered."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.audit import record as record_audit_event
from accounts.emergencies import open_in_emergency
from accounts.log_verification import check_log
from accounts.models import (
    AuditEvent,
    AuditPupil,
    AuditSeal,
    EmergencyAccount,
    ExportedFile,
    FormerUnit,
    FormerUnitPlacement,
    IdentityProvider,
    Job,
    JobState,
    Level,
    LinkCode,
    RetentionDecision,
    RetentionRun,
    RoleAssignment,
    RoleMapping,
    SealedEvent,
    SeenClaims,
    SpentAssertion,
    Unit,
    UnitCode,
    UnitKind,
    UnitPlacement,
    User,
)
from accounts.queries import root_unit
from accounts.roles import RoleCode, Tier
from accounts.sealing import seal_events
from accounts.services import add_unit
from accounts.tenancy import current_municipality
from aggregation.models import (
    ALL_PUPILS,
    ErasedCount,
    LastCount,
    Release,
    ReleaseCheck,
    ReleasedFigure,
    ReleaseWork,
    RollupWork,
    UnitSum,
)
from colourmaps.models import (
    ColourMap,
    FormerDueIndicator,
    FormerStamp,
    FormerThreshold,
    ImportBatch,
    ImportMessage,
    Indicator,
    MapAdoption,
    MapIndicator,
    MeasurementRound,
    SavedMapping,
    SeriesBreak,
    SupersededResult,
)
from interventions.models import (
    AnalysisMeeting,
    AnswerRead,
    Audience,
    Baseline,
    CalendarFeed,
    CaseIndicator,
    CatalogueEntry,
    CostLine,
    DevelopmentArea,
    Evaluation,
    FamilyAnswer,
    FollowUp,
    Intervention,
    InterventionPupil,
    InterventionUnit,
    MailChoice,
    MeetingCase,
    MeetingNote,
    MeetingPicture,
    MeetingPresence,
    MeetingSeries,
    MeetingUnit,
    Participant,
    Question,
    QuestionAnswer,
    QuestionEvidence,
    QueueMember,
    Rule,
    Rung,
    SeriesUnit,
    Session,
    SessionState,
    Step,
    SupportQueue,
    WaitingPupil,
)
from pupils.access_log.services import make_control
from pupils.models import Enrolment, Erasure, FormerEnrolment, Pupil, PupilGroup
from pupils.protected import sealed_rows
from pupils.protecting import ask_for_name
from tests.factories.accounts import LONG_AGO, PersonFactory, SchoolClassFactory
from tests.factories.colourmaps import (
    ColourMapFactory,
    DueIndicatorFactory,
    ImportBatchFactory,
    IndicatorFactory,
    ResultFactory,
    RoundFactory,
    ThresholdFactory,
)
from tests.factories.family import AgreementFactory, CodeFactory, TalkFactory, TalkVoiceFactory
from tests.factories.interventions import EntryFactory, InterventionFactory
from tests.factories.medical import CrossingFactory, MedicalResultFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import MembershipFactory, PupilFactory, named
from tests.factories.questions import QuestionFactory
from tests.factories.single_sign_on import IdentityFactory, ProviderFactory

COUNTS = ("due", "measured", "green", "yellow", "red", "paired", "up", "still", "down")


def make_specimens() -> dict[type[models.Model], models.Model]:
    """The rows by their model. A model that is missing here makes the tenancy test fail."""
    own, now = {"municipality": current_municipality()}, timezone.now()
    until = {**own, "known_until": now}
    school = add_unit(
        level=Level.SCHOOL, name="Skola", parent=root_unit(), valid_from=LONG_AGO, code="12345678"
    )
    school_class = SchoolClassFactory(parent=school)
    teacher = PersonFactory(role=RoleCode.TEACHER, unit=school_class)
    pupil = PupilFactory(school_class=school_class, identity_number="201601012391")
    indicator, round_, batch = IndicatorFactory(), RoundFactory(), ImportBatchFactory()
    measured = {"pupil": pupil, "indicator": indicator, "round": round_}
    summed = {"unit": school_class, "indicator": indicator, "round": round_}
    table = {"round": round_, "indicator": indicator, "split": "all", "tier": Tier.HEADS, **own}
    release = Release.objects.create(version=1, released_at=now, n_attacked=0, attack_seconds=0, **table)
    counts = dict.fromkeys([*COUNTS, "total", "total_of_squares"], 1)
    colour_map = ColourMapFactory(indicators=[indicator])
    membership = MembershipFactory(pupil=pupil)
    entry = EntryFactory(owner=teacher)
    intervention = InterventionFactory(unit=school_class, responsible=teacher, pupils=[pupil], entry=entry)
    of_it = {"intervention": intervention, **own}
    follow_up = FollowUp.objects.create(round=round_, frozen_at=now, verdict="better", **of_it)
    question = QuestionFactory(unit=school_class, pupil=pupil, asked_by=teacher)
    stop = question.stops.get()
    of_question = {"question": question, **own}
    queue = SupportQueue.objects.all()[0]
    answer = QuestionAnswer.objects.create(
        stop=stop, text="specimen", answered_on=LONG_AGO, by=teacher, **of_question
    )
    record_audit_event("specimen made", by=teacher, pupils=[pupil.pk])
    seal_events()
    protected = PupilFactory(protection="protected", identity_number="201601022390")
    unmasking = ask_for_name(pupil=protected, by=teacher, reason="specimen", minutes=10)
    rows: list[models.Model] = [
        AuditEvent.objects.get(action="specimen made"),
        AuditPupil.objects.filter(pupil_id=pupil.pk)[0],
        AuditSeal.objects.latest("number"),
        SealedEvent.objects.latest("event_id"),
        check_log(),
        Job.objects.create(task="specimen", state=JobState.RUNNING, is_heavy=True, **own),
        RoleAssignment.objects.get(user=teacher),
        open_in_emergency(unit=school_class, kind="other", reason="specimen", hours=1, by=teacher),
        sealed_rows([protected.key])[protected.key],
        named(teacher, protected, by=teacher),
        unmasking,
        *of_rights(teacher),
        Unit.objects.get(pk=school_class.pk),
        UnitCode.objects.get(unit=school),
        UnitKind.objects.get(level=Level.AREA),
        UnitPlacement.objects.get(unit=school),
        FormerUnit.objects.create(unit=school, name="Skola", valid_from=LONG_AGO, **until),
        FormerUnitPlacement.objects.create(unit=school, parent=root_unit(), valid_from=LONG_AGO, **until),
        Pupil.objects.get(pk=pupil.pk),
        Enrolment.objects.get(pupil=pupil),
        FormerEnrolment.objects.create(
            pupil=pupil, school_class=school_class, year_group=4, is_home=True, valid_from=LONG_AGO, **until
        ),
        Erasure.objects.create(pupil_id=pupil.pk, decided_on=LONG_AGO, asked_by=teacher, **own),
        PupilGroup.objects.get(pk=membership.group_id),
        membership,
        Indicator.objects.get(pk=indicator.pk),
        ThresholdFactory(indicator=indicator),
        MeasurementRound.objects.get(pk=round_.pk),
        FormerThreshold.objects.create(
            indicator=indicator, year_group=4, yellow_limit=1, green_limit=2, valid_from=LONG_AGO, **until
        ),
        DueIndicatorFactory(round=round_, indicator=indicator),
        FormerDueIndicator.objects.create(round=round_, indicator=indicator, year_group=4, **until),
        FormerStamp.objects.create(
            **measured,
            school_class=school_class,
            year_group=4,
            colour=1,
            movement=1,
            recorded_at=now,
            **until,
        ),
        ImportBatch.objects.get(pk=batch.pk),
        ImportMessage.objects.create(batch=batch, level="note", code="specimen", **own),
        SavedMapping.objects.create(signature="specimen", mapping={}, **own),
        SeriesBreak.objects.create(indicator=indicator, round=round_, kind="version", **own),
        ColourMap.objects.get(pk=colour_map.pk),
        MapIndicator.objects.get(colour_map=colour_map),
        MapAdoption.objects.create(colour_map=colour_map, school=school, **own),
        ResultFactory(**measured),
        SupersededResult.objects.create(
            value=1000,
            measured_on=round_.starts_on,
            recorded_at=now,
            superseded_at=now,
            **measured,
            **own,
        ),
        UnitSum.objects.create(computed_at=now, **counts, **summed, **own),
        ErasedCount.objects.create(joined=1, left=1, slice=104, **counts, **summed, **own),
        LastCount.objects.create(unit=school_class, round=round_, counted_at=now, **own),
        release,
        ReleaseCheck.objects.create(digest="specimen", checked_at=now, **table),
        ReleasedFigure.objects.create(release=release, unit=school, slice=ALL_PUPILS, **own),
        ReleaseWork.objects.create(round=round_, queued_at=now, **own),
        RollupWork.objects.create(unit=school_class, round=round_, queued_at=now, **own),
        CatalogueEntry.objects.get(pk=entry.pk),
        Intervention.objects.get(pk=intervention.pk),
        InterventionPupil.objects.get(intervention=intervention),
        InterventionUnit.objects.create(unit=school_class, **of_it),
        WaitingPupil.objects.create(pupil=pupil, **of_it),
        Participant.objects.create(user=teacher, **of_it),
        Step.objects.create(what="specimen", due_on=LONG_AGO, **of_it),
        CostLine.objects.create(what="specimen", money=100, **of_it),
        Session.objects.create(on=LONG_AGO, state=SessionState.HELD, n_expected=5, n_present=4, **of_it),
        Baseline.objects.create(frozen_at=now, **of_it),
        follow_up,
        Evaluation.objects.create(
            follow_up=follow_up, learnt="specimen", next_step="stop", evaluated_by=teacher, **of_it
        ),
        DevelopmentArea.objects.all()[0],
        queue,
        QueueMember.objects.create(queue=queue, user=teacher, **own),
        Question.objects.get(pk=question.pk),
        stop,
        answer,
        AnswerRead.objects.create(answer=answer, user=teacher, **own),
        QuestionEvidence.objects.create(
            audience=Audience.SCHOOL, state="red", value=1000, movement=1, **summed, **of_question
        ),
        MailChoice.objects.create(user=teacher, **own),
        *of_single_sign_on(school, teacher),
        *of_the_log(teacher, pupil),
        *of_meetings(school_class, teacher, pupil, indicator),
        *of_families(school, school_class, teacher, pupil),
        *of_medical_health(school, teacher, pupil),
    ]
    return {type(row): row for row in rows}


def of_single_sign_on(school: Unit, teacher: User) -> list[models.Model]:
    own, now = {"municipality": current_municipality()}, timezone.now()
    provider = ProviderFactory()
    return [
        IdentityProvider.objects.get(pk=provider.pk),
        IdentityFactory(issuer=provider.issuer, user=teacher),
        RoleMapping.objects.create(
            provider=provider, value="specimen", role=RoleCode.PRINCIPAL, unit=school, **own
        ),
        SeenClaims.objects.create(provider=provider, user=teacher, **own),
        LinkCode.objects.create(user=teacher, digest="specimen", good_until=now, **own),
        SpentAssertion.objects.create(digest="specimen", ends_at=now, **own),
        EmergencyAccount.objects.create(number=1, user=teacher, sealed_at=now, sealed_by=teacher, **own),
    ]


def of_the_log(teacher: User, pupil: Pupil) -> list[models.Model]:
    record_audit_event("pupil seen", by=teacher, pupils=[pupil.pk])
    today = timezone.localdate()
    control = make_control(
        first_on=today,
        last_on=today,
        selections=["random"],
        n_random=1,
        day_begins=6,
        day_ends=19,
        by=teacher,
    )
    return [control, control.lines.get()]


def of_rights(teacher: User) -> list[models.Model]:
    own, now = {"municipality": current_municipality()}, timezone.now()
    decision = RetentionDecision.objects.create(
        kind="jobs", years=1, decided_on=LONG_AGO, noted_by=teacher, **own
    )
    run = RetentionRun.objects.create(decision=decision, before=LONG_AGO, asked_by=teacher, **own)
    return [decision, run, ExportedFile.objects.create(by=teacher, run=run, expires_at=now, **own)]


def of_meetings(school_class: Unit, teacher: User, pupil: Pupil, indicator: Indicator) -> list[models.Model]:
    own = {"municipality": current_municipality()}
    kind = kind_of(Rung.TEACHER)
    series = MeetingSeries.objects.create(
        kind=kind,
        unit=school_class,
        rule=Rule.MONTHLY,
        first_on=LONG_AGO,
        lead=teacher,
        made_by=teacher,
        **own,
    )
    meeting = MeetingFactory(
        kind=kind, unit=school_class, lead=teacher, classes=[school_class], is_started=True
    )
    case = CaseFactory(meeting=meeting, unit=school_class, pupil=pupil)
    return [
        kind,
        kind.guiding_questions.get(),
        series,
        SeriesUnit.objects.create(series=series, unit=school_class, **own),
        AnalysisMeeting.objects.get(pk=meeting.pk),
        MeetingUnit.objects.get(meeting=meeting),
        MeetingPresence.objects.create(meeting=meeting, user=teacher, **own),
        MeetingPicture.objects.create(meeting=meeting, **own),
        MeetingCase.objects.get(pk=case.pk),
        CaseIndicator.objects.create(case=case, indicator=indicator, **own),
        MeetingNote.objects.create(meeting=meeting, audience="unit", text="specimen", by=teacher, **own),
        CalendarFeed.objects.create(user=teacher, digest=f"specimen of {own['municipality'].code}", **own),
    ]


def of_medical_health(school: Unit, teacher: User, pupil: Pupil) -> list[models.Model]:
    nurse = PersonFactory(role=RoleCode.MEDICAL_HEALTH, unit=school)
    return [
        MedicalResultFactory(pupil=pupil, by=nurse),
        CrossingFactory(pupil=pupil, codes=["HT"], receiver=teacher, decided_by=nurse),
    ]


def of_families(school: Unit, school_class: Unit, teacher: User, pupil: Pupil) -> list[models.Model]:
    talk = TalkFactory(pupil=pupil, unit=school_class, made_by=teacher)
    code = CodeFactory(talk=talk, school=school)
    answer = {"kind": talk.kind, "school": school, "month": code.month, "n": 1}
    return [
        talk,
        TalkVoiceFactory(talk=talk, prompt=1, voice="pupil", text="specimen", face=2),
        AgreementFactory(talk=talk),
        code,
        FamilyAnswer.objects.create(
            municipality=current_municipality(), listened=3, influenced=2, understood=1, **answer
        ),
    ]
