"""The verdict on an intervention in one sentence, of the same kind whatever it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from colourmaps.models import Indicator

from .amounts import amount_in_words, number_in_words
from .answer_protection import Seen, rounded, step_of
from .comparison import Scope
from .effect import MINIMUM, Estimate, Reason, Verdict
from .frozen_answer import Answer


class VerdictWord(TextChoices):
    """Of lists and time lines, where there is no room for a sentence."""

    BETTER = Verdict.BETTER.value, gettext_lazy("better")
    NO_DIFFERENCE = Verdict.NO_DIFFERENCE.value, gettext_lazy("no measurable change")
    WORSE = Verdict.WORSE.value, gettext_lazy("worse")
    CANNOT_SAY = Verdict.CANNOT_SAY.value, gettext_lazy("cannot say")


@dataclass(frozen=True)
class Difference:
    """What is said of the difference: good is above 0, whichever way the indicator points. step: it is rounded to."""

    estimate: Estimate
    indicator: Indicator
    step: float | None = None

    @property
    def words(self) -> dict[str, str]:
        return {
            "amount": amount_in_words(abs(self.estimate.value), self.indicator, self.step),
            "low": number_in_words(self.estimate.low, self.indicator, self.step),
            "high": number_in_words(self.estimate.high, self.indicator, self.step),
        }

    @property
    def turned(self) -> Difference:
        """How much worse it is, from the better end to the worse."""
        worse = Estimate(-self.estimate.value, -self.estimate.high, -self.estimate.low)
        return Difference(worse, self.indicator, self.step)


def sentence_of(answer: Answer, indicator: Indicator, seen: Seen) -> str:
    """One sentence; with figures as far as the reader may see them."""
    verdict = answer.effect.verdict
    if verdict is Verdict.CANNOT_SAY:
        return _("Cannot say: %(reason)s.") % {"reason": reason_of(answer, seen)}
    difference = difference_of(answer, indicator, seen)
    if difference is None:
        return SHORT[verdict] % {"others": _others(answer)}
    if verdict is Verdict.NO_DIFFERENCE:
        return _no_difference(answer, difference)
    return _with_figures(answer, difference)


def difference_of(answer: Answer, indicator: Indicator, seen: Seen) -> Difference | None:
    """As the reader may see it, with good above 0; None where no figure is shown."""
    found = answer.effect.difference
    if found is None or answer.moments is None or seen in (Seen.WORDS, Seen.NOTHING):
        return None
    difference = Difference(good_above_zero(found, indicator), indicator)
    if seen is Seen.ALL:
        return difference
    step = step_of(answer.moments)
    return None if step is None else Difference(rounded(difference.estimate, step), indicator, step)


def good_above_zero(estimate: Estimate, indicator: Indicator) -> Estimate:
    if indicator.is_high_good:
        return estimate
    return Estimate(-estimate.value, -estimate.high, -estimate.low)


SHORT = {
    Verdict.BETTER: gettext_lazy("Better: the pupils came further than %(others)s."),
    Verdict.WORSE: gettext_lazy("Worse: the pupils came less far than %(others)s."),
    Verdict.NO_DIFFERENCE: gettext_lazy("No measurable change: the pupils came about as far as %(others)s."),
}


def _others(answer: Answer) -> str:
    if answer.scope is Scope.WAITING:
        return _("the pupils who waited for the same")
    return _("similar pupils without the intervention")


def _with_figures(answer: Answer, difference: Difference) -> str:
    """Better or worse. What rounding has brought to 0 or beyond is left out: it would speak against the verdict. So is
    an interval that it has closed."""
    is_better = answer.effect.verdict is Verdict.BETTER
    said = difference if is_better else difference.turned
    words = said.words | {"others": _others(answer)}
    if said.estimate.value <= 0:
        return SHORT[answer.effect.verdict] % words
    if difference.step is None:
        sentence = BETTER_EXACTLY if is_better else WORSE_EXACTLY
    elif 0 < said.estimate.low < said.estimate.high:
        sentence = BETTER_ABOUT if is_better else WORSE_ABOUT
    else:
        sentence = BETTER_ROUGHLY if is_better else WORSE_ROUGHLY
    return sentence % words


BETTER_EXACTLY = gettext_lazy(
    "Better: the pupils came %(amount)s further than %(others)s (between %(low)s and %(high)s)."
)
BETTER_ABOUT = gettext_lazy(
    "Better: the pupils came about %(amount)s further than %(others)s (between about %(low)s and %(high)s)."
)
BETTER_ROUGHLY = gettext_lazy("Better: the pupils came about %(amount)s further than %(others)s.")
WORSE_EXACTLY = gettext_lazy(
    "Worse: the pupils came %(amount)s less far than %(others)s (between %(low)s and %(high)s)."
)
WORSE_ABOUT = gettext_lazy(
    "Worse: the pupils came about %(amount)s less far than %(others)s (between about %(low)s and %(high)s)."
)
WORSE_ROUGHLY = gettext_lazy("Worse: the pupils came about %(amount)s less far than %(others)s.")


def _no_difference(answer: Answer, difference: Difference) -> str:
    if difference.step is not None and difference.estimate.low == difference.estimate.high:
        return SHORT[Verdict.NO_DIFFERENCE] % {"others": _others(answer)}
    sentence = (
        _(
            "No measurable change: the pupils came about as far as %(others)s "
            "(the difference is between %(low)s and %(high)s)."
        )
        if difference.step is None
        else _(
            "No measurable change: the pupils came about as far as %(others)s "
            "(the difference is between about %(low)s and %(high)s)."
        )
    )
    return sentence % (difference.words | {"others": _others(answer)})


def reason_of(answer: Answer, seen: Seen) -> str:
    """Why nothing can be said, as the end of a sentence."""
    if answer.effect.reason is Reason.TOO_FEW and seen.has_figures:
        n = answer.effect.n_treated
        return ngettext(
            "only %(n)s pupil was measured both times, and at least %(minimum)s are needed",
            "only %(n)s pupils were measured both times, and at least %(minimum)s are needed",
            n,
        ) % {"n": n, "minimum": MINIMUM}
    if answer.effect.reason is Reason.ONE_CLASS and _is_one_class(answer):
        return _(
            "all the pupils are of one class, so what the class did besides cannot be told apart from the "
            "intervention"
        )
    return str(REASONS[answer.effect.reason])


def _is_one_class(answer: Answer) -> bool:
    """Of the treated; else it is those with whom they are compared."""
    return answer.moments is not None and bool(answer.moments.alike.n_classes[-1] == 1)


REASONS = {
    Reason.TOO_FEW: gettext_lazy("too few pupils were measured both times"),
    Reason.NO_COMPARISON: gettext_lazy("there are too few similar pupils to compare with"),
    Reason.SERIES_BREAK: gettext_lazy("the results before and after cannot be compared"),
    Reason.ONE_CLASS: gettext_lazy(
        "all who could be compared with are of one class, so what that class did cannot be told apart from the rest"
    ),
    Reason.DEPENDS_ON_CHOICE: gettext_lazy(
        "the answer depends on what is counted, since the pupils were chosen by more than their results"
    ),
    Reason.TOO_UNCERTAIN: gettext_lazy(
        "the pupils are so few, or moved so differently, that it could be for the better or for the worse"
    ),
}
