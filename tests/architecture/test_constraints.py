"""Each rule of the database is broken once, and the database refuses."""

import copy
import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.utils import timezone

from accounts.keys import new_key
from accounts.models import (
    AuditPupil,
    AuditSeal,
    EmergencyAccess,
    EmergencyAccount,
    ExportedFile,
    Identity,
    IdentityProvider,
    Job,
    JobState,
    LinkCode,
    Municipality,
    RetentionRun,
    RoleAssignment,
    RoleMapping,
    SealedEvent,
    SpentAssertion,
    Unit,
    UnitCode,
    UnitKind,
    UnitPlacement,
    User,
)
from accounts.tenancy import current_municipality, municipality_scope
from aggregation.models import (
    ErasedCount,
    LastCount,
    Release,
    ReleaseCheck,
    ReleasedFigure,
    ReleaseWork,
    RollupWork,
    UnitSum,
)
from colourmaps.medical.models import Crossing, MedicalResult
from colourmaps.models import (
    ColourMap,
    DueIndicator,
    ImportBatch,
    Indicator,
    MapAdoption,
    MapIndicator,
    MeasurementRound,
    Result,
    SavedMapping,
    SeriesBreak,
    SupersededResult,
    Threshold,
)
from interventions.models import (
    AnalysisMeeting,
    AnswerRead,
    Baseline,
    CalendarFeed,
    CaseIndicator,
    CatalogueEntry,
    CostLine,
    DevelopmentArea,
    Evaluation,
    FamilyAnswer,
    FamilyCode,
    FollowUp,
    GuidingQuestions,
    Intervention,
    InterventionPupil,
    InterventionUnit,
    MailChoice,
    MeetingCase,
    MeetingKind,
    MeetingNote,
    MeetingPicture,
    MeetingPresence,
    MeetingSeries,
    MeetingUnit,
    NoteAudience,
    Outcome,
    Participant,
    Question,
    QuestionAnswer,
    QuestionEvidence,
    QuestionStop,
    QueueMember,
    Rung,
    SeriesUnit,
    Session,
    SharedEntry,
    SupportQueue,
    Talk,
    TalkAgreement,
    TalkVoice,
    WaitingPupil,
)
from pupils.models import (
    Enrolment,
    Erasure,
    LogControl,
    LogControlLine,
    ProtectedAccess,
    ProtectedIdentity,
    Pupil,
    PupilGroup,
    PupilGroupMembership,
    Unmasking,
)
from tests.factories.accounts import MunicipalityFactory, PersonFactory, SchoolClassFactory
from tests.factories.colourmaps import ResultFactory
from tests.factories.interventions import shared_entry
from tests.factories.pupils import PupilFactory

from .import_line import LINE
from .specimens import make_specimens

Specimens = dict[type[models.Model], Any]
LONG_AGO, LONG_AHEAD = datetime.date(2019, 1, 1), datetime.date(2040, 1, 1)
LONG_AGO_AT_NOON = datetime.datetime(2019, 1, 1, 12, tzinfo=datetime.UTC)


def changed(model: type[models.Model], **values: Any) -> Callable[[Specimens], object]:
    """The breach of changing the specimen so."""
    return lambda specimens: model._default_manager.filter(pk=specimens[model].pk).update(**values)


def doubled(model: type[models.Model], **differences: Any) -> Callable[[Specimens], object]:
    """The breach of a second row like the specimen, but for what else must differ."""

    def breach(specimens: Specimens) -> None:
        twin = copy.copy(specimens[model])
        twin._state = models.base.ModelState()
        if not isinstance(model._meta.pk, models.CompositePrimaryKey):
            twin.pk = None
        for name, value in differences.items():
            setattr(twin, name, value() if callable(value) else value)
        model._default_manager.bulk_create([twin])

    return breach


def of_school(breach: Callable[[Specimens], object]) -> Callable[[Specimens], object]:
    """The breach after the specimen of a threshold has become a school's own."""

    def breached(specimens: Specimens) -> None:
        threshold = specimens[Threshold]
        threshold.school, threshold.reason = specimens[UnitPlacement].unit, "specimen"
        threshold.save()
        breach(specimens)

    return breached


