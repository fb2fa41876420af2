"""What a cell says on the scale of its indicator, and a content as a person writes it: the two ways of one rule."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pandas as pd

from ..importing.values import NOT_A_VALUE, NoValue, Number, Refused, parse_value
from ..importing.workbook import Cell
from ..models import MeasurementRound
from ..scales import MARK_LABELS, Mark, Scale, format_value
from .merge import Content
from .offer import CellKey


def content_of(cell: Cell, scale: Scale, *, is_percent_cell: bool = False) -> Content | Refused | None:
    """None if it is empty. is_percent_cell: as in `parse_value`."""
    parsed = parse_value(cell, scale, is_percent_cell=is_percent_cell)
    if isinstance(parsed, Number):
        return Content(parsed.hundredths)
    if isinstance(parsed, Mark):
        return Content(None, parsed)
    if parsed is NoValue.BLANK:
        return None
    if isinstance(parsed, Refused):
        return parsed
    return Refused(NOT_A_VALUE, {"scale": scale.in_words()})


def text_of(content: Content | None, scale: Scale) -> str:
    """In the active language; what is read back is the same content."""
    if content is None:
        return ""
    if content.value is None:
        return str(MARK_LABELS[Mark(content.mark)])
    return format_value(content.value, scale)


def as_results(
    contents: Mapping[CellKey, Content], round_: MeasurementRound, today: datetime.date
) -> pd.DataFrame:
    """One row each, as record_results wants them; nobody has said when they were measured."""
    values = [
        float("nan") if content.value is None else float(content.value) for content in contents.values()
    ]
    return pd.DataFrame(
        {
            "pupil_id": [pupil_id for pupil_id, _indicator_id in contents],
            "indicator_id": [indicator_id for _pupil_id, indicator_id in contents],
            "round_id": round_.pk,
            "value": values,
            "mark": [int(content.mark) for content in contents.values()],
            "measured_on": round_.nearest_day(today),
        }
    )
