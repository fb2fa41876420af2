"""What the tables of interventions hold. See accounts.declarations."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.declarations import (
    Emptied,
    InformationType,
    Removal,
    about_pupils,
    add_type,
    not_about_pupils,
)

from .models import (
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
    Participant,
    Question,
    QuestionAnswer,
    QuestionEvidence,
    QuestionStop,
    QueueMember,
    SeriesUnit,
    Session,
    SharedEntry,
    Step,
    SupportQueue,
    Talk,
    TalkAgreement,
    TalkVoice,
    WaitingPupil,
)


def old_plans(before: datetime.date) -> Sequence[QuerySet]:
    return [Intervention.objects.filter(ended_on__lt=before)]


def old_questions(before: datetime.date) -> Sequence[QuerySet]:
    return [Question.objects.filter(asked_at__date__lt=before)]


def old_notes(before: datetime.date) -> Sequence[QuerySet]:
    """What was written at meetings; that they were held, and how many cases they had, stays."""
    return [MeetingNote.objects.filter(meeting__closed_at__date__lt=before)]


def old_talks(before: datetime.date) -> Sequence[QuerySet]:
    """With the codes by which families answered; what they answered leads to no talk."""
    return [
        FamilyCode.objects.filter(talk__held_on__lt=before),
        Talk.objects.filter(held_on__lt=before),
    ]


def old_family_answers(before: datetime.date) -> Sequence[QuerySet]:
    return [
        FamilyAnswer.objects.filter(month__lt=before),
        FamilyCode.objects.filter(open_until__lt=before),
    ]


SUPPORT = _("Support and pedagogical work (the School Act, ch. 3 and 4; GDPR art. 6.1 e).")
add_type(
    InformationType(
        "plans",
        _("Interventions and what came of them"),
        SUPPORT,
        Removal(_("the end of the intervention"), old_plans),
        proposed_years=10,
        archive_first=True,
    )
)
add_type(
    InformationType(
        "questions",
        _("Questions and answers"),
        SUPPORT,
        Removal(_("the day on which it was asked"), old_questions),
        proposed_years=5,
        archive_first=True,
    )
)
add_type(
    InformationType(
        "notes",
        _("Notes of meetings"),
        SUPPORT,
        Removal(_("the end of the meeting"), old_notes),
        proposed_years=5,
        archive_first=True,
    )
)
add_type(
    InformationType(
        "meetings",
        _("Meetings, their cases and pictures"),
        _("Shows that and how the school works with quality (the School Act, ch. 4)."),
        why_kept=_("Statistics of the routine rest on them; notes are a type of their own."),
    )
)
add_type(
    InformationType(
        "talks",
        _("Talks with pupil and guardian"),
        _("Talks on development (the School Act, ch. 10 s. 12 and elsewhere; GDPR art. 6.1 e)."),
        Removal(_("the day of the talk"), old_talks),
        proposed_years=3,
    )
)
add_type(
    InformationType(
        "family-answers",
        _("Answers of families"),
        _("Counts without names; the codes by which families answered."),
        Removal(_("the month of the meeting"), old_family_answers),
        proposed_years=5,
    )
)
add_type(
    InformationType(
        "catalogue",
        _("Catalogue of interventions"),
        _("Knowledge of methods; holds no pupils."),
        why_kept=_("An old intervention says by it what was done."),
    )
)
add_type(
    InformationType(
        "choices",
        _("What staff have chosen for themselves"),
        _("Wishes about mail and calendar."),
        why_kept=_("Each changes the own choice; it goes with the account."),
    )
)

of_plan = {"by": "intervention__pupils", "alone": "intervention__pupils", "kind": "plans"}

not_about_pupils(CatalogueEntry, kind="catalogue", because=_("an intervention to choose from"))
not_about_pupils(
    SharedEntry, kind="catalogue", because=_("what the municipality offers to all others of an entry")
)
about_pupils(
    Intervention, by="pupils", alone="pupils", kind="plans", says=_("what the school does differently")
)
about_pupils(InterventionPupil, kind="plans", says=_("that an intervention is for the pupil"))
about_pupils(WaitingPupil, kind="plans", says=_("that the pupil gets the same intervention later"))
about_pupils(InterventionUnit, says=_("which units an intervention covers"), **of_plan)
about_pupils(Participant, says=_("who of the staff takes part"), **of_plan)
about_pupils(Step, says=_("a step of an intervention"), **of_plan)
about_pupils(CostLine, says=_("what an intervention costs"), **of_plan)
about_pupils(Session, says=_("when an intervention took place, and how many were there"), **of_plan)
about_pupils(Baseline, says=_("how it stood when the intervention began"), entries=("values",), **of_plan)
about_pupils(
    FollowUp,
    says=_("how it stood when the intervention was followed up, also of pupils who were compared with"),
    entries=("values", "comparison"),
    **of_plan,
)
about_pupils(Evaluation, says=_("what was learnt from an intervention"), **of_plan)
not_about_pupils(CalendarFeed, kind="choices", because=_("a calendar address of one of the staff"))
not_about_pupils(MailChoice, kind="choices", because=_("which mails one of the staff wants"))
not_about_pupils(DevelopmentArea, kind="meetings", because=_("what obstacles are about"))
not_about_pupils(SupportQueue, kind="questions", because=_("a support function"))
not_about_pupils(QueueMember, kind="questions", because=_("who of the staff answers for a support function"))
about_pupils(
    Question,
    kind="questions",
    says=_("a question about what stands in the way for the pupil"),
    emptied=Emptied(("text", "text_above"), forgets=("pupil",)),
)
about_pupils(
    QuestionStop,
    by="question__pupil",
    kind="questions",
    says=_("to whom a question went"),
    emptied=Emptied(("why",)),
)
about_pupils(
    QuestionAnswer,
    by="question__pupil",
    kind="questions",
    says=_("the answer to a question"),
    emptied=Emptied(("text",)),
)
about_pupils(AnswerRead, by="answer__question__pupil", kind="questions", says=_("who has read an answer"))
about_pupils(
    QuestionEvidence, by="question__pupil", kind="questions", says=_("the figures that a question points at")
)
not_about_pupils(MeetingKind, kind="meetings", because=_("a kind of meeting"))
not_about_pupils(GuidingQuestions, kind="meetings", because=_("what a kind of meeting asks"))
not_about_pupils(MeetingSeries, kind="meetings", because=_("when meetings are held"))
not_about_pupils(SeriesUnit, kind="meetings", because=_("whose meetings they are"))
not_about_pupils(AnalysisMeeting, kind="meetings", because=_("that a meeting was held, where, and by whom"))
not_about_pupils(MeetingUnit, kind="meetings", because=_("which classes a meeting was about"))
not_about_pupils(MeetingPresence, kind="meetings", because=_("who of the staff was there"))
not_about_pupils(MeetingPicture, kind="meetings", because=_("sums of units as the meeting saw them"))
about_pupils(
    MeetingCase,
    kind="meetings",
    says=_("what a meeting said and decided about the pupil"),
    emptied=Emptied(("title", "said", "measure", "why", "why_dropped"), forgets=("pupil",)),
)
about_pupils(CaseIndicator, by="case__pupil", kind="meetings", says=_("which indicator a case was about"))
not_about_pupils(
    MeetingNote,
    kind="notes",
    because=_("about a whole meeting; what it says of a pupil is found by the pupil's names"),
)
about_pupils(Talk, kind="talks", says=_("a talk with the pupil and guardian"))
about_pupils(TalkVoice, by="talk__pupil", kind="talks", says=_("what was said at a talk, and by whom"))
about_pupils(TalkAgreement, by="talk__pupil", kind="talks", says=_("what was agreed on at a talk"))
about_pupils(FamilyCode, by="talk__pupil", kind="family-answers", says=_("by which code the family answered"))
not_about_pupils(FamilyAnswer, kind="family-answers", because=_("counts of answers, which lead to nobody"))
