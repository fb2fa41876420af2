"""The two commands that fill invented municipalities, and what they leave in the database."""

import datetime
import re
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Level, Municipality, RoleAssignment, Unit, UnitPlacement, User
from accounts.queries import root_unit
from accounts.services import create_municipality
from accounts.tenancy import municipality_scope
from aggregation.models import RollupWork, UnitSum
from aggregation.slices import ALL_PUPILS, slice_of_group, slice_of_sex
from aggregation.verification import differences
from colourmaps.classification import Movement
from colourmaps.models import DueIndicator, Indicator, MeasurementRound, Result
from colourmaps.scales import Mark
from interventions.catalogue.entries import entries_with_owners, stale
from interventions.catalogue.offers import offers_to
from interventions.demo import DEMO_TOWNS, remove_municipality
from interventions.demo.tables import columns_of_municipality
from interventions.demo.towns import TOLD_ON, example_identity_numbers
from interventions.models import (
    Baseline,
    CatalogueEntry,
    Evaluation,
    Intervention,
    InterventionPupil,
    Session,
    SessionState,
)
from interventions.queries import ownerless_among
from interventions.questions.queries import LONG_DAYS, asked_before, standing, state_of_stop
from interventions.questions.states import IS_OPEN, State
from interventions.states import State as Standing
from interventions.states import state_of
from pupils.models import Enrolment, Protection, Pupil, PupilGroup
from tests.walls import everywhere, without_wall

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
N_PUPILS = 60
DAY = datetime.timedelta(days=1)


def run(command, **options):
    """What the command says."""
    said = StringIO()
    call_command(command, stdout=said, **options)
    return said.getvalue()


def content_of(municipality):
    """What a municipality holds, without the ids and keys that are new every time."""
    with municipality_scope(municipality):
        results = Result.objects.order_by("pupil__pk", "indicator__code", "round__starts_on").values_list(
            "pupil__identity_number",
            "pupil__own_id",
            "indicator__code",
            "round__name",
            "value",
            "mark",
            "colour",
        )
        enrolments = Enrolment.objects.order_by("pk").values_list(
            "pupil__own_id", "school_class__name", "year_group", "valid_from", "valid_to"
        )
        pupils = Pupil.objects.order_by("pk").values_list("given_name", "family_name", "identity_number")
        people = RoleAssignment.objects.order_by("pk").values_list("user__name", "role", "unit__name")
        interventions = Intervention.objects.order_by("pk").values_list(
            "unit__name", "indicator__code", "title"
        )
        return [list(rows) for rows in (results, enrolments, pupils, people, interventions)]


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo's municipalities, tiny, and one for trials: made once for all tests here, and then taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        run("seed_demo", pupils=N_PUPILS)
        run("seed_municipality", code="7001", pupils=N_PUPILS, indicators=6, rounds=3)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def town(seeded: None, db: None) -> Iterator[Municipality]:
    """A tiny Solviken, entered."""
    municipality = Municipality.objects.get(code="9901")
    with municipality_scope(municipality):
        yield municipality


@pytest.fixture
def trial_town(seeded: None, db: None) -> Iterator[Municipality]:
    """A tiny municipality for trials, entered."""
    municipality = Municipality.objects.get(code="7001")
    with municipality_scope(municipality):
        yield municipality


def test_demo_has_pupils_results_sums_and_interventions(town):
    assert Enrolment.objects.on(TOLD_ON).count() == N_PUPILS
    assert Indicator.objects.count() == 20
    assert Indicator.objects.values("value_type").distinct().count() >= 5
    assert MeasurementRound.objects.count() == 4
    assert Result.objects.count() > 1000
    assert UnitSum.objects.filter(unit=root_unit()).exists()
    assert Intervention.objects.count() >= 5


def test_sums_agree_with_the_results_and_nothing_waits_to_be_counted(town):
    assert differences() == []
    assert not RollupWork.objects.exists()