def of_a_series(breach: Callable[[Specimens], object]) -> Callable[[Specimens], object]:
    """The breach after the specimen of a meeting has become one of a series."""

    def breached(specimens: Specimens) -> None:
        meeting = specimens[AnalysisMeeting]
        meeting.series, meeting.due_on = specimens[MeetingSeries], LONG_AGO
        meeting.save()
        breach(specimens)

    return breached


def privately(breach: Callable[[Specimens], object]) -> Callable[[Specimens], object]:
    """The breach after the specimen of a note has become a private one."""

    def breached(specimens: Specimens) -> None:
        note = specimens[MeetingNote]
        note.audience = NoteAudience.PRIVATE
        note.save()
        breach(specimens)

    return breached


def of_a_meeting(breach: Callable[[Specimens], object]) -> Callable[[Specimens], object]:
    """The breach after the specimen of a family code has become one of a meeting."""

    def breached(specimens: Specimens) -> None:
        code = specimens[FamilyCode]
        code.talk, code.meeting = None, specimens[AnalysisMeeting]
        code.save()
        breach(specimens)

    return breached


def code_twice(specimens: Specimens) -> None:
    """The same code for a talk and a meeting."""
    doubled(FamilyCode, talk=None, meeting=specimens[AnalysisMeeting])(specimens)


def copied(breach: Callable[[Specimens], object]) -> Callable[[Specimens], object]:
    """The breach after the specimen of a catalogue entry has become a copy of another municipality's."""

    def breached(specimens: Specimens) -> None:
        entry = specimens[CatalogueEntry]
        entry.source_key, entry.source_version = "specimen", 1
        entry.source_name, entry.source_date = "specimen", LONG_AGO
        entry.save()
        breach(specimens)

    return breached


def key_of_an_identity_twice(specimens: Specimens) -> None:
    doubled(Identity, subject="another", issuer="another")(specimens)


def subject_twice(specimens: Specimens) -> None:
    """The same subject for another person."""
    doubled(Identity, key=new_key, user=PersonFactory())(specimens)


def number_twice(specimens: Specimens) -> None:
    doubled(EmergencyAccount, user=PersonFactory())(specimens)


