"""Unknown columns that become indicators: their names and codes, and what a person can say of them."""

from __future__ import annotations

import pytest

from colourmaps.forms import MappingForm
from colourmaps.importing.definitions import make_definitions
from colourmaps.importing.mapping import MappedColumn, Mapping, Meaning, NewIndicator, NewThreshold
from colourmaps.importing.mapping_file import mapping_to_json
from colourmaps.importing.new_indicators import code_of, name_of
from colourmaps.models import ImportBatch, Indicator
from colourmaps.scales import GRADE, NO_AND_YES, SWEDISH_GRADES, Scale, ValueType, points
from tests.factories.colourmaps import ImportBatchFactory, IndicatorFactory
from tests.factories.imports import Autumn
from tests.fixtures import TODAY, Place

from .understood import chosen_in, column, filled, sheet


@pytest.mark.parametrize(
    ("header", "group", "name"),
    [
        ("Läsning", "", "Läsning"),
        ("Läsning (max 40)", "", "Läsning"),
        ("Frånvaro, %", "", "Frånvaro"),
        ("Läshastighet [ord/min]", "", "Läshastighet"),
        ("Poäng", "Simning", "Simning Poäng"),
        ("(max 40)", "", "(max 40)"),
        ("å" * 120, "", "å" * 100),
    ],
)
def test_name_of_a_header(header: str, group: str, name: str) -> None:
    assert name_of(header, group) == name


@pytest.mark.parametrize(
    ("name", "taken", "code"),
    [
        ("Läsförståelse", (), "LASFORSTAELSE"),
        ("Trivsel & trygghet", (), "TRIVSEL_TRYGGHET"),
        ("Regning, øving 2", (), "REGNING_OVING_2"),
        ("Läs", ("LAS",), "LAS_2"),
        ("Läs", ("LAS", "LAS_2"), "LAS_3"),
        ("a" * 40, ("A" * 30,), "A" * 26 + "_2"),
        ("???", (), "NEW"),
    ],
)
def test_code_of_a_name(name: str, taken: tuple[str, ...], code: str) -> None:
    assert code_of(name, taken) == code


ID = MappedColumn("Id", Meaning.PUPIL_ID)
SWIMMING = NewIndicator("SIMNING", {"en": "Simning"}, points(40), area="subjects")


def batch_with(*columns: MappedColumn, new: tuple[NewIndicator, ...] = ()) -> ImportBatch:
    mapping = Mapping(columns=(ID, *columns), round="HT 2026", new_indicators=new)
    understood = sheet(
        "4A",
        column("A", "Id", "pupil_id"),
        column("B", "Simning (max 40)", scale={"type": "points", "minimum": 0, "maximum": 40}),
        column("C", "Trivsel"),
    )
    return ImportBatchFactory(mapping=mapping_to_json(mapping), understood=[understood], state="understood")


@pytest.fixture
def unknown(autumn: Autumn, in_solviken: Place) -> ImportBatch:
    """A file with two columns that no indicator is known for."""
    return batch_with()


@pytest.fixture
def described(autumn: Autumn, in_solviken: Place) -> ImportBatch:
    """The same, when the first of them has become a new indicator."""
    return batch_with(
        MappedColumn("Simning (max 40)", Meaning.INDICATOR, indicator="SIMNING"), new=(SWIMMING,)
    )


def errors_of(batch: ImportBatch, **changes: str) -> dict[str, list[str]]:
    """The errors at the description of SIMNING, by field; the form itself has to be invalid as well."""
    form = filled(batch, **{f"new_SIMNING__{name}": value for name, value in changes.items()})
    assert not form.is_valid()
    return {
        name: [str(error) for error in errors] for name, errors in form.new_forms["SIMNING"].errors.items()
    }


def described_as(batch: ImportBatch, **changes: str) -> NewIndicator:
    [new] = chosen_in(
        batch, **{f"new_SIMNING__{name}": value for name, value in changes.items()}
    ).new_indicators
    return new


def test_unknown_column_is_offered_as_a_new_indicator(unknown: ImportBatch) -> None:
    form = MappingForm(batch=unknown, today=TODAY)

    assert "New indicator: “Simning”" in str(form["column_1"])
    assert not form.new_forms