def test_newly_arrived_pupils_are_a_group_with_sums_of_its_own(town):
    group = PupilGroup.objects.get()
    sums = UnitSum.objects.filter(unit=root_unit(), slice=slice_of_group(group.pk))

    assert group.is_summed
    assert 0 < group.memberships.count() < Pupil.objects.count() / 3
    assert sums.aggregate(n=Sum("measured"))["n"] > 0


def test_girls_and_boys_have_sums(town):
    sums = UnitSum.objects.filter(unit=root_unit())
    of_sexes = [sums.filter(slice=slice_of_sex(sex)).aggregate(n=Sum("measured"))["n"] for sex in ("F", "M")]

    assert min(of_sexes) > 0
    assert sum(of_sexes) == sums.filter(slice=ALL_PUPILS).aggregate(n=Sum("measured"))["n"]


def test_every_kind_of_empty_occurs(town):
    assert set(Result.objects.values_list("mark", flat=True).distinct()) == {mark.value for mark in Mark}
    n_due = UnitSum.objects.filter(unit=root_unit(), slice=ALL_PUPILS).aggregate(n_due=Sum("due"))["n_due"]
    assert Result.objects.exclude(mark=Mark.EXEMPT).count() < n_due
    assert not DueIndicator.objects.filter(indicator__code="BETYGMA", year_group__lt=6).exists()


def test_newcomers_have_no_movement_and_others_have(town):
    last = MeasurementRound.objects.latest("starts_on")
    movements = Result.objects.filter(round=last, indicator__code="FRANVARO").values_list(
        "movement", flat=True
    )

    assert Movement.NONE in movements
    assert set(movements) - {Movement.NONE}


def test_two_pupils_have_protected_identity_one_of_them_in_the_teachers_class(town):
    protected = Pupil.objects.exclude(protection=Protection.NONE)
    teacher = User.objects.get(login="larare@solviken.example")
    own_class = RoleAssignment.objects.on(TOLD_ON).get(user=teacher).unit

    assert {pupil.protection for pupil in protected} == {Protection.CONFIDENTIAL, Protection.PROTECTED}
    assert Enrolment.objects.on(TOLD_ON).filter(school_class=own_class, pupil__in=protected).count() == 1


def test_identity_numbers_are_temporary_and_none_is_of_the_example_workbook(town):
    numbers = list(Pupil.objects.filter(protection=Protection.NONE).values_list("identity_number", flat=True))

    assert all(re.fullmatch(r"20[012]\d[01]\d[0-3]\dTF\d\d", number) for number in numbers)
    assert len(example_identity_numbers()) > 60
    assert not example_identity_numbers() & set(numbers)


def test_norwegian_pupils_have_no_identity_numbers(town):
    with municipality_scope(Municipality.objects.get(code="9902")):
        assert set(Pupil.objects.values_list("identity_number", flat=True)) == {""}
        assert not Pupil.objects.filter(own_id="", protection=Protection.NONE).exists()


def test_enrolments_lie_within_their_class(town):
    outside = Enrolment.objects.filter(
        Q(valid_from__lt=F("school_class__valid_from")) | Q(valid_to__gt=F("school_class__valid_to"))
    )

    assert not outside.exists()
    assert not Enrolment.objects.exclude(school_class__level=Level.SCHOOL_CLASS).exists()


def test_results_stand_in_a_class(town):
    assert not Result.objects.filter(Q(school_class=None) | Q(year_group=None)).exists()


def test_units_stand_below_their_parent_as_long_as_they_exist(town):
    placed = set(UnitPlacement.objects.values_list("unit_id", "valid_from", "valid_to"))
    units = Unit.objects.exclude(level=Level.MUNICIPALITY).values_list("pk", "valid_from", "valid_to")

    assert placed == set(units)


def test_classes_of_the_example_workbook_have_mentors_and_no_pupils(town):
    classes = Unit.objects.on(TOLD_ON).filter(
        name__in=["4A", "4B", "5A"], placements__parent__name="Solviksskolan"
    )
    counted = classes.annotate(
        n_pupils=Count("enrolments", distinct=True), n_mentors=Count("assignments__user", distinct=True)
    )

    assert {(c.name, c.n_pupils) for c in counted} == {("4A", 0), ("4B", 0), ("5A", 0)}
    assert all(c.n_mentors >= 1 for c in counted)


