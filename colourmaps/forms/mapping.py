"""The form in which a person says how a file is to be read: what was chosen, checked, as a mapping."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from ..importing.mapping import (
    KEY_MEANINGS,
    PUPIL_MEANINGS,
    ROW_MEANINGS,
    HiddenRows,
    MappedColumn,
    Mapping,
    MappingError,
    Meaning,
    NewIndicator,
    header_key,
)
from ..importing.new_indicators import name_of, new_indicator
from .file_columns import (
    INDICATOR,
    NEW_INDICATOR,
    FileColumn,
    proposed_columns,
)
from .offered import NO_ROUND, UNANSWERED, OfferedMapping, is_indicator, name_of_column
from .sheets import read_anyway, ticked


class MappingForm(OfferedMapping):
    """After `is_valid`, `mapping` is what was chosen."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        sheets = self._ticked(cleaned)
        columns = [column for column in self.columns if not column.sheets or sheets & {*column.sheets}]
        self._refuse_contradictions(cleaned, columns)
        self._refuse_half_a_long_table(cleaned, columns)
        if not self.errors:
            self._refuse_unfinished(cleaned, columns)
        if not self.errors:
            try:
                self.mapping = self._mapping(cleaned, columns, sheets)
            except MappingError as error:
                self.add_error(None, _("The columns contradict each other: %(reason)s") % {"reason": error})
        return cleaned

    def _ticked(self, cleaned: dict[str, Any]) -> set[str]:
        """Names of the sheets to read."""
        chosen = ticked(self.sheets, cleaned)
        if not chosen and self.sheets and self.sheets[0].field:
            self.add_error(self.sheets[0].field, _("Tick at least one sheet."))
        return chosen

    def _own_round(self, column: FileColumn, cleaned: dict[str, Any]) -> str:
        return cleaned[column.round_name] if cleaned["has_several_rounds"] else ""

    def _refuse_contradictions(self, cleaned: dict[str, Any], columns: list[FileColumn]) -> None:
        """Errors where two columns are the same, none says who the pupil is, or an indicator has no round."""
        first: dict[tuple[str, str], FileColumn] = {}
        round_of_file = cleaned["round"]
        if not round_of_file and self._without_round(
            columns, cleaned, lambda column: self._own_round(column, cleaned)
        ):
            self.add_error("round", NO_ROUND)
        for column in columns:
            choice = cleaned.get(column.name)
            if choice in (None, Meaning.IGNORE, NEW_INDICATOR):
                continue
            round_name = (self._own_round(column, cleaned) or round_of_file) if is_indicator(choice) else ""
            other = first.setdefault((choice, header_key(round_name)), column)
            if other is not column:
                self.add_error(column.name, self._said_twice(choice, other))
        if not {choice for choice, _round in first} & KEY_MEANINGS:
            self.add_error(
                None, _("Say which column tells who the pupil is: an identity number, an id or a name.")
            )

    @staticmethod
    def _said_twice(choice: str, other: FileColumn) -> str:
        letters = {"letters": ", ".join(other.letters)}
        if not is_indicator(choice):
            return _("Column %(letters)s is that already. A file can say it only once.") % letters
        return (
            _(
                "Column %(letters)s is that already. If the two are of different rounds, tick that the file has "
                "several rounds, and choose the round of each."
            )
            % letters
        )

    def _refuse_half_a_long_table(self, cleaned: dict[str, Any], columns: list[FileColumn]) -> None:
        by_choice = {cleaned.get(column.name): column for column in columns}
        value, name = by_choice.get(Meaning.VALUE.value), by_choice.get(Meaning.INDICATOR_NAME.value)
        alone = value or name
        if value and not name:
            self.add_error(
                value.name, _("Say as well which column tells the indicator that the value is of.")
            )
        elif alone and not value:
            self.add_error(alone.name, _("Say as well which column holds the value of that indicator."))
        if (alone is None) and (other := by_choice.get(Meaning.ROUND_NAME.value)):
            sentence = _("This is only for tables with a row per result: a column with the value is missing.")
            self.add_error(other.name, sentence)

    def _refuse_unfinished(self, cleaned: dict[str, Any], columns: list[FileColumn]) -> None:
        for code in self._used_codes(cleaned, columns):
            new_form = self.new_forms.get(code)
            if new_form and not new_form.is_fine:
                name = next(iter(new_form.before.names.values()))
                sentence = _(
                    "Something is to be corrected in the description of the new indicator “%(name)s”."
                )
                self.add_error(None, sentence % {"name": name})

    def _used_codes(self, cleaned: dict[str, Any], columns: list[FileColumn]) -> set[str]:
        choices = [cleaned[column.name] for column in columns] + [cleaned[name] for name in self.words]
        return {choice.removeprefix(INDICATOR) for choice in choices if choice.startswith(INDICATOR)}

    def _mapping(self, cleaned: dict[str, Any], columns: list[FileColumn], sheets: set[str]) -> Mapping:
        made: list[NewIndicator] = []
        mapped = self._mapped_columns(cleaned, columns, made)
        mapped += self._proposed_columns(mapped, sheets, cleaned["round"])
        meanings = {column.meaning for column in mapped}
        is_long = Meaning.INDICATOR_NAME in meanings
        chosen = replace(
            self.before,
            columns=tuple(mapped),
            sheets=(),
            round=cleaned["round"],
            school=cleaned["school"],
            year_group=int(cleaned["year_group"]) if cleaned["year_group"] else None,
            pupil_key=tuple(key for key in self.before.pupil_key if key in meanings),
            hidden_rows=HiddenRows(cleaned.get("hidden_rows") or HiddenRows.ASK),
            indicator_names=self._indicator_names(cleaned, made) if is_long else {},
        )
        chosen = replace(chosen, new_indicators=self._new_indicators(chosen, made))
        if sheets == read_anyway(self.sheets, chosen):
            return chosen
        return replace(chosen, sheets=tuple(sheet.name for sheet in self.sheets if sheet.name in sheets))

    def _mapped_columns(
        self, cleaned: dict[str, Any], columns: list[FileColumn], made: list[NewIndicator]
    ) -> list[MappedColumn]:
        mapped = []
        for column in columns:
            choice = cleaned[column.name]
            if choice == NEW_INDICATOR:
                choice = self._make(name_of_column(column), column.scale, made)
            mapped.append(column.as_chosen(choice, round_name=self._own_round(column, cleaned)))
        return mapped + [column.mapped for column in self.columns_beyond if column.mapped]

    def _proposed_columns(
        self, mapped: list[MappedColumn], sheets: set[str], round_name: str
    ) -> list[MappedColumn]:
        """What the file suggests for sheets that are read from now on, where it contradicts nothing that was chosen."""
        known = Mapping(columns=tuple(mapped), round=round_name)
        unread = {sheet.name for sheet in self.sheets if not sheet.is_read} & sheets
        said = {(column.meaning, column.indicator, column.round or known.round) for column in mapped}
        added = []
        for column in proposed_columns(self.understood, unread, known):
            told = (column.meaning, column.indicator, column.round or known.round)
            is_single = column.meaning in PUPIL_MEANINGS | ROW_MEANINGS or bool(column.indicator)
            if not (is_single and told in said):
                said.add(told)
                added.append(column)
        return added

    def _indicator_names(self, cleaned: dict[str, Any], made: list[NewIndicator]) -> dict[str, str]:
        names = dict(self.before.indicator_names)
        for field, word in self.words.items():
            choice = cleaned[field]
            names.pop(word.key, None)
            if choice == NEW_INDICATOR:
                choice = self._make(name_of(word.text), word.scale, made)
            if choice != UNANSWERED:
                names[word.key] = choice.removeprefix(INDICATOR) if is_indicator(choice) else ""
        return names

    def _make(self, name: str, scale: dict[str, Any], made: list[NewIndicator]) -> str:
        """Notes a new indicator; returns what is then chosen for the column."""
        taken = self.taken | {new.code for new in made}
        made.append(new_indicator(name, scale, taken=taken, language=self.language))
        return f"{INDICATOR}{made[-1].code}"

    def _new_indicators(self, chosen: Mapping, made: list[NewIndicator]) -> tuple[NewIndicator, ...]:
        """Those brought along, as they are described now, and the new ones; not those that nothing is any more."""
        no_longer = set(self.before.indicator_codes()) - set(chosen.indicator_codes())
        kept = [
            self.new_forms[new.code].indicator if new.code in self.new_forms else new
            for new in self.before.new_indicators
            if new.code not in no_longer
        ]
        return (*kept, *made)
