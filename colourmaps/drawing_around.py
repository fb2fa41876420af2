"""Heads, options and limits of a map as markup: dozens of each, and a template loop takes ten times as long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .models import Indicator
from .presentation import ColumnHead


def draw_heads(heads: Iterable[ColumnHead]) -> SafeString:
    return mark_safe("".join(map(_draw_head, heads)))  # noqa: S308 – parts are escaped


def _draw_head(head: ColumnHead) -> str:
    classes = ' class="first"' if head.is_first else ""
    sort = ' aria-sort="other"' if head.is_sorted else ""
    sign = f'<i class="key {escape(head.mark)}"></i> ' if head.mark else ""
    small = f" <small>{sign}{escape(head.small)}</small>" if head.small else ""
    column = f' data-column="{escape(head.key)}"' if head.key else ""
    inside = f'<span class="name">{escape(head.name)}</span>{small}'
    if head.address:
        inside = f'<a href="{escape(head.address)}">{inside}</a>'
    return f'<th scope="col"{classes}{sort}{column}>{inside}</th>'


def draw_options(choices: Iterable[tuple[str, str]], chosen: str = "") -> SafeString:
    """The options of a select. choices: (value, label)."""
    drawn = (
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in choices
    )
    return mark_safe("".join(drawn))  # noqa: S308 – parts are escaped


def draw_limits(limits: Iterable[tuple[Indicator, Sequence[str]]]) -> SafeString:
    """Each indicator with its limits in words, as the parts of a list of definitions."""
    drawn = (
        f'<dt id="limits-{escape(indicator.code)}">{escape(indicator.name)}</dt><dd>{escape("; ".join(sentences))}</dd>'
        for indicator, sentences in limits
    )
    return mark_safe("".join(drawn))  # noqa: S308 – parts are escaped
