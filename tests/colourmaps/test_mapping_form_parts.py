"""What a person can say of a file beside its columns: sheets, hidden rows, rounds, and the words of a long table."""

from __future__ import annotations

import pytest

from colourmaps.forms import MappingForm
from colourmaps.importing.mapping import HiddenRows, MappedColumn, Mapping, Meaning
from colourmaps.importing.mapping_file import mapping_from_json, mapping_to_json
from colourmaps.models import ImportBatch
from tests.factories.colourmaps import ImportBatchFactory, IndicatorFactory, RoundFactory
from tests.factories.imports import Autumn
from tests.fixtures import TODAY, Place

from .understood import chosen_in, column, filled, sheet

ID = MappedColumn("Id", Meaning.PUPIL_ID)
READING = MappedColumn("Läs", Meaning.INDICATOR, indicator="LAS")


def batch_of(mapping: Mapping, *sheets: dict) -> ImportBatch:
    return ImportBatchFactory(mapping=mapping_to_json(mapping), understood=list(sheets), state="understood")


def errors_of(form: MappingForm) -> dict[str, list[str]]:
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


# ---- sheets


@pytest.fixture
def classes(autumn: Autumn, in_solviken: Place) -> ImportBatch:
    """Sheets: 4A is read, 4B is hidden and has a column of its own, Gränser has no pupils, Blad4 nothing at all."""
    own = [column("A", "Id", "pupil_id"), column("B", "Läs", "indicator", "LAS")]
    return batch_of(
        Mapping(columns=(ID, READING), round="HT 2026"),
        sheet("4A", *own),
        sheet("4B", *own, column("C", "Klass", "school_class"), hidden=True, is_read=False),
        sheet("Gränser", column("A", "Indikator"), column("B", "Gul"), is_read=False),
        sheet("Blad4", is_read=False),
    )


def test_sheets_are_ticked_as_they_are_read(classes: ImportBatch) -> None:
    form = MappingForm(batch=classes, today=TODAY)

    assert [(each.name, form[each.field].value()) for each in form.sheets] == [
        ("4A", True),
        ("4B", False),
        ("Gränser", False),
    ]


def test_sheets_left_as_they_would_be_read_anyway_are_not_named(classes: ImportBatch) -> None:
    assert chosen_in(classes).sheets == ()


def test_hidden_sheet_that_is_ticked_is_read_with_what_it_suggests(classes: ImportBatch) -> None:
    mapping = chosen_in(classes, sheet_1="on")

    assert mapping.sheets == ("4A", "4B")
    assert [(each.header, each.meaning) for each in mapping.columns] == [
        ("Id", Meaning.PUPIL_ID),
        ("Läs", Meaning.INDICATOR),
        ("Klass", Meaning.SCHOOL_CLASS),
    ]


def test_suggestion_of_a_new_sheet_gives_way_to_what_was_chosen(classes: ImportBatch) -> None:
    classes.understood[1]["columns"][2] |= {"header": "Nummer", "meaning": "pupil_id"}

    mapping = chosen_in(classes, sheet_1="on")

    assert [each.header for each in mapping.columns] == ["Id", "Läs"]


def test_sheet_that_is_no_longer_ticked_takes_its_own_columns_along(classes: ImportBatch) -> None:
    klass = MappedColumn("Klass", Meaning.SCHOOL_CLASS)
    classes.mapping = mapping_to_json(
        Mapping(columns=(ID, READING, klass), round="HT 2026", sheets=("4A", "4B"))
    )
    classes.understood[1]["is_read"] = True

    assert chosen_in(classes).sheets == ("4A", "4B")
    only_4a = chosen_in(classes, sheet_1="")
    assert (only_4a.sheets, only_4a.columns) == ((), (ID, READING))


def test_one_visible_sheet_of_two_is_named(classes: ImportBatch) -> None:
    classes.understood[1]["hidden"] = False

    assert chosen_in(classes).sheets == ("4A",)
    assert chosen_in(classes, sheet_1="on").sheets == ()


def test_no_sheet_at_all_is_refused(classes: ImportBatch) -> None:
    assert errors_of(filled(classes, sheet_0=""))["sheet_0"] == ["Tick at least one sheet."]


