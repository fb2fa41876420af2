"""Questions as rows: nothing is checked or audited (interventions.services.questions does that)."""

import factory

from interventions.models import Question, QuestionStop, Rung
from interventions.questions.border import school_of

from .colourmaps import TenantFactory


class QuestionFactory(TenantFactory):
    """Asked at a unit, and standing with the school's leadership, or where `rung`, `at` and `stop` say.

    at: the unit where it stands. stop: more fields of its stop. asked_at: in place of now.
    """

    class Meta:
        model = Question

    text = factory.Sequence(lambda n: f"Hur gör vi med hinder {n}?")
    whose = "others"

    @classmethod
    def _create(cls, model_class, rung=Rung.SCHOOL, at=None, stop=None, asked_at=None, **fields):
        fields.setdefault("school", school_of(fields["unit"]))
        question = super()._create(model_class, **fields)
        where = {"unit": None} if rung == Rung.QUEUE else {"unit": at or question.school or question.unit}
        QuestionStop.objects.create(
            municipality=question.municipality,
            question=question,
            position=1,
            rung=rung,
            by=question.asked_by,
            **where,
            **(stop or {}),
        )
        if asked_at is not None:
            Question.objects.filter(pk=question.pk).update(asked_at=asked_at)
            question.refresh_from_db()
        return question
