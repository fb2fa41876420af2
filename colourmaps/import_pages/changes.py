"""The results that an import changes, old beside new, and how many cells change colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Unit
from pupils.models import Pupil

from ..cells import STATE_OF_COLOUR, STATE_OF_MARK, WORDS
from ..classification import Colour
from ..importing.effect import changed_in, colour_changes_in
from ..models import ImportBatch, Indicator, MeasurementRound
from ..scales import Mark, format_value
from ..services.recording import Changed
from .numbers import counted

# So many stand open, the others behind a line.
SHOWN_OPEN = 20

COLOUR_WORDS = {
    Colour.RED: gettext_lazy("red"),
    Colour.YELLOW: gettext_lazy("yellow"),
    Colour.GREEN: gettext_lazy("green"),
    Colour.NONE: gettext_lazy("without a colour"),
}


@dataclass(frozen=True)
class Look:
    """One side of a change. classes: as in legend.css; text: the value, "" where there is only a mark; word: aloud.

    day: of measurement, where it changes; else "".
    """

    classes: str
    text: str
    word: Any
    day: str = ""


@dataclass(frozen=True)
class ChangedLine:
    pupil: str
    school_class: str
    indicator: str
    round: str
    old: Look
    new: Look


@dataclass(frozen=True)
class Changes:
    """colours, new: sentences, "" if there is nothing to say; first stand open, rest behind a line.

    pupils: ids of those who are shown, for the log.
    """

    colours: str
    new: str
    first: list[ChangedLine]
    rest: list[ChangedLine]
    n_beyond: int
    pupils: list[int]


def changes_of(batch: ImportBatch) -> Changes:
    changed = changed_in(batch.effect)
    lines = _lines(changed)
    return Changes(
        colours=_colours_in_words(batch),
        new=_new_in_words(batch),
        first=lines[:SHOWN_OPEN],
        rest=lines[SHOWN_OPEN:],
        n_beyond=max(batch.counts.get("changed", 0) - len(lines), 0) if lines else 0,
        pupils=sorted({one.pupil for one in changed}),
    )


def _lines(changed: Sequence[Changed]) -> list[ChangedLine]:
    """A pupil with protected identity has neither name nor class here: the two together would tell the place."""
    pupils = Pupil.objects.in_bulk({one.pupil for one in changed})
    classes = Unit.objects.in_bulk({one.school_class for one in changed if one.school_class})
    indicators = Indicator.objects.in_bulk({one.indicator for one in changed})
    rounds = MeasurementRound.objects.in_bulk({one.round for one in changed})
    lines = []
    for one in changed:
        pupil, indicator, round_ = (
            pupils.get(one.pupil),
            indicators.get(one.indicator),
            rounds.get(one.round),
        )
        if pupil is None or indicator is None or round_ is None:
            continue  # taken out of the register since
        school_class = classes.get(one.school_class) if one.school_class and not pupil.is_protected else None
        lines.append(
            ChangedLine(
                pupil=_("Protected pupil") if pupil.is_protected else pupil.shown_name,
                school_class=school_class.name if school_class else "–",
                indicator=indicator.name,
                round=round_.name,
                old=_look(one.old_value, one.old_mark, one.old_colour, one.old_day, indicator),
                new=_look(one.value, one.mark, one.colour, one.day, indicator),
            )
        )
    return lines


def _look(value: int | None, mark: int, colour: int, day: str, indicator: Indicator) -> Look:
    if value is None:
        state = STATE_OF_MARK[Mark(mark)]
        return Look(state.value, "", WORDS[state], day)
    state = STATE_OF_COLOUR[Colour(colour)]
    return Look(state.value, format_value(value, indicator.scale), WORDS[state], day)


def _colours_in_words(batch: ImportBatch) -> str:
    """ "14 cells change colour: 9 from red to yellow, 5 from yellow to green." """
    pairs = {pair: n for pair, n in colour_changes_in(batch.effect).items() if pair[0] is not None}
    n_cells = sum(pairs.values())
    if not n_cells:
        return _("No cell changes colour.") if batch.counts.get("changed") else ""
    parts = [
        _("%(n)s from %(old)s to %(new)s")
        % {"n": n, "old": COLOUR_WORDS[Colour(old)], "new": COLOUR_WORDS[Colour(new)]}
        for (old, new), n in _most_first(pairs.items())
        if old is not None
    ]
    words = ngettext(
        "%(n)s cell changes colour: %(parts)s.", "%(n)s cells change colour: %(parts)s.", n_cells
    )
    return words % {"n": n_cells, "parts": ", ".join(parts)}


def _new_in_words(batch: ImportBatch) -> str:
    """ "Of the new results 12 are red, 30 yellow, 58 green." """
    new = {colour: n for (old, colour), n in colour_changes_in(batch.effect).items() if old is None}
    if not new:
        return ""
    order = [colour for colour in COLOUR_WORDS if new.get(colour)]
    parts = [counted(f"%(n)s {COLOUR_WORDS[colour]}", new[colour]) for colour in order]
    return _("New cells: %(parts)s.") % {"parts": ", ".join(parts)}


def _most_first(
    pairs: Iterable[tuple[tuple[int | None, int], int]],
) -> list[tuple[tuple[int | None, int], int]]:
    return sorted(pairs, key=lambda item: (-item[1], item[0][0] or 0, item[0][1]))
