"""The floor of an import: calamine reads the file, the database takes the rows. No checks, no history, no sums."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db import connection, transaction
from python_calamine import CalamineWorkbook

COLUMNS = (
    "municipality_id, pupil_id, indicator_id, round_id, school_class_id, year_group, value, mark, colour, movement, "
    "measured_on, recorded_at, by_id, batch_id"
)
Row = tuple[object, ...]


def make_bare_table() -> None:
    """A copy of the results table with its indexes, without its triggers; foreign keys it has none."""
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists bare_result")
        if connection.vendor == "postgresql":
            cursor.execute("create table bare_result (like colourmaps_result including indexes)")
            return
        cursor.execute(
            "select sql from sqlite_master where tbl_name = 'colourmaps_result' and sql is not null"
        )
        for (statement,) in cursor.fetchall():
            bare = statement.replace("colourmaps_result", "bare_result").replace(
                "result_by_class", "bare_by_class"
            )
            cursor.execute(bare)


def import_bare(path: str, municipality_id: int, class_of: list[int], indicator_ids: list[int]) -> int:
    """Reads and writes; returns how many rows. class_of: of the pupil of each line of the file."""
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    lines = sheet.to_python()
    with transaction.atomic(), connection.cursor() as cursor:
        rows = _rows(lines, municipality_id, class_of, indicator_ids)
        if connection.vendor == "postgresql":
            with cursor.copy(f"copy bare_result ({COLUMNS}) from stdin") as copy:
                copy.write("".join(_as_text(row) for row in rows))
        else:
            places = ", ".join(["?"] * (COLUMNS.count(",") + 1))
            # Django's own cursor would look through every row for its places.
            cursor.connection.executemany(f"insert into bare_result ({COLUMNS}) values ({places})", rows)
        cursor.execute("select count(*) from bare_result")
        return cursor.fetchone()[0]


def _rows(
    lines: list[list], municipality_id: int, class_of: list[int], indicator_ids: list[int]
) -> Iterator[Row]:
    now = datetime.datetime.now(tz=datetime.UTC).isoformat(" ")
    today = now[:10]
    for n, line in enumerate(lines[1:]):
        for indicator_id, cell in zip(indicator_ids, line[1:], strict=True):
            is_number = type(cell) is float
            yield (
                *(
                    municipality_id,
                    n + 1,
                    indicator_id,
                    1,
                    class_of[n],
                    4,
                    int(cell * 100) if is_number else None,
                ),
                *(0 if is_number else 1, 1, 0, today, now, None, None),
            )


def _as_text(row: Row) -> str:
    """A line as COPY reads it."""
    return "\t".join(["\\N" if value is None else str(value) for value in row]) + "\n"
