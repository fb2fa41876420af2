"""Writes the invented meetings of a Swedish municipality by the services, then puts them on the days they happened."""

from __future__ import annotations

import datetime
from itertools import cycle

from django.utils import timezone

from accounts.demo import Town
from accounts.models import Country, RoleAssignment, Unit, User
from accounts.queries import subtree_ids
from accounts.roles import RoleCode
from colourmaps.classification import Colour
from colourmaps.models import MeasurementRound, Result
from interventions.meetings.calendar.planned import About, Frame, Repetition
from interventions.meetings.people import people_to_choose
from interventions.models import (
    AnalysisMeeting,
    MeetingCase,
    MeetingKind,
    MeetingNote,
    MeetingPicture,
    MeetingSeries,
    NoteAudience,
    Outcome,
    Rung,
)
from interventions.services.family.codes import open_code_of_meeting
from interventions.services.meeting_planning import make_series, plan_meeting
from interventions.services.meetings import (
    Decision,
    add_case,
    close_meeting,
    decide_case,
    drop_case,
    start_meeting,
    write_note,
)
from pupils.queries import home_enrolments

from .meeting_texts import NEXT_TIME, OWN_ANALYSIS, SERIES, SWEDISH, Decided, Repeated, Told

HOUR = datetime.time(14)
# So many cases there was time for, and so many were left for the next meeting; the others nobody had put there.
TAKEN_UP, DROPPED = 9, 2
# Pupils who are taken up with a support function, at each meeting.
REFERRED = 3
LEADS = {
    Rung.TEACHER: RoleCode.TEACHER,
    Rung.TEAM: RoleCode.ANALYSIS_LEAD,
    Rung.SCHOOL: RoleCode.PRINCIPAL,
    Rung.AREA: RoleCode.AREA_HEAD,
    Rung.ADMINISTRATION: RoleCode.ADMINISTRATION_HEAD,
    Rung.BOARD: RoleCode.BOARD_MEMBER,
}


def write_meetings(town: Town, *, first_class: int, told_on: datetime.date) -> int:
    """Returns how many there are; none where nobody has written the language."""
    if town.plan.country != Country.SWEDEN:
        return 0
    places = _Places(town, first_class, told_on)
    series = [_repeat(each, places) for each in SERIES if (each.school or 0) < len(town.schools)]
    for told in SWEDISH:
        if told.school < len(town.schools):
            _Teller(told, places).tell(series)
    _write_own_analysis(places)
    _plan_today(places)
    return AnalysisMeeting.objects.count()


class _Places:
    """Where the meetings of a rung are held, about which classes, and who leads them."""

    def __init__(self, town: Town, first_class: int, told_on: datetime.date) -> None:
        self.town, self.first_class, self.told_on = town, first_class, told_on

    def about(self, rung: Rung, school: int | None, *, with_queue: bool = False) -> About:
        kind = MeetingKind.objects.filter(rung=rung, is_talk=False, queue__isnull=not with_queue)
        return About(kind.order_by("position")[0], self._unit(rung, school), self._classes(rung, school))

    def _unit(self, rung: Rung, school: int | None) -> Unit:
        town = self.town
        above = {
            Rung.AREA: town.areas[town.plan.area_of(0)] if town.areas else town.root,
            Rung.ADMINISTRATION: town.administrations[0],
            Rung.BOARD: town.root,
        }
        return above[rung] if school is None or rung in above else town.schools[school]

    def _classes(self, rung: Rung, school: int | None) -> list[Unit]:
        """A team's: those of the analysis lead whose class comes first."""
        if rung is not Rung.TEAM or school is None:
            return []
        lead = self.lead(rung, self.town.schools[school], school)
        own = RoleAssignment.objects.on(self.told_on).filter(user=lead, role=RoleCode.ANALYSIS_LEAD)
        return [held.unit for held in own.select_related("unit").order_by("unit__name", "pk")]

    def lead(self, rung: Rung, unit: Unit, school: int | None) -> User:
        held = RoleAssignment.objects.on(self.told_on).filter(role=LEADS[rung]).select_related("user")
        if rung is Rung.TEAM:
            places = self.town.classes_now(school or 0)
            first = self.first_class if school == 0 else places[0]
            held = held.filter(unit=self.town.classes[first])
        else:
            held = held.filter(unit=unit)
        return held.order_by("pk")[0].user