ENDS_AS_IT_BEGINS = {"valid_to": F("valid_from")}
BREACHES: dict[str, Callable[[Specimens], object]] = {
    "municipality.code": doubled(Municipality),
    "municipality_smallest_base_floor": changed(Municipality, smallest_base=9),
    "municipality_smallest_count_floor": changed(Municipality, smallest_count=4),
    "user.key": doubled(User, login="another"),
    "user.login": doubled(User, key=new_key),
    "user_operator_or_municipality": changed(User, is_staff=True),
    "job_key_once": doubled(Job, state=JobState.DONE),
    "job_one_heavy": doubled(Job, key=new_key),
    "roleassignment_dates_in_order": changed(RoleAssignment, **ENDS_AS_IT_BEGINS),
    "roleassignment_once_a_day": doubled(RoleAssignment),
    "unit_dates_in_order": changed(Unit, **ENDS_AS_IT_BEGINS),
    "unit_key_once": doubled(Unit),
    "unitcode_dates_in_order": changed(UnitCode, **ENDS_AS_IT_BEGINS),
    "unitcode_once_a_day": doubled(UnitCode),
    "unitkind_name_once": doubled(UnitKind),
    "unitplacement_dates_in_order": changed(UnitPlacement, **ENDS_AS_IT_BEGINS),
    "unitplacement_not_under_itself": changed(UnitPlacement, parent=F("unit")),
    "unitplacement_once_a_day": doubled(UnitPlacement, valid_to=LONG_AHEAD),
    "unitplacement_one_open": doubled(UnitPlacement, valid_from=LONG_AGO),
    "pupil_can_be_told_apart": changed(Pupil, identity_number="", own_id="", given_name="", family_name=""),
    "pupil_identity_number_once": doubled(Pupil, key=new_key, own_id=""),
    "pupil_key_once": doubled(Pupil, identity_number="", own_id=""),
    "pupil_own_id_once": doubled(Pupil, key=new_key, identity_number=""),
    "enrolment_dates_in_order": changed(Enrolment, **ENDS_AS_IT_BEGINS),
    "enrolment_once_a_day": doubled(Enrolment, is_home=False),
    "enrolment_one_open_home_class": doubled(Enrolment, valid_from=LONG_AGO),
    "enrolment_year_group": changed(Enrolment, year_group=14),
    "pupilgroup_dates_in_order": changed(PupilGroup, **ENDS_AS_IT_BEGINS),
    "pupilgroup_key_once": doubled(PupilGroup, name="another"),
    "pupilgroup_name_once": doubled(PupilGroup, key=new_key),
    "pupilgroup_purpose_and_ground": changed(PupilGroup, legal_ground=""),
    "pupilgroupmembership_dates_in_order": changed(PupilGroupMembership, **ENDS_AS_IT_BEGINS),
    "pupilgroupmembership_once_a_day": doubled(PupilGroupMembership, valid_to=LONG_AHEAD),
    "pupilgroupmembership_one_open": doubled(PupilGroupMembership, valid_from=LONG_AGO),
    "colourmap_key_once": doubled(ColourMap),
    "mapindicator_once": doubled(MapIndicator, position=2),
    "mapadoption_once": doubled(MapAdoption),
    "dueindicator_once": doubled(DueIndicator),
    "importbatch_key_once": doubled(ImportBatch),
    "indicator_code_once": doubled(Indicator),
    "indicator_scale_in_order": changed(Indicator, minimum=4000, maximum=4000),
    "measurementround_days_in_order": changed(MeasurementRound, ends_on=LONG_AGO),
    "measurementround_key_once": doubled(MeasurementRound, name="another", starts_on=LONG_AGO),
    "measurementround_name_once": doubled(MeasurementRound, key=new_key, starts_on=LONG_AGO),
    "measurementround_one_order": doubled(MeasurementRound, key=new_key, name="another"),
    "result.pk": doubled(Result),
    "result_value_or_mark": changed(Result, value=None),
    "savedmapping_once": doubled(SavedMapping),
    "seriesbreak_once": doubled(SeriesBreak),
    "supersededresult_value_or_mark": changed(SupersededResult, mark=1),
    "threshold_dates_in_order": changed(Threshold, **ENDS_AS_IT_BEGINS),
    "threshold_of_school_has_reason": of_school(changed(Threshold, reason="")),
    "threshold_of_school_once_a_day": of_school(doubled(Threshold, valid_to=LONG_AHEAD)),
    "threshold_of_school_one_open": of_school(doubled(Threshold, valid_from=LONG_AGO)),
    "threshold_once_a_day": doubled(Threshold, valid_to=LONG_AHEAD),
    "threshold_one_open": doubled(Threshold, valid_from=LONG_AGO),
    "lastcount.pk": doubled(LastCount),
    "release_one_shown": doubled(Release, version=2),
    "release_superseded_after_release": changed(Release, superseded_at=LONG_AGO_AT_NOON),
    "release_version_once": doubled(Release, superseded_at=timezone.now),
    "releasecheck_found_is_a_leak": changed(ReleaseCheck, found="a count"),
    "releasecheck_once": doubled(ReleaseCheck),
    "releasedfigure.pk": doubled(ReleasedFigure),
    "releasework_once": doubled(ReleaseWork),
    "rollupwork_once": doubled(RollupWork),
    "unitsum.pk": doubled(UnitSum),
    "baseline.intervention": doubled(Baseline),
    "catalogueentry_ages_in_order": changed(CatalogueEntry, age_to=6),
    "catalogueentry_key_once": doubled(CatalogueEntry),
    "catalogueentry_one_copy": copied(doubled(CatalogueEntry, key=new_key)),
    "catalogueentry_source_is_whole": changed(CatalogueEntry, source_key="specimen"),
    "catalogueentry_withdrawn_has_reason": changed(CatalogueEntry, withdrawn_on=LONG_AGO),
    "costline_costs_something": changed(CostLine, money=0),
    "costline_hours_not_negative": changed(CostLine, hours=-1),
    "evaluation.intervention": doubled(Evaluation),
    "followup_once_a_round": doubled(FollowUp),
    "intervention_ends_after_start": changed(Intervention, ended_on=LONG_AGO),
    "intervention_follow_up_after_start": changed(Intervention, follow_up_on=F("starts_on")),
    "intervention_key_once": doubled(Intervention),
    "intervention_planned_end_after_start": changed(Intervention, planned_until=LONG_AGO),
    "interventionpupil_once": doubled(InterventionPupil),
    "interventionunit_once": doubled(InterventionUnit),
    "participant_once": doubled(Participant),
    "session_counted_when_held": changed(Session, n_present=None),
    "session_no_more_than_expected": changed(Session, n_present=6),
    "session_once_a_day": doubled(Session),
    "sharedentry.key": doubled(SharedEntry, entry_key="another"),
    "sharedentry_ages_in_order": changed(SharedEntry, age_to=6),
    "sharedentry_once": doubled(SharedEntry, key=new_key),
    "waitingpupil_once": doubled(WaitingPupil),
    "developmentarea_key_once": doubled(DevelopmentArea),
    "supportqueue_key_once": doubled(SupportQueue),
    "queuemember_once": doubled(QueueMember),
    "question_key_once": doubled(Question),
    "question_says_something": changed(Question, text=""),
    "question_pupil_only_at_a_school": changed(Question, school=None),
    "questionstop_position_once": doubled(QuestionStop),
    "questionstop_at_one_place": changed(QuestionStop, rung=Rung.QUEUE),
    "questionstop_application_has_a_day": changed(QuestionStop, recipient="specimen"),
    "questionanswer_once_a_stop": doubled(QuestionAnswer),
    "answerread_once": doubled(AnswerRead),
    "questionevidence_once": doubled(QuestionEvidence),
    "questionevidence_no_cell_above_the_school": changed(QuestionEvidence, audience="heads"),
    "meetingkind_key_once": doubled(MeetingKind),
    "meetingkind_on_the_ladder": changed(MeetingKind, rung=Rung.QUEUE, names_pupils=False),
    "meetingkind_no_pupils_above_the_school": changed(MeetingKind, rung=Rung.AREA),
    "guidingquestions_version_once": doubled(GuidingQuestions),
    "meetingseries_key_once": doubled(MeetingSeries),
    "meetingseries_ends_after_it_begins": changed(MeetingSeries, ends_on=LONG_AGO),
    "seriesunit_once": doubled(SeriesUnit),
    "analysismeeting_key_once": doubled(AnalysisMeeting),
    "analysismeeting_once_a_series_day": of_a_series(doubled(AnalysisMeeting, key=new_key)),
    "analysismeeting_of_a_series_has_its_day": changed(AnalysisMeeting, due_on=LONG_AGO),
    "analysismeeting_closed_after_its_start": changed(AnalysisMeeting, closed_at=LONG_AGO_AT_NOON),
    "analysismeeting_started_by_with_its_questions": changed(AnalysisMeeting, guiding=None),
    "analysismeeting_cancelled_for_a_reason": changed(AnalysisMeeting, why_cancelled="specimen"),
    "meetingunit_once": doubled(MeetingUnit),
    "meetingpresence_once": doubled(MeetingPresence),
    "meetingpicture.meeting": doubled(MeetingPicture),
    "calendarfeed_one_each": doubled(CalendarFeed, digest="another"),
    "calendarfeed_digest_once": doubled(CalendarFeed, user_id=lambda: User.objects.latest("pk").pk + 1),
    "meetingcase_key_once": doubled(MeetingCase),
    "meetingcase_not_in_air": changed(MeetingCase, outcome=Outcome.MEASURE, decided_at=LONG_AGO_AT_NOON),
    "identityprovider_dates_in_order": changed(IdentityProvider, **ENDS_AS_IT_BEGINS),
    "identityprovider_key_once": doubled(IdentityProvider, issuer="another"),
    "identityprovider_issuer_once": doubled(IdentityProvider, key=new_key),
    "identity_key_once": key_of_an_identity_twice,
    "identity_subject_once": subject_twice,
    "identity_person_once": doubled(Identity, key=new_key, subject="another"),
    "rolemapping_key_once": doubled(RoleMapping, value="another"),
    "rolemapping_once": doubled(RoleMapping, key=new_key),
    "linkcode_digest_once": doubled(LinkCode),
    "spentassertion_once": doubled(SpentAssertion),
    "emergencyaccount_number_once": number_twice,
    "emergencyaccount_user_once": doubled(EmergencyAccount, number=2),
    "emergencyaccount_one_or_two": changed(EmergencyAccount, number=3),
    "meetingcase_dropped_for_a_reason": changed(MeetingCase, dropped_at=LONG_AGO_AT_NOON),
    "meetingcase_only_measures_are_done": changed(MeetingCase, done_on=LONG_AGO),
    "caseindicator_once": doubled(CaseIndicator),
    "talk_key_once": doubled(Talk),
    "talk_closed_by_somebody": changed(Talk, closed_at=LONG_AGO_AT_NOON),
    "talkvoice_once": doubled(TalkVoice),
    "talkvoice_face_is_the_pupils": changed(TalkVoice, voice="guardian"),
    "talkagreement_says_something": changed(TalkAgreement, what="", who="", due_on=None),
    "familycode_code_once": code_twice,
    "familycode_once_a_meeting": of_a_meeting(doubled(FamilyCode, code="CDFHJKMN")),
    "familycode_once_a_talk": doubled(FamilyCode, code="CDFHJKMN"),
    "familycode_of_a_meeting_or_a_talk": changed(FamilyCode, talk=None),
    "familycode_no_more_answers_than_people": changed(FamilyCode, n_answers=13),
    "familyanswer_alike_once": doubled(FamilyAnswer),
    "familyanswer_within_scale": changed(FamilyAnswer, influenced=4),
    "meetingnote_once_together": doubled(MeetingNote),
    "meetingnote_once_each": privately(doubled(MeetingNote)),
    "mailchoice_once_each": doubled(MailChoice),
    "logcontrol_key_once": doubled(LogControl),
    "logcontrol_period_in_order": changed(LogControl, last_on=LONG_AGO),
    "logcontrol_signed_whole": changed(LogControl, signed_at=LONG_AGO_AT_NOON),
    "logcontrolline_key_once": doubled(LogControlLine, event_id=0),
    "logcontrolline_event_once": doubled(LogControlLine, key=new_key),
    "logcontrolline_judged_by_somebody": changed(LogControlLine, judgement="justified"),
    "auditpupil.pk": doubled(AuditPupil),
    "auditseal.pk": doubled(AuditSeal),
    "sealedevent.pk": doubled(SealedEvent),
    "medicalresult_one_in_force": doubled(MedicalResult),
    "medicalresult_value_or_mark": changed(MedicalResult, value=None),
    "medicalresult_removed_is_superseded": changed(MedicalResult, is_removed=True),
    "crossing_dates_in_order": changed(Crossing, valid_to=LONG_AGO),
    "crossing_key_once": doubled(Crossing),
    "crossing_has_an_end": changed(Crossing, valid_to=None),
    "crossing_has_one_receiver": changed(Crossing, role="teacher"),
    "crossing_withdrawn_with_reason": changed(Crossing, withdrawn_at=LONG_AGO_AT_NOON),
    "crossing_not_to_oneself": changed(Crossing, decided_by=F("receiver")),
    "emergencyaccess_key_once": doubled(EmergencyAccess),
    "emergencyaccess_has_reason": changed(EmergencyAccess, reason=""),
    "emergencyaccess_times_in_order": changed(EmergencyAccess, open_until=LONG_AGO_AT_NOON),
    "pupil_protected_has_no_name": changed(Pupil, protection="protected"),
    "protectedidentity_once": doubled(ProtectedIdentity, number_mac="", own_id_mac=""),
    "protectedidentity_number_once": doubled(ProtectedIdentity, locator="x", own_id_mac=""),
    "protectedidentity_own_id_once": doubled(ProtectedIdentity, locator="x", number_mac=""),
    "protectedaccess_dates_in_order": changed(ProtectedAccess, valid_to=LONG_AGO),
    "protectedaccess_key_once": doubled(ProtectedAccess),
    "protectedaccess_pupil_or_school": changed(ProtectedAccess, pupil=None),
    "protectedaccess_has_reason": changed(ProtectedAccess, reason=""),
    "unmasking_key_once": doubled(Unmasking),
    "unmasking_has_reason": changed(Unmasking, reason=""),
    "unmasking_two_persons": changed(Unmasking, answered_by=F("asked_by")),
    "unmasking_shown_once_answered": changed(Unmasking, shown_until=LONG_AGO_AT_NOON),
    "erasure_key_once": doubled(Erasure, pupil_id=0),
    "erasure_one_open": doubled(Erasure, key=new_key),
    "retentionrun_key_once": doubled(RetentionRun),
    "exportedfile_key_once": doubled(ExportedFile),
    "erasedcount.pk": doubled(ErasedCount),
}


