"""What the two forms of an import accept, what they make of it, and what they say otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from colourmaps.forms import ENDINGS, MappingForm, UploadForm, columns_of
from colourmaps.importing.lifecycle import upload_file
from colourmaps.importing.mapping import MappedColumn, Mapping, Meaning
from colourmaps.importing.mapping_file import mapping_from_json, mapping_from_text, mapping_to_json
from colourmaps.models import ImportBatch
from tests.factories.colourmaps import ImportBatchFactory, IndicatorFactory, RoundFactory
from tests.factories.imports import EXAMPLES, Autumn, fresh, upload_of, work
from tests.fixtures import TODAY, Place

from .understood import column, sheet
from .understood import filled as filled_form


def errors_of_upload(file: SimpleUploadedFile | None) -> list[str]:
    form = UploadForm({}, {"file": file} if file else {})
    return [] if form.is_valid() else [str(error) for error in form.errors["file"]]


def test_field_says_what_can_be_sent_and_how_much(in_english: None) -> None:
    help_text = str(UploadForm().fields["file"].help_text)

    assert ".xlsx, .xlsm, .xlsb, .xls, .ods, .csv, .tsv, .txt" in help_text
    assert help_text.endswith("At most 10 MB.")


@pytest.mark.parametrize("ending", [*ENDINGS, ".XLSX"])
def test_upload_of_a_known_kind_is_accepted(ending: str) -> None:
    assert errors_of_upload(SimpleUploadedFile(f"resultat{ending}", b"x")) == []


@pytest.mark.parametrize("name", ["resultat.pdf", "resultat.xlsx.exe", "resultat", ".xlsx"])
def test_upload_of_another_kind_is_refused(in_english: None, name: str) -> None:
    assert errors_of_upload(SimpleUploadedFile(name, b"x")) == [
        "Files of this kind cannot be read. Save the table as .xlsx and choose that file."
    ]


def test_upload_without_a_file_or_without_content_is_refused(in_english: None) -> None:
    assert errors_of_upload(None) == ["Choose a file first."]
    assert errors_of_upload(SimpleUploadedFile("resultat.csv", b"")) == ["The file is empty."]


@pytest.mark.parametrize(("n_more", "is_accepted"), [(0, True), (1, False)])
def test_upload_is_accepted_up_to_the_limit(
    in_english: None, settings: Settings, n_more: int, is_accepted: bool
) -> None:
    settings.UPLOAD_MAX_BYTES = 2 * 1024 * 1024
    file = SimpleUploadedFile("resultat.csv", b"x" * (settings.UPLOAD_MAX_BYTES + n_more))

    assert errors_of_upload(file) == (
        []
        if is_accepted
        else ["The file is larger than 2 MB. Split it into several files, for example one per school."]
    )


def test_description_of_the_columns_may_come_along() -> None:
    description = (EXAMPLES / "dutch_schools_pre_post.mapping.json").read_bytes()
    files = {
        "file": SimpleUploadedFile("resultat.csv", b"x"),
        "mapping": SimpleUploadedFile("mapping.json", description),
    }

    form = UploadForm({}, files)

    assert form.is_valid()
    assert form.cleaned_data["mapping"] == mapping_from_text(description)


def test_upload_without_a_description_has_none() -> None:
    form = UploadForm({}, {"file": SimpleUploadedFile("resultat.csv", b"x")})

    assert form.is_valid()
    assert form.cleaned_data["mapping"] is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "The description of the columns cannot be used: the mapping is not JSON"),
        (b"\xff\xfe", "The description of the columns cannot be used: "),
        (b" " * (1024 * 1024 + 1), "A description of columns is never larger than 1 MB."),
    ],
)
def test_description_that_cannot_be_used_is_refused(in_english: None, content: bytes, sentence: str) -> None:
    files = {
        "file": SimpleUploadedFile("resultat.csv", b"x"),
        "mapping": SimpleUploadedFile("mapping.json", content),
    }

    [error] = UploadForm({}, files).errors["mapping"]

    assert str(error).startswith(sentence)


# ---- what the columns are


ID = MappedColumn("Elevnummer", Meaning.PUPIL_ID)
READING = MappedColumn("Läsförståelse", Meaning.INDICATOR, indicator="LAS")


def test_columns_with_the_same_header_in_several_sheets_are_one() -> None:
    understood = [
        sheet("4A", column("A", "Elevnummer", "pupil_id"), column("B", "Läsförståelse", "indicator", "LAS")),
        sheet("4B", column("A", "Elevnummer", "pupil_id"), column("C", "LÄSFÖRSTÅELSE ", "ignore")),
        sheet("Gränser", column("A", "Indikator", "ignore"), is_read=False),
    ]

    columns = columns_of(understood, Mapping(columns=(ID, READING)))

    assert [(each.header, each.letters, each.now) for each in columns] == [
        ("Elevnummer", ["A"], "pupil_id"),
        ("Läsförståelse", ["B", "C"], "indicator:LAS"),
    ]


def test_columns_with_a_repeated_header_are_told_apart_by_the_group_above() -> None:
    autumn, spring = (
        MappedColumn("Poäng", Meaning.INDICATOR, group=group, indicator="LAS", round=group)
        for group in ("HT 2026", "VT 2027")
    )
    understood = [
        sheet(
            "4A",
            column("A", "Elevnummer", "pupil_id"),
            column("B", "Poäng", "indicator", "LAS", group="HT 2026"),
            column("C", "Poäng", "indicator", "LAS", group="VT 2027"),
            column("D", "Poäng", "ignore", group="Summa"),
        )
    ]

    columns = columns_of(understood, Mapping(columns=(ID, autumn, spring)))

    assert [(each.letters, each.round) for each in columns] == [
        (["A"], ""),
        (["B"], "HT 2026"),
        (["C"], "VT 2027"),
        (["D"], ""),
    ]
    assert columns[3].as_chosen("indicator:SUM") == MappedColumn(
        "Poäng", Meaning.INDICATOR, group="Summa", indicator="SUM"
    )


def test_column_that_becomes_something_else_forgets_its_round_and_prefix() -> None:
    mapped = MappedColumn("Nr", Meaning.SCHOOL, prefix="School ")
    [one] = columns_of([sheet("4A", column("A", "Nr", "school"))], Mapping(columns=(mapped, ID)))

    assert one.as_chosen("school") == mapped
    assert one.as_chosen("pupil_id") == MappedColumn("Nr", Meaning.PUPIL_ID)


@pytest.fixture
def batch(autumn: Autumn, in_solviken: Place) -> ImportBatch:
    """An import that waits for its answer: A the id, B the class, C reading."""
    mapping = Mapping(
        columns=(ID, MappedColumn("Klass", Meaning.SCHOOL_CLASS), READING),
        round="HT 2026",
        pupil_key=(Meaning.PUPIL_ID,),
    )
    understood = [
        sheet(
            "Resultat",
            column("A", "Elevnummer", "pupil_id"),
            column("B", "Klass", "school_class"),
            column("C", "Läsförståelse", "indicator", "LAS"),
        )
    ]
    return ImportBatchFactory(mapping=mapping_to_json(mapping), understood=understood, state="understood")


@pytest.fixture
def filled(batch: ImportBatch) -> Callable[..., MappingForm]:
    """`filled(column_2="ignore")` is the form as it was shown, with what a test changes."""
    return partial(filled_form, batch)


def choices_of(form: MappingForm, name: str) -> list[Any]:
    field: Any = form.fields[name]
    return [value for value, _label in field.choices]


def test_form_left_as_it_is_gives_the_same_mapping(filled: Callable, batch: ImportBatch) -> None:
    form = filled()

    assert form.is_valid(), form.errors
    assert form.mapping == mapping_from_json(batch.mapping)
    assert form.cleaned_data["adds_pupils"] is False


def test_mapping_is_what_was_chosen(filled: Callable, autumn: Autumn) -> None:
    IndicatorFactory(code="MAT")
    RoundFactory(name="VT 2027")

    form = filled(column_1="ignore", column_2="indicator:MAT", round="VT 2027", adds_pupils="on")

    assert form.is_valid(), form.errors
    assert [(each.meaning, each.indicator) for each in form.mapping.columns] == [
        (Meaning.PUPIL_ID, ""),
        (Meaning.IGNORE, ""),
        (Meaning.INDICATOR, "MAT"),
    ]
    assert (form.mapping.round, form.cleaned_data["adds_pupils"]) == ("VT 2027", True)


def test_key_that_no_column_has_any_more_is_dropped(filled: Callable) -> None:
    form = filled(column_0="full_name")

    assert form.is_valid(), form.errors
    assert form.mapping.pupil_key == ()


def test_column_chosen_twice_is_refused_at_the_second(filled: Callable) -> None:
    form = filled(column_1="pupil_id")

    assert not form.is_valid()
    assert dict(form.errors) == {"column_1": ["Column A is that already. A file can say it only once."]}


def test_file_without_a_column_for_the_pupil_is_refused(filled: Callable) -> None:
    form = filled(column_0="ignore")

    assert not form.is_valid()
    assert form.non_field_errors() == [
        "Say which column tells who the pupil is: an identity number, an id or a name."
    ]


def test_round_is_asked_for_where_an_indicator_has_none(filled: Callable) -> None:
    sentence = {"round": ["Choose the measurement round that the results are from."]}

    assert dict(filled(round="").errors) == sentence


def test_round_is_asked_for_when_columns_become_indicators(filled: Callable, batch: ImportBatch) -> None:
    """A file none of whose columns was known needed no round until now."""
    IndicatorFactory(code="MAT")
    IndicatorFactory(code="SVE")
    columns = [{"header": "Elevnummer", "means": "pupil_id"}]
    batch.mapping = batch.mapping | {"columns": columns, "round": ""}

    form = filled(column_1="indicator:MAT", column_2="indicator:SVE")

    assert dict(form.errors) == {"round": ["Choose the measurement round that the results are from."]}


def test_unknown_choice_is_refused(filled: Callable) -> None:
    form = filled(column_2="indicator:FOREIGN", school="Annan skola")

    assert not form.is_valid()
    assert set(form.errors) == {"column_2", "school"}


def test_closed_rounds_and_other_municipalities_are_not_offered(
    batch: ImportBatch, fjordvik: Place, in_solviken: Place, enter: Callable
) -> None:
    RoundFactory(name="VT 2026", closed_at="2026-06-30T12:00Z")
    enter(fjordvik)
    RoundFactory(name="Fjordrunde")
    IndicatorFactory(code="FJORD")
    enter(in_solviken)

    form = MappingForm(batch=batch, today=TODAY)

    assert choices_of(form, "round") == ["", "HT 2026"]
    assert choices_of(form, "school") == ["", "Solviksskolan"]
    assert "FJORD" not in str(form["column_2"])


def test_school_that_the_file_names_is_chosen_also_when_it_is_new(batch: ImportBatch) -> None:
    batch.mapping = batch.mapping | {"school": "Nya skolan"}

    form = MappingForm(batch=batch, today=TODAY)

    assert form["school"].value() == "Nya skolan"
    assert choices_of(form, "school") == ["", "Nya skolan", "Solviksskolan"]
    assert "Nya skolan (new)" in str(form["school"])


def test_known_school_is_found_whatever_its_case(batch: ImportBatch) -> None:
    batch.mapping = batch.mapping | {"school": "SOLVIKSSKOLAN"}

    assert MappingForm(batch=batch, today=TODAY)["school"].value() == "Solviksskolan"


def test_year_group_of_the_whole_file_can_be_chosen(
    batch: ImportBatch, filled: Callable[..., MappingForm]
) -> None:
    chosen, left = filled(year_group="0"), filled()

    assert chosen.is_valid()
    assert left.is_valid()
    assert (chosen.mapping.year_group, left.mapping.year_group) == (0, None)
    assert choices_of(left, "year_group") == ["", *(str(number) for number in range(10))]
    assert not filled(year_group="11").is_valid()


def test_year_group_of_the_mapping_is_chosen_also_when_the_country_has_none(batch: ImportBatch) -> None:
    batch.mapping = batch.mapping | {"year_group": 13}

    assert MappingForm(batch=batch, today=TODAY)["year_group"].value() == "13"
    assert choices_of(MappingForm(batch=batch, today=TODAY), "year_group")[-1] == "13"


@pytest.mark.slow
def test_form_about_a_real_reading_shows_its_columns(autumn: Autumn, in_solviken: Place) -> None:
    uploaded = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    work()

    form = MappingForm(batch=fresh(uploaded), today=TODAY)

    assert [(each.letters, each.now) for each in form.columns] == [
        (["A"], "pupil_id"),
        (["B"], "school_class"),
        (["C"], "indicator:LAS"),
    ]
    assert form["round"].value() == "HT 2026"
