"""Mappings: what they refuse, how a header finds its column, and their JSON."""

import json
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from colourmaps import scales
from colourmaps.importing.mapping import (
    MappedColumn,
    Mapping,
    MappingError,
    Meaning,
    NewIndicator,
    NewRound,
    NewThreshold,
    PercentAs,
    header_key,
)
from colourmaps.importing.mapping_file import (
    MOST_ITEMS,
    mapping_from_json,
    mapping_from_text,
    mapping_to_json,
)

KEY = MappedColumn("Elev-ID", Meaning.IDENTITY)

pytestmark = pytest.mark.usefixtures("in_english")


def stored(**parts: Any) -> dict[str, Any]:
    columns = [{"header": "Elev-ID", "means": "identity"}]
    return {"format": "colourmaps-mapping", "version": 1, "columns": columns, **parts}


def stored_indicator(**parts: Any) -> dict[str, Any]:
    scale = {"type": "points", "minimum": 0, "maximum": 40}
    return stored(new_indicators=[{"code": "TAL", "names": {"sv": "Tal"}, "scale": scale, **parts}])


@pytest.mark.parametrize(
    ("one", "other"),
    [("LäsEttan\n(stanine)", "läsettan (stanine)"), ("Frånvaro\u00a0%", " FRÅNVARO  % "), ("ﬁ", "fi")],
)
def test_headers_that_look_alike_are_alike(one, other):
    assert header_key(one) == header_key(other)


def test_column_is_found_by_header_and_group():
    swedish = MappedColumn("Poäng", Meaning.INDICATOR, group="Svenska", indicator="SV")
    maths = MappedColumn("Poäng", Meaning.INDICATOR, group="Matematik", indicator="MA")
    mapping = Mapping((KEY, swedish, maths), round="HT 2026")
    assert mapping.column_for("poäng", "MATEMATIK") is maths
    assert mapping.column_for("Poäng", "Engelska") is None
    assert mapping.column_for("elev-id", "vilken grupp som helst") is KEY


def test_codes_and_rounds_come_once_each():
    columns = [
        MappedColumn(f"{code} {name}", Meaning.INDICATOR, indicator=code, round=name)
        for code in ("SV", "MA")
        for name in ("", "VT 2027")
    ]
    mapping = Mapping((KEY, *columns), round="HT 2026")
    assert (mapping.indicator_codes(), mapping.round_names()) == (["SV", "MA"], ["HT 2026", "VT 2027"])


@pytest.mark.parametrize(
    ("columns", "parts", "words"),
    [
        ((MappedColumn("Klass", Meaning.SCHOOL_CLASS),), {}, "which pupil"),
        ((KEY, MappedColumn("ELEV-ID", Meaning.IGNORE)), {}, "header"),
        ((KEY, MappedColumn("Personnr", Meaning.IDENTITY)), {}, "meaning"),
        (
            (
                KEY,
                MappedColumn("a", Meaning.INDICATOR, indicator="SV"),
                MappedColumn("b", Meaning.INDICATOR, indicator="SV", round="HT 2026"),
            ),
            {"round": "HT 2026"},
            "indicator and round",
        ),
        ((KEY,), {"pupil_key": (Meaning.PUPIL_ID,)}, "pupil_key"),
        ((KEY,), {"header_rows": (0,)}, "header_rows"),
        ((KEY,), {"header_rows": (1, 2, 3)}, "header_rows"),
    ],
)
def test_contradicting_mapping_is_refused(columns, parts, words):
    with pytest.raises(MappingError, match=words):
        Mapping(tuple(columns), **parts)


@pytest.mark.parametrize("make", [
    lambda: MappedColumn("a", Meaning.INDICATOR),
    lambda: MappedColumn("a", Meaning.SEX, indicator="SV"),
    lambda: NewIndicator("SV", {}, scales.points(40)),
    lambda: NewIndicator("SV", {"sv": "x"}, scales.points(40), thresholds=(NewThreshold(yellow=2, green=1),)),
    lambda: NewIndicator(
        "SV", {"sv": "x"}, scales.PERCENT, low_is_good=True, thresholds=(NewThreshold(yellow=1, green=2),)
    ),
    lambda: NewRound("HT", date(2026, 12, 1), date(2026, 8, 1)),
    lambda: NewRound("H" * 61, date(2026, 8, 1), date(2026, 12, 1)),
    lambda: NewIndicator("S" * 31, {"sv": "x"}, scales.points(40)),
    lambda: NewIndicator("SV", {"sv": "x"}, scales.points(40), year_groups=(14,)),
    lambda: NewIndicator("SV", {"sv": "x"}, scales.points(40), thresholds=(NewThreshold(1, 2, -1),)),
    lambda: NewIndicator("SV", {"sv": "x"}, scales.Scale(scales.ValueType.NUMBER, unit="u" * 21)),
    lambda: Mapping((KEY,), year_group=14),
])  # fmt: skip
def test_contradicting_part_is_refused(make):
    with pytest.raises(MappingError):
        make()


