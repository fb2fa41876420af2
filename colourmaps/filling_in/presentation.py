"""What the page of a workbook that was handed back says: cells before and after, conflicts, and the buttons."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from pupils.models import Pupil

from ..cells import STATE_OF_COLOUR, STATE_OF_MARK, WORDS, State
from ..classification import Colour
from ..drawing import sort_key
from ..import_pages.changes import Look
from ..models import ImportBatch, ImportState, Indicator
from ..scales import Mark, Scale, format_value
from .kept_cells import KeptCell, answer_to, conflicts_in, decisions_of, taken_in, tally_of
from .merge import Answer, Content

# So many changed cells stand open, the others behind a line.
SHOWN_OPEN = 20

CONFLICT = "conflict-"
CONFLICT_NAME = re.compile(f"{CONFLICT}[0-9]{{1,6}}")
ANSWERS = frozenset(answer.value for answer in Answer)
SAVED = (ImportState.IMPORTED, ImportState.UNDONE)


@dataclass(frozen=True)
class ShownCell:
    """A cell before and after. number: of a conflict, its name in the form; answer: "mine", "theirs" or "".

    school_class: "" where the workbook has one class alone.
    """

    pupil: str
    school_class: str
    indicator: str
    theirs: Look
    mine: Look
    number: int = 0
    answer: str = ""
    origin: str = ""


@dataclass(frozen=True)
class ShownCells:
    """Conflicts in their order, and changed cells as the map orders pupils; pupil_ids: whose they are.

    Once all is saved, conflicts decided for the workbook are among the changed cells.
    """

    conflicts: Sequence[ShownCell]
    first: Sequence[ShownCell]
    rest: Sequence[ShownCell]
    n_beyond: int
    pupil_ids: Collection[int]


def shown_cells(batch: ImportBatch) -> ShownCells:
    conflicts, taken = conflicts_in(batch), taken_in(batch)
    both = [*conflicts, *taken]
    pupils = Pupil.objects.in_bulk({cell.pupil for cell in both})
    decisions = decisions_of(batch)
    n_saved = batch.counts.get("taken", 0)
    if batch.state in SAVED:
        decided = [cell for cell in conflicts if answer_to(cell, decisions) is Answer.MINE]
        taken, n_saved = [*taken, *decided], n_saved + len(decided)
    # The others have been taken out of the register since.
    taken = [cell for cell in taken if cell.pupil in pupils]
    indicators = Indicator.objects.in_bulk({cell.indicator for cell in both})
    people = User.objects.in_bulk({cell.by for cell in conflicts if cell.by})
    language = get_language() or "sv"
    taken.sort(key=lambda cell: (sort_key(pupils[cell.pupil], language), indicators[cell.indicator].position))
    classes = _classes_to_name(batch)
    shown_conflicts = []
    for number, cell in enumerate(conflicts):
        if cell.pupil not in pupils:
            continue
        answer = answer_to(cell, decisions)
        shown_conflicts.append(
            _shown(
                cell,
                pupils[cell.pupil],
                indicators[cell.indicator],
                classes,
                number=number,
                answer=answer.value if answer else "",
                origin=_origin(cell, people.get(cell.by) if cell.by else None),
            )
        )
    changes = [_shown(cell, pupils[cell.pupil], indicators[cell.indicator], classes) for cell in taken]
    return ShownCells(
        conflicts=shown_conflicts,
        first=changes[:SHOWN_OPEN],
        rest=changes[SHOWN_OPEN:],
        n_beyond=n_saved - len(changes),
        pupil_ids=pupils.keys(),
    )


def _classes_to_name(batch: ImportBatch) -> Mapping[int | None, str]:
    """Names by id where the workbook has several classes; pupils of one alone need none."""
    ids = batch.counts.get("of_classes", [])
    return dict(Unit.objects.filter(pk__in=ids).values_list("pk", "name")) if len(ids) > 1 else {}


def _shown(
    cell: KeptCell,
    pupil: Pupil,
    indicator: Indicator,
    classes: Mapping[int | None, str],
    **of_conflict: Any,
) -> ShownCell:
    return ShownCell(
        pupil=pupil.shown_name,
        # Where a protected pupil goes to school is what is protected.
        school_class="" if pupil.is_protected else classes.get(cell.school_class, ""),
        indicator=indicator.name,
        theirs=look_of(cell.theirs, cell.their_colour, indicator.scale),
        mine=look_of(cell.mine, cell.my_colour, indicator.scale),
        **of_conflict,
    )


def look_of(content: Content | None, colour: int, scale: Scale) -> Look:
    if content is None:
        return Look(State.MISSING.value, "", WORDS[State.MISSING])
    if content.value is None:
        state = STATE_OF_MARK[Mark(content.mark)]
        return Look(state.value, "", WORDS[state])
    state = STATE_OF_COLOUR[Colour(colour)]
    return Look(state.value, format_value(content.value, scale, with_unit=True), WORDS[state])


def _origin(cell: KeptCell, person: User | None) -> str:
    """Who recorded what is in force now, and when."""
    if not cell.at:
        return ""
    when = date_format(localtime(datetime.datetime.fromisoformat(cell.at)), "SHORT_DATETIME_FORMAT")
    return f"{person.name}, {when}" if person else when


def answers_in(form: Any) -> dict[int, Answer]:
    """The answers of the preview's form, by the number of the conflict."""
    return {
        int(name.removeprefix(CONFLICT)): Answer(value)
        for name, value in form.items()
        if CONFLICT_NAME.fullmatch(name) and value in ANSWERS
    }


