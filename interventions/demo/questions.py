"""Writes the invented questions of a Swedish municipality by the services, with the days on which they happened."""

from __future__ import annotations

import datetime

from django.utils import timezone

from accounts.demo import Town
from accounts.models import Country, Level, RoleAssignment, Unit, User
from accounts.queries import line_of
from accounts.roles import RoleCode
from colourmaps.classification import Colour
from colourmaps.models import IndicatorArea, MeasurementRound, Result
from interventions.models import (
    AnswerRead,
    DevelopmentArea,
    Question,
    QuestionAnswer,
    QuestionStop,
    Rung,
    SupportQueue,
)
from interventions.questions.evidence import About
from interventions.questions.places import ROLES_OF, Place, ladder
from interventions.services.questions import (
    Application,
    ForAbove,
    answer_question,
    ask_question,
    mark_answers_read,
    pass_on_question,
    take_question,
)
from pupils.names_in_text import names_at, parts_of

from .question_texts import OF_OTHER_SCHOOLS, SWEDISH, Asked, Step

HOUR = datetime.time(14)
DAYS_TO_ANSWER = 6


def write_questions(town: Town, *, first_class: int, told_on: datetime.date) -> int:
    """Returns how many there are; none where nobody has written the language."""
    if town.plan.country != Country.SWEDEN:
        return 0
    told = [each for each in [*SWEDISH, *OF_OTHER_SCHOOLS] if each.school < len(town.schools)]
    for asked in told:
        places = town.classes_now(asked.school)
        school_class = town.classes[first_class if asked.school == 0 else places[0]]
        _Teller(asked, school_class, told_on).tell()
    return len(told)


class _Teller:
    """Tells one question, step by step; `day` is the day of the step."""

    def __init__(self, asked: Asked, school_class: Unit, told_on: datetime.date) -> None:
        self.asked, self.school_class, self.told_on = asked, school_class, told_on
        self.ladder = {place.rung: place for place in ladder(line_of(school_class, told_on))}
        self.queues = list(SupportQueue.objects.all())
        self.day = told_on - datetime.timedelta(days=asked.days_ago)

    def tell(self) -> None:
        asked, by = self.asked, self._person(self.ladder[self.asked.by])
        unit = self.ladder[asked.by].unit
        assert unit is not None  # noqa: S101 – a rung has a unit
        areas = list(DevelopmentArea.objects.all())
        about = self._red_cell(asked.red) if asked.red else None
        pupil = about.pupil.given_name if about and about.pupil else "En elev"
        question = ask_question(
            unit=unit,
            text=asked.text.format(pupil=pupil),
            whose=asked.whose,
            to=self._place(asked.to),
            by=by,
            knows_pupils=True,
            area=None if asked.area is None else areas[asked.area],
            about=about,
            for_above=self._looked_through(asked.above),
        )
        Question.objects.filter(pk=question.pk).update(asked_at=self._moment())
        self._date(question)
        for step in asked.steps:
            self._take(question, step)
        if asked.answer:
            self._answer(question, by)

    def _take(self, question: Question, step: Step) -> None:
        last = question.stops.latest("position")
        here, place = self._holder(last), self._place(step.to)
        self.day += datetime.timedelta(days=step.days)
        application = Application(step.recipient, self.day) if step.recipient else None
        pass_on_question(
            question=question,
            seen=last.position,
            to=place,
            why=step.why,
            by=here,
            knows_pupils=last.rung <= Rung.SCHOOL,
            application=application,
            for_above=self._looked_through(self.asked.above, step.why, step.recipient),
        )
        self._date(question)
        if step.is_taken:
            take_question(question=question, seen=last.position + 1, by=self._person(place))
            self._date(question)

    def _answer(self, question: Question, asker: User) -> None:
        last = question.stops.latest("position")
        self.day += datetime.timedelta(days=DAYS_TO_ANSWER)
        answer = answer_question(
            question=question,
            seen=last.position,
            text=self.asked.answer,
            answered_on=self.day,
            by=self._holder(last),
            knows_pupils=last.rung <= Rung.SCHOOL,
            no_names=self._looked_through(self.asked.answer).no_names,
        )
        if self.asked.is_read:
            mark_answers_read(question=question, by=asker)
        QuestionAnswer.objects.filter(pk=answer.pk).update(at=self._moment())
        AnswerRead.objects.filter(answer=answer).update(at=self._moment() + datetime.timedelta(days=1))

    def _looked_through(self, *texts: str) -> ForAbove:
        """The invented texts name nobody, whatever words of theirs are names as well."""
        school = self.ladder[Rung.SCHOOL].unit
        names = names_at(school) if school and texts[0] else frozenset()
        words = [part.word for text in texts for part in parts_of(text, names) if part.is_name]
        return ForAbove(texts[0], words)

    def _place(self, to: Rung | int) -> Place:
        return self.ladder[to] if isinstance(to, Rung) else Place(Rung.QUEUE, queue=self.queues[to])

    def _holder(self, stop: QuestionStop) -> User:
        return stop.owner or self._person(Place(Rung(stop.rung), stop.unit, stop.queue))

    def _person(self, place: Place) -> User:
        """Somebody who answers there on the day on which the story is told."""
        roles = ROLES_OF.get(place.rung, {RoleCode.SUPPORT_FUNCTION})
        held = RoleAssignment.objects.on(self.told_on).filter(role__in=roles).select_related("user")
        held = held.filter(unit=place.unit) if place.unit else held.filter(unit__level=Level.MUNICIPALITY)
        return held.order_by("-role", "pk")[0].user

    def _red_cell(self, area: IndicatorArea) -> About | None:
        """The first red result of the class in the last round, on an indicator of the area."""
        round_ = MeasurementRound.objects.latest("starts_on")
        red = Result.objects.filter(round=round_, school_class=self.school_class, colour=Colour.RED)
        red = red.filter(indicator__area=area)
        result = red.select_related("pupil", "indicator").order_by("indicator__position", "pupil_id").first()
        return About(result.indicator, round_, result.pupil) if result else None

    def _moment(self) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(self.day, HOUR))

    def _date(self, question: Question) -> None:
        """The last stop was made on the day of the step."""
        last = question.stops.latest("position")
        QuestionStop.objects.filter(pk=last.pk).update(at=self._moment())