@pytest.mark.parametrize(
    ("name", "n_columns", "n_indicators"), [("dutch_schools_pre_post", 8, 2), ("solviksskolan_ht2026", 12, 7)]
)
def test_example_mappings_survive_storage(examples, name, n_columns, n_indicators):
    mapping = mapping_from_text((examples / f"{name}.mapping.json").read_text(encoding="utf-8"))
    assert (len(mapping.columns), len(mapping.new_indicators)) == (n_columns, n_indicators)
    assert mapping_from_text(json.dumps(mapping_to_json(mapping))) == mapping


def test_limits_of_solviksskolan_are_those_of_its_hidden_sheet(examples):
    mapping = mapping_from_text((examples / "solviksskolan_ht2026.mapping.json").read_text(encoding="utf-8"))
    limits = {new.code: new.thresholds for new in mapping.new_indicators}
    assert limits["LASETTAN"] == (NewThreshold(yellow=400, green=500),)
    assert limits["TALUPPFATTNING"] == (NewThreshold(yellow=1600, green=2600),)
    assert limits["FRANVARO"] == (NewThreshold(yellow=1000, green=500),)
    assert limits["SKRIVNING"] == (NewThreshold(yellow=1000, green=1500),)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ([], "the mapping"),
        ({"format": "x", "version": 1, "columns": []}, "format"),
        (stored(version=2), "version"),
        (stored(version=True), "version"),
        (stored(colour="red"), "colour"),
        (stored(columns=None), "columns"),
        ({"format": "colourmaps-mapping", "version": 1}, "columns"),
        (stored(columns=[{"header": "a"}]), r"columns\[0\].means"),
        (stored(columns=[{"header": "a", "means": "colour"}]), r"columns\[0\].means"),
        (stored(columns=[{"header": " ", "means": "ignore"}]), r"columns\[0\].header"),
        (stored(columns=[{"header": "a", "means": "indicator"}]), r"columns\[0\]: the column"),
        (stored(columns=["a"]), r"columns\[0\]"),
        (stored(sheets="4A"), "sheets"),
        (stored(sheets=[4]), "sheets"),
        (stored(header_rows=[True]), "header_rows"),
        (stored(class_from_sheet_name="yes"), "class_from_sheet_name"),
        (stored(pupil_key=["shoe size"]), "pupil_key"),
        (
            stored(new_rounds=[{"name": "HT", "starts_on": "17/8", "ends_on": "2026-12-18"}]),
            r"new_rounds\[0\].starts_on",
        ),
        (stored_indicator(names={"sv": 3}), r"new_indicators\[0\].names"),
        (stored_indicator(scale={"type": "points", "steps": "swedish"}), r"new_indicators\[0\].scale"),
        (stored_indicator(scale={"type": "grade", "steps": "finnish"}), r"new_indicators\[0\].scale.steps"),
        (
            stored_indicator(scale={"type": "points", "minimum": 0.001}),
            r"scale.minimum: a number has at most",
        ),
        (
            stored_indicator(scale={"type": "points", "maximum": 1e9}),
            r"scale.maximum: the number is too large",
        ),
        (
            stored_indicator(scale={"type": "points", "maximum": float("nan")}),
            r"scale.maximum: the number is too",
        ),
        (stored_indicator(thresholds=[{"yellow": "E", "green": "C"}]), r"thresholds\[0\].yellow"),
        (
            stored_indicator(
                scale={"type": "grade", "steps": "swedish"}, thresholds=[{"yellow": "G", "green": "C"}]
            ),
            r"thresholds\[0\].yellow: “G” is no step",
        ),
    ],
)
def test_wrong_json_is_refused_with_its_place(changed, place):
    with pytest.raises(MappingError, match=place):
        mapping_from_json(changed)


