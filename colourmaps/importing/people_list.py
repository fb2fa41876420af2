"""A list of people in a file: a row is one role of one person. Read here, understood by accounts.people.plan."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.people.plan import Row

from .sheets import Cell, Sheet
from .values import cell_text
from .workbook import UnreadableFile, read_workbook

# What each column is called in our own workbook, in all languages, and what people call it as well.
HEADS: Mapping[str, str] = {
    "login": gettext_noop("User name"),
    "name": gettext_noop("Name"),
    "role": gettext_noop("Role"),
    "unit": gettext_noop("Unit"),
    "valid_from": gettext_noop("First day"),
    "valid_to": gettext_noop("Last day"),
    "ends": gettext_noop("Ends"),
}
ALSO: Mapping[str, tuple[str, ...]] = {
    "login": (
        "username",
        "login",
        "användarnamn",
        "brukernavn",
        "brugernavn",
        "inloggning",
        "e-post",
        "epost",
        "e-mail",
        "mejl",
        "mail",
    ),
    "name": ("namn", "navn"),
    "role": ("roll", "rolle"),
    "unit": ("enhet", "enhed"),
    "ends": ("avslutas", "avsluttes", "afsluttes"),
    "valid_from": ("från", "fra", "from", "fr.o.m.", "fra og med", "från och med"),
    "valid_to": ("till", "til", "to", "t.o.m.", "till och med", "til og med"),
}
NEEDED = ("login",)
LANGUAGES = ("sv", "en", "nb", "da")
YES = frozenset({"ja", "yes", "x", "1", "j", "y", "sant", "true"})
SEARCHED_ROWS = 20
MOST_ROWS = 10_000


def read_people(path: Path) -> list[Row]:
    """The rows of the first sheet that has a column of user names. Raises UnreadableFile with a sentence."""
    for sheet in read_workbook(path).sheets:
        found = _head_of(sheet)
        if found is not None and not sheet.hidden:
            rows = list(_rows(sheet, *found))
            if len(rows) > MOST_ROWS:
                raise UnreadableFile(_("A list has at most %(n)d rows. Split it.") % {"n": MOST_ROWS})
            return rows
    raise UnreadableFile(
        _("No row has the head “%(head)s”. Use the workbook that can be fetched here.")
        % {"head": _("User name")}
    )


def _head_of(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """(row of the head, field -> column), both counted from 0 within the sheet's cells."""
    words = words_for_heads()
    for at, row in enumerate(sheet.rows[:SEARCHED_ROWS]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(row):
            name = words.get(_plain(cell))
            if name:
                columns.setdefault(name, column)
        if all(name in columns for name in NEEDED):
            return at, columns
    return None


def words_for_heads() -> dict[str, str]:
    """{head in small letters: field}, in all languages."""
    words = {word: name for name, others in ALSO.items() for word in others}
    for language in LANGUAGES:
        with override(language):
            words |= {_(head).casefold(): name for name, head in HEADS.items()}
    return words


def _rows(sheet: Sheet, head: int, columns: Mapping[str, int]) -> Iterator[Row]:
    for at, cells in enumerate(sheet.rows[head + 1 :], start=head + 1):
        if any(cell is not None for cell in cells):
            yield _row(sheet.first_row + at, {name: cells[column] for name, column in columns.items()})


def _row(number: int, cells: Mapping[str, Cell]) -> Row:
    texts = {name: " ".join(cell_text(cells.get(name)).split()) for name in ("login", "name", "role", "unit")}
    first, wrong_first = _day(cells.get("valid_from"))
    last, wrong_last = _day(cells.get("valid_to"))
    return Row(
        number,
        **texts,
        valid_from=first,
        valid_to=last,
        ends=_plain(cells.get("ends")) in YES,
        wrong=wrong_first or wrong_last,
    )


def _day(cell: Cell) -> tuple[datetime.date | None, str]:
    """(day, "") or (None, what is wrong)."""
    if isinstance(cell, datetime.datetime):
        return cell.date(), ""
    if isinstance(cell, datetime.date):
        return cell, ""
    text = cell_text(cell).strip()
    if not text:
        return None, ""
    try:
        return datetime.date.fromisoformat(text), ""
    except ValueError:
        return None, _("“%(text)s” is no day. Write it as 2027-01-31.") % {"text": text}


def _plain(cell: Cell) -> str:
    return " ".join(cell_text(cell).split()).casefold()