def rules_of_the_database() -> dict[str, tuple[type[models.Model], tuple[str, ...]]]:
    """(model, columns that must be unique together, none for other rules) by the rule's name."""
    rules: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {}
    for model in (model for model in apps.get_models() if model.__module__.split(".")[0] in LINE):
        for rule in model._meta.constraints:
            rules[rule.name] = model, tuple(getattr(rule, "fields", ()))
        if isinstance(model._meta.pk, models.CompositePrimaryKey):
            rules[f"{model._meta.model_name}.pk"] = model, model._meta.pk.field_names
        for field in model._meta.local_concrete_fields:
            if field.unique and not field.primary_key:
                rules[f"{model._meta.model_name}.{field.name}"] = model, (field.name,)
    return rules


RULES = rules_of_the_database()


def test_every_rule_is_broken_here() -> None:
    assert set(BREACHES) == set(RULES)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(BREACHES))
def test_breach_is_refused_by_the_database(name: str) -> None:
    with municipality_scope(MunicipalityFactory()):
        specimens: Specimens = make_specimens()
        specimens[Municipality] = current_municipality()
        specimens[User] = User.objects.latest("pk")
        specimens[SharedEntry] = shared_entry(current_municipality())

        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            BREACHES[name](specimens)

    assert is_about(name, str(refusal.value)), refusal.value


