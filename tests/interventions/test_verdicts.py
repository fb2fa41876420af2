"""The verdict in words, in lists and time lines, and of several interventions together."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import Sight
from accounts.models import Municipality
from colourmaps.deeds import deeds_for
from colourmaps.models import Result
from interventions.amounts import amount_in_words, number_in_words
from interventions.answer_protection import Seen
from interventions.answers import answers_by_indicator
from interventions.catalogue.together import together_of
from interventions.comparison import Measured, Scope, pairs_of
from interventions.effect import Choice, Effect, Estimate, Reason, Verdict, moments_of, pooled
from interventions.frozen_answer import Answer
from interventions.judgement import measure_of
from interventions.models import Baseline, FollowUp, InterventionUnit
from interventions.services import freeze_follow_up
from interventions.verdict_words import sentence_of
from interventions.verdicts import pooled_answer, verdict_words
from tests.factories.colourmaps import IndicatorFactory
from tests.factories.interventions import EntryFactory, FollowUpFactory, InterventionFactory

from .followed import begun, measure_in_spring

SPREAD = [Measured(n, 100 * n, 100 * n, 4, 1, 1) for n in range(40)]


def answer(verdict, difference=None, reason=Reason.NONE, scope=Scope.SCHOOL):
    """With enough pupils to be shown."""
    estimate = None if difference is None else Estimate(*difference)
    effect = Effect(40, 40, verdict, reason, 40, 40, difference=estimate)
    moments = moments_of(pairs_of(SPREAD[::2]), pairs_of(SPREAD[1::2]))
    return Answer(effect, moments, scope)


@pytest.fixture
def points(in_solviken):
    return IndicatorFactory()


@pytest.mark.parametrize(
    ("verdict", "difference", "sentence"),
    [
        (
            Verdict.BETTER,
            (4.14, 1.2, 7.0),
            "Better: the pupils came 4.1 points further than similar pupils without the intervention "
            "(between 1.2 and 7.0).",
        ),
        (
            Verdict.WORSE,
            (-4.14, -7.0, -1.2),
            "Worse: the pupils came 4.1 points less far than similar pupils without the intervention "
            "(between 1.2 and 7.0).",
        ),
        (
            Verdict.NO_DIFFERENCE,
            (0.2, -0.8, 1.2),
            "No measurable change: the pupils came about as far as similar pupils without the intervention "
            "(the difference is between −0.8 and 1.2).",
        ),
    ],
)
def test_sentence_says_verdict_difference_and_interval(points, verdict, difference, sentence):
    assert sentence_of(answer(verdict, difference), points, Seen.ALL) == sentence


def test_where_low_is_good_a_fall_is_further(in_solviken):
    absence = IndicatorFactory(direction="low", value_type="percent", minimum=0, maximum=10_000, unit="%")

    sentence = sentence_of(answer(Verdict.BETTER, (-4.14, -7.0, -1.2)), absence, Seen.ALL)

    assert sentence.startswith("Better: the pupils came 4.1 percentage points further than")
    assert sentence.endswith("(between 1.2 and 7.0).")


def test_pupils_who_waited_are_called_so(points):
    sentence = sentence_of(answer(Verdict.BETTER, (4, 1, 7), scope=Scope.WAITING), points, Seen.ALL)

    assert "further than the pupils who waited for the same (between" in sentence


def test_rounded_sentence_says_about_and_nothing_against_the_verdict(points):
    """Rounded to 5 points here: the lower end comes to 0, so no interval is told."""
    told = answer(Verdict.BETTER, (4.14, 1.2, 7.0))

    sentence = sentence_of(told, points, Seen.VERDICT_ROUNDED)

    assert sentence == (
        "Better: the pupils came about 5 points further than similar pupils without the intervention."
    )


@pytest.mark.parametrize(
    ("verdict", "difference", "sentence"),
    [
        (Verdict.BETTER, (5.1, 4.2, 6.0), "Better: the pupils came about 5 points further than {others}."),
        (Verdict.WORSE, (-5.1, -6.0, -4.2), "Worse: the pupils came about 5 points less far than {others}."),
        (
            Verdict.NO_DIFFERENCE,
            (0.1, -0.9, 1.1),
            "No measurable change: the pupils came about as far as {others}.",
        ),
    ],
)
def test_interval_that_rounding_has_closed_is_not_told(points, verdict, difference, sentence):
    """To 5 points both ends come to the same number."""
    told = sentence_of(answer(verdict, difference), points, Seen.VERDICT_ROUNDED)

    assert told == sentence.format(others="similar pupils without the intervention")


def test_sentence_without_figures_has_no_digit(points):
    sentences = [
        sentence_of(answer(verdict, (4.14, 1.2, 7.0)), points, Seen.WORDS)
        for verdict in (Verdict.BETTER, Verdict.WORSE, Verdict.NO_DIFFERENCE)
    ]

    assert [re.search(r"\d", sentence) for sentence in sentences] == [None, None, None]


@pytest.mark.parametrize("reason", [each for each in Reason if each])
def test_every_reason_has_its_sentence(points, reason):
    told = answer(Verdict.CANNOT_SAY, reason=reason)

    assert sentence_of(told, points, Seen.ALL).startswith("Cannot say: ")


def test_too_few_says_how_many_and_how_many_are_needed(points):
    effect = Effect(4, 30, Verdict.CANNOT_SAY, Reason.TOO_FEW)

    assert sentence_of(Answer(effect), points, Seen.ALL) == (
        "Cannot say: only 4 pupils were measured both times, and at least 10 are needed."
    )


@pytest.mark.parametrize(
    ("fields", "amount", "words"),
    [
        ({"value_type": "points"}, 4.14, "4.1 points"),
        ({"value_type": "percent", "unit": "%"}, -2.0, "−2.0 percentage points"),
        ({"value_type": "number", "unit": "ord/min"}, 12.55, "12.6 ord/min"),
        ({"value_type": "number"}, 0.04, "0.0"),
        ({"value_type": "minutes"}, 30, "30.0 minutes"),
        (
            {"value_type": "yes_no", "steps": [["no", 0], ["yes", 100]], "minimum": None, "maximum": None},
            0.125,
            "12.5 percentage points",
        ),
    ],
)
def test_amounts_are_told_in_the_indicators_own_unit(in_solviken, fields, amount, words):
    assert amount_in_words(amount, IndicatorFactory(**fields)) == words


@pytest.mark.parametrize(("step", "words"), [(0.5, "4.5"), (5, "5"), (0.05, "4.45"), (20, "0")])
def test_rounded_numbers_have_no_more_decimals_than_their_step(points, step, words):
    assert number_in_words(step * round(4.46 / step), points, step) == words


# --- where it is seen ---------------------------------------------------------------------------


@pytest.fixture
def helped(year, in_spring):
    """The followed-up intervention for the twelve lowest of 4A and 4B."""
    pupils = year.lowest(12, 0, 1)
    intervention = begun(year, pupils, title="Läsgrupp")
    measure_in_spring(year, pupils, gain=600)
    in_spring()
    freeze_follow_up(intervention=intervention, by=year.place.principal)
    return intervention


def test_word_of_the_latest_follow_up_costs_the_same_for_one_and_for_two(year, helped):
    other = InterventionFactory(unit=year.place.school, responsible=year.place.principal)

    def read(*interventions):
        with CaptureQueriesContext(connection) as queries:
            words = verdict_words(interventions, Sight(year.place.principal))
        return words, len(queries)

    assert read(helped, other) == read(helped)
    assert read(helped)[0] == {helped.pk: "better"}


def test_word_is_not_for_who_does_not_see_the_pupils(year, helped):
    assert verdict_words([helped], Sight(year.place.area_head)) == {}


def test_time_line_of_the_pupil_ends_with_the_verdict(year, helped):
    deed = deeds_for(year.pupils[0][0], Sight(year.place.principal))[0]

    assert deed.state.endswith("; for the group: better")


def test_panel_of_a_cell_says_whether_it_helped(year, helped, sign_in):
    address = reverse("interventions:cell-answers", args=[year.pupils[0][0].key, "LAS"])

    part = sign_in(year.place.principal).get(address, headers={"hx-request": "true"}).content.decode()

    assert "Läsgrupp" in part
    assert "for the group: better" in part


def test_classes_of_a_team_are_answered_for_and_a_whole_school_is_not(year):
    n_red = 8
    begun(year, unit=year.place.school)
    assert answers_by_indicator([year.classes[0]], year.autumn)["LAS"].n_unanswered == n_red

    begun(year, parts=year.classes[:2])

    assert [answers_by_indicator([each], year.autumn)["LAS"].n_unanswered for each in year.classes] == [
        0,
        0,
        n_red,
        n_red,
    ]


def test_named_pupils_of_covered_classes_answer_for_themselves_alone(year):
    begun(year, [year.pupils[0][0]], parts=year.classes[:2])

    assert answers_by_indicator([year.classes[0]], year.autumn)["LAS"].n_unanswered == 7
    assert InterventionUnit.objects.count() == 2


# --- the page -----------------------------------------------------------------------------------


def page_of(client, intervention):
    return client.get(reverse("interventions:intervention", args=[intervention.key])).content.decode()


def test_page_says_the_verdict_and_the_expected_beside_what_came(year, in_spring, sign_in):
    pupils = year.lowest(12, 0, 1)
    intervention = begun(year, pupils, expected_change=500)
    measure_in_spring(year, pupils, gain=600)
    in_spring()
    client = sign_in(year.place.principal)
    assert "No answer yet: it has not been followed up." in page_of(client, intervention)

    done = client.post(reverse("interventions:follow-up", args=[intervention.key]), follow=True)

    content = done.content.decode()
    assert "The results are kept as the follow-up." in content
    assert "Better: the pupils came about 5 points further" in content
    assert "24 of 24 pupils measured both times" in content
    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="amount">([^<]+)', content)
    assert rows[0] == ("The pupils&#x27; change", "8.0 points")
    assert ("Expected before the start", "5.0 points ") in rows


def test_page_does_not_announce_the_round_that_is_followed_up(year, in_spring, sign_in):
    pupils = year.lowest(12, 0, 1)
    intervention = begun(year, pupils)
    measure_in_spring(year, pupils, gain=600)
    in_spring()
    client = sign_in(year.place.principal)
    client.post(reverse("interventions:follow-up", args=[intervention.key]))

    content = page_of(client, intervention)

    assert "Followed up in VT 2027" in content
    assert ("It is measured next" in content, "The follow-up is planned" in content) == (False, False)


def test_page_before_the_round_says_when_it_is_measured(year, sign_in):
    intervention = begun(year, year.lowest(12, 0, 1))

    content = page_of(sign_in(year.place.principal), intervention)

    assert "The follow-up is planned for Feb. 24, 2027." in content
    assert "It is measured next in VT 2027, 01/15/2027 to 02/20/2027." in content


def test_page_where_no_round_is_planned_sends_to_the_coordinator(year, sign_in):
    year.spring.due.all().delete()
    intervention = begun(year, year.lowest(12, 0, 1))

    content = page_of(sign_in(year.place.principal), intervention)

    assert "No round is planned that measures it. Ask your coordinator for one." in content


def test_follow_up_that_is_refused_says_why(year, sign_in):
    intervention = begun(year, year.lowest(12, 0, 1))

    done = sign_in(year.place.principal).post(
        reverse("interventions:follow-up", args=[intervention.key]), follow=True
    )

    assert "Wait for the next round." in done.content.decode()
    assert not FollowUp.objects.exists()


def test_start_without_a_value_is_told_and_can_be_kept_anew(year, sign_in):
    intervention = begun(year, year.lowest(12, 0, 1))
    Baseline.objects.update(
        round=None,
        values=[
            {"pupil": pupil.pk, "value": None, "mark": None, "colour": 0} for pupil in year.lowest(12, 0, 1)
        ],
    )
    client = sign_in(year.place.principal)
    assert "There will be no answer" in page_of(client, intervention)

    done = client.post(reverse("interventions:baseline-anew", args=[intervention.key]), follow=True)

    assert "The results at the start are kept." in done.content.decode()
    assert Baseline.objects.get().has_values


def test_page_costs_as_many_queries_for_few_as_for_many(
    year, in_spring, sign_in, django_assert_max_num_queries, django_assert_num_queries
):
    few, many = begun(year, year.lowest(1, 0)), begun(year, year.lowest(12, 0, 1))
    measure_in_spring(year)
    in_spring()
    for each in (few, many):
        freeze_follow_up(intervention=each, by=year.place.principal)
    client = sign_in(year.place.principal)
    page_of(client, few)

    with django_assert_max_num_queries(40) as counted:
        page_of(client, few)
    with django_assert_num_queries(len(counted)):
        page_of(client, many)


# --- several together ---------------------------------------------------------------------------


def measured_rows(year):
    """Of everybody, from the results themselves, by id of the pupil."""
    values = {
        (pupil, round_id): value
        for pupil, round_id, value in Result.objects.values_list("pupil_id", "round_id", "value")
    }
    return {
        pupil.pk: Measured(
            pupil.pk,
            values[pupil.pk, year.autumn.pk],
            values[pupil.pk, year.spring.pk],
            4,
            school_class.pk,
            None,
        )
        for school_class, of_class in zip(year.classes, year.pupils, strict=True)
        for pupil in of_class
    }


def test_sum_of_two_places_is_what_all_their_pupils_give(year, in_spring):
    """4A and 4B, every second pupil against the others there; 4C and 4D likewise."""
    groups = [[*year.pupils[a][::2], *year.pupils[b][::2]] for a, b in ((0, 1), (2, 3))]
    interventions = [begun(year, group, unit=year.place.area) for group in groups]
    measure_in_spring(year, [pupil for group in groups for pupil in group], gain=400)
    in_spring()
    follow_ups = [freeze_follow_up(intervention=each, by=year.place.principal) for each in interventions]

    added = pooled_answer(follow_ups).effect

    rows = measured_rows(year)
    raw = pooled(
        [
            moments_of(
                pairs_of([rows[pupil.pk] for pupil in group]),
                pairs_of([rows[entry["pupil"]] for entry in follow_up.comparison]),
                pairs_of(list(rows.values())),
            )
            for group, follow_up in zip(groups, follow_ups, strict=True)
        ],
        measure_of(year.indicator),
        choice=Choice.BY_JUDGEMENT,
    )
    assert (added.n_treated, added.n_comparison) == (48, 48)
    assert added.difference.value == pytest.approx(4, abs=0.3)
    assert [added.difference.value, added.difference.low, added.difference.high] == pytest.approx(
        [raw.difference.value, raw.difference.low, raw.difference.high], abs=1e-9
    )
    assert added.verdict == Verdict.BETTER


@pytest.mark.parametrize(("smallest_base", "is_told"), [(10, True), (30, False)])
def test_entry_of_the_catalogue_tells_what_came_of_all_together(
    year, in_spring, sign_in, smallest_base, is_told
):
    """Rounded, to somebody who sees no pupil; and not at all where a school has fewer pupils than the smallest base."""
    Municipality.objects.update(smallest_base=smallest_base)
    entry = EntryFactory(owner=year.place.principal)
    groups = [[*year.pupils[a][::2], *year.pupils[b][::2]] for a, b in ((0, 1), (2, 3))]
    interventions = [begun(year, group, unit=year.place.area, entry=entry) for group in groups]
    measure_in_spring(year, [pupil for group in groups for pupil in group], gain=400)
    in_spring()
    for each in interventions:
        freeze_follow_up(intervention=each, by=year.place.principal)

    page = sign_in(year.place.area_head).get(reverse("interventions:entry", args=[entry.key]))

    told = [(each.indicator, each.n) for each in page.context["together"]]
    assert told == ([(year.indicator, 2)] if is_told else [])
    assert ("came about 4 points further" in page.content.decode()) is is_told


def test_continued_intervention_is_not_added_to_the_one_that_continues_it(year, in_spring):
    entry = EntryFactory(owner=year.place.principal)
    pupils = [*year.pupils[0][::2], *year.pupils[1][::2]]
    first = begun(year, pupils, entry=entry)
    second = begun(year, pupils, entry=entry, predecessor=first)
    measure_in_spring(year, pupils, gain=400)
    in_spring()
    for each in (first, second):
        freeze_follow_up(intervention=each, by=year.place.principal)

    assert together_of(entry) == []


def test_different_indicators_are_not_added(year, helped):
    other = InterventionFactory(unit=year.place.school, responsible=year.place.principal)

    with pytest.raises(ValueError, match="different indicators"):
        pooled_answer([*helped.follow_ups.all(), FollowUpFactory(intervention=other)])


def test_interventions_without_a_follow_up_have_no_sum(year):
    assert pooled_answer(begun(year).follow_ups.all()) is None
