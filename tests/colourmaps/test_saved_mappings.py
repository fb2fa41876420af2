"""What is taken over for another file of the same kind, and what has to be said anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from colourmaps.importing.mapping import HiddenRows, MappedColumn, Mapping, Meaning
from colourmaps.importing.saved_mappings import (
    NoPupilColumn,
    find_mapping,
    forget_mapping,
    remembered,
    save_mapping,
)
from colourmaps.importing.understanding import Understanding, understand
from colourmaps.importing.vocabulary import vocabulary
from colourmaps.importing.workbook import Sheet, UnreadableFile, Workbook
from colourmaps.models import SavedMapping
from tests.factories.imports import Autumn
from tests.fixtures import TODAY, Place

HEADER = ["Elevnummer", "Klass", "Läsförståelse"]


def understood(title: str = "", *, hidden: bool = False, name: str = "4A") -> Understanding:
    rows = [[title, None, None], HEADER, ["A1", "4A", 20], ["B2", "4A", 30], ["C3", "4A", 10]]
    sheets = [Sheet("4A", rows), Sheet(name, rows, hidden=hidden)] if name != "4A" else [Sheet("4A", rows)]
    return understand(Workbook(sheets, digest="0" * 64), vocabulary(TODAY))


@pytest.fixture
def saved(autumn: Autumn, in_solviken: Place) -> Mapping:
    """The mapping that somebody confirmed for a file that said neither school nor round."""
    mapping = Mapping(
        columns=(
            MappedColumn("Elevnummer", Meaning.PUPIL_ID),
            MappedColumn("Klass", Meaning.SCHOOL_CLASS),
            MappedColumn("Läsförståelse", Meaning.INDICATOR, indicator="LAS"),
        ),
        school="Nya skolan",
        school_class="4A",
        year_group=4,
        round="HT 2026",
        hidden_rows=HiddenRows.READ,
        indicator_names={"läsning": "LAS"},
    )
    save_mapping(mapping, understood())
    return mapping


def test_columns_and_words_are_taken_over(saved: Mapping) -> None:
    found = find_mapping(understood())

    assert found.columns == saved.columns
    assert found.indicator_names == {"läsning": "LAS"}


def test_what_was_said_of_one_file_is_not_taken_over(saved: Mapping) -> None:
    found = find_mapping(understood())

    assert (found.hidden_rows, found.year_group, found.school_class) == (HiddenRows.ASK, None, "")


def test_school_is_taken_over_only_where_the_file_names_none(saved: Mapping) -> None:
    assert find_mapping(understood()).school == "Nya skolan"
    assert find_mapping(understood("Solviksskolan")).school == "Solviksskolan"


def test_school_is_not_taken_over_where_a_column_names_it(saved: Mapping) -> None:
    with_school = MappedColumn("Klass", Meaning.SCHOOL)
    save_mapping(replace(saved, columns=(saved.columns[0], with_school, saved.columns[2])), understood())

    assert find_mapping(understood()).school == ""


def test_school_that_only_the_memory_names_is_told(saved: Mapping) -> None:
    assert remembered(understood())["school"] == "Nya skolan"
    assert remembered(understood("Solviksskolan"))["school"] == ""


@pytest.mark.parametrize(
    ("sheet", "hidden", "sheets"),
    [("4B", False, ("4A", "4B")), ("4B", True, ()), ("5B", False, ())],
    ids=["has them all", "hides one", "lacks one"],
)
def test_sheets_are_taken_over_only_if_the_file_shows_them_all(
    saved: Mapping, sheet: str, hidden: bool, sheets: tuple[str, ...]
) -> None:
    save_mapping(replace(saved, sheets=("4A", "4B")), understood())

    assert find_mapping(understood(name=sheet, hidden=hidden)).sheets == sheets


def test_kind_of_file_that_nobody_has_explained_is_proposed(autumn: Autumn, in_solviken: Place) -> None:
    assert remembered(understood()) == {}
    assert [each.indicator for each in find_mapping(understood()).columns] == ["", "", "LAS"]


def test_forgotten_mapping_is_proposed_afresh(saved: Mapping) -> None:
    kind = remembered(understood())["signature"]

    forget_mapping("another kind")
    assert remembered(understood())
    forget_mapping(kind)

    assert not SavedMapping.objects.exists()
    assert find_mapping(understood()).school == ""


def test_file_in_which_nothing_tells_the_pupil_is_refused(autumn: Autumn, in_solviken: Place) -> None:
    table = Sheet("Blad1", [["Ort", "Antal"], ["Ek", 1], ["Bo", 2], ["Al", 3]])

    with pytest.raises(NoPupilColumn, match="No column in the file says which pupil"):
        find_mapping(understand(Workbook([table], digest="0" * 64), vocabulary(TODAY)))


def test_file_without_a_table_is_refused_for_good(autumn: Autumn, in_solviken: Place) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        find_mapping(understand(Workbook([Sheet("Blad1", [["Hej"]])], digest="0" * 64), vocabulary(TODAY)))

    assert not isinstance(refusal.value, NoPupilColumn)
