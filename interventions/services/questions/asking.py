from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.keys import new_key
from accounts.models import Unit, User
from accounts.tenancy import current_municipality

from ...models import DevelopmentArea, Question, QuestionEvidence, Whose
from ...questions.border import check_no_names, crosses, school_of
from ...questions.evidence import About, evidence_of
from ...questions.places import Place
from .steps import NOTHING_ABOVE, ForAbove, add_stop, record_step


@transaction.atomic
def ask_question(
    *,
    unit: Unit,
    text: str,
    whose: Whose | str,
    to: Place,
    by: User,
    knows_pupils: bool,
    area: DevelopmentArea | None = None,
    about: About | None = None,
    for_above: ForAbove = NOTHING_ABOVE,
    key: str = "",
) -> Question:
    """A new question at its first place. Raises ValidationError if it leaves the school with a pupil's name.

    knows_pupils: whether whoever asks sees the pupils of the unit; a head's question is read alike by all.
    key: of accounts/once.py.
    """
    school = school_of(unit) if knows_pupils else None
    leaves = crosses(school, to)
    if leaves and school is not None:
        if not for_above.text:
            raise ValidationError(_("Write what is to be read outside the school."))
        check_no_names(for_above.text, school, for_above.no_names)
    question = Question.objects.create(
        municipality=current_municipality(),
        key=key or new_key(),
        unit=unit,
        school=school,
        pupil=about.pupil if about and school else None,
        text=text,
        text_above=for_above.text if leaves else ("" if school else text),
        whose=whose,
        area=area,
        asked_by=by,
    )
    if about:
        _keep_evidence(question, about)
    add_stop(question, 1, to, by=by)
    record_step("question asked", question, by, to=to.code, no_names=len(for_above.no_names))
    return question


def _keep_evidence(question: Question, about: About) -> None:
    rows = evidence_of(about, question.unit, question.school)
    for row in rows:
        row.question = question
    QuestionEvidence.objects.bulk_create(rows)


@transaction.atomic
def sort_question(*, question: Question, whose: Whose | str, area: DevelopmentArea | None, by: User) -> None:
    """Whose it is to change, and what it is about."""
    question.whose, question.area = whose, area
    question.save(update_fields=["whose", "area"])
    record_step("question sorted", question, by, whose=str(whose), area=area.key if area else "")