def page_facts(batch: ImportBatch) -> list[str]:
    facts = [batch.file_name]
    if round_name := batch.counts.get("round"):
        facts.append(round_name)
    return facts


def preview_sentences(batch: ImportBatch) -> list[str]:
    """What is to happen, in numbers."""
    counts = batch.counts
    sentences = [
        _of(counts["taken"], ngettext("%(n)s cell goes in", "%(n)s cells go in", counts["taken"])),
        _of(
            counts["conflicts"],
            ngettext(
                "%(n)s cell is asked about",
                "%(n)s cells are asked about",
                counts["conflicts"],
            ),
        ),
        _of(
            counts["unchanged"],
            ngettext(
                "%(n)s cell says what is known already",
                "%(n)s cells say what is known already",
                counts["unchanged"],
            ),
        ),
        _of(
            counts["emptied"],
            ngettext(
                "%(n)s emptied cell keeps its value",
                "%(n)s emptied cells keep their value",
                counts["emptied"],
            ),
        ),
        _of(
            counts["refused_cells"],
            ngettext(
                "%(n)s cell is left out",
                "%(n)s cells are left out",
                counts["refused_cells"],
            ),
        ),
    ]
    return [sentence for sentence in sentences if sentence]


def _of(n: int, words: str) -> str:
    return words % {"n": n} if n else ""


def confirm_label(batch: ImportBatch) -> str:
    """What the button will do, in numbers."""
    tally = tally_of(batch)
    n_in, n_undecided = tally.n_in, tally.n_undecided
    values = ngettext("Save %(n)s value", "Save %(n)s values", n_in) % {"n": n_in}
    stay = ngettext(
        "leave %(n)s undecided cell as it is", "leave %(n)s undecided cells as they are", n_undecided
    ) % {"n": n_undecided}
    if n_in and n_undecided:
        return f"{values}; {stay}"
    if n_in:
        return values
    return stay[:1].upper() + stay[1:] if n_undecided else _("Finish without a change")


def changes_nothing(batch: ImportBatch) -> bool:
    return not tally_of(batch).n_in


def receipt_sentence(batch: ImportBatch) -> str:
    n_new, n_changed = batch.counts["new"], batch.counts["changed"]
    if not n_new + n_changed:
        return _("Nothing has changed.")
    n = n_new + n_changed
    return ngettext("%(n)s value has been saved.", "%(n)s values have been saved.", n) % {"n": n}


def receipt_facts(batch: ImportBatch) -> list[tuple[str, str]]:
    facts = [(_("Handed in"), _when_and_who(batch.uploaded_at, batch.by))]
    if batch.imported_at is not None:
        facts.append((_("Saved"), _when_and_who(batch.imported_at, batch.confirmed_by)))
    if batch.undone_at is not None:
        facts.append((_("Undone"), _when_and_who(batch.undone_at, batch.undone_by)))
    facts.append((_("Measurement round"), batch.counts["round"]))
    facts.append((_("Results"), _("%(new)s new, %(changed)s changed") % batch.counts))
    if n_undecided := tally_of(batch).n_undecided:
        facts.append((_("Undecided, left as they were"), str(n_undecided)))
    return facts


def _when_and_who(moment: datetime.datetime, by: User | None) -> str:
    when = date_format(localtime(moment), "DATETIME_FORMAT")
    return f"{when}, {by.name}" if by else when


def address_of(batch: ImportBatch, name: str = "filled-in") -> str:
    return reverse(f"colourmaps:{name}", args=[batch.key])