@pytest.mark.parametrize("demo", DEMO_TOWNS, ids=lambda demo: demo.name)
def test_everybody_of_the_table_can_sign_in_and_has_a_role(town, demo):
    people = User.objects.filter(login__in=demo.logins)

    assert {person.login for person in people} == set(demo.logins)
    assert all(person.check_password("fargkarta-demo") for person in people)
    with municipality_scope(demo.municipality()):
        assert all(RoleAssignment.objects.on(TOLD_ON).filter(user=person).exists() for person in people)


def test_nobody_else_can_sign_in(town):
    logins = {login for demo in DEMO_TOWNS for login in demo.logins} | {"operator@example"}

    assert [u.login for u in User.objects.exclude(login__in=logins) if u.has_usable_password()] == []


def test_interventions_are_frozen_where_they_began(town):
    interventions = Intervention.objects.all()

    begun = interventions.filter(starts_on__lte=TOLD_ON)
    assert set(Baseline.objects.values_list("intervention", flat=True)) == {one.pk for one in begun}
    assert begun.count() == interventions.count() - 1
    assert all(i.unit.is_in_force(i.starts_on) for i in interventions)
    assert any(i.is_late(TOLD_ON) for i in interventions)
    assert any(i.ended_on for i in interventions)
    assert any(state_of(i, TOLD_ON) is Standing.RUNNING for i in interventions)
    assert InterventionPupil.objects.exists()


def test_catalogue_of_the_demo_is_used_partly_stale_and_partly_from_the_other_town(town):
    entries = CatalogueEntry.objects.all()

    assert entries.filter(withdrawn_on__isnull=True).count() >= 12
    assert Intervention.objects.filter(entry__in=entries).exists()
    assert entries.filter(stale(TOLD_ON)).exists()
    assert entries_with_owners(TOLD_ON).filter(has_owner=False).exists()
    assert set(entries.exclude(source_key="").values_list("source_name", flat=True)) == {"Fjordvik"}
    assert {offer.municipality.name for offer in offers_to(town)} == {"Fjordvik"}


def test_interventions_have_whole_plans(town):
    interventions = list(Intervention.objects.prefetch_related("steps", "costs", "covered_units"))

    assert all(one.practice and one.background and one.family_part for one in interventions)
    assert all(one.steps.count() >= 3 and one.costs.count() >= 2 for one in interventions)
    assert [one.title for one in interventions if one.expected_change is None] == [
        "Studiero på alla lektioner"
    ]
    assert sum(one.covered_units.count() == 2 for one in interventions) == 2
    assert len(ownerless_among(interventions, TOLD_ON)) >= 1


def test_questions_are_in_every_state_and_some_have_waited_long(town):
    stops = list(standing())

    assert {state_of_stop(stop) for stop in stops} == set(State)
    assert len(stops) == 25
    assert standing().filter(asked_before(LONG_DAYS, TOLD_ON), IS_OPEN).count() == 9
    assert standing().exclude(recipient="").count() == 1


def test_demo_is_not_made_twice(town):
    before = Pupil.objects.count()

    assert "Solviken is there already" in run("seed_demo", pupils=N_PUPILS)
    assert Pupil.objects.count() == before


def test_reset_makes_the_same_again(town):
    before = content_of(town)

    with without_wall():
        run("seed_demo", reset=True, pupils=N_PUPILS)

    assert content_of(Municipality.objects.get(code="9901")) == before


def test_reset_leaves_nothing_of_the_old_and_all_of_others(town):
    other = create_municipality(code="7002", name="Annan kommun", country="SE")

    with without_wall():
        run("seed_demo", reset=True, pupils=N_PUPILS)

    assert not Municipality.objects.filter(pk=town.pk).exists()
    assert Municipality.objects.filter(pk=other.pk).exists()
    with everywhere():
        assert Unit.objects.filter(municipality=other).count() == 1
        assert not Unit.objects.filter(municipality_id=town.pk).exists()
        assert not Result.objects.filter(municipality_id=town.pk).exists()
        assert not User.objects.filter(municipality_id=town.pk).exists()


