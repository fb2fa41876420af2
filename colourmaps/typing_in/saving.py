"""What was typed, into the register: each cell by itself saved, refused with a sentence, or asked about.

The rules are those of a workbook that is handed back, but for one: who empties a cell here means it, and the result is
taken away. What somebody else has recorded meanwhile is never overwritten by who has not seen it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from accounts.statements import hold_lock

from ..filling_in.contents import as_results, content_of
from ..filling_in.merge import Content, Verdict, merge_meant
from ..filling_in.offer import CellKey, InForce, offer_of, results_in_force
from ..filling_in.plan import NOT_AWAITED
from ..importing.messages import Message
from ..importing.values import Refused
from ..models import MeasurementRound
from ..services import record_results, remove_results
from ..services.stamping import RESULTS
from .sheet import ShownContent, shown_content


class CellState(StrEnum):
    """What became of a typed cell; the browser shows it by this name. SAVED also where it was known already."""

    SAVED = "saved"
    REFUSED = "refused"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class TypedCell:
    """pupil: key; indicator: code; was: what was in force when the person began to type."""

    pupil: str
    indicator: str
    text: str
    was: Content | None


@dataclass(frozen=True)
class Answer:
    """To a typed cell. shown: what is in force now; sentence: why it is refused, or who has been faster."""

    cell: TypedCell
    state: CellState
    shown: ShownContent
    sentence: str = ""


NOTHING = ShownContent("", "", "", "")


@transaction.atomic
def save_cells(
    cells: Iterable[TypedCell],
    *,
    school_class: Unit,
    round_: MeasurementRound,
    by: User,
    today: datetime.date,
    sees_pupils: bool,
) -> list[Answer]:
    """Saves what can be saved, and answers every cell. The caller has asked the door; sees_pupils: see `sheet_of`."""
    hold_lock(RESULTS)  # so that no result comes in between what is compared and what is written
    # Locked, so that nobody closes the round before all is written.
    round_ = MeasurementRound.objects.select_for_update(no_key=True).get(pk=round_.pk)
    if round_.closed_at is not None:
        sentence = _("%(round)s is closed, so nothing more can be filled in. Ask the coordinator.") % {
            "round": round_.name
        }
        return [Answer(cell, CellState.REFUSED, NOTHING, sentence) for cell in cells]
    desk = _Desk(school_class, round_, today, sees_pupils)
    planned = desk.plan(cells)
    taken = {each.key: each.mine for each in planned if each.key and each.verdict is Verdict.TAKEN}
    if taken:
        desk.write(taken, by)
    return desk.answers(planned)


@dataclass(frozen=True)
class _Planned:
    """key: None where no result is awaited; mine: what was typed, None if the cell was emptied."""

    cell: TypedCell
    key: CellKey | None
    mine: Content | None
    verdict: Verdict | Refused


class _Desk:
    """The class, the round and what is in force there, for the cells of one request."""

    def __init__(
        self, school_class: Unit, round_: MeasurementRound, today: datetime.date, sees_pupils: bool
    ) -> None:
        self.school_class, self.round, self.today = school_class, round_, today
        self.offer = offer_of(school_class, round_, today, is_for_file=not sees_pupils)
        self.pupils = {pupil.key: pupil for pupil in self.offer.pupils}
        self.indicators = {indicator.code: indicator for indicator in self.offer.indicators}
        self.in_force: dict[CellKey, InForce] = {}

    def plan(self, cells: Iterable[TypedCell]) -> list[_Planned]:
        cells = list(cells)
        pupil_ids = [self.pupils[key].pk for key in {cell.pupil for cell in cells} & self.pupils.keys()]
        self.in_force = results_in_force(self.round, pupil_ids)
        return [self._plan(cell) for cell in cells]

    def _plan(self, cell: TypedCell) -> _Planned:
        pupil, indicator = self.pupils.get(cell.pupil), self.indicators.get(cell.indicator)
        if pupil is None or indicator is None or (pupil.pk, indicator.pk) not in self.offer.cells:
            return _Planned(cell, None, None, Refused(NOT_AWAITED))
        key = pupil.pk, indicator.pk
        mine = content_of(cell.text, indicator.scale)
        if isinstance(mine, Refused):
            return _Planned(cell, key, None, mine)
        theirs = self.in_force.get(key)
        return _Planned(cell, key, mine, merge_meant(mine, cell.was, theirs.content if theirs else None))

    def write(self, taken: Mapping[CellKey, Content | None], by: User) -> None:
        """Records the contents, takes away where there is none, and writes down who did."""
        contents = {key: mine for key, mine in taken.items() if mine is not None}
        emptied = [key for key, mine in taken.items() if mine is None]
        if contents:
            self._record(contents, by)
        if emptied:
            remove_results(pd.DataFrame(emptied, columns=["pupil_id", "indicator_id"]), round_=self.round)
            self.in_force = {key: result for key, result in self.in_force.items() if key not in emptied}
        pupil_ids = {pupil_id for pupil_id, _indicator_id in taken}
        record(
            "results typed",
            by=by,
            unit=self.school_class,
            subject=self.round.key,
            pupils=pupil_ids,
            recorded=len(contents),
            removed=len(emptied),
        )

    def _record(self, contents: Mapping[CellKey, Content], by: User) -> None:
        """Keeps what is in force then, with the colours that were judged."""

        def keep(rows: pd.DataFrame) -> None:
            for pupil_id, indicator_id, colour in rows[["pupil_id", "indicator_id", "colour"]].itertuples(
                index=False
            ):
                key = int(pupil_id), int(indicator_id)
                self.in_force[key] = InForce(contents[key], int(colour), by.pk, timezone.now())

        record_results(as_results(contents, self.round, self.today), by=by, judged=keep)

    def answers(self, planned: Sequence[_Planned]) -> list[Answer]:
        in_question = [self.in_force.get(each.key) for each in planned if each.key and _is_conflict(each)]
        ids = {result.by for result in in_question if result and result.by}
        people = User.objects.in_bulk(ids) if ids else {}
        return [self._answer(each, people) for each in planned]

    def _answer(self, planned: _Planned, people: Mapping[int, User]) -> Answer:
        cell, verdict = planned.cell, planned.verdict
        result = self.in_force.get(planned.key) if planned.key else None
        shown = self._shown(cell, result) if planned.key else NOTHING
        if isinstance(verdict, Refused):
            return Answer(cell, CellState.REFUSED, shown, _sentence(verdict, cell.text))
        if _is_conflict(planned):
            return Answer(cell, CellState.CONFLICT, shown, _whose(result, people))
        return Answer(cell, CellState.SAVED, shown)

    def _shown(self, cell: TypedCell, result: InForce | None) -> ShownContent:
        scale = self.indicators[cell.indicator].scale
        return shown_content(result.content if result else None, result.colour if result else 0, scale)


def _is_conflict(planned: _Planned) -> bool:
    return planned.verdict is Verdict.CONFLICT


def _sentence(refused: Refused, text: str) -> str:
    return Message(refused.kind, value=text, parameters=refused.parameters).text


def _whose(result: InForce | None, people: Mapping[int, User]) -> str:
    """Who has recorded what is in force now, and when."""
    if result is None:
        return _("Somebody has taken the value away since you opened the page.")
    person = people.get(result.by) if result.by else None
    when = date_format(localtime(result.at), "SHORT_DATETIME_FORMAT")
    if person is None:
        return _("Another value was recorded here on %(when)s.") % {"when": when}
    return _("%(name)s recorded another value here on %(when)s.") % {"name": person.name, "when": when}