def _repeat(repeated: Repeated, places: _Places) -> MeetingSeries:
    about = places.about(repeated.rung, repeated.school, with_queue=repeated.with_queue)
    lead = places.lead(repeated.rung, about.unit, repeated.school)
    frame = Frame(lead=lead, at=repeated.at, minutes=repeated.minutes)
    return make_series(
        about=about, repetition=Repetition(repeated.rule, repeated.first_on), frame=frame, by=lead
    )


class _Teller:
    """Tells one meeting that has been."""

    def __init__(self, told: Told, places: _Places) -> None:
        self.told, self.places = told, places
        self.day = _weekday(places.told_on - datetime.timedelta(days=told.days_ago))
        self.about = places.about(told.rung, told.school, with_queue=told.with_queue)

    def tell(self, series: list[MeetingSeries]) -> None:
        meeting = self._planned(series)
        if self.told.cancelled:
            meeting.cancelled_at, meeting.cancelled_by = self._moment(), meeting.lead
            meeting.why_cancelled = self.told.cancelled
            meeting.save()
        elif not self.told.is_missed:
            self._hold(meeting)

    def _planned(self, series: list[MeetingSeries]) -> AnalysisMeeting:
        """As its series would have given it, had the series been made in August."""
        about = self.about
        lead = self.places.lead(self.told.rung, about.unit, self.told.school)
        of = next((each for each in series if each.unit == about.unit and each.kind == about.kind), None)
        meeting = AnalysisMeeting.objects.create(
            municipality=self.places.town.municipality,
            series=of,
            due_on=self.day if of else None,
            kind=about.kind,
            unit=about.unit,
            planned_on=self.day,
            at=HOUR,
            lead=lead,
            made_by=lead,
        )
        meeting.covered_units.set(
            about.classes, through_defaults={"municipality": self.places.town.municipality}
        )
        return meeting

    def _hold(self, meeting: AnalysisMeeting) -> None:
        lead = meeting.lead
        if self.told.with_queue:
            self._refer(meeting)
        meeting = start_meeting(meeting=meeting, by=lead)
        self._decide(meeting)
        for prompt, text in enumerate(self.told.answers, 1):
            _note(meeting, NoteAudience.UNIT, prompt, text)
        if self.told.shared:
            _note(meeting, NoteAudience.SHARED, 0, self.told.shared)
        meeting = close_meeting(meeting=meeting, by=lead)
        _date(meeting, self._moment())

    def _refer(self, meeting: AnalysisMeeting) -> None:
        """Pupils of the school who are red, others at every meeting: they are put on by hand, ahead of the rest."""
        taken = MeetingCase.objects.filter(pupil__isnull=False).values("pupil_id")
        enrolled = home_enrolments(timezone.localdate()).exclude(pupil__in=taken)
        enrolled = enrolled.filter(school_class__in=subtree_ids([meeting.unit.pk], timezone.localdate()))
        pupils = {each.pupil_id: each for each in enrolled.select_related("pupil", "school_class")}
        round_ = MeasurementRound.objects.latest("starts_on")
        red = Result.objects.filter(round=round_, colour=Colour.RED, pupil__in=pupils)
        by_pupil = {
            each.pupil_id: each.indicator for each in red.select_related("indicator").order_by("pupil_id")
        }
        for pupil_id, indicator in list(by_pupil.items())[:REFERRED]:
            there = pupils[pupil_id]
            add_case(
                meeting=meeting,
                by=meeting.lead,
                unit=there.school_class,
                pupil=there.pupil,
                indicators=[indicator],
            )

    def _decide(self, meeting: AnalysisMeeting) -> None:
        ways = cycle(self.told.decided or (Decided(Outcome.NONE, "Vi återkommer vid nästa möte"),))
        cases = list(MeetingCase.objects.filter(meeting=meeting, dropped_at__isnull=True))
        for case in cases[TAKEN_UP : TAKEN_UP + DROPPED]:
            drop_case(case=case, version=case.version, why=NEXT_TIME, by=meeting.lead)
        MeetingCase.objects.filter(pk__in=[case.pk for case in cases[TAKEN_UP + DROPPED :]]).delete()
        for case, way in zip(cases[:TAKEN_UP], ways, strict=False):
            decision = Decision(way.outcome, why=way.text)
            if way.outcome is Outcome.MEASURE:
                person = people_to_choose(meeting, case)[0] if meeting.kind.is_inside else meeting.lead
                due_on = timezone.localdate() + datetime.timedelta(days=way.days)
                decision = Decision(way.outcome, measure=way.text, responsible=person, due_on=due_on)
            decided = decide_case(case=case, version=case.version, decision=decision, by=meeting.lead)
            self._date_decision(decided, way)

    def _date_decision(self, case: MeetingCase, way: Decided) -> None:
        MeetingCase.objects.filter(pk=case.pk).update(decided_at=self._moment())
        if way.outcome is Outcome.MEASURE:
            due_on = self.day + datetime.timedelta(days=way.days)
            is_done = way.is_done and due_on < self.places.told_on
            done = {"done_on": due_on, "done_by": case.responsible} if is_done else {}
            MeetingCase.objects.filter(pk=case.pk).update(due_on=due_on, **done)

    def _moment(self) -> datetime.datetime:
        return _at(self.day)