def test_file_with_one_sheet_leaves_nothing_to_choose(autumn: Autumn, in_solviken: Place) -> None:
    batch = batch_of(Mapping(columns=(ID,)), sheet("", column("A", "Id", "pupil_id")))

    assert not [name for name in MappingForm(batch=batch, today=TODAY).fields if name.startswith("sheet")]
    assert chosen_in(batch).sheets == ()


# ---- hidden rows


def test_hidden_rows_are_asked_about_where_there_are_some(classes: ImportBatch) -> None:
    assert "hidden_rows" not in MappingForm(batch=classes, today=TODAY).fields
    classes.understood[1]["n_hidden_rows"] = 4  # of a sheet that is not read
    assert "hidden_rows" not in MappingForm(batch=classes, today=TODAY).fields

    classes.understood[0]["n_hidden_rows"] = 12
    form = MappingForm(batch=classes, today=TODAY)

    assert form.n_hidden_rows == 12
    assert "checked" not in str(form["hidden_rows"])


@pytest.mark.parametrize("answer", [HiddenRows.READ, HiddenRows.LEAVE_OUT])
def test_answer_about_hidden_rows_is_kept(classes: ImportBatch, answer: HiddenRows) -> None:
    classes.understood[0]["n_hidden_rows"] = 12

    assert chosen_in(classes).hidden_rows is HiddenRows.ASK
    assert chosen_in(classes, hidden_rows=answer.value).hidden_rows is answer
    assert set(errors_of(filled(classes, hidden_rows="ask"))) == {"hidden_rows"}


# ---- rounds


@pytest.fixture
def two_rounds(autumn: Autumn, in_solviken: Place) -> ImportBatch:
    RoundFactory(name="VT 2027")
    return batch_of(
        Mapping(columns=(ID, READING), round="HT 2026"),
        sheet(
            "4A",
            column("A", "Id", "pupil_id"),
            column("B", "Läs", "indicator", "LAS"),
            column("C", "Läs vår"),
        ),
    )


def test_same_indicator_in_two_rounds(two_rounds: ImportBatch) -> None:
    mapping = chosen_in(
        two_rounds, has_several_rounds="on", column_2="indicator:LAS", column_2_round="VT 2027"
    )

    assert [(each.indicator, each.round) for each in mapping.columns] == [
        ("", ""),
        ("LAS", ""),
        ("LAS", "VT 2027"),
    ]


def test_same_indicator_twice_in_one_round_is_refused(two_rounds: ImportBatch) -> None:
    sentence = (
        "Column B is that already. If the two are of different rounds, tick that the file has several rounds, "
        "and choose the round of each."
    )

    for changes in [
        {},
        {"has_several_rounds": "on"},
        {"has_several_rounds": "on", "column_2_round": "HT 2026"},
    ]:
        form = filled(two_rounds, column_2="indicator:LAS", **changes)
        assert errors_of(form) == {"column_2": [sentence]}


def test_rounds_of_columns_hold_only_while_there_are_several(two_rounds: ImportBatch) -> None:
    own = MappedColumn("Läs", Meaning.INDICATOR, indicator="LAS", round="VT 2027")
    two_rounds.mapping = mapping_to_json(Mapping(columns=(ID, own)))

    form = MappingForm(batch=two_rounds, today=TODAY)

    assert form["has_several_rounds"].value() is True
    assert not form.fields["round"].required
    assert chosen_in(two_rounds).columns[1] == own
    assert chosen_in(two_rounds, has_several_rounds="", round="HT 2026").columns[1].round == ""
    assert set(errors_of(filled(two_rounds, has_several_rounds=""))) == {"round"}


def test_round_of_a_header_stays_readable_when_it_is_closed(two_rounds: ImportBatch) -> None:
    RoundFactory(name="HT 2025", closed_at="2026-01-31T12:00Z")
    own = MappedColumn("Läs", Meaning.INDICATOR, indicator="LAS", round="HT 2025")
    two_rounds.mapping = mapping_to_json(Mapping(columns=(ID, own)))

    assert "HT 2025 (not open)" in str(MappingForm(batch=two_rounds, today=TODAY)["column_1_round"])
    assert chosen_in(two_rounds).columns[1] == own
    assert set(errors_of(filled(two_rounds, column_2_round="HT 2025"))) == {"column_2_round"}


