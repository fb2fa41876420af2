"""Reads the unit maps as a person does: what the cells say, and which counts they hide."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.http import HttpResponse

from .attack import Unknown

COUNTS = re.compile(
    r"(?P<red>\d+) intervention needed, (?P<yellow>\d+) passed, (?P<green>\d+) good result"
    r"(?:; (?P<measured>\d+) of (?P<due>\d+) measured)?"
)
MOVES = re.compile(
    r"of (?P<paired>\d+) measured both times: (?P<up>\d+) better, (?P<still>\d+) unchanged, (?P<down>\d+) worse"
)
UNCOLOURED = re.compile(r"no limits are set for (?P<uncoloured>\d+)")
NONE_MEASURED = re.compile(r"missing: none of (?P<due>\d+) measured")

COLOURS = ("green", "yellow", "red", "uncoloured")
MOVEMENTS = ("up", "still", "down")
# How the words of a cell tell what it hides.
SIGNS_OF_BLANKS = {
    "hidden:": (*COLOURS, *MOVEMENTS, "missing"),
    "movement hidden:": MOVEMENTS,
    "all but a few measured": ("missing",),
    "number due hidden:": ("missing",),
    "of a few pupils due, none measured": ("missing",),
}


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
            self.rows[-1].append({"title": attributes.get("title", ""), "words": "", "text": "", "drawn": ""})
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


def told_in(node: int, words: str) -> dict[Unknown, int]:
    """The counts that the words of a node's cell tell; what is not mentioned in an open cell is none."""
    if match := NONE_MEASURED.fullmatch(words):
        return {(node, "measured"): 0, (node, "due"): int(match["due"])}
    if words.startswith("missing:"):
        return {(node, "measured"): 0}
    if words == "not due":
        return {(node, "measured"): 0, (node, "due"): 0}
    found = [match for pattern in (COUNTS, MOVES, UNCOLOURED) if (match := pattern.search(words))]
    told = {(node, kind): int(n) for match in found for kind, n in match.groupdict().items() if n is not None}
    hidden = hidden_in(words)
    if "red" not in hidden:
        told.setdefault((node, "uncoloured"), 0)
    if "up" not in hidden:
        told.setdefault((node, "paired"), 0)
    return told


def hidden_in(words: str) -> set[str]:
    """The kinds of counts that the words of a cell say are hidden."""
    return {
        kind
        for sign, kinds in SIGNS_OF_BLANKS.items()
        if words.startswith(sign) or f"; {sign}" in words or f": {sign}" in words
        for kind in kinds
    }
