"""What a number format makes of a number, and a number of days as a date.

Alike in all kinds of workbooks, and as calamine does it for .xlsx.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum


class Shown(Enum):
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    DURATION = "duration"


BUILT_IN: Mapping[int, Shown] = {
    **dict.fromkeys((9, 10), Shown.PERCENT),
    **dict.fromkeys((*range(14, 23), 45, 47), Shown.DATE),
    46: Shown.DURATION,
}
"""Formats that files only give the number of: ECMA-376 part 1, 18.8.30."""

LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
ELAPSED = re.compile(r"\[(h+|m+|s+)\]")
BRACKETED = re.compile(r"\[[^\]]*\]")
GENERAL = re.compile(r"general|standard")  # what Excel and OpenOffice name the format without a format
DATE_PART = re.compile(r"[dmyhs]|am/pm|a/p")

MILLISECONDS_PER_DAY = 86_400_000
DAYS_1904 = 1462
"""What a count of days that starts in 1904 lacks to one that starts in 1900."""
LAST_DAY = 2_958_465  # 31 December 9999
BEFORE_DAY_1 = datetime(1899, 12, 31)  # noqa: DTZ001  # cells have no time zone
MISSING_LEAP_DAY = 60
"""Day 60 is 29 February 1900, a date that spreadsheets inherited and that never was."""


def shown(code: str) -> Shown:
    """What a number format makes of a positive number."""
    section = LITERAL.sub("", code).split(";")[0].lower()
    if "%" in section:
        return Shown.PERCENT
    if ELAPSED.search(section):
        return Shown.DURATION
    section = GENERAL.sub("", BRACKETED.sub("", section))
    return Shown.DATE if DATE_PART.search(section) else Shown.NUMBER


def moment(value: float, how: Shown, *, is_1904: bool) -> float | date | datetime | time | timedelta:
    """The number as it is shown: a duration, time of day, date or moment; the number itself if it is none."""
    if how is Shown.DURATION:
        return timedelta(milliseconds=round(value * MILLISECONDS_PER_DAY)) if abs(value) < 1e6 else value
    if how is not Shown.DATE or not 0 <= value <= LAST_DAY - DAYS_1904 * is_1904:
        return value
    milliseconds = round(value * MILLISECONDS_PER_DAY)
    if milliseconds < MILLISECONDS_PER_DAY and value < 1:
        return (BEFORE_DAY_1 + timedelta(milliseconds=milliseconds)).time()
    day = milliseconds // MILLISECONDS_PER_DAY + DAYS_1904 * is_1904
    days = day if day < MISSING_LEAP_DAY else day - 1
    found = BEFORE_DAY_1 + timedelta(days=days, milliseconds=milliseconds % MILLISECONDS_PER_DAY)
    return found if found.time() != time.min else found.date()