def _write_own_analysis(places: _Places) -> None:
    """The teacher of the demo's class has read the map by herself."""
    school_class = places.town.classes[places.first_class]
    teacher = places.lead(Rung.TEACHER, school_class, None)
    day = _weekday(places.told_on - datetime.timedelta(days=32))
    meeting = AnalysisMeeting.objects.create(
        municipality=places.town.municipality,
        kind=MeetingKind.objects.filter(rung=Rung.TEACHER).order_by("position")[0],
        unit=school_class,
        planned_on=day,
        minutes=10,
        lead=teacher,
        made_by=teacher,
    )
    meeting = start_meeting(meeting=meeting, by=teacher)
    meeting.cases.all().delete()
    for prompt, text in enumerate(OWN_ANALYSIS, 1):
        _note(meeting, NoteAudience.SHARED, prompt, text)
    _date(close_meeting(meeting=meeting, by=teacher), _at(day))


def _plan_today(places: _Places) -> None:
    """Meetings that whoever signs in can begin, and a code by which families answer after one."""
    today = timezone.localdate()
    for rung, with_queue in ((Rung.TEAM, False), (Rung.SCHOOL, True)):
        about = places.about(rung, 0, with_queue=with_queue)
        lead = places.lead(rung, about.unit, 0)
        meeting = plan_meeting(about=about, on=today, frame=Frame(lead=lead, at=HOUR), by=lead)
        if with_queue:
            open_code_of_meeting(meeting=meeting, by=lead)


def _note(meeting: AnalysisMeeting, audience: NoteAudience, prompt: int, text: str) -> None:
    write_note(
        meeting=meeting,
        audience=audience,
        prompt=prompt,
        text=text,
        version=0,
        by=meeting.lead,
        no_names=_all_words(text),
    )


def _all_words(text: str) -> list[str]:
    """The invented texts name nobody, whatever words of theirs are names as well."""
    return [word.strip(".,:;").casefold() for word in text.split()]


def _date(meeting: AnalysisMeeting, moment: datetime.datetime) -> None:
    closed_at = moment + datetime.timedelta(minutes=meeting.minutes)
    AnalysisMeeting.objects.filter(pk=meeting.pk).update(
        round=MeasurementRound.objects.filter(starts_on__lte=moment.date()).latest("starts_on"),
        started_at=moment,
        closed_at=closed_at,
    )
    MeetingPicture.objects.filter(meeting=meeting).update(frozen_at=moment)
    MeetingNote.objects.filter(meeting=meeting).update(at=closed_at)


def _at(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, HOUR))


def _weekday(day: datetime.date) -> datetime.date:
    """The day itself; of a weekend, the Friday before."""
    return day - datetime.timedelta(days=max(day.weekday() - 4, 0))