# ---- a row per result


@pytest.fixture
def long(autumn: Autumn, in_solviken: Place) -> ImportBatch:
    """A table with a row per result, whose column Prov says Läsförståelse, Simprov and Trivsel."""
    IndicatorFactory(code="MAT", names={"sv": "Matematik"})
    words = [
        {"word": "Läsförståelse", "n": 40, "scale": {"type": "number"}},
        {"word": "Simprov", "n": 20, "scale": {"type": "yes_no", "steps": "yes_no"}},
        {"word": "Trivsel", "n": 1, "scale": {}},
    ]
    mapping = Mapping(
        columns=(
            ID,
            MappedColumn("Prov", Meaning.INDICATOR_NAME),
            MappedColumn("Resultat", Meaning.VALUE),
            MappedColumn("Termin", Meaning.ROUND_NAME),
        ),
        indicator_names={"trivsel": ""},
    )
    return batch_of(
        mapping,
        sheet(
            "Export",
            column("A", "Id", "pupil_id"),
            column("B", "Prov", "indicator_name", words=words),
            column("C", "Resultat", "value"),
            column("D", "Termin", "round_name"),
        ),
    )


def test_words_are_shown_as_they_are_read(long: ImportBatch) -> None:
    form = MappingForm(batch=long, today=TODAY)

    assert [(word.text, form[name].value()) for name, word in form.words.items()] == [
        ("Läsförståelse", "indicator:LAS"),
        ("Simprov", ""),
        ("Trivsel", "ignore"),
    ]


def test_word_that_nobody_has_explained_stays_so(long: ImportBatch) -> None:
    assert chosen_in(long).indicator_names == {"läsförståelse": "LAS", "trivsel": ""}


def test_words_become_indicators(long: ImportBatch) -> None:
    mapping = chosen_in(long, word_1="new", word_2="indicator:MAT")

    assert mapping.indicator_names == {"läsförståelse": "LAS", "simprov": "SIMPROV", "trivsel": "MAT"}
    [new] = mapping.new_indicators
    assert (new.code, dict(new.names), new.scale.value_type) == ("SIMPROV", {"en": "Simprov"}, "yes_no")


def test_words_of_other_files_of_the_kind_stay_known(long: ImportBatch) -> None:
    long.mapping = long.mapping | {"indicator_names": {"hörförståelse": "MAT"}}

    assert chosen_in(long).indicator_names["hörförståelse"] == "MAT"


def test_words_are_forgotten_when_the_table_is_no_longer_long(long: ImportBatch) -> None:
    mapping = chosen_in(long, column_1="ignore", column_2="ignore", column_3="ignore")

    assert (mapping.is_long, mapping.indicator_names) == (False, {})


def test_round_is_asked_for_where_no_column_tells_it(long: ImportBatch) -> None:
    assert errors_of(filled(long, column_3="ignore")) == {
        "round": ["Choose the measurement round that the results are from."]
    }
    assert chosen_in(long, column_3="ignore", round="HT 2026").round == "HT 2026"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"column_1": "ignore"}, "column_2", "Say as well which column tells the indicator"),
        ({"column_2": "ignore"}, "column_1", "Say as well which column holds the value"),
        (
            {"column_1": "ignore", "column_2": "ignore"},
            "column_3",
            "This is only for tables with a row per result",
        ),
        ({"column_3": "value"}, "column_3", "Column C is that already."),
    ],
)
def test_half_a_long_table_is_refused_at_the_column(
    long: ImportBatch, changes: dict[str, str], field: str, sentence: str
) -> None:
    [error] = errors_of(filled(long, round="HT 2026", **changes))[field]

    assert error.startswith(sentence)


def test_form_about_a_long_table_left_as_it_is_gives_the_same_columns(long: ImportBatch) -> None:
    assert chosen_in(long).columns == mapping_from_json(long.mapping).columns
