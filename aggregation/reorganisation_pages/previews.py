"""What an act of reorganisation comes to, in words and numbers, before it is done. Reads only; raises Refused."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.act_page import Preview, quoted
from accounts.models import Level, Unit, UnitCode
from accounts.reorganisation import NewUnit, Plan, plan_addition, plan_code, plan_renaming
from colourmaps.models import MeasurementRound

from ..models import UnitSum
from ..reorganising import Foreseen, foreseen

MOST_NAMED = 12


def preview_plan(plan_of: Callable[..., Plan], **arguments: Any) -> Preview:
    """Of a move, merger, division or closing; plan_of gets the arguments."""
    plan = plan_of(**arguments)
    effect = foreseen(plan)
    facts = [
        (_("From"), _day(plan.on)),
        *_places(plan),
        (_("Classes that stand elsewhere then"), _of_classes(effect)),
        (_("Pupils in them on that day"), str(effect.n_pupils)),
        (_("Rounds whose sums follow"), _rounds(effect.rounds)),
        (_("Units that end"), _names(plan.ending) or _("none")),
    ]
    if plan.ending:
        facts.append((_("Roles held at them"), _roles(effect.in_tree.n_roles)))
    return Preview(_question(plan), facts, _label(plan), _notes(effect))


def _question(plan: Plan) -> str:
    names = {"units": _names(plan.ending), "day": _day(plan.on), "to": _name_of(plan.destination)}
    if plan.action == "unit closed":
        return _("Close %(units)s down on %(day)s?") % names
    if plan.action == "units merged":
        return _("Merge %(units)s into %(to)s on %(day)s?") % names
    moved = names | {"units": _names([place.unit for place in plan.redirected])}
    if plan.action == "unit split":
        return _("Divide, so that %(to)s begins on %(day)s?") % moved
    return _("Move %(units)s to %(to)s on %(day)s?") % moved


def _label(plan: Plan) -> str:
    labels = {
        "unit moved": _("Move"),
        "units merged": _("Merge"),
        "unit split": _("Divide"),
        "unit closed": _("Close down"),
    }
    return labels[plan.action]


def _places(plan: Plan) -> list[tuple[str, str]]:
    """What leads elsewhere, by where it stands until then."""
    by_parent: dict[str, list[Unit]] = {}
    for place in plan.redirected:
        by_parent.setdefault(place.parent.name, []).append(place.unit)
    to = _name_of(plan.destination)
    return [
        (_("From %(former)s to %(to)s") % {"former": quoted(former), "to": to}, _names(units))
        for former, units in sorted(by_parent.items())
    ]


def _of_classes(effect: Foreseen) -> str:
    classes = ngettext("%(n)d class", "%(n)d classes", effect.in_tree.n_classes) % {
        "n": effect.in_tree.n_classes
    }
    if not effect.in_tree.n_units:
        return classes
    others = ngettext("%(n)d other unit", "%(n)d other units", effect.in_tree.n_units) % {
        "n": effect.in_tree.n_units
    }
    return _("%(classes)s, and %(others)s") % {"classes": classes, "others": others}


def _rounds(rounds: Sequence[MeasurementRound]) -> str:
    if not rounds:
        return _("none: no round that has figures of these units is counted on that day or later")
    return ", ".join(round_.name for round_ in rounds)


def _roles(n: int) -> str:
    return ngettext(
        "%(n)d; its holder needs a new one at the unit that goes on",
        "%(n)d; their holders need new ones at the unit that goes on",
        n,
    ) % {"n": n}


def _notes(effect: Foreseen) -> list[str]:
    notes = [_("Rounds that are counted before that day keep the organisation that they had.")]
    if effect.in_tree.same_names:
        notes.append(
            _(
                "Several classes will have the same name in the same school year: %(names)s. Rename them first, or "
                "files cannot tell them apart."
            )
            % {"names": ", ".join(effect.in_tree.same_names)}
        )
    return notes


def preview_code(*, unit: Unit, code: str, on: datetime.date) -> Preview:
    code = plan_code(unit=unit, code=code, on=on)
    held = UnitCode.objects.on(on).filter(unit=unit).first()
    return Preview(
        _("Give “%(unit)s” the code %(code)s on %(day)s?") % {"unit": unit, "code": code, "day": _day(on)},
        [
            (_("From"), _day(on)),
            (_("Code until then"), held.code if held else _("none")),
            (_("Code from then on"), code),
        ],
        _("Give the code"),
        [_("No class, pupil or sum is touched.")],
    )


def preview_renaming(*, unit: Unit, name: str) -> Preview:
    new_name = plan_renaming(unit=unit, name=name)
    n_rounds = UnitSum.objects.filter(unit=unit).values("round").distinct().count()
    rounds = ngettext("%(n)d round", "%(n)d rounds", n_rounds) % {"n": n_rounds}
    notes = [_("No class, pupil or sum is touched.")]
    if unit.level >= Level.SCHOOL:
        notes.append(_("Files that name it by its old name are not understood any more."))
    return Preview(
        _("Call “%(unit)s” “%(name)s” from now on?") % {"unit": unit, "name": new_name},
        [
            (_("Name until now"), unit.name),
            (_("New name"), new_name),
            (_("Rounds in which it has figures, and is called so too"), rounds),
        ],
        _("Rename"),
        notes,
    )


def preview_addition(
    *,
    parent: Unit,
    level: Level,
    name: str,
    on: datetime.date,
    valid_to: datetime.date | None,
    year_group: int | None,
    code: str,
) -> Preview:
    new = plan_addition(parent=parent, level=level, name=name, on=on, valid_to=valid_to, code=code)
    facts = [
        (_("Stands under"), parent.name),
        (_("From"), _day(on)),
        (_("To"), _day(valid_to - datetime.timedelta(days=1)) if valid_to else _("until further notice")),
    ]
    if new.code:
        facts.append((_("Official code"), new.code))
    return Preview(
        _("Add “%(unit)s”?") % {"unit": new.name},
        facts,
        _("Add"),
        [_("No other unit, pupil or sum is touched.")],
    )


def _name_of(unit: Unit | NewUnit | None) -> str:
    return quoted(unit.name) if unit is not None else ""


def _names(units: Iterable[Unit]) -> str:
    """“4A”, “4B” and 3 more; each once."""
    names = [quoted(unit.name) for unit in {unit.pk: unit for unit in units}.values()]
    n_more = len(names) - MOST_NAMED
    shown = ", ".join(names[:MOST_NAMED])
    return _("%(names)s and %(n)d more") % {"names": shown, "n": n_more} if n_more > 0 else shown


def _day(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")
