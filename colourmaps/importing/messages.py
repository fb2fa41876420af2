"""What an import has to say: a level, a place in the file, and a sentence in the reader's language.

A module defines its kinds of message once, beside the code that reports them:

    NOT_A_NUMBER = define("value.not_a_number", Level.ERROR, gettext_lazy("“%(value)s” is not a number."))

A message keeps the kind and its parameters, not the finished sentence, so a stored message is read in four
languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Level(IntEnum):
    """How serious a message is; ordered, so that max() of several is the worst."""

    NOTE = 1
    WARNING = 2
    ERROR = 3


LEVEL_LABELS: Mapping[Level, StrPromise] = {
    Level.NOTE: pgettext_lazy("level of a message", "note"),
    Level.WARNING: pgettext_lazy("level of a message", "warning"),
    Level.ERROR: pgettext_lazy("level of a message", "error"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message. code: stable, "<area>.<what>"; text: a sentence with %(name)s placeholders.

    The text takes no part in comparing: it is another one in every language, and so would be the hash.
    """

    code: str
    level: Level
    text: StrPromise = field(compare=False)


_kinds: dict[str, Kind] = {}


def define(code: str, level: Level, text: StrPromise) -> Kind:
    """Make a kind of message known, so that stored messages find their text. Raises ValueError if the code
    is taken.
    """
    if code in _kinds:
        raise ValueError(f"the message code {code} is taken")
    kind = _kinds[code] = Kind(code, level, text)
    return kind


LONGEST_VALUE = 200
"""Characters of a cell that a message repeats: enough to find it, whatever somebody has pasted into it."""


def shortened(text: str, most: int = LONGEST_VALUE) -> str:
    """The text, its end left out if it is longer than `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that the import says about a place in the file.

    sheet: its name, "" for a whole file or a text file; row: the number in the spreadsheet, 0 for a whole
    sheet;
    column: the letters in the spreadsheet, "" for a whole row; value: the cell as it was written, shortened.
    parameters: what the kind's text asks for; `value`, `sheet`, `row` and `column` are always at hand.
    """

    kind: Kind
    sheet: str = ""
    row: int = 0
    column: str = ""
    value: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", shortened(self.value))

    @property
    def level(self) -> Level:
        return self.kind.level

    @property
    def code(self) -> str:
        return self.kind.code

    @property
    def text(self) -> str:
        """The sentence in the active language."""
        place = {"sheet": self.sheet, "row": self.row, "column": self.column, "value": self.value}
        return str(self.kind.text) % {
            **place,
            **{name: _brief(said) for name, said in self.parameters.items()},
        }

    @property
    def place(self) -> str:
        """Where in the file, as spreadsheets write it: "4A!G10", "4A!10" a row, "4A!G" a column, "4A" a
        sheet, "".
        """
        cell = f"{self.column}{self.row or ''}"
        return f"{self.sheet}!{cell}" if self.sheet and cell else self.sheet or cell

    def to_json(self) -> dict[str, Any]:
        """The message as JSON; `text` is in the active language, for readers that have no catalogue."""
        return {
            "level": self.level.name.lower(),
            "code": self.code,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "parameters": {name: _plain(value) for name, value in self.parameters.items()},
            "text": self.text,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Message:
        """The message that to_json stored; one whose code has left the program keeps its stored sentence."""
        kind = _kinds.get(stored["code"]) or _retired_kind(stored)
        return cls(
            kind, stored["sheet"], stored["row"], stored["column"], stored["value"], stored["parameters"]
        )


def _brief(value: Any) -> Any:
    """A parameter as a sentence shows it."""
    return shortened(value) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    """A parameter as JSON knows it; lazy texts become text in the active language."""
    return value if isinstance(value, bool | int | float) or value is None else shortened(str(value))


def _retired_kind(stored: Mapping[str, Any]) -> Kind:
    text = str(stored["text"]).replace("%", "%%")
    return Kind(stored["code"], Level[stored["level"].upper()], text)  # type: ignore[arg-type]  # no longer lazy


def with_level(messages: list[Message], level: Level) -> list[Message]:
    """The messages of exactly this level, in their order."""
    return [message for message in messages if message.level is level]
