"""What the page says of how a file is read: its sheets, its columns, and what is still to be checked."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .forms import INDICATOR, FileColumn, MappingForm, NewIndicatorForm, Word
from .import_pages import in_rows
from .importing.mapping import KEY_MEANINGS, Meaning
from .importing.mapping_file import scale_to_json
from .models import ImportBatch

SURE, RATHER_SURE = 0.9, 0.7
# So many columns are named in a line that leads to them.
MOST_LINKS = 20
# So many headers tell what a sheet without pupils is about.
NAMED_HEADERS = 3


@dataclass(frozen=True)
class SheetLine:
    """field: its checkbox; None where there is nothing to choose."""

    name: str
    words: str
    field: BoundField | None


@dataclass(frozen=True)
class WordLine:
    """What a long table calls an indicator."""

    text: str
    rows: str
    field: BoundField
    new_form: NewIndicatorForm | None
    scale_reason: str
    is_read: bool


@dataclass(frozen=True)
class ColumnLine:
    """A column with its fields and why it is proposed so. tag: that it is to be looked at, in a word."""

    letters: str
    header: str
    group: str
    examples: list[str]
    field: BoundField
    round_field: BoundField
    why: str
    tag: str
    new_form: NewIndicatorForm | None
    scale_reason: str
    words: list[WordLine]

    @property
    def anchor(self) -> str:
        return f"line_{self.field.name}"

    @property
    def is_wrong(self) -> bool:
        return bool(
            self.field.errors or self.round_field.errors or (self.new_form and not self.new_form.is_fine)
        )


@dataclass(frozen=True)
class Links:
    """A line that leads to columns: what they have in common, and how many more there are."""

    label: str
    lines: list[ColumnLine]
    n_more: int


def mapping_page(batch: ImportBatch, form: MappingForm) -> dict[str, Any]:
    """For import_mapping_part.html."""
    lines = column_lines(form)
    sheets = _sheet_lines(form)
    unread = [line for line in lines if line.field.value() == "ignore" and not line.tag]
    return {
        "sheets": sheets,
        "sheet_error": next((line.field for line in sheets if line.field and line.field.errors), None),
        "n_hidden_rows": form.n_hidden_rows,
        "columns": lines,
        "links": [
            links
            for links in (
                _links(_("To correct:"), (line for line in lines if line.is_wrong)),
                _links(_("To check:"), (line for line in lines if line.tag)),
                _links(_("Not read:"), unread),
            )
            if links.lines
        ],
        "has_unread": bool(unread),
        "has_results": bool(form.before.indicator_codes()) or any(map(_is_result, form.columns)),
        "n_columns_beyond": len(form.columns_beyond),
        "remembered": _remembered(batch),
    }


def _links(label: str, lines: Iterable[ColumnLine]) -> Links:
    found = list(lines)
    return Links(label, found[:MOST_LINKS], len(found[MOST_LINKS:]))


def _remembered(batch: ImportBatch) -> dict[str, Any]:
    """When this kind of file was last explained; school: whether only the memory names it."""
    from_memory = batch.counts.get("remembered")
    if not from_memory:
        return {}
    day = datetime.date.fromisoformat(from_memory["on"])
    return {
        "on": date_format(day, "DATE_FORMAT"),
        "by": from_memory.get("by", ""),
        "school": from_memory["school"],
    }


def _sheet_lines(form: MappingForm) -> list[SheetLine]:
    """Every sheet; a text file's only one has no name."""
    field_of = {sheet.name: sheet.field for sheet in form.sheets}
    return [
        SheetLine(
            name=stored["name"] or _("The table"),
            words=_sheet_in_words(stored),
            field=form[name] if (name := field_of.get(stored["name"])) else None,
        )
        for stored in form.understood
    ]


def _sheet_in_words(stored: dict[str, Any]) -> str:
    """How many rows, whether it is hidden, and what else it may be than a table of pupils."""
    words = [in_rows(stored["n_rows"])] if stored["columns"] else [_("no table")]
    if stored["hidden"]:
        words.append(_("hidden in the file"))
    if n_hidden := stored.get("n_hidden_rows"):
        words.append(ngettext("%(n)s of them hidden", "%(n)s of them hidden", n_hidden) % {"n": n_hidden})
    if stored["columns"] and not any(column["meaning"] in KEY_MEANINGS for column in stored["columns"]):
        headers = ", ".join(column["header"] for column in stored["columns"][:NAMED_HEADERS])
        words.append(_("seems to hold no pupils (%(headers)s …)") % {"headers": headers})
    if not stored["is_read"]:
        words.append(_("left out"))
    return ", ".join(words)


def column_lines(form: MappingForm) -> list[ColumnLine]:
    """The columns of the file; the description of a new indicator stands at the first that is of it."""
    waiting = dict(form.new_forms)
    words_of = {word.key: name for name, word in form.words.items()}
    return [_column_line(form, column, waiting, words_of) for column in form.columns]


def _column_line(
    form: MappingForm, column: FileColumn, waiting: dict[str, NewIndicatorForm], words_of: dict[str, str]
) -> ColumnLine:
    new_form = waiting.pop(column.now.removeprefix(INDICATOR), None)
    return ColumnLine(
        letters=", ".join(column.letters),
        header=column.header,
        group=column.group,
        examples=column.examples,
        field=form[column.name],
        round_field=form[column.round_name],
        why=_why(column),
        tag=_tag(form, column, new_form),
        new_form=new_form,
        scale_reason=_scale_reason(column, new_form),
        words=[
            _word_line(form, words_of[word.key], waiting) for word in column.words if word.key in words_of
        ],
    )


def _word_line(form: MappingForm, name: str, waiting: dict[str, NewIndicatorForm]) -> WordLine:
    word = form.words[name]
    now = str(form.fields[name].initial)
    new_form = waiting.pop(now.removeprefix(INDICATOR), None)
    return WordLine(
        word.text,
        in_rows(word.n_rows),
        form[name],
        new_form,
        _scale_reason(word, new_form),
        form.is_read(word),
    )


def _scale_reason(offered: FileColumn | Word, new_form: NewIndicatorForm | None) -> str:
    """Why the scale is proposed, as long as it is the proposed one."""
    is_proposed = new_form is not None and scale_to_json(new_form.before.scale) == offered.scale
    return offered.scale_reason if is_proposed else ""


def _is_result(column: FileColumn) -> bool:
    return column.now.startswith(INDICATOR) or column.now == Meaning.VALUE


def _tag(form: MappingForm, column: FileColumn, new_form: NewIndicatorForm | None) -> str:
    """Where the file leaves a doubt: an unsure meaning, steps in a guessed order, words whose rows are not read."""
    is_unsure = column.now == column.proposed != "ignore" and column.confidence < RATHER_SURE
    is_order_open = new_form is not None and new_form.is_order_open
    leaves_words = any(not form.is_read(word) for word in column.words)
    return _("check") if is_unsure or is_order_open or leaves_words else ""


def _why(column: FileColumn) -> str:
    if column.now != column.proposed:
        return _("As chosen, described or remembered.")
    if column.proposed == "ignore":
        return column.reason
    if column.confidence >= SURE:
        sureness = _("sure")
    else:
        sureness = _("rather sure") if column.confidence >= RATHER_SURE else _("unsure")
    return f"{column.reason} ({sureness})"
