"""Indicators added and changed. What would give values that are recorded already another meaning is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.audit import record
from accounts.models import User
from accounts.secrecy import SecrecyArea
from accounts.statements import hold_lock
from accounts.tenancy import current_municipality

from ..classification import check_limits
from ..definition import Definition
from ..merit import ANSWERS, MERITS
from ..models import BreakKind, Indicator, MeasurementRound, Result, SupersededResult, Threshold
from ..scales import SWEDISH_GRADES, Scale, ValueType
from ..spelling import header_key
from .breaks import BreakRefused, add_break, check_break
from .elsewhere import is_used_elsewhere
from .stamping import RESULTS


class DefinitionRefused(ValueError):
    """The indicator cannot be as it is described; the message says why and what to do, in the reader's language.

    field: of Definition, or "break_from", that it is about; empty if of several.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


# What gives a value its meaning and its movement: (field of Definition, in words).
MEANING = (
    ("scale", gettext_lazy("the kind of value and its scale")),
    ("is_high_good", gettext_lazy("what is good")),
    ("measurement_error", gettext_lazy("the measurement error")),
    ("rule", gettext_lazy("the rule by which it is worked out")),
)


def place_in_map(area: str) -> int:
    """Beside the last indicator of the area, so that a map shows each area once; else behind all others."""
    positions = Indicator.objects.order_by("-position").values_list("position", flat=True)
    beside, last = positions.filter(area=area).first(), positions.first()
    return beside if beside is not None else (last or 0) + 1


@transaction.atomic
def add_indicator(*, definition: Definition, by: User | None) -> Indicator:
    """Raises DefinitionRefused."""
    check_new(definition)
    indicator = Indicator.objects.create(
        municipality=current_municipality(),
        position=place_in_map(definition.area),
        **definition.columns(),
    )
    record("indicator added", by=by, subject=indicator.code, version=indicator.version)
    return indicator


@transaction.atomic
def change_indicator(
    *,
    indicator: Indicator,
    definition: Definition,
    by: User | None,
    break_from: MeasurementRound | None = None,
    reason: str = "",
) -> None:
    """The indicator as it is described from now on; its code stays. Raises DefinitionRefused.

    break_from: with a new version, the first round whose values cannot be compared with those before.
    """
    hold_lock(RESULTS)
    indicator = Indicator.of_all_areas.select_for_update(no_key=True).get(pk=indicator.pk)
    check_change(indicator, definition, break_from)
    before, after = Definition.of(indicator).columns(), definition.columns()
    changed = [name for name, value in after.items() if value != before[name]]
    if "area" in changed:
        indicator.position = place_in_map(definition.area)
    for name, value in after.items():
        setattr(indicator, name, value)
    indicator.save()
    if changed:
        record("indicator changed", by=by, subject=indicator.code, changed=changed, version=indicator.version)
    if break_from is not None:
        add_break(indicator=indicator, round_=break_from, kind=BreakKind.NEW_VERSION, reason=reason, by=by)


def check_new(definition: Definition) -> None:
    """Raises DefinitionRefused unless `add_indicator` can be done. Reads only."""
    if Indicator.of_all_areas.filter(code=definition.code).exists():
        raise DefinitionRefused(
            _("There is an indicator with the code %(code)s already.") % {"code": definition.code}, "code"
        )
    _check_names(definition)
    _check_rule(definition)


def check_change(
    indicator: Indicator, definition: Definition, break_from: MeasurementRound | None = None
) -> None:
    """Raises DefinitionRefused unless `change_indicator` can be done. Reads only."""
    if definition.code != indicator.code:
        raise DefinitionRefused(_("The code of an indicator stays: files and addresses name it."), "code")
    if definition.secrecy_area != indicator.secrecy_area:
        raise DefinitionRefused(
            _("The secrecy area of an indicator stays as it is. Make a new indicator in the other one."),
            "secrecy_area",
        )
    _check_names(definition)
    _check_rule(definition)
    before = Definition.of(indicator)
    changed = [
        (name, words) for name, words in MEANING if _meaning(definition, name) != _meaning(before, name)
    ]
    if changed:
        _check_no_results(indicator, [str(words) for _name, words in changed])
        _check_limits(indicator, definition)
    if break_from is not None:
        if definition.version == before.version:
            raise DefinitionRefused(
                _("A break of the series goes with a new version. Write the new version too."), "version"
            )
        try:
            check_break(indicator, break_from, BreakKind.NEW_VERSION)
        except BreakRefused as refusal:
            raise DefinitionRefused(str(refusal), "break_from") from None


