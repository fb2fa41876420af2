"""What an import changes cell by cell, small enough to be kept with it: ids and hundredths, no names."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnlyMapping
from typing import Any

from ..services.recording import Changed, Recorded

NEW = "new"


def effect_of(recorded: Recorded) -> dict[str, Any]:
    """As JSON: "changed", the first changed results as lists; "colours", how many cells go from a colour to another.

    The keys of "colours" are "<old>><new>" in numbers of Colour; old is "new" where there was no result.
    """
    colours = {
        f"{NEW if old is None else old}>{new}": n
        for (old, new), n in sorted(recorded.colours.items(), key=lambda item: (str(item[0][0]), item[0][1]))
    }
    return {"changed": [list(one) for one in recorded.changed], "colours": colours}


def changed_in(effect: ReadOnlyMapping[str, Any]) -> list[Changed]:
    return [Changed(*one) for one in effect.get("changed", [])]


def colour_changes_in(effect: ReadOnlyMapping[str, Any]) -> dict[tuple[int | None, int], int]:
    """How many cells by (old colour, new colour); old is None where there was no result."""
    pairs = {}
    for key, n in effect.get("colours", {}).items():
        old, new = key.split(">")
        pairs[None if old == NEW else int(old), int(new)] = n
    return pairs