def test_columns_become_new_indicators(unknown: ImportBatch) -> None:
    mapping = chosen_in(unknown, column_1="new", column_2="new")

    assert [each.indicator for each in mapping.columns] == ["", "SIMNING", "TRIVSEL"]
    assert mapping.new_indicators == (
        SWIMMING,
        NewIndicator("TRIVSEL", {"en": "Trivsel"}, Scale(ValueType.NUMBER), area="subjects"),
    )


def test_new_indicator_never_takes_the_code_of_another(unknown: ImportBatch) -> None:
    IndicatorFactory(code="SIMNING")

    [new] = chosen_in(unknown, column_1="new").new_indicators

    assert new.code == "SIMNING_2"


def test_new_indicator_needs_a_round(unknown: ImportBatch) -> None:
    assert set(filled(unknown, column_1="new", round="").errors) == {"round"}


def test_description_left_as_it_is_changes_nothing(described: ImportBatch) -> None:
    assert described_as(described) == SWIMMING


def test_description_that_was_not_on_the_page_changes_nothing(described: ImportBatch) -> None:
    form = MappingForm(
        {"round": "HT 2026", "column_0": "pupil_id", "column_1": "indicator:SIMNING", "column_2": "ignore"},
        batch=described,
        today=TODAY,
    )

    assert form.is_valid(), form.errors
    assert form.mapping.new_indicators == (SWIMMING,)


def test_description_is_what_was_typed(described: ImportBatch) -> None:
    new = described_as(
        described,
        name="Simning,  25 meter",
        area="health",
        kind="minutes",
        minimum="0,5",
        maximum="",
        unit="min",
        direction="low",
        yellow="3 min",
        green="1.75",
    )

    assert new == NewIndicator(
        "SIMNING",
        {"en": "Simning, 25 meter"},
        Scale(ValueType.MINUTES, 50, None, unit="min"),
        area="health",
        low_is_good=True,
        thresholds=(NewThreshold(300, 175),),
    )


def test_named_kinds_have_their_steps_and_no_ends(described: ImportBatch) -> None:
    graded = described_as(described, kind="grade:swedish", yellow="E", green="c")
    swims = described_as(described, kind="yes_no", unit="st")

    assert (graded.scale, graded.thresholds) == (GRADE, (NewThreshold(1000, 1500),))
    assert swims.scale == Scale(ValueType.YES_NO, steps=NO_AND_YES)


def test_steps_are_named_from_the_lowest(described: ImportBatch) -> None:
    new = described_as(
        described, kind="steps", steps="doppar sig, flyter , simmar", yellow="flyter", green="simmar"
    )

    assert [(step.label, step.number) for step in new.scale.steps] == [
        ("doppar sig", 100),
        ("flyter", 200),
        ("simmar", 300),
    ]
    assert new.thresholds == (NewThreshold(200, 300),)


def test_steps_of_the_file_keep_their_numbers(described: ImportBatch) -> None:
    scale = Scale(ValueType.STEPS, steps=SWEDISH_GRADES)
    described.mapping = (
        described.mapping
        | mapping_to_json(
            Mapping(columns=(ID,), new_indicators=(NewIndicator("SIMNING", {"en": "Simning"}, scale),))
        )
        | {"columns": described.mapping["columns"], "round": "HT 2026"}
    )

    assert described_as(described, name="Simning 2").scale == scale


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": " "}, "name", "This field is required."),
        ({"name": "LÄSFÖRSTÅELSE"}, "name", "There is an indicator with this name already."),
        ({"minimum": "40"}, "maximum", "The highest possible value has to be above the lowest."),
        ({"minimum": "fyra"}, "minimum", "Write a number, for example 12 or 12.5."),
        ({"maximum": "1e99"}, "maximum", "The number is too large."),
        ({"maximum": "NaN"}, "maximum", "The number is too large."),
        ({"maximum": "12,345"}, "maximum", "A number has at most two decimals."),
        ({"kind": "steps"}, "steps", "Write at least two different steps"),
        ({"kind": "steps", "steps": "ja, Ja"}, "steps", "Write at least two different steps"),
        ({"kind": "temperature"}, "kind", "Select a valid choice."),
        ({"yellow": "10"}, "green", "Give both limits, or none"),
        ({"green": "10"}, "yellow", "Give both limits, or none"),
        ({"yellow": "10", "green": "41"}, "green", "The limit is no value of the scale: 0–40."),
        ({"yellow": "låg", "green": "20"}, "yellow", "Write a number, for example 12 or 12.5."),
        ({"yellow": "20", "green": "10"}, "green", "High is good here, so the green limit cannot be below"),
        (
            {"yellow": "10", "green": "20", "direction": "low"},
            "green",
            "Low is good here, so the green limit cannot be above",
        ),
        (
            {"kind": "grade:swedish", "yellow": "E", "green": "20"},
            "green",
            "The limit is no value of the scale",
        ),
        ({"minimum": "1e999999"}, "minimum", "Write a number, for example 12 or 12.5."),
        ({"unit": "x" * 21}, "unit", "Ensure this value has at most 20 characters"),
    ],
)
def test_description_that_cannot_be_is_refused_at_its_field(
    described: ImportBatch, changes: dict[str, str], field: str, sentence: str
) -> None:
    errors = errors_of(described, **changes)

    assert set(errors) == {field}
    assert errors[field][0].startswith(sentence)