def n_results(indicator: Indicator) -> int:
    """Results in force and those in the history: all that was ever read by the indicator's scale."""
    return sum(model.objects.filter(indicator=indicator).count() for model in (Result, SupersededResult))


def taken_words(besides: str = "") -> dict[str, str]:
    """What the municipality calls its indicators, as header_key writes it, to their codes; `besides`: but this one."""
    return {
        header_key(word): indicator.code
        for indicator in Indicator.of_all_areas.exclude(code=besides)
        for word in (*indicator.names.values(), *indicator.aliases)
    }


def _meaning(definition: Definition, name: str) -> object:
    """A field of MEANING; how many decimals are shown is none of a scale's meaning."""
    value = getattr(definition, name)
    return replace(value, decimals=0) if isinstance(value, Scale) else value


def _check_rule(definition: Definition) -> None:
    """Merit value and eligibility are worked out of grades A–F, as points and as yes or no."""
    scale = definition.scale
    if definition.secrecy_area != SecrecyArea.SCHOOL and (definition.subject or definition.rule):
        raise DefinitionRefused(
            _("Grades, and what is worked out of them, belong to the school."), "secrecy_area"
        )
    if definition.subject and scale.steps != SWEDISH_GRADES:
        raise DefinitionRefused(_("Only a grade A–F has a subject."), "subject")
    if definition.subject and definition.rule:
        raise DefinitionRefused(_("What is worked out of grades is no grade itself."), "subject")
    if definition.rule in MERITS and scale.value_type is not ValueType.POINTS:
        raise DefinitionRefused(_("A merit value is worked out in points."), "rule")
    if definition.rule in ANSWERS and scale.value_type is not ValueType.YES_NO:
        raise DefinitionRefused(_("What the rule answers is yes or no."), "rule")


def _check_names(definition: Definition) -> None:
    """Columns of files are known by these words, so each names one indicator."""
    taken = taken_words(besides=definition.code)
    for field, words in (("names", definition.names.values()), ("aliases", definition.aliases)):
        for word in words:
            code = taken.get(header_key(word))
            if code is not None:
                raise DefinitionRefused(
                    _("“%(word)s” is a name of the indicator %(code)s. Choose another.")
                    % {"word": word, "code": code},
                    field,
                )


def _check_no_results(indicator: Indicator, changed: Sequence[str]) -> None:
    n = n_results(indicator)
    if not n and is_used_elsewhere(indicator):
        raise DefinitionRefused(
            _(
                "The indicator is in use, and what was recorded on it would mean something else. Make a new one."
            )
        )
    if not n:
        return
    sentence = ngettext(
        "%(n)s result is recorded on this indicator, and would mean something else: what changes is %(what)s.",
        "%(n)s results are recorded on this indicator, and would mean something else: what changes is %(what)s.",
        n,
    ) % {"n": n, "what": ", ".join(changed)}
    remedy = _(
        "For another scale or direction make a new indicator. For a new version of the same test keep the scale, "
        "write the new version and choose from which round the series breaks."
    )
    raise DefinitionRefused(f"{sentence} {remedy}")


def _check_limits(indicator: Indicator, definition: Definition) -> None:
    scale = definition.scale
    for threshold in Threshold.objects.filter(indicator=indicator):
        limits = (threshold.yellow_limit, threshold.green_limit)
        try:
            check_limits(*limits, definition.is_high_good)
        except ValueError:
            fits = False
        else:
            fits = all(scale.contains(limit) for limit in limits)
        if not fits:
            raise DefinitionRefused(
                _(
                    "Limits are set for the indicator that do not fit the new scale or direction. Make a new indicator."
                ),
                "scale",
            )
