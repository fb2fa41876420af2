"""The columns of a file as a person meets them: each header once, whatever the sheets, and how it is read now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ..importing.mapping import MappedColumn, Mapping, Meaning, header_key

# A file with more is no table of results; the columns beyond stay as they are read now.
MOST_COLUMNS = 150
# What is chosen for a column or a word: a meaning, "indicator:CODE", or that it is to be a new indicator.
INDICATOR = f"{Meaning.INDICATOR.value}:"
NEW_INDICATOR = "new"

ANY_NUMBER: dict[str, Any] = {"type": "number"}


@dataclass(frozen=True)
class Word:
    """What a long table calls an indicator: as written, in how many rows, and the scale of its values as JSON."""

    text: str
    n_rows: int
    scale: dict[str, Any]
    scale_reason: str = ""

    @property
    def key(self) -> str:
        return header_key(self.text)


@dataclass
class FileColumn:
    """A column of the file, or the columns of several sheets that have the same header.

    mapped: how it is read now, None if the mapping has no such column. is_repeated: the group above is needed to tell
    it from another. proposed, confidence (0–1) and reason: what the file itself suggested. scale: as JSON, that of a
    new indicator, and scale_reason. sheets: names of those that have it.
    """

    name: str
    header: str
    group: str
    mapped: MappedColumn | None
    is_repeated: bool
    proposed: str
    confidence: float
    reason: str
    scale: dict[str, Any]
    scale_reason: str = ""
    letters: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)

    @property
    def now(self) -> str:
        return choice_of(self.mapped.meaning, self.mapped.indicator) if self.mapped else Meaning.IGNORE.value

    @property
    def round(self) -> str:
        """The round of this column alone; "" where the round of the whole file holds."""
        return self.mapped.round if self.mapped else ""

    @property
    def round_name(self) -> str:
        """The name of the field in which its round is chosen."""
        return f"{self.name}_round"

    def as_chosen(self, choice: str, *, round_name: str | None = None) -> MappedColumn:
        """choice: a meaning or "indicator:CODE". round_name: None leaves the round as it is."""
        meaning, _colon, indicator = choice.partition(":")
        before = self.mapped or MappedColumn(
            header=self.header, meaning=Meaning.IGNORE, group=self.group if self.is_repeated else ""
        )
        own_round = before.round if round_name is None else round_name
        return replace(
            before,
            meaning=Meaning(meaning),
            indicator=indicator,
            round=own_round if indicator else "",
            prefix=before.prefix if meaning == before.meaning else "",
        )


def choice_of(meaning: str, indicator: str) -> str:
    return f"{INDICATOR}{indicator}" if indicator else str(meaning)


def columns_of(understood: list[dict[str, Any]], mapping: Mapping) -> list[FileColumn]:
    """The columns of the sheets that are read, in their order, each header once.

    As they are mapped; as they are proposed where the mapping has no columns at all.
    """
    columns: dict[tuple[str, str], FileColumn] = {}
    for sheet in understood:
        if sheet["is_read"]:
            _add_columns(columns, sheet, mapping)
    return list(columns.values())


def _add_columns(columns: dict[tuple[str, str], FileColumn], sheet: dict[str, Any], mapping: Mapping) -> None:
    repeated = repeated_headers(sheet)
    for stored in sheet["columns"]:
        is_repeated = header_key(stored["header"]) in repeated
        mapped = mapping.column_for(stored["header"], stored["group"])
        if not mapping.columns:
            mapped = _as_proposed(stored, is_repeated)
        key = mapped.key if mapped else _own_key(stored, is_repeated)
        column = columns.setdefault(key, _column(f"column_{len(columns)}", stored, mapped, is_repeated))
        if stored["letters"] not in column.letters:
            column.letters.append(stored["letters"])
        known = {word.key for word in column.words}
        column.words += [word for word in _words(stored) if word.key not in known]
        column.sheets.append(sheet["name"])


def proposed_columns(
    understood: Iterable[dict[str, Any]], sheets: Iterable[str], mapping: Mapping
) -> list[MappedColumn]:
    """What the file suggests for the columns of sheets that a mapping says nothing of."""
    found: dict[tuple[str, str], MappedColumn] = {}
    for sheet in understood:
        repeated = repeated_headers(sheet) if sheet["name"] in sheets else frozenset()
        for stored in sheet["columns"] if sheet["name"] in sheets else ():
            if mapping.column_for(stored["header"], stored["group"]):
                continue
            proposed = _as_proposed(stored, header_key(stored["header"]) in repeated)
            found.setdefault(proposed.key, proposed)
    return list(found.values())


def _as_proposed(stored: dict[str, Any], is_repeated: bool) -> MappedColumn:
    return MappedColumn(
        stored["header"],
        Meaning(stored["meaning"]),
        group=stored["group"] if is_repeated else "",
        indicator=stored["indicator"],
        round=stored["round"],
    )


def repeated_headers(sheet: dict[str, Any]) -> frozenset[str]:
    n_by_header = Counter(header_key(stored["header"]) for stored in sheet["columns"])
    return frozenset(header for header, n in n_by_header.items() if n > 1)


def _own_key(stored: dict[str, Any], is_repeated: bool) -> tuple[str, str]:
    return header_key(stored["header"]), header_key(stored["group"]) if is_repeated else ""


def _column(name: str, stored: dict[str, Any], mapped: MappedColumn | None, is_repeated: bool) -> FileColumn:
    return FileColumn(
        name=name,
        header=stored["header"],
        group=stored["group"],
        mapped=mapped,
        is_repeated=is_repeated,
        proposed=choice_of(stored["meaning"], stored["indicator"]),
        confidence=stored["confidence"],
        reason=stored["reason"],
        scale=stored.get("scale") or ANY_NUMBER,
        scale_reason=stored.get("scale_reason", ""),
        examples=stored["examples"],
    )


def _words(stored: dict[str, Any]) -> list[Word]:
    return [
        Word(word["word"], word["n"], word["scale"] or ANY_NUMBER, word.get("scale_reason", ""))
        for word in stored.get("words", ())
        if header_key(word["word"])
    ]
