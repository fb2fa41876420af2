"""What a person can say of how a file is to be read: the fields, and what each of them offers."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ..importing.mapping import (
    HiddenRows,
    Meaning,
    header_key,
)
from ..importing.mapping_file import mapping_from_json
from ..importing.new_indicators import MOST_WORDS, name_of
from ..models import ImportBatch, Indicator
from .choices import (
    NOT_READ,
    Choices,
    indicator_choices,
    meaning_choices,
    open_rounds,
    own_round_choices,
    round_choices,
    school_choices,
    with_new,
    year_group_choices,
)
from .file_columns import (
    INDICATOR,
    MOST_COLUMNS,
    NEW_INDICATOR,
    FileColumn,
    Word,
    columns_of,
)
from .new_indicator import NewIndicatorForm, is_simple
from .quick_select import QuickSelect
from .sheets import as_read, sheets_of

NO_ROUND = gettext_lazy("Choose the measurement round that the results are from.")
UNANSWERED = ""
# Each description has ten fields, and a form may have as many as the settings say; those beyond stay as proposed.
MOST_DESCRIBED = 150


class OfferedMapping(forms.Form):
    """How a file is read: its sheets, columns, words, round and school, each with what it is now.

    columns: those of the sheets that are read. words: what a long table calls its indicators, by the name of the field.
    new_forms: by code, the description of each indicator that the mapping brings along and that can be changed here.
    """

    round = forms.ChoiceField(
        label=gettext_lazy("Measurement round"), required=False, error_messages={"required": NO_ROUND}
    )
    has_several_rounds = forms.BooleanField(
        label=gettext_lazy("The file has results of several rounds"),
        required=False,
        help_text=gettext_lazy("Tick this to give each column of results a round of its own."),
    )
    school = forms.ChoiceField(
        label=gettext_lazy("School"),
        required=False,
        help_text=gettext_lazy("Where new pupils and classes belong, if no column of the file says it."),
    )
    year_group = forms.ChoiceField(
        label=gettext_lazy("Year group"),
        required=False,
        help_text=gettext_lazy("Of new pupils, if neither a column nor the name of their class says it."),
    )
    adds_pupils = forms.BooleanField(
        label=gettext_lazy("Add pupils and classes that the register lacks"),
        required=False,
        help_text=gettext_lazy(
            "Tick this when the file is also a class list: pupils whose class has ended then get the file's class. "
            "Without it, rows about unknown pupils are left out, so that a misspelt number never becomes a new "
            "pupil."
        ),
    )
    hidden_rows = forms.ChoiceField(
        label=gettext_lazy("Rows that are hidden in the file"),
        required=False,
        choices=[
            (HiddenRows.READ.value, gettext_lazy("read them like the others")),
            (HiddenRows.LEAVE_OUT.value, gettext_lazy("leave them out")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, batch: ImportBatch, today: datetime.date) -> None:
        self.before = mapping_from_json(batch.mapping)
        self.understood = as_read(batch.understood)
        self.language = get_language() or "sv"
        all_columns = columns_of(self.understood, self.before)
        self.columns = all_columns[:MOST_COLUMNS]
        self.columns_beyond = all_columns[MOST_COLUMNS:]
        self.sheets = sheets_of(self.understood)
        self.words: dict[str, Word] = {}
        super().__init__(data, initial={"adds_pupils": batch.adds_pupils})
        self._offer_for_file(today)
        indicators = list(Indicator.objects.all())
        offered = indicator_choices(self.before, indicators)
        self._offer_sheets()
        self._offer_columns(meaning_choices(offered))
        self._offer_words(offered, indicators)
        self.new_forms = self._new_forms(indicators)
        self.taken = {indicator.code for indicator in indicators} | {
            new.code for new in self.before.new_indicators
        }
        chosen = {column.name: str(self[column.name].value() or "") for column in self.columns}
        self.fields["round"].required = bool(self._without_round(self.columns, chosen, self._own_round_shown))

    def _offer_for_file(self, today: datetime.date) -> None:
        self.open_rounds = open_rounds(self.before)
        self._offer("round", *round_choices(self.open_rounds, self.before))
        self._offer("school", *school_choices(self.before, today))
        self._offer("year_group", *year_group_choices(self.before, today))
        self.initial["has_several_rounds"] = any(column.round for column in self.columns)
        self.n_hidden_rows = sum(sheet.n_hidden_rows for sheet in self.sheets if sheet.is_read)
        if self.n_hidden_rows:
            answer = self.before.hidden_rows
            self.initial["hidden_rows"] = "" if answer is HiddenRows.ASK else answer.value
        else:
            del self.fields["hidden_rows"]

    def _offer(self, name: str, choices: Choices, now: str) -> None:
        offered: Any = self.fields[name]
        offered.choices = choices
        self.initial[name] = now

    def _offer_sheets(self) -> None:
        for sheet in self.sheets:
            if sheet.field:
                self.fields[sheet.field] = forms.BooleanField(
                    label=sheet.name, required=False, initial=sheet.is_read
                )

    def _offer_columns(self, meanings: Choices) -> None:
        new_codes = {new.code for new in self.before.new_indicators}
        for column in self.columns:
            is_new = column.mapped is not None and column.mapped.indicator in new_codes
            self.fields[column.name] = forms.ChoiceField(
                label=_("Meaning of column %(letters)s, %(header)s")
                % {"letters": ", ".join(column.letters), "header": column.header},
                choices=meanings if is_new else with_new(meanings, name_of_column(column), 1),
                initial=column.now,
                error_messages={"required": _("Choose what the column is.")},
                widget=QuickSelect,
            )
            self.fields[column.round_name] = forms.ChoiceField(
                label=_("Measurement round of column %(letters)s, %(header)s")
                % {"letters": ", ".join(column.letters), "header": column.header},
                choices=own_round_choices(self.open_rounds, column.round),
                initial=column.round,
                required=False,
                widget=QuickSelect,
            )

    def _offer_words(self, indicators: Choices, known: list[Indicator]) -> None:
        by_word = {
            header_key(text): indicator.code
            for indicator in known
            for text in [indicator.code, *indicator.names.values()]
        }
        all_words = [word for column in self.columns for word in column.words][:MOST_WORDS]
        for at, word in enumerate(all_words):
            code = self.before.indicator_names.get(word.key, by_word.get(word.key))
            now = UNANSWERED if code is None else f"{INDICATOR}{code}" if code else Meaning.IGNORE.value
            choices = [(UNANSWERED, _("Choose")), NOT_READ, *indicators]
            self.words[f"word_{at}"] = word
            self.fields[f"word_{at}"] = forms.ChoiceField(
                label=_("What “%(word)s” is") % {"word": word.text},
                choices=with_new(choices, name_of(word.text), 2),
                initial=now,
                required=False,
                widget=QuickSelect,
            )

    def _new_forms(self, indicators: list[Indicator]) -> dict[str, NewIndicatorForm]:
        known = {indicator.code for indicator in indicators}
        used = set(self.before.indicator_codes())
        names = [name for indicator in indicators for name in indicator.names.values()]
        described = [new for new in self.before.new_indicators if new.code in used - known and is_simple(new)]
        return {
            new.code: NewIndicatorForm(
                self.data if self.is_bound else None, before=new, language=self.language, names=names
            )
            for new in described[:MOST_DESCRIBED]
        }

    def is_read(self, word: Word) -> bool:
        """Whether the rows with a word are read now."""
        return any(
            self.fields[name].initial not in (UNANSWERED, Meaning.IGNORE)
            for name, each in self.words.items()
            if each.key == word.key
        )

    def _own_round_shown(self, column: FileColumn) -> str:
        """The round of a column as the form shows it, before anything is checked."""
        is_several = self["has_several_rounds"].value()
        return str(self[column.round_name].value() or "") if is_several else ""

    @staticmethod
    def _without_round(
        columns: list[FileColumn], chosen: dict[str, Any], own_round: Callable[[FileColumn], str]
    ) -> bool:
        """Whether some result has no round but the file's."""
        choices = {chosen[column.name] for column in columns}
        if Meaning.VALUE.value in choices and Meaning.ROUND_NAME.value not in choices:
            return True
        return any(is_indicator(chosen[column.name]) and not own_round(column) for column in columns)


def is_indicator(choice: str) -> bool:
    return choice.startswith(INDICATOR) or choice == NEW_INDICATOR


def name_of_column(column: FileColumn) -> str:
    return name_of(column.header, column.group if column.is_repeated else "")