def test_error_speaks_the_reader_s_language_and_keeps_its_place(monkeypatch):
    """Raised in one language, read in another; the place is no part of the sentence."""
    columns = [{"header": "a", "means": "identity"}, {"header": "A", "means": "ignore"}]

    with pytest.raises(MappingError) as raised:
        mapping_from_json(stored(columns=columns))
    with pytest.raises(MappingError) as placed:
        mapping_from_json(stored(columns=[{"header": "a", "means": "indicator"}]))

    assert str(raised.value) == "the header “A” occurs twice"
    spoken = {"the header “%(name)s” occurs twice": "rubriken ”%(name)s” finns två gånger"}
    with monkeypatch.context() as swedish:
        swedish.setattr(translation._trans, "gettext", lambda text: spoken.get(text, text))
        assert str(raised.value) == "rubriken ”A” finns två gånger"
    assert (placed.value.place, placed.value.parameters) == ("columns[0]", {"header": "a"})
    assert str(placed.value).startswith("columns[0]: the column “a” needs an indicator code")


def test_place_that_is_known_already_is_kept():
    error = MappingError("wrong", place="columns[0].header")
    assert str(error.at("columns[0]")) == "columns[0].header: wrong"
    assert str(MappingError("wrong").at("columns[0]")) == "columns[0]: wrong"


def test_percent_sign_in_a_name_does_no_harm():
    with pytest.raises(MappingError, match="“100 %S” occurs twice"):
        Mapping((KEY, MappedColumn("100 %s", Meaning.IGNORE), MappedColumn("100 %S", Meaning.IGNORE)))


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"school": "a\0b"}, "school"),
        ({"columns": [{"header": "\ud800", "means": "identity"}]}, "columns[0].header"),
        ({"indicator_names": {"\0": "TAL"}}, "indicator_names"),
        ({"\0": 1}, "the mapping"),
    ],
)
def test_text_that_no_database_stores_is_refused_with_its_place(parts, place):
    with pytest.raises(MappingError) as caught:
        mapping_from_text(json.dumps(stored(**parts)))
    assert str(caught.value) == f"{place}: a text is expected"


def test_round_outside_of_every_school_year_is_refused():
    for day in ("0001-01-01", "9999-12-31", "1989-12-31", "2101-01-01"):
        new = {"name": "HT", "starts_on": "2026-08-17", "ends_on": "2026-12-18"}
        for name in ("starts_on", "ends_on"):
            with pytest.raises(MappingError, match=f"new_rounds\\[0\\].{name}: “{day}” is not a date"):
                mapping_from_json(stored(new_rounds=[new | {name: day}]))


def test_lists_that_nobody_writes_are_refused():
    columns = [{"header": f"K{n}", "means": "ignore"} for n in range(MOST_ITEMS)]
    assert len(mapping_from_json(stored(columns=[*stored()["columns"], *columns[1:]])).columns) == MOST_ITEMS
    with pytest.raises(MappingError, match="columns: the list is too long, at most 1000"):
        mapping_from_json(stored(columns=[*stored()["columns"], *columns]))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, b"\xff"])
def test_text_that_is_no_json_is_refused(text):
    with pytest.raises(MappingError):
        mapping_from_text(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(["columns", "sheets", "pupil_key", "new_indicators", "new_rounds", "name"]), json_values
)
def test_any_json_is_read_or_refused(name, value):
    try:
        mapping = mapping_from_json(stored(**{name: value}))
    except MappingError:
        return
    assert mapping_from_json(mapping_to_json(mapping)) == mapping


def test_all_parts_survive_storage():
    steps = (scales.Step("På väg", 100), scales.Step("Nått", 250))
    mapping = Mapping(
        columns=(
            KEY,
            MappedColumn("Skola", Meaning.SCHOOL, prefix="Skola "),
            MappedColumn("%", Meaning.INDICATOR, "Matematik", "MA", "VT 2027", PercentAs.SHARE),
        ),
        name="Allt",
        sheets=("4A",),
        header_rows=(3, 4),
        school="Solviksskolan",
        school_class="4A",
        class_from_sheet_name=True,
        round="HT 2026",
        pupil_key=(Meaning.IDENTITY,),
        new_indicators=(
            NewIndicator(
                "A", {"sv": "a"}, scales.Scale(scales.ValueType.STEPS, steps=steps), "matematik", True, (4, 5)
            ),
            NewIndicator("B", {"sv": "b"}, scales.MINUTES, thresholds=(NewThreshold(1050, 2000, 0),)),
        ),
        new_rounds=(NewRound("HT 2026", date(2026, 8, 17), date(2026, 12, 18)),),
    )
    assert mapping_from_text(json.dumps(mapping_to_json(mapping))) == mapping
