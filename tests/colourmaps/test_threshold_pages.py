"""The pages of limits: who sees and decides what, what a trial shows to whom, and what is said when it cannot be."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import AuditEvent, User
from aggregation.work import do_waiting_recounts
from colourmaps.classification import Colour
from colourmaps.limits import Limits
from colourmaps.models import Indicator, MeasurementRound, Result, Threshold
from colourmaps.services import Decision, set_threshold
from colourmaps.simulation import FEW, simulate
from colourmaps.threshold_lines import years_in_words
from pupils.models import Pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, ThresholdFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.usefixtures("in_english")

RED, YELLOW, GREEN = Colour.RED, Colour.YELLOW, Colour.GREEN
DAY = datetime.date(2026, 10, 1)


@pytest.fixture
def reading(in_solviken: Place) -> Indicator:
    """Yellow from 16, green from 26 in years 4 and 5; a value may be off by two."""
    indicator = IndicatorFactory(code="LAS", measurement_error=200)
    for year_group in (4, 5):
        ThresholdFactory(indicator=indicator, year_group=year_group)
    return indicator


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=DAY, ends_on=datetime.date(2026, 10, 31))


@pytest.fixture
def pupils(in_solviken: Place) -> list[Pupil]:
    return PupilFactory.create_batch(12, school_class=in_solviken.class_4a)


@pytest.fixture
def measured(autumn: MeasurementRound, reading: Indicator, pupils: list[Pupil]) -> None:
    """Of twelve pupils one is red, six are yellow and five green."""
    record(autumn, reading, dict(zip(pupils, [500] + [2100] * 6 + [3000] * 5, strict=True)))


def asked(**changes: Any) -> dict[str, Any]:
    """Of new limits for all: yellow from 10, green from 20, in year 4, from the first day of the round."""
    fields = {
        "whose": "ALL",
        "year_groups": ["4"],
        "yellow": "10",
        "green": "20",
        "from_day": DAY.isoformat(),
    }
    return fields | changes


def own(place: Place, **changes: Any) -> dict[str, Any]:
    return asked(whose=place.school.key, reason="Annat test", **changes)


@pytest.fixture
def browser(in_solviken: Place, sign_in: Callable[[User], Client]) -> Callable[..., HttpResponse]:
    """`browser("principal", "save", {...})`: what somebody gets who tries out, saves, ends or takes back."""

    def get(person: str, act: str = "", data: Any = None) -> HttpResponse:
        client = sign_in(getattr(in_solviken, person))
        if act:
            return client.post(reverse(f"colourmaps:threshold-{act}", args=["LAS"]), data or {})
        return client.get(reverse("colourmaps:threshold", args=["LAS"]), data or {})

    return get


def rows(response: HttpResponse) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in response.context["trial"]["rows"]}


def test_list_shows_limits_in_force_and_to_come_and_counts_earlier_ones(
    in_solviken: Place, reading: Indicator, sign_in
) -> None:
    by = in_solviken.administrator
    set_threshold(indicator=reading, year_group=5, yellow=1, green=2, from_day=DAY, by=by, source="§ 12")
    set_threshold(
        indicator=reading, year_group=4, yellow=3, green=4, from_day=datetime.date(2027, 1, 1), by=by
    )

    (entry,) = sign_in(by).get(reverse("colourmaps:threshold-list")).context["entries"]

    assert [(line.years, line.limits, line.state, line.first.source) for line in entry["lines"]] == [
        ("4", "green from 26, yellow from 16", "in force", ""),
        ("5", "green from 0.02, yellow from 0.01", "in force", "§ 12"),
        ("4", "green from 0.04, yellow from 0.03", "to come", ""),
    ]
    assert entry["lines"][1].decided == "11/16/2026, administrator Solviken"
    assert entry["n_ended"] == 1


def test_principal_sees_the_municipalitys_limits_and_those_of_the_own_school(
    in_solviken: Place, reading: Indicator, sign_in
) -> None:
    other = UnitFactory(name="Andra skolan", parent=in_solviken.area)
    for school in (in_solviken.school, other):
        ThresholdFactory(indicator=reading, year_group=6, school=school, reason="för att")

    def schools(person: User) -> list[str]:
        (entry,) = sign_in(person).get(reverse("colourmaps:threshold-list")).context["entries"]
        return [line.school.name if line.school else "" for line in entry["lines"]]

    assert schools(in_solviken.principal) == ["", "Solviksskolan"]
    assert schools(in_solviken.administrator) == ["", "Andra skolan", "Solviksskolan"]


def test_trial_changes_nothing_and_says_what_would(
    in_solviken: Place, reading: Indicator, measured: None, browser
) -> None:
    before = list(Result.objects.values()), list(Threshold.objects.values())

    shown = rows(browser("principal", data=own(in_solviken)))

    assert list(shown) == ["Solviksskolan", "4A"]
    for row in shown.values():
        assert (row["n_values"], row["near"]) == ("12", "6")
        assert (row["flips"], row["may"]) == ([], "Near the limit, and may: 6.")
        assert (row["before_words"], row["after_words"]) == (
            "1 intervention needed, 6 passed, 5 good result",
            "1 intervention needed, 11 good result",
        )
    assert shown["4A"]["url"] == reverse("colourmaps:class-map", args=[in_solviken.class_4a.key])
    assert (list(Result.objects.values()), list(Threshold.objects.values())) == before


def test_changes_near_the_limit_are_told_apart_from_certain_ones(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, pupils: list[Pupil], browser
) -> None:
    """Give or take two: 21 and 22 are near the new limit of 20, and 23 is not."""
    record(autumn, reading, dict(zip(pupils, [2100] * 3 + [2200] * 2 + [2300] * 7, strict=True)))

    response = browser("principal", data=own(in_solviken))

    for row in rows(response).values():
        assert [(flip.n, flip.before, flip.after) for flip in row["flips"]] == [("7", "yellow", "green")]
        assert row["may"] == "Near the limit, and may: 5."
    sentence = "Change colour for certain: 7. Near the limit, and may: 5."
    assert response.context["trial"]["sentence"] == sentence
    assert sentence in response.content.decode()


def test_decision_is_remembered_with_its_certain_changes_alone(
    autumn: MeasurementRound, reading: Indicator, pupils: list[Pupil]
) -> None:
    record(autumn, reading, dict(zip(pupils, [2100] * 5 + [2300] * 7, strict=True)))

    set_threshold(indicator=reading, year_group=4, yellow=1000, green=2000, from_day=DAY, by=None)

    facts = AuditEvent.objects.get(action="threshold set").facts
    assert (facts["flips"], facts["flips_near_a_limit"]) == (7, 5)


def test_who_sees_no_pupils_gets_schools_in_fives_and_no_small_count(
    in_solviken: Place, measured: None, browser
) -> None:
    shown = rows(browser("administrator", data=asked()))

    assert list(shown) == ["All schools", "Solviksskolan"]
    for row in shown.values():
        assert (row["n_values"], row["near"]) == ("about 10", "about 5")
        assert row["before_words"] == "1–4 intervention needed, about 5 passed, about 5 good result"
        assert (row["flips"], row["may"]) == ([], "Near the limit, and may: about 5.")


def test_school_with_few_pupils_or_all_of_one_colour_is_not_shown_to_who_sees_no_pupils(
    in_solviken: Place, reading: Indicator, autumn: MeasurementRound, measured: None, browser
) -> None:
    for name, n, value in (("Liten", 9, 2100), ("Lika", 15, 3000)):
        school = UnitFactory(name=name, parent=in_solviken.area)
        there = PupilFactory.create_batch(n, school_class=SchoolClassFactory(year_group=4, parent=school))
        values = dict.fromkeys(there, value)
        if name == "Liten":
            values[there[0]] = 500
        record(autumn, reading, values)

    response = browser("administrator", data=asked())

    hidden = {name for name, row in rows(response).items() if row["hidden"]}
    assert hidden == {"Liten", "Lika"}
    assert "few pupils, or where all have the same colour" in response.content.decode()


def test_simulation_of_seen_schools_is_exact_and_of_others_rounded(
    in_solviken: Place, reading: Indicator, measured: None
) -> None:
    decision = Decision(reading, 4, Limits(1000, 2000), DAY)
    municipality = in_solviken.municipality

    exact = simulate([decision], {in_solviken.school.pk}, municipality).schools[0].counts
    rounded = simulate([decision], set(), municipality).schools[0].counts

    assert exact is not None
    assert rounded is not None
    assert (exact.n_values, exact.n_near, exact.flips, exact.n_near_flips) == (12, 6, {}, 6)
    assert (rounded.n_values, rounded.before) == (10, {RED: FEW, YELLOW: 5, GREEN: 5})
    assert (rounded.n_flips, rounded.n_near_flips) == (0, 5)


def test_year_groups_are_tried_out_together(
    in_solviken: Place, reading: Indicator, autumn: MeasurementRound, measured: None, browser
) -> None:
    record(autumn, reading, {PupilFactory(school_class=in_solviken.class_5a): 2100})

    shown = rows(browser("principal", data=own(in_solviken, year_groups=["4", "5", "6"])))

    assert {name: row["n_values"] for name, row in shown.items()} == {
        "Solviksskolan": "13",
        "4A": "12",
        "5A": "1",
    }


def test_nothing_measured_since_is_said(reading: Indicator, measured: None, browser) -> None:
    page = browser("administrator", data=asked(from_day="2026-12-01")).content.decode()

    assert "No value has been measured on that day or later" in page
    assert "Decide on these limits" in page


def test_administrator_decides_for_all(
    in_solviken: Place, reading: Indicator, measured: None, browser
) -> None:
    response = browser("administrator", "save", asked(year_groups=["4", "5"], source="BUN § 7"))

    assert response.status_code == 302
    new = Threshold.objects.filter(valid_from=DAY)
    assert set(new.values_list("year_group", "yellow_limit", "green_limit", "school", "source", "by")) == {
        (year_group, 1000, 2000, None, "BUN § 7", in_solviken.administrator.pk) for year_group in (4, 5)
    }
    assert Result.objects.filter(colour=GREEN).count() == 11


def test_principal_decides_for_the_own_school_with_a_reason(
    in_solviken: Place, reading: Indicator, measured: None, browser
) -> None:
    without = browser("principal", "save", own(in_solviken) | {"reason": " "})

    assert without.status_code == 422
    assert "Say why the school has limits of its own." in without.content.decode()
    assert list(rows(without)) == ["Solviksskolan", "4A"]  # what was tried out is still there
    assert not Threshold.objects.filter(school__isnull=False).exists()

    assert browser("principal", "save", own(in_solviken)).status_code == 302
    threshold = Threshold.objects.get(school=in_solviken.school)
    assert (threshold.reason, threshold.by) == ("Annat test", in_solviken.principal)


@pytest.mark.parametrize("whose", ["ALL", "other", "area"])
def test_principal_decides_for_nobody_else(
    in_solviken: Place, reading: Indicator, measured: None, browser, whose: str
) -> None:
    other = UnitFactory(name="Andra skolan", parent=in_solviken.area)
    key = {"ALL": "ALL", "other": other.key, "area": in_solviken.area.key}[whose]
    before = Threshold.objects.count()

    assert browser("principal", "save", asked(whose=key, reason="x")).status_code == 422
    assert browser("principal", data=asked(whose=key)).context["trial"] is None
    assert Threshold.objects.count() == before


def test_own_limits_end_today_by_who_may(
    in_solviken: Place, reading: Indicator, measured: None, browser
) -> None:
    browser("principal", "save", own(in_solviken))
    threshold = Threshold.objects.get(school=in_solviken.school)

    browser("administrator", "end", {"threshold": [threshold.pk]})

    threshold.refresh_from_db()
    assert threshold.valid_to == TODAY


def test_who_may_not_decide_for_a_line_ends_and_takes_back_nothing(
    in_solviken: Place, reading: Indicator, browser
) -> None:
    other = UnitFactory(name="Andra skolan", parent=in_solviken.area)
    theirs = ThresholdFactory(indicator=reading, year_group=6, school=other, reason="för att")
    coming = ThresholdFactory(indicator=reading, year_group=7, valid_from=datetime.date(2027, 1, 1))
    before = list(Threshold.objects.order_by("pk").values())

    assert browser("principal", "end", {"threshold": [theirs.pk]}).status_code == 403
    assert browser("principal", "take-back", {"threshold": [coming.pk]}).status_code == 403
    assert list(Threshold.objects.order_by("pk").values()) == before


def test_limits_to_come_are_taken_back_by_the_line(in_solviken: Place, reading: Indicator, browser) -> None:
    day = datetime.date(2027, 1, 1)
    browser("administrator", "save", asked(year_groups=["4", "5"], from_day=day.isoformat()))
    page = browser("administrator")
    (line,) = [each for each in page.context["standing"] if each["may_take_back"]]

    browser("administrator", "take-back", {"threshold": line["line"].ids})

    assert line["line"].years == "4–5"
    assert set(Threshold.objects.values_list("valid_from", "valid_to")) == {(datetime.date(2020, 1, 1), None)}


def test_form_begins_with_what_a_line_says(in_solviken: Place, reading: Indicator, browser) -> None:
    def begun(person: str) -> dict[str, Any]:
        (line,) = browser(person).context["standing"]
        form = browser(person, data=QueryDict(line["change"]).dict() | {"year_groups": ["4", "5"]}).context[
            "form"
        ]
        return {name: form[name].value() for name in ("whose", "year_groups", "yellow", "green")}

    limits = {"year_groups": ["4", "5"], "yellow": "16", "green": "26"}
    assert begun("administrator") == {"whose": "ALL", **limits}
    assert begun("principal") == {"whose": in_solviken.school.key, **limits}


WRONG = {
    "green worse than yellow": ({"green": "5"}, "at least as high as the yellow"),
    "outside the scale": ({"green": "41"}, "no value of the scale: 0–40"),
    "no number": ({"green": "många"}, "Write a number"),
    "a day that is decided": ({"from_day": "2019-12-31"}, "Choose a later day"),
    "no day": ({"from_day": "igår"}, "Enter a valid date"),
    "no year group": ({"year_groups": []}, "This field is required"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("act", ["", "save"])
def test_what_is_wrong_is_said_in_plain_words_and_nothing_is_decided(
    reading: Indicator, measured: None, browser, name: str, act: str
) -> None:
    changes, words = WRONG[name]
    before = list(Threshold.objects.values())

    response = browser("administrator", act, asked(**changes))

    assert response.status_code == (422 if act else 200)
    assert words in response.content.decode()
    assert response.context["trial"] is None
    assert list(Threshold.objects.values()) == before


def test_closed_round_is_named(reading: Indicator, measured: None, browser) -> None:
    MeasurementRound.objects.update(
        name="HT 2026", closed_at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
    )

    page = browser("administrator", data=asked()).content.decode()

    assert "The round “HT 2026” is closed" in page


def test_what_is_wrong_with_some_year_groups_names_them(reading: Indicator, browser) -> None:
    ThresholdFactory(indicator=reading, year_group=6, valid_from=datetime.date(2027, 1, 1))

    page = browser("administrator", data=asked(year_groups=["4", "6"])).content.decode()

    assert "Year group 6: Limits that hold from Jan. 1, 2027 on are decided already." in page


def test_steps_are_chosen_by_name(in_solviken: Place, sign_in) -> None:
    steps = [["F", 0], ["E", 1000], ["C", 1500], ["A", 2000]]
    grade = IndicatorFactory(code="BETYG", value_type="grade", steps=steps, minimum=None, maximum=None)
    client = sign_in(in_solviken.administrator)

    client.post(reverse("colourmaps:threshold-save", args=["BETYG"]), asked(yellow="1000", green="1500"))

    threshold = Threshold.objects.get(indicator=grade)
    assert (threshold.yellow_limit, threshold.green_limit) == (1000, 1500)


@pytest.mark.parametrize("code", ["FINNS-INTE", "DERAS"])
def test_unknown_indicator_and_one_of_another_municipality_are_not_found(
    solviken: Place, fjordvik: Place, enter, sign_in, code: str
) -> None:
    enter(fjordvik)
    IndicatorFactory(code="DERAS")
    client = sign_in(solviken.administrator)

    assert client.get(reverse("colourmaps:threshold", args=[code])).status_code == 404
    assert client.post(reverse("colourmaps:threshold-save", args=[code]), asked()).status_code == 404


@pytest.mark.parametrize(
    ("year_groups", "words"),
    [([4], "4"), ([0, 1, 2], "F–2"), ([3, 2, 6], "2–3, 6"), ([1, 3, 5], "1, 3, 5")],
)
def test_year_groups_in_words(year_groups: list[int], words: str) -> None:
    assert years_in_words(year_groups, "SE", TODAY) == words


def test_own_limits_are_said_on_the_schools_map(
    in_solviken: Place, reading: Indicator, measured: None, sign_in
) -> None:
    set_threshold(
        indicator=reading,
        year_group=4,
        yellow=100,
        green=200,
        from_day=DAY,
        by=None,
        school=in_solviken.school,
        reason="Annat test",
    )

    do_waiting_recounts()

    page = sign_in(in_solviken.principal).get(reverse("aggregation:unit-map", args=[in_solviken.school.key]))

    sentence = "Prov LAS: judged by the school's own limits, because: Annat test."
    assert page.context["own_limits"] == [sentence]
    assert escape(sentence) in page.content.decode()
