"""What a browser sends of typed cells: the cells that changed as JSON, or without script the whole sheet as a form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..filling_in.contents import text_of
from .drawing import FIELD, field_name
from .saving import Answer, TypedCell
from .sheet import TypedSheet, content_of_base

# A block that is pasted is sent in several requests.
MOST_CELLS = 500
LONGEST_TEXT = 200


class NotUnderstood(ValueError):
    """The request is none that a page of ours sends."""


def cells_in_json(body: bytes) -> tuple[str, list[TypedCell]]:
    """(key of the round, cells) of {"round": …, "cells": [[pupil's key, indicator's code, text, base], …]}.

    Raises NotUnderstood.
    """
    try:
        said = json.loads(body)
        round_key, cells = str(said["round"]), [_typed(*row) for row in said["cells"]]
    except (ValueError, TypeError, KeyError) as error:
        raise NotUnderstood from error
    if len(cells) > MOST_CELLS or len({(cell.pupil, cell.indicator) for cell in cells}) < len(cells):
        raise NotUnderstood
    return round_key, cells


def cells_in_form(form: Mapping[str, str], sheet: TypedSheet) -> list[TypedCell]:
    """The cells whose text is another one than the page showed. Raises NotUnderstood.

    The form says in the field "was" on what its cells are based.
    """
    try:
        bases = json.loads(form.get("was", ""))
        cells = [
            (_typed(pupil.key, indicator.code, form[name], bases[pupil.key][indicator.code]), indicator)
            for pupil in sheet.offer.pupils
            for indicator in sheet.offer.indicators
            if (name := field_name(pupil, indicator)) in form
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise NotUnderstood from error
    return [cell for cell, indicator in cells if cell.text.strip() != text_of(cell.was, indicator.scale)]


def by_field(answers: list[Answer]) -> dict[str, Answer]:
    return {f"{FIELD}{answer.cell.pupil}.{answer.cell.indicator}": answer for answer in answers}


def to_json(answer: Answer) -> dict[str, Any]:
    shown = answer.shown
    return {
        "pupil": answer.cell.pupil,
        "indicator": answer.cell.indicator,
        "state": answer.state.value,
        "text": shown.text,
        "was": shown.base,
        "look": shown.look,
        "word": shown.word,
        "sentence": answer.sentence,
    }


def _typed(pupil: str, indicator: str, text: str, base: str) -> TypedCell:
    if not all(isinstance(said, str) for said in (pupil, indicator, text, base)):
        raise TypeError
    return TypedCell(pupil, indicator, text[:LONGEST_TEXT], content_of_base(base))
