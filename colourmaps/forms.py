"""The two forms of an import: the file, and what its columns are. They validate; importing/lifecycle.py saves."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Level, Unit
from accounts.tenancy import current_municipality
from pupils.school_years import year_group_name, year_groups

from .importing.mapping import KEY_MEANINGS, MappedColumn, Mapping, MappingError, Meaning, header_key
from .importing.mapping_file import mapping_from_json, mapping_from_text
from .models import ImportBatch, Indicator, IndicatorArea, MeasurementRound

# What importing/sandbox.py reads. It goes by the content; the ending is only a first, friendlier answer.
ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".txt")
MEGABYTE = 1024 * 1024
# A file with more is no table of results; the columns beyond stay as they are read now.
MOST_COLUMNS = 150
NO_FILE = gettext_lazy("Choose a file first.")
NO_ROUND = gettext_lazy("Choose the measurement round that the results are from.")

MEANING_LABELS = {
    Meaning.IGNORE: gettext_lazy("is not read"),
    Meaning.IDENTITY: gettext_lazy("identity number"),
    Meaning.PUPIL_ID: gettext_lazy("pupil's own id"),
    Meaning.FAMILY_NAME: gettext_lazy("family name"),
    Meaning.GIVEN_NAME: gettext_lazy("given name"),
    Meaning.FULL_NAME: gettext_lazy("full name"),
    Meaning.SCHOOL_CLASS: gettext_lazy("class"),
    Meaning.YEAR_GROUP: gettext_lazy("year group"),
    Meaning.SCHOOL: gettext_lazy("school"),
    Meaning.SEX: gettext_lazy("sex"),
}
INDICATOR = f"{Meaning.INDICATOR.value}:"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={
            "required": NO_FILE,
            "missing": NO_FILE,
            "invalid": NO_FILE,
            "empty": gettext_lazy("The file is empty."),
        },
    )

    mapping = forms.FileField(
        label=gettext_lazy("A description of the columns"),
        help_text=gettext_lazy(
            "Only if somebody has given you one: a .json file that says what the columns are, and may bring "
            "indicators, limits and rounds along."
        ),
        widget=forms.FileInput(attrs={"accept": ".json"}),
        required=False,
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["file"].help_text = _(
            "A spreadsheet from Excel or LibreOffice, or a text file with columns: %(endings)s. At most %(most)d MB."
        ) % {"endings": ", ".join(ENDINGS), "most": settings.UPLOAD_MAX_BYTES // MEGABYTE}

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                _(
                    "The file is larger than %(most)d MB. Split it into several files, for example one per school."
                )
                % {"most": settings.UPLOAD_MAX_BYTES // MEGABYTE}
            )
        if PurePath(file.name or "").suffix.lower() not in ENDINGS:
            raise forms.ValidationError(
                _("Files of this kind cannot be read. Save the table as .xlsx and choose that file.")
            )
        return file

    def clean_mapping(self) -> Mapping | None:
        file: UploadedFile | None = self.cleaned_data["mapping"]
        if file is None:
            return None
        if (file.size or 0) > MEGABYTE:
            raise forms.ValidationError(
                _("A description of columns is never larger than 1 MB. Choose another file.")
            )
        try:
            return mapping_from_text(file.read())
        except MappingError as error:
            raise forms.ValidationError(
                _("The description of the columns cannot be used: %(reason)s") % {"reason": error}
            ) from error


@dataclass
class FileColumn:
    """A column of the file, or the columns of several sheets that have the same header.

    mapped: how it is read now, None if the mapping has no such column. is_repeated: the group above is needed to tell
    it from another. proposed, confidence (0–1) and reason: what the file itself suggested.
    """

    name: str
    header: str
    group: str
    mapped: MappedColumn | None
    is_repeated: bool
    proposed: str
    confidence: float
    reason: str
    letters: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    @property
    def now(self) -> str:
        return _choice(self.mapped.meaning, self.mapped.indicator) if self.mapped else Meaning.IGNORE.value

    @property
    def round(self) -> str:
        """The round of this column alone; "" where the round of the whole file holds."""
        return self.mapped.round if self.mapped else ""

    def as_chosen(self, choice: str) -> MappedColumn:
        meaning, _colon, indicator = choice.partition(":")
        before = self.mapped or MappedColumn(
            header=self.header, meaning=Meaning.IGNORE, group=self.group if self.is_repeated else ""
        )
        return replace(
            before,
            meaning=Meaning(meaning),
            indicator=indicator,
            round=before.round if indicator else "",
            prefix=before.prefix if meaning == before.meaning else "",
        )


def columns_of(understood: list[dict[str, Any]], mapping: Mapping) -> list[FileColumn]:
    """The columns of the sheets that are read, in their order, each header once."""
    columns: dict[tuple[str, str], FileColumn] = {}
    for sheet in understood:
        if not sheet["is_read"]:
            continue
        n_by_header = Counter(header_key(stored["header"]) for stored in sheet["columns"])
        for stored in sheet["columns"]:
            mapped = mapping.column_for(stored["header"], stored["group"])
            is_repeated = n_by_header[header_key(stored["header"])] > 1
            own_key = (header_key(stored["header"]), header_key(stored["group"]) if is_repeated else "")
            column = columns.setdefault(
                mapped.key if mapped else own_key,
                FileColumn(
                    name=f"column_{len(columns)}",
                    header=stored["header"],
                    group=stored["group"],
                    mapped=mapped,
                    is_repeated=is_repeated,
                    proposed=_choice(stored["meaning"], stored["indicator"]),
                    confidence=stored["confidence"],
                    reason=stored["reason"],
                    examples=stored["examples"],
                ),
            )
            if stored["letters"] not in column.letters:
                column.letters.append(stored["letters"])
    return list(columns.values())


def _choice(meaning: str, indicator: str) -> str:
    return f"{INDICATOR}{indicator}" if indicator else str(meaning)


class MappingForm(forms.Form):
    """What the columns of a file are, its round and its school. After `is_valid`, `mapping` is what was chosen."""

    round = forms.ChoiceField(
        label=gettext_lazy("Measurement round"), required=False, error_messages={"required": NO_ROUND}
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

    def __init__(self, data: Any = None, *, batch: ImportBatch, today: datetime.date) -> None:
        self.before = mapping_from_json(batch.mapping)
        all_columns = columns_of(batch.understood, self.before)
        self.columns = all_columns[:MOST_COLUMNS]
        self.columns_beyond = all_columns[MOST_COLUMNS:]
        super().__init__(data, initial={"adds_pupils": batch.adds_pupils})
        self._offer("round", *_round_choices(self.before))
        self.fields["round"].required = any(
            column.now.startswith(INDICATOR) and not column.round for column in self.columns
        )
        self._offer("school", *_school_choices(self.before, today))
        self._offer("year_group", *_year_group_choices(self.before, today))
        meanings = _meaning_choices(self.before)
        for column in self.columns:
            self.fields[column.name] = forms.ChoiceField(
                label=_("Meaning of column %(letters)s, %(header)s")
                % {"letters": ", ".join(column.letters), "header": column.header},
                choices=meanings,
                initial=column.now,
                error_messages={"required": _("Choose what the column is.")},
            )

    def _offer(self, name: str, choices: list[tuple[str, str]], now: str) -> None:
        offered: Any = self.fields[name]
        offered.choices = choices
        self.initial[name] = now

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self._refuse_contradictions(cleaned)
        if not self.errors:
            try:
                self.mapping = self._mapping(cleaned)
            except MappingError as error:
                self.add_error(None, _("The columns contradict each other: %(reason)s") % {"reason": error})
        return cleaned

    def _refuse_contradictions(self, cleaned: dict[str, Any]) -> None:
        """Errors where two columns are the same, none says who the pupil is, or an indicator has no round."""
        first: dict[tuple[str, str], FileColumn] = {}
        round_of_file = cleaned["round"]  # an error on the field takes it out of `cleaned`
        for column in self.columns:
            choice = cleaned[column.name]
            if choice == Meaning.IGNORE:
                continue
            round_name = (column.round or round_of_file) if choice.startswith(INDICATOR) else ""
            if choice.startswith(INDICATOR) and not round_name and not self.has_error("round"):
                self.add_error("round", NO_ROUND)
            other = first.setdefault((choice, round_name), column)
            if other is not column:
                sentence = _("Column %(letters)s is that already. A file can say it only once.")
                self.add_error(column.name, sentence % {"letters": ", ".join(other.letters)})
        if not {choice for choice, _round in first} & KEY_MEANINGS:
            self.add_error(
                None, _("Say which column tells who the pupil is: an identity number, an id or a name.")
            )

    def _mapping(self, cleaned: dict[str, Any]) -> Mapping:
        columns = [column.as_chosen(cleaned[column.name]) for column in self.columns]
        columns += [column.mapped for column in self.columns_beyond if column.mapped]
        meanings = {column.meaning for column in columns}
        return replace(
            self.before,
            columns=tuple(columns),
            round=cleaned["round"],
            school=cleaned["school"],
            year_group=int(cleaned["year_group"]) if cleaned["year_group"] else None,
            pupil_key=tuple(key for key in self.before.pupil_key if key in meanings),
        )


def _round_choices(mapping: Mapping) -> tuple[list[tuple[str, str]], str]:
    """(the open rounds, latest first, and those that the mapping brings along; the one chosen now, "" if unknown)."""
    rounds = MeasurementRound.objects.order_by("-starts_on").values_list("name", "closed_at")
    open_names = [name for name, closed_at in rounds if closed_at is None]
    known = {header_key(name) for name, _closed_at in rounds}
    brought = [new.name for new in mapping.new_rounds if header_key(new.name) not in known]
    offered = open_names + brought
    now = next((name for name in offered if header_key(name) == header_key(mapping.round)), "")
    return [("", _("Choose")), *((name, name) for name in offered)], now


def _school_choices(mapping: Mapping, today: datetime.date) -> tuple[list[tuple[str, str]], str]:
    """(the schools there are, and the one that the file names if it is new; the one chosen now)."""
    schools = Unit.objects.on(today).filter(level=Level.SCHOOL).order_by("name")
    names = list(dict.fromkeys(schools.values_list("name", flat=True)))
    choices = [("", _("As the file says in each row")), *((name, name) for name in names)]
    now = next((name for name in names if header_key(name) == header_key(mapping.school)), mapping.school)
    if now and now not in names:
        choices.insert(1, (now, _("%(name)s (new)") % {"name": now}))
    return choices, now


def _year_group_choices(mapping: Mapping, today: datetime.date) -> tuple[list[tuple[str, str]], str]:
    """(the year groups of the country, and the one that holds for the whole file now; that one)."""
    country = current_municipality().country
    offered = set(year_groups(country, today))
    if mapping.year_group is not None:
        offered.add(mapping.year_group)
    names = [(str(number), year_group_name(number, country, today)) for number in sorted(offered)]
    now = "" if mapping.year_group is None else str(mapping.year_group)
    return [("", _("As the file says in each row")), *names], now


def _meaning_choices(mapping: Mapping) -> list[tuple[str, Any]]:
    """Not read; the pupil; the indicators by area, and those that the mapping brings along."""
    pupil = [
        (meaning.value, label) for meaning, label in MEANING_LABELS.items() if meaning is not Meaning.IGNORE
    ]
    indicators = sorted(
        Indicator.objects.all(), key=lambda indicator: IndicatorArea.values.index(indicator.area)
    )
    by_area = [
        (
            str(IndicatorArea(area).label).capitalize(),
            [(_choice(Meaning.INDICATOR, indicator.code), indicator.name) for indicator in members],
        )
        for area, members in groupby(indicators, key=lambda indicator: indicator.area)
    ]
    known = {indicator.code for indicator in indicators}
    brought = [
        (_choice(Meaning.INDICATOR, new.code), next(iter(new.names.values())))
        for new in mapping.new_indicators
        if new.code not in known
    ]
    return [
        (Meaning.IGNORE.value, MEANING_LABELS[Meaning.IGNORE]),
        (_("About the pupil"), pupil),
        *by_area,
        *([(_("New indicators"), brought)] if brought else []),
    ]
