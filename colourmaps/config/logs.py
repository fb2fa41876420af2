"""Log lines that hold no pupil.

An exception's message quotes what it failed on: a name, a cell of a workbook, a row of the register.
So a traceback is written as places in the code and the kind of error, without its message, and
anything that looks like an identity number is struck out of the line itself. So is the secret in the address of
somebody's calendar, which opens it without a sign-in.
"""

import logging
import re
import traceback
from collections.abc import Mapping
from types import TracebackType

# Six or eight digits, an optional sign, four more (letters stand in temporary school numbers).
IDENTITY_NUMBER = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+]?(?:\d{4,5}|[A-Z]{2}\d{2})(?!\d)")
STRUCK_OUT = "[number]"
# Of a calendar, and of a link with which a password is chosen.
SECRETS_IN_ADDRESSES = re.compile(r"(?<=/calendar/)[^/\s]+(?=\.ics)|(?<=/choose-password/)[^/\s]+/[^/\s]+")


class ScrubbingFormatter(logging.Formatter):
    """A formatter whose lines and tracebacks carry no personal data."""

    def format(self, record: logging.LogRecord) -> str:
        line = IDENTITY_NUMBER.sub(STRUCK_OUT, super().format(without_error_text(record)))
        return SECRETS_IN_ADDRESSES.sub("[secret]", line)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Where it happened and what kind of error it was, causes included; never what the error said."""
        error = ei[1]
        lines: list[str] = []
        while error is not None:
            lines[:0] = [*traceback.format_tb(error.__traceback__), f"{type(error).__qualname__}\n"]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip("\n")


def without_error_text(record: logging.LogRecord) -> logging.LogRecord:
    """A copy of the record, with errors among its arguments named by their kind.

    Celery quotes a failed task's error and traceback among the arguments of the line, as text.
    """
    copy = logging.makeLogRecord(record.__dict__)
    copy.exc_text = None  # another formatter may have left its own traceback here
    if isinstance(record.args, Mapping):
        if "exc" in record.args:
            kind = record.exc_info[0] if record.exc_info else None
            copy.args = {**record.args, "exc": kind.__qualname__ if kind else "an error", "traceback": ""}
    elif record.args:
        copy.args = tuple(
            type(part).__qualname__ if isinstance(part, BaseException) else part for part in record.args
        )
    return copy