def test_what_was_typed_stays_after_an_error(described: ImportBatch) -> None:
    form = filled(described, new_SIMNING__name="Simning i sjö", new_SIMNING__minimum="x", column_2="new")

    assert form.non_field_errors() == [
        "Something is to be corrected in the description of the new indicator “Simning”."
    ]
    assert form["column_2"].value() == "new"
    assert form.new_forms["SIMNING"]["name"].value() == "Simning i sjö"
    assert form.new_forms["SIMNING"]["minimum"].value() == "x"


def test_new_indicator_that_no_column_is_any_more_is_dropped(described: ImportBatch) -> None:
    """An error in its description is then no matter either."""
    mapping = chosen_in(described, column_1="ignore", new_SIMNING__name="")

    assert mapping.new_indicators == ()


def test_indicators_of_a_description_that_no_column_is_stay(described: ImportBatch) -> None:
    other = NewIndicator("ANNAN", {"sv": "Annan"}, points(10))
    described.mapping["new_indicators"] += mapping_to_json(Mapping(columns=(ID,), new_indicators=(other,)))[
        "new_indicators"
    ]

    assert chosen_in(described).new_indicators == (SWIMMING, other)


def test_description_of_the_columns_that_says_more_than_the_form_is_left_alone(
    described: ImportBatch,
) -> None:
    described.mapping["new_indicators"][0]["names"] = {"sv": "Simning", "en": "Swimming"}

    assert not MappingForm(batch=described, today=TODAY).new_forms
    assert chosen_in(described).new_indicators[0].names == {"sv": "Simning", "en": "Swimming"}


def test_indicator_that_there_is_already_is_not_described(described: ImportBatch) -> None:
    IndicatorFactory(code="SIMNING", names={"sv": "Simning"})

    assert not MappingForm(batch=described, today=TODAY).new_forms


def test_new_indicator_stands_beside_the_others_of_its_area(autumn: Autumn, in_solviken: Place) -> None:
    IndicatorFactory(code="IDR", area="subjects", position=50)
    IndicatorFactory(code="FRV", area="attendance", position=60)
    new = (SWIMMING, NewIndicator("SOMN", {"en": "Sleep"}, points(10), area="health"))

    make_definitions(Mapping(columns=(ID,), new_indicators=new), TODAY)

    codes = Indicator.objects.exclude(code="LAS").order_by("position", "code").values_list("code", flat=True)
    assert list(codes) == ["IDR", "SIMNING", "FRV", "SOMN"]


def test_header_is_text_in_the_choices(unknown: ImportBatch) -> None:
    unknown.understood[0]["columns"][2]["header"] = '<script>"x"</script>'

    drawn = str(MappingForm(batch=unknown, today=TODAY)["column_2"])

    assert "New indicator: “&lt;script&gt;&quot;x&quot;&lt;/script&gt;”" in drawn
    assert '<option value="ignore" selected>' in drawn
    assert "<script>" not in drawn
