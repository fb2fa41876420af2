"""Numbers in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import ngettext


def in_rows(n: int) -> str:
    return counted(ngettext("%(n)s row", "%(n)s rows", n), n)


def in_pupils(n: int) -> str:
    return counted(ngettext("%(n)s pupil", "%(n)s pupils", n), n)


def in_results(n: int) -> str:
    return counted(ngettext("%(n)s result", "%(n)s results", n), n)


def what_there_is(pairs: Iterable[tuple[int, str]]) -> list[str]:
    """The counts in words, without those that are nought."""
    return [counted(words, n) for n, words in pairs if n]


def counted(words: str, n: int) -> str:
    return words % {"n": n}
