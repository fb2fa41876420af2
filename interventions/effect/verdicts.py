"""What is asked and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .readings import Estimate


class Verdict(StrEnum):
    BETTER = "better"
    NO_DIFFERENCE = "no_difference"
    WORSE = "worse"
    CANNOT_SAY = "cannot_say"


class Reason(StrEnum):
    """Why nothing can be said; NONE beside the other verdicts.

    ONE_CLASS: the pupils of one group are one class, in which there are hardly any of the other group: what the class
    did and what the intervention did cannot be told apart. DEPENDS_ON_CHOICE: the two readings do not agree.
    """

    NONE = ""
    SERIES_BREAK = "series_break"
    TOO_FEW = "too_few"
    NO_COMPARISON = "no_comparison"
    ONE_CLASS = "one_class"
    DEPENDS_ON_CHOICE = "depends_on_choice"
    TOO_UNCERTAIN = "too_uncertain"


class Choice(StrEnum):
    """How the pupils came to the intervention.

    BY_RESULT: by the start value that is compared here (all red ones, say), by lot, or as whole classes or schools.
    BY_JUDGEMENT: by what somebody knew about them besides; or it is not known how.
    """

    BY_RESULT = "by_result"
    BY_JUDGEMENT = "by_judgement"


@dataclass(frozen=True)
class Measure:
    """What is known of the indicator.

    measurement_error: the standard error of measurement in its own unit; 0 where it is not known. reliability: 0–1, of
    the test's manual; None to work it out from the measurement error.
    """

    is_high_good: bool
    measurement_error: float = 0.0
    reliability: float | None = None

    def __post_init__(self) -> None:
        if self.measurement_error < 0 or not 0 <= (self.reliability or 0) <= 1:
            raise ValueError("a measurement error is not negative, and a reliability lies between 0 and 1")


@dataclass(frozen=True)
class Effect:
    """All figures in the indicator's own unit and as they are: where low is good, a difference below 0 is better.

    n_treated, n_comparison: measured both times. n_matched_treated, n_matched_comparison: those of them who have
    somebody of the other group in their year group and start band.
    change: of the matched treated, or of all where nothing is compared. comparison_change: what the comparison group
    changed, weighed to the start of the treated; change less comparison_change is difference.
    plain_difference: between the changes of all, without regard to the start.
    expected_drift: what those of `change` are expected to change by chance, since they started far from the mean; None
    where nothing is known of the indicator's measurement error.
    smallest_difference: that matters; what is certainly below it is called none.
    """

    n_treated: int
    n_comparison: int
    verdict: Verdict
    reason: Reason = Reason.NONE
    n_matched_treated: int = 0
    n_matched_comparison: int = 0
    change: Estimate | None = None
    comparison_change: Estimate | None = None
    difference: Estimate | None = None
    plain_difference: Estimate | None = None
    expected_drift: float | None = None
    smallest_difference: float | None = None