def is_about(name: str, message: str) -> bool:
    """Whether the database names this rule. SQLite names the columns of a unique key instead of the key."""
    model, fields = RULES[name]
    columns = [model._meta.get_field(field).column for field in fields]
    if connection.vendor == "sqlite" and columns:
        table = model._meta.db_table
        return message == "UNIQUE constraint failed: " + ", ".join(f"{table}.{column}" for column in columns)
    if "." in name:
        # Behind the wall PostgreSQL does not quote the columns: they would tell of rows that may not be seen.
        rule = "pkey" if name.endswith(".pk") else f"{columns[0]}_key"
        return f'"{model._meta.db_table}_{rule}"' in message
    return name in message


on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="references of results are watched by triggers of PostgreSQL"
)
REFERENCES = ("pupil", "indicator", "round", "school_class")


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("model", [Result, SupersededResult])
def test_medical_result_among_those_of_the_school_is_refused(model: type[models.Model]) -> None:
    with municipality_scope(MunicipalityFactory()):
        specimens: Specimens = make_specimens()
        medical = specimens[MedicalResult].indicator
        model._default_manager.all().delete()

        with pytest.raises(IntegrityError, match="does not belong to the school"), transaction.atomic():
            doubled(model, indicator_id=medical.pk)(specimens)