def test_reset_knows_every_table_of_a_municipality():
    tables = {table.strip('"') for table, _column in columns_of_municipality()}

    assert {
        "accounts_user",
        "accounts_unit",
        "pupils_pupil",
        "colourmaps_result",
        "aggregation_unitsum",
    } <= tables


def test_sign_ins_are_listed_with_password_and_what_they_see(town, clock):
    said = run("seed_demo", sign_ins=True)

    assert "larare@solviken.example" in said
    assert "larer@fjordvik.example" in said
    assert "operator@example" in said
    assert said.count("fargkarta-demo") >= len(DEMO_TOWNS[0].logins) + len(DEMO_TOWNS[1].logins) + 1


def test_sign_ins_of_a_database_without_the_demo_are_the_operator_alone(town):
    with without_wall():
        for demo in DEMO_TOWNS:
            remove_municipality(demo.municipality())

    assert run("seed_demo", sign_ins=True).count("fargkarta-demo") == 1


def test_demo_refuses_too_few_pupils():
    with pytest.raises(CommandError, match="at least 60 pupils"):
        run("seed_demo", pupils=10)


def test_trial_measures_everything_in_every_round(trial_town):
    n_rounds, n_indicators = MeasurementRound.objects.count(), Indicator.objects.count()

    assert (n_rounds, n_indicators) == (3, 6)
    assert DueIndicator.objects.count() == n_rounds * n_indicators * 10
    assert Result.objects.count() > 0.9 * N_PUPILS * n_rounds * n_indicators
    assert not any(user.has_usable_password() for user in User.objects.filter(municipality=trial_town))


def test_trial_fills_an_empty_municipality():
    municipality = create_municipality(code="7003", name="Tomby", country="NO")

    run("seed_municipality", code="7003", pupils=N_PUPILS, indicators=3, rounds=1)

    with municipality_scope(municipality):
        assert Enrolment.objects.on(TOLD_ON).count() == N_PUPILS
        assert min(Enrolment.objects.values_list("year_group", flat=True)) == 1


def test_trial_refuses_a_municipality_with_pupils(trial_town):
    with pytest.raises(CommandError, match="has pupils already"):
        run("seed_municipality", code="7001", pupils=N_PUPILS)


def test_trial_refuses_a_municipality_with_indicators(trial_town):
    municipality = create_municipality(code="7004", name="Halvby", country="SE")
    indicator = Indicator.objects.first()
    indicator.pk, indicator.municipality = None, municipality
    with municipality_scope(municipality):
        indicator.save(force_insert=True)

    with pytest.raises(CommandError, match="indicators or rounds of its own"):
        run("seed_municipality", code="7004", pupils=N_PUPILS)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"pupils": 10}, "At least 60 pupils"),
        ({"indicators": 21}, "1 to 20 indicators"),
        ({"rounds": 0}, "1 to 12 rounds"),
    ],
)
def test_trial_refuses_impossible_numbers(options, reason):
    with pytest.raises(CommandError, match=reason):
        run("seed_municipality", **{"code": "7005", "pupils": N_PUPILS, **options})
    assert not Municipality.objects.filter(code="7005").exists()


def test_demo_sessions_are_marked_until_a_few_days_before_and_add_up(town):
    running = Intervention.objects.filter(ended_on__isnull=True, sessions__isnull=False).distinct()
    sessions = Session.objects.filter(intervention__in=running, on__lt=TOLD_ON)

    assert running.exists()
    assert set(sessions.values_list("state", flat=True)) == set(SessionState.values)
    assert not sessions.filter(state=SessionState.PLANNED, on__lt=TOLD_ON - 5 * DAY).exists()
    assert not Session.objects.filter(intervention__ended_on__lt=F("on")).exists()


def test_demo_evaluations_rest_on_a_follow_up_of_their_own_intervention(town):
    evaluations = Evaluation.objects.all()

    assert evaluations.exists()
    assert not evaluations.exclude(intervention=F("follow_up__intervention")).exists()
    assert not evaluations.filter(intervention__ended_on__isnull=True).exists()
