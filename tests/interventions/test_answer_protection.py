"""Who is shown what of an answer; tried as somebody who knows all the other pupils, or overlapping interventions."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.access import Sight
from accounts.roles import RoleCode
from interventions.answer_protection import Seen, nice_above, seen_of, step_of
from interventions.comparison import Between, crowd_of, pairs_of
from interventions.effect import moments_of, pooled
from interventions.frozen_answer import Answer, answer_from
from interventions.judgement import measure_of
from interventions.services import freeze_follow_up
from interventions.verdict_words import difference_of, sentence_of
from pupils.services import enrol_pupil
from tests.factories.accounts import PersonFactory
from tests.fixtures import TODAY

from .followed import DAY, begun, measure_in_spring


def followed(year, helped, **fields):
    """An intervention that helped, followed up."""
    intervention = begun(year, **fields)
    measure_in_spring(year, helped, gain=600)
    return intervention


def seen_by(person, intervention, follow_up):
    return seen_of(intervention, follow_up, answer_from(follow_up.answer), Sight(person))


def of_school(year, in_spring, **fields):
    """An intervention for the whole of Solviksskolan and its follow-up."""
    intervention = followed(year, [*year.pupils[0], *year.pupils[1]], **fields)
    in_spring()
    return intervention, freeze_follow_up(intervention=intervention, by=year.place.principal)


def test_principal_sees_the_own_pupils_and_the_others_rounded(year, in_spring):
    intervention, follow_up = of_school(year, in_spring)

    assert seen_by(year.place.principal, intervention, follow_up) is Seen.OTHERS_ROUNDED


def test_who_sees_both_groups_sees_every_figure(year, in_spring):
    helped = year.pupils[0][:12:2] + year.pupils[1][:12:2]
    intervention = followed(year, helped, pupils=helped)
    in_spring()
    follow_up = freeze_follow_up(intervention=intervention, by=year.place.principal)

    assert seen_by(year.place.principal, intervention, follow_up) is Seen.ALL


def test_head_sees_the_verdict_of_whole_schools_alone_and_rounded(year, in_spring):
    intervention, follow_up = of_school(year, in_spring)

    for head in (year.place.area_head, year.place.administration_head):
        assert seen_by(head, intervention, follow_up) is Seen.VERDICT_ROUNDED


def test_head_sees_nothing_of_named_pupils_and_of_classes(year, in_spring):
    helped = year.lowest(12, 0, 1)
    named = followed(year, helped, pupils=helped)
    of_classes = begun(year, parts=year.classes[:2])
    in_spring()
    for intervention in (named, of_classes):
        follow_up = freeze_follow_up(intervention=intervention, by=year.place.principal)

        assert seen_by(year.place.area_head, intervention, follow_up) is Seen.NOTHING


def test_head_sees_nothing_where_a_school_is_smaller_than_the_municipality_allows(year, in_spring):
    """48 pupils, of a municipality that shows no figure of less than 49."""
    intervention, follow_up = of_school(year, in_spring)
    municipality = year.place.municipality
    municipality.smallest_base = 49
    municipality.save()

    assert seen_by(year.place.area_head, intervention, follow_up) is Seen.NOTHING


def test_head_is_told_that_nothing_can_be_said_without_a_number(year, in_spring):
    helped = year.lowest(4, 0)
    intervention = begun(year, unit=year.place.school)
    measure_in_spring(year, helped)
    in_spring()
    follow_up = freeze_follow_up(intervention=intervention, by=year.place.principal)
    plain = follow_up.answer
    plain["effect"] |= {"verdict": "cannot_say", "reason": "too_few", "n_treated": 4}

    answer = answer_from(plain)
    seen = seen_of(intervention, follow_up, answer, Sight(year.place.area_head))

    sentence = sentence_of(answer, year.indicator, seen)
    assert (seen, sentence) == (Seen.WORDS, "Cannot say: too few pupils were measured both times.")


def test_teacher_whose_pupil_has_changed_class_sees_no_figure(year, in_spring):
    helped = year.lowest(12, 0)
    intervention = followed(year, helped, pupils=helped, unit=year.classes[0])
    enrol_pupil(pupil=helped[0], school_class=year.classes[1], year_group=4, on=TODAY + 7 * DAY)
    in_spring()
    follow_up = freeze_follow_up(intervention=intervention, by=year.place.teacher)

    assert seen_by(year.place.teacher, intervention, follow_up) is Seen.WORDS
    assert seen_by(year.place.principal, intervention, follow_up).has_figures


# --- the attacker -------------------------------------------------------------------------------


def shown(rows_treated, rows_comparison, everyone, indicator, answer):
    """The difference as a head is shown it, of pupils as given."""
    moments = moments_of(pairs_of(rows_treated), pairs_of(rows_comparison), pairs_of(everyone))
    effect = pooled([moments], measure_of(indicator), choice=answer.choice)
    return difference_of(Answer(effect, moments), indicator, Seen.VERDICT_ROUNDED), moments


@pytest.mark.parametrize("change", [-4, -2, -1, 0, 1, 2, 4])
def test_who_knows_all_the_others_learns_at_most_one_side_of_the_last_pupil(year, in_spring, change):
    """Whatever the last pupil did, within four standard deviations, the rounded difference is one of two neighbours."""
    intervention, follow_up = of_school(year, in_spring)
    answer = answer_from(follow_up.answer)
    baseline = {entry["pupil"]: entry["value"] for entry in intervention.baseline.values}
    values = {entry["pupil"]: entry["value"] for entry in follow_up.values}
    crowd = crowd_of(Between(intervention, year.autumn, year.spring), baseline, values)
    treated, comparison = crowd.rows(crowd.treated), crowd.comparison(answer.scope)
    everyone = list(crowd.everyone.values())
    usual, moments = shown(treated, comparison, everyone, year.indicator, answer)
    deviation = moments.spread.deviation

    last = comparison[len(comparison) // 2]
    other = last._replace(follow_up=last.follow_up + round(100 * change * deviation / 2))
    changed = [other if row is last else row for row in comparison]
    unusual, _moments = shown(treated, changed, everyone, year.indicator, answer)

    steps = round((unusual.estimate.value - usual.estimate.value) / usual.step)
    assert abs(steps) <= 1


@pytest.mark.parametrize(
    ("number", "nice"), [(0.03, 0.05), (0.2, 0.2), (0.21, 0.5), (1, 1), (3, 5), (60, 100)]
)
def test_steps_are_numbers_that_one_can_read(number, nice):
    assert nice_above(number) == pytest.approx(nice)


def test_steps_are_coarser_for_fewer_pupils(year, in_spring):
    few = begun(year, year.lowest(12, 0, 1))
    _whole, of_many = of_school(year, in_spring)
    of_few = freeze_follow_up(intervention=few, by=year.place.principal)

    coarse, fine = (step_of(answer_from(each.answer).moments) for each in (of_few, of_many))

    assert coarse > fine


# --- pages, with canaries -----------------------------------------------------------------------


def page(client, intervention):
    return client.get(reverse("interventions:intervention", args=[intervention.key])).content.decode()


def test_page_names_nobody_who_is_compared_with(year, in_spring, sign_in):
    helped = year.lowest(12, 0, 1)
    intervention = followed(year, helped, pupils=helped)
    in_spring()
    freeze_follow_up(intervention=intervention, by=year.place.principal)

    content = page(sign_in(year.place.principal), intervention)

    assert helped[0].family_name in content
    assert "Kanarie4C" not in content
    assert "Kanarie4D" not in content
    assert "Better: the pupils came about" in content


def test_head_who_is_responsible_is_told_no_count_of_a_colour(year, in_spring, sign_in):
    """She answers for it, so she may open it, and sees no pupils."""
    head = PersonFactory(role=RoleCode.PRINCIPAL, unit=year.other_school)
    intervention, follow_up = of_school(year, in_spring, responsible=head)

    content = page(sign_in(head), intervention)

    sentence = sentence_of(answer_from(follow_up.answer), year.indicator, Seen.VERDICT_ROUNDED)
    assert sentence in content
    for figure in ("What came of it", "From which colour", "measured both times", "Kanarie", "of 48"):
        assert figure not in content
