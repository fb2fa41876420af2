"""Reads the unit maps as a person does: what the cells say, of which units together, and which counts they hide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from django.http import HttpResponse

COUNTS = re.compile(r"(?P<red>\d+) intervention needed, (?P<yellow>\d+) passed, (?P<green>\d+) good result")
DUE = re.compile(r"(?P<measured>\d+) of (?P<due>\d+) measured")
MISSING = re.compile(r"(?P<missing>\d+) missing, counted (?P<where>here .*)")
MOVES = re.compile(
    r"(?:(?P<where>here .*?): )?of (?P<paired>\d+) measured both times: "
    r"(?P<up>\d+) better, (?P<still>\d+) unchanged, (?P<down>\d+) worse"
)
UNCOLOURED = re.compile(r"no limits are set for (?P<uncoloured>\d+)")
NONE_MEASURED = re.compile(r"missing: none of (?P<due>\d+) measured")
TOGETHER = re.compile(r"shown together with (?P<names>.*) \(.*\)")
HERE_AND_IN, HERE_ALONE = "here and in ", "here alone"

COLOURS = ("green", "yellow", "red", "uncoloured")
MOVEMENTS = ("up", "still", "down")
# How the words of a cell tell what it hides.
SIGNS_OF_BLANKS = {
    "hidden": COLOURS,
    "movement hidden": MOVEMENTS,
    "number missing hidden": ("missing",),
}
# The units of which a count is the sum.
Nodes = frozenset[int]
Told = dict[tuple[Nodes, str], int]


class _Cells(HTMLParser):
    """rows: the cells of each row, each with its title, its words, its text beside them and its coloured lines."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[dict[str, str]]] = []
        self.is_in_cell = self.is_in_words = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.is_in_cell = tag == "td"
        if tag == "td":
            classes = attributes.get("class", "")
            self.rows[-1].append(
                {"title": attributes.get("title", ""), "class": classes, "words": "", "text": "", "drawn": ""}
            )
        elif tag == "rect":
            self.rows[-1][-1]["drawn"] += f"{attributes['class']} {attributes['width']};"
        self.is_in_words = tag == "b"

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.is_in_cell = False
        elif tag == "b":
            self.is_in_words = False

    def handle_data(self, data: str) -> None:
        if self.is_in_cell:
            self.rows[-1][-1]["words" if self.is_in_words else "text"] += data.strip()


def rows_in(response: HttpResponse) -> list[list[dict[str, str]]]:
    """The cells of the unit's own row, then those of the units below it."""
    cells = _Cells()
    cells.feed(response.content.decode())
    return [row for row in cells.rows if row]


def told_in(node: int, words: str, node_of: Mapping[str, int]) -> Told:
    """The counts that the words of a node's cell tell, and of which nodes together; node_of: by name.

    What is not mentioned in an open cell is none.
    """
    if words == "not due":
        return {(frozenset({node}), "measured"): 0, (frozenset({node}), "due"): 0}
    told: Told = {}
    parts = words.split("; ")
    units = frozenset({node})
    if match := TOGETHER.fullmatch(parts[0]):
        units |= _named(match["names"], node_of)
    for part in parts:
        told |= _told_in_part(units, node, part, node_of)
    return told | _none_told(units, node, words, told)


def _told_in_part(units: Nodes, node: int, part: str, node_of: Mapping[str, int]) -> Told:
    if match := NONE_MEASURED.fullmatch(part):
        return {(units, "measured"): 0, (units, "due"): int(match["due"])}
    if part == "missing: none measured":
        return {(units, "measured"): 0}
    for pattern in (COUNTS, DUE, UNCOLOURED):
        if match := pattern.fullmatch(part):
            return {(units, kind): int(count) for kind, count in match.groupdict().items()}
    for pattern in (MISSING, MOVES):
        if match := pattern.fullmatch(part):
            counts = match.groupdict()
            where = counts.pop("where")
            nodes = units if where is None else frozenset({node})
            if where and where.startswith(HERE_AND_IN):
                nodes |= _named(where.removeprefix(HERE_AND_IN), node_of)
            return {(nodes, kind): int(count) for kind, count in counts.items()}
    return {}


def _none_told(units: Nodes, node: int, words: str, told: Told) -> Told:
    """Of an open cell, the kinds that it would mention if there were any. Movement may be of the node alone."""
    kinds = {kind for _units, kind in told}
    none: Told = {}
    if "red" in kinds and "uncoloured" not in kinds:
        none[units, "uncoloured"] = 0
    if "red" in kinds and "paired" not in kinds and "up" not in hidden_in(words):
        none[frozenset({node}), "paired"] = 0
    return none


def _named(names: str, node_of: Mapping[str, int]) -> Nodes:
    return frozenset(node_of[name] for name in re.split(r", | and ", names))


def hidden_in(words: str) -> set[str]:
    """The kinds of counts of which the words of a cell say that they are shown in no sum at all."""
    parts = words.split("; ")
    return {kind for part in parts for kind in _hidden_kinds(part)}


def _hidden_kinds(part: str) -> Iterator[str]:
    for sign, kinds in SIGNS_OF_BLANKS.items():
        if part.startswith((f"{sign}:", f"{sign} until")):
            yield from kinds
