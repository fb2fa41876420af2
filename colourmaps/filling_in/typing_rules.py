"""What may be typed into a column of a workbook to fill in: lists for steps, limits for numbers, and help for both."""

from __future__ import annotations

from django.utils.translation import gettext as _
from openpyxl.worksheet.datavalidation import DataValidation

from ..exporting.safe_cells import without_forbidden
from ..models import Indicator
from ..scales import HUNDREDTHS, MARK_LABELS, WHOLE, Mark, Scale

WRITTEN_MARKS = (Mark.ABSENT, Mark.NO_BASIS, Mark.EXEMPT)
# What Excel takes; with more it calls the whole workbook damaged.
LONGEST_TITLE, LONGEST_PROMPT, LONGEST_ERROR = 32, 255, 225
# Ends of a scale that has none.
FAR = 10**9 * HUNDREDTHS


def words_of_marks() -> tuple[str, ...]:
    """What is written in a cell that has no value, in the active language."""
    return tuple(str(MARK_LABELS[mark]) for mark in WRITTEN_MARKS)


def allowed_in(indicator: Indicator) -> str:
    """What a cell may say, as a sentence."""
    return _("Allowed: %(scale)s; or %(marks)s.") % {
        "scale": indicator.scale.in_words(),
        "marks": ", ".join(words_of_marks()),
    }


def rule_for(indicator: Indicator, *, choices: str) -> DataValidation:
    """choices: where the list of steps and marks stands, "" for a scale of numbers.

    Warns and does not forbid: a mark must be possible beside numbers, and handing back checks every cell.
    """
    scale, allowed = indicator.scale, allowed_in(indicator)
    rule = DataValidation(
        allow_blank=True,
        showInputMessage=True,
        showErrorMessage=True,
        errorStyle="warning",
        promptTitle=_cut(indicator.name, LONGEST_TITLE),
        prompt=_cut(allowed, LONGEST_PROMPT),
        errorTitle=_cut(indicator.name, LONGEST_TITLE),
        error=_cut(allowed, LONGEST_ERROR),
    )
    if choices:
        rule.type, rule.formula1 = "list", choices
    else:
        _limit(rule, scale)
    return rule


def _limit(rule: DataValidation, scale: Scale) -> None:
    rule.type = "whole" if scale.value_type in WHOLE else "decimal"
    rule.operator = "between"
    rule.formula1 = _number(-FAR if scale.minimum is None else scale.minimum)
    rule.formula2 = _number(FAR if scale.maximum is None else scale.maximum)


def _number(hundredths: int) -> str:
    whole, rest = divmod(hundredths, HUNDREDTHS)
    return str(hundredths / HUNDREDTHS) if rest else str(whole)


def _cut(text: str, most: int) -> str:
    text = without_forbidden(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"
