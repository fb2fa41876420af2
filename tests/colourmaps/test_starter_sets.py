"""The starter sets: every file is whole, and says what the rules for shipped indicators ask for."""

from __future__ import annotations

import datetime
from collections import Counter

import pytest

from accounts.models import Country
from colourmaps.classification import check_limits
from colourmaps.importing.mapping import header_key
from colourmaps.merit import Rule, Subject
from colourmaps.models import Indicator, IndicatorArea, SecrecyArea
from colourmaps.scales import SWEDISH_GRADES, ValueType
from colourmaps.starter_sets import StarterIndicator, StarterSet, starter_set, starter_sets
from colourmaps.starter_sets.reading import FOLDER, set_of
from pupils.school_years import year_groups

LANGUAGES = {"sv", "en", "nb", "da"}
SETS = [each for country in Country.values for each in starter_sets(country)]
INDICATORS = [indicator for each in SETS for indicator in each.indicators]
# A share of time or days is a share of one of these.
DENOMINATORS = (
    "of all teaching time offered",
    "of the teaching time that is reported",
    "of the school days of the",
)


def id_of(thing: StarterSet | StarterIndicator) -> str:
    return thing.key if isinstance(thing, StarterSet) else thing.definition.code


def longest(field: str) -> int:
    return Indicator._meta.get_field(field).max_length or 0


def test_every_file_is_a_set_of_a_country():
    assert {each.key for each in SETS} == {path.stem for path in FOLDER.glob("*.toml")}
    assert {each.country for each in SETS} == set(Country.values)


@pytest.mark.parametrize("starter", SETS, ids=id_of)
def test_set_is_described_in_all_languages(starter):
    assert set(starter.names) == set(starter.about) == LANGUAGES
    assert all([*starter.names.values(), *starter.about.values()])
    assert starter_set(starter.key) is starter


@pytest.mark.parametrize("indicator", INDICATORS, ids=id_of)
def test_indicator_is_named_and_defined_in_all_languages(indicator):
    definition = indicator.definition

    assert set(definition.names) == set(definition.definitions) == LANGUAGES
    assert all([*definition.names.values(), *definition.definitions.values()])


@pytest.mark.parametrize("indicator", INDICATORS, ids=id_of)
def test_indicator_says_where_it_comes_from_and_on_what_ground(indicator):
    definition = indicator.definition

    for field in ("source", "owner", "purpose", "legal_ground", "version", "code"):
        assert 0 < len(getattr(definition, field)) <= longest(field), field
    assert definition.area in IndicatorArea.values
    assert definition.secrecy_area in SecrecyArea.values


@pytest.mark.parametrize("starter", SETS, ids=id_of)
def test_year_groups_are_those_of_the_country(starter):
    of_country = set(year_groups(starter.country, datetime.date(2026, 10, 1)))

    for indicator in starter.indicators:
        groups = indicator.definition.year_groups
        assert list(groups) == sorted(set(groups)), indicator.name
        assert set() < set(groups) <= of_country, indicator.name


@pytest.mark.parametrize("country", Country.values)
def test_codes_and_words_name_one_indicator_each(country):
    definitions = [each.definition for starter in starter_sets(country) for each in starter.indicators]
    codes = Counter(definition.code for definition in definitions)
    words = Counter(
        word
        for definition in definitions
        for word in {header_key(word) for word in (*definition.names.values(), *definition.aliases)}
    )

    assert [code for code, n in codes.items() if n > 1] == []
    assert [word for word, n in words.items() if n > 1] == []


@pytest.mark.parametrize("indicator", [each for each in INDICATORS if each.limits], ids=id_of)
def test_limits_are_in_order_on_the_scale_and_name_the_rule(indicator):
    yellow, green = indicator.limits.limits

    check_limits(yellow, green, indicator.definition.is_high_good)
    assert indicator.definition.scale.contains(yellow)
    assert indicator.definition.scale.contains(green)
    assert indicator.limits.source


def test_only_yes_and_no_have_limits_since_no_rule_says_what_is_green():
    kinds = {each.definition.scale.value_type for each in INDICATORS if each.limits}

    assert kinds == {ValueType.YES_NO}
    assert all(each.limits for each in INDICATORS if each.definition.scale.value_type is ValueType.YES_NO)


@pytest.mark.parametrize(
    "indicator",
    [each for each in INDICATORS if each.definition.area == IndicatorArea.ATTENDANCE],
    ids=id_of,
)
def test_attendance_says_of_what_it_is_a_share(indicator):
    assert indicator.definition.scale.value_type is ValueType.PERCENT
    said = [words for words in DENOMINATORS if words in indicator.definition.definitions["en"]]
    assert len(said) == 1
    assert indicator.limits is None


def test_rules_and_subjects_are_known_and_each_rule_has_an_indicator():
    definitions = [each.definition for each in INDICATORS]
    graded = [definition for definition in definitions if definition.subject]

    assert Counter(definition.rule for definition in definitions if definition.rule) == Counter(Rule.values)
    assert Counter(definition.subject for definition in graded) == Counter(
        {*Subject.values} - {Subject.DANCE.value, Subject.SIGN_LANGUAGE.value}
    )
    assert {definition.scale.steps for definition in graded} == {SWEDISH_GRADES}


def test_what_is_not_known_is_refused_with_its_place():
    said = {
        "country": "SE",
        "names": {"sv": "Prov"},
        "about": {"sv": "Prov"},
        "indicators": [{"code": "PROV", "limit": 5}],
    }

    with pytest.raises(ValueError, match="PROV: unknown: limit"):
        set_of("prov", said)