@on_postgresql
@pytest.mark.django_db
def test_schools_indicator_among_the_medical_results_is_refused() -> None:
    with municipality_scope(MunicipalityFactory()):
        specimens: Specimens = make_specimens()

        with pytest.raises(IntegrityError, match="only results of medical"), transaction.atomic():
            changed(MedicalResult, indicator=specimens[Indicator])(specimens)


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(("area", "other"), [("school", "medical"), ("medical", "school")])
def test_indicator_never_changes_its_secrecy_area(area: str, other: str) -> None:
    with municipality_scope(MunicipalityFactory()):
        make_specimens()
        indicators = Indicator.of_all_areas.filter(secrecy_area=area)
        assert indicators.exists()

        with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
            indicators.update(secrecy_area=other)


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("model", [Result, SupersededResult])
def test_result_that_refers_to_another_municipality_is_refused(
    model: type[models.Model], reference: str
) -> None:
    with municipality_scope(MunicipalityFactory()):
        foreign = make_specimens()
    with municipality_scope(MunicipalityFactory()):
        specimens: Specimens = make_specimens()
        theirs = foreign[model._meta.get_field(reference).related_model]
        model._default_manager.all().delete()

        with pytest.raises(IntegrityError, match="a result refers to a row"), transaction.atomic():
            doubled(model, **{f"{reference}_id": theirs.pk})(specimens)


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("reference", REFERENCES)
def test_what_a_result_refers_to_cannot_be_deleted(reference: str) -> None:
    with municipality_scope(MunicipalityFactory()):
        school_class, pupil = SchoolClassFactory(), PupilFactory()
        UnitPlacement.objects.filter(unit=school_class).delete()
        result = ResultFactory(pupil=pupil, school_class=school_class)
        thing = getattr(result, reference)

        with pytest.raises(IntegrityError, match="there are results that refer"), transaction.atomic():
            thing.delete()

        Result.objects.all().delete()
        thing.delete()
