"""Who may see and do what: role x permission x unit, and the dates of an assignment."""

import datetime
from collections.abc import Iterator

import pytest
from django.utils import translation

from accounts.access import AccessDenied, Sight, SightOfRole, can, check_can, visible_units
from accounts.models import RoleAssignment, Unit, User
from accounts.queries import line_of
from accounts.roles import ROLES, SENTENCES, Permission, RoleCode, Tier
from accounts.secrecy import SecrecyArea
from accounts.services import end_role
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.fixtures import TODAY, Place

DAY = datetime.timedelta(days=1)
P = Permission
UNITS = ("root", "administration", "area", "school", "class_4a", "class_5a")

# (person, permission): the units where the person may, from the top down. All else is refused.
ALLOWED: dict[tuple[str, Permission], tuple[str, ...]] = {
    **{("teacher", permission): ("class_4a",) for permission in (P.SEE_PUPILS, P.SEE_SUMS)},
    ("teacher", P.DECIDE_INTERVENTIONS): ("class_4a",),
    **{("colleague", permission): ("class_5a",) for permission in (P.SEE_PUPILS, P.SEE_SUMS)},
    ("colleague", P.DECIDE_INTERVENTIONS): ("class_5a",),
    **{
        (leader, permission): ("school", "class_4a", "class_5a")
        for leader in ("analysis_lead", "principal", "health_team")
        for permission in (P.SEE_PUPILS, P.SEE_SUMS, P.DECIDE_INTERVENTIONS)
    },
    **{("area_head", permission): ("area", "school") for permission in (P.SEE_SUMS, P.DECIDE_INTERVENTIONS)},
    **{
        ("administration_head", permission): ("administration", "area", "school")
        for permission in (P.SEE_SUMS, P.DECIDE_INTERVENTIONS)
    },
    **{
        (keeper, P.KEEP_CATALOGUE): ("school", "class_4a", "class_5a")
        for keeper in ("principal", "health_team")
    },
    ("area_head", P.KEEP_CATALOGUE): ("area", "school", "class_4a", "class_5a"),
    ("administration_head", P.KEEP_CATALOGUE): ("administration", "area", "school", "class_4a", "class_5a"),
    **{(keeper, P.KEEP_CATALOGUE): UNITS for keeper in ("support_function", "administrator")},
    ("board_member", P.SEE_SUMS): ("root", "administration", "area", "school"),
    ("collaboration_partner", P.SEE_SUMS): ("root", "administration", "area", "school"),
    ("teacher", P.RECORD_RESULTS): ("class_4a",),
    ("colleague", P.RECORD_RESULTS): ("class_5a",),
    **{
        (leader, P.RECORD_RESULTS): ("school", "class_4a", "class_5a")
        for leader in ("analysis_lead", "principal")
    },
    ("principal", P.CHOOSE_MAPS): ("school", "class_4a", "class_5a"),
    ("coordinator", P.RECORD_RESULTS): UNITS,
    ("coordinator", P.IMPORT_RESULTS): UNITS,
    ("principal", P.KEEP_GROUPS): ("school", "class_4a", "class_5a"),
    ("coordinator", P.KEEP_GROUPS): UNITS,
    **{(planner, P.PLAN_ROUNDS): UNITS for planner in ("coordinator", "administrator")},
    ("administrator", P.CONFIGURE): UNITS,
    ("administrator", P.SET_LIMITS): UNITS,
    ("principal", P.SET_LIMITS): ("school", "class_4a", "class_5a"),
    ("access_auditor", P.READ_ACCESS_LOG): UNITS,
    ("data_protection", P.ANSWER_DATA_SUBJECTS): UNITS,
    ("principal", P.GUARD_PUPILS): ("school", "class_4a", "class_5a"),
    ("principal", P.SEE_READERS): ("school", "class_4a", "class_5a"),
    ("administrator", P.GUARD_PUPILS): UNITS,
    **{
        (opener, P.OPEN_IN_EMERGENCY): ("school", "class_4a", "class_5a")
        for opener in ("principal", "health_team")
    },
    **{
        (person, permission): units
        for person, units in {
            "teacher": ("class_4a",),
            "colleague": ("class_5a",),
            "analysis_lead": ("school", "class_4a", "class_5a"),
            "principal": ("school", "class_4a", "class_5a"),
            "health_team": ("school", "class_4a", "class_5a"),
            "area_head": ("area", "school", "class_4a", "class_5a"),
            "administration_head": ("administration", "area", "school", "class_4a", "class_5a"),
        }.items()
        for permission in (P.ASK_QUESTIONS, P.ANSWER_QUESTIONS, P.MEET)
    },
    ("board_member", P.ANSWER_QUESTIONS): UNITS,
    ("board_member", P.MEET): UNITS,
    **{
        (leader, permission): units
        for leader, units in {
            "principal": ("school", "class_4a", "class_5a"),
            "area_head": ("area", "school", "class_4a", "class_5a"),
            "administration_head": ("administration", "area", "school", "class_4a", "class_5a"),
            "coordinator": UNITS,
        }.items()
        for permission in (P.PLAN_MEETINGS, P.WATCH_ROUTINE)
    },
    ("analysis_lead", P.PLAN_MEETINGS): ("school", "class_4a", "class_5a"),
    ("principal", P.ANSWER_DATA_SUBJECTS): ("school", "class_4a", "class_5a"),
    ("support_function", P.ANSWER_QUESTIONS): UNITS,
    **{
        ("medical_health", permission): ("school", "class_4a", "class_5a")
        for permission in (P.SEE_MEDICAL, P.SHARE_MEDICAL)
    },
}
PEOPLE = (
    "teacher",
    "colleague",
    "analysis_lead",
    "principal",
    "health_team",
    "medical_health",
    "area_head",
    "administration_head",
    "board_member",
    "collaboration_partner",
    "support_function",
    "coordinator",
    "administrator",
    "access_auditor",
    "data_protection",
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Reasons are compared as they stand in the code."""
    with translation.override("en"):
        yield


def test_every_role_and_permission_has_words() -> None:
    assert set(ROLES) == set(RoleCode.values)
    assert set(SENTENCES) == set(Permission)
    assert all(str(role.purpose) for role in ROLES.values())


@pytest.mark.parametrize("person", PEOPLE)
def test_person_may_exactly_what_the_table_says(in_solviken: Place, person: str) -> None:
    sight = Sight(getattr(in_solviken, person))

    found = {
        permission: tuple(name for name in UNITS if sight.can(permission, getattr(in_solviken, name)))
        for permission in Permission
    }

    assert found == {permission: ALLOWED.get((person, permission), ()) for permission in Permission}


def test_secrecy_areas_are_opened_by_roles_of_their_own_side(in_solviken: Place) -> None:
    school, medical = frozenset({SecrecyArea.SCHOOL}), frozenset({SecrecyArea.MEDICAL})
    line = line_of(in_solviken.class_4a, Sight(in_solviken.principal).today)

    found = {person: Sight(getattr(in_solviken, person)).areas_at(line) for person in PEOPLE}

    of_school = {"teacher", "analysis_lead", "principal", "health_team"}
    assert found == {person: frozenset() for person in PEOPLE} | dict.fromkeys(of_school, school) | {
        "medical_health": medical
    }
    RoleAssignmentFactory(user=in_solviken.health_team, role=RoleCode.MEDICAL_HEALTH, unit=in_solviken.school)
    assert Sight(in_solviken.health_team).areas_at(line) == school | medical


@pytest.mark.parametrize("person", PEOPLE)
def test_visible_units_are_those_where_the_person_can(in_solviken: Place, person: str) -> None:
    user = getattr(in_solviken, person)
    units = {getattr(in_solviken, name).pk: getattr(in_solviken, name) for name in UNITS}

    for permission in Permission:
        sight = Sight(user)
        allowed = {pk for pk, unit in units.items() if sight.can(permission, unit)}
        assert visible_units(user, permission, sight.today) == allowed


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "may"),
    [
        (-30, None, True),
        (0, None, True),
        (1, None, False),
        (-30, 1, True),
        (-30, 0, False),
        (-30, -1, False),
    ],
)
def test_role_is_held_from_its_first_day_up_to_its_end(
    in_solviken: Place, clock: datetime.date, starts_in: int, ends_in: int | None, may: bool
) -> None:
    person = PersonFactory()
    RoleAssignmentFactory(
        user=person,
        role=RoleCode.TEACHER,
        unit=in_solviken.class_4a,
        valid_from=clock + starts_in * DAY,
        valid_to=None if ends_in is None else clock + ends_in * DAY,
    )

    assert can(person, Permission.SEE_PUPILS, in_solviken.class_4a) is may
    assert bool(visible_units(person, Permission.SEE_PUPILS, clock)) is may


def test_person_without_a_role_may_nothing(in_solviken: Place) -> None:
    person = PersonFactory()

    with pytest.raises(AccessDenied, match="None of your roles allows this"):
        check_can(person, Permission.SEE_SUMS, in_solviken.root)


def test_refusal_says_whether_role_unit_or_level_is_missing(in_solviken: Place) -> None:
    def reason(person: User, permission: Permission, unit: Unit) -> str:
        with pytest.raises(AccessDenied) as denial:
            check_can(person, permission, unit)
        return str(denial.value)

    assert reason(in_solviken.area_head, P.SEE_PUPILS, in_solviken.class_4a).startswith("None of your roles")
    assert reason(in_solviken.teacher, P.SEE_PUPILS, in_solviken.class_5a).startswith("You have no role")
    assert reason(in_solviken.area_head, P.SEE_SUMS, in_solviken.class_4a).startswith("Your role sees no")


def test_lowest_level_of_one_role_does_not_narrow_another(in_solviken: Place) -> None:
    """An area head who also leads a school sees the classes of that school, and of no other."""
    head = in_solviken.area_head
    RoleAssignmentFactory(user=head, role=RoleCode.PRINCIPAL, unit=in_solviken.school)

    assert can(head, Permission.SEE_SUMS, in_solviken.class_4a)
    assert Sight(head).own_units(Permission.SEE_SUMS) == [in_solviken.school, in_solviken.area]


def test_own_units_are_named_once(in_solviken: Place) -> None:
    RoleAssignmentFactory(user=in_solviken.principal, role=RoleCode.TEACHER, unit=in_solviken.school)

    assert Sight(in_solviken.principal).own_units(Permission.SEE_PUPILS) == [in_solviken.school]


def test_role_that_ended_has_ended_at_the_next_look(in_solviken: Place, clock: datetime.date) -> None:
    assignment = RoleAssignment.objects.get(user=in_solviken.teacher)
    assert can(in_solviken.teacher, Permission.SEE_PUPILS, in_solviken.class_4a)

    end_role(assignment=assignment, on=clock)

    assert not can(in_solviken.teacher, Permission.SEE_PUPILS, in_solviken.class_4a)


def test_class_of_last_year_is_still_its_teachers_while_the_role_lasts(in_solviken: Place) -> None:
    """A class has ended and stands in no tree of today; the tree of its last day decides."""
    sight = Sight(in_solviken.principal)
    sight.today = datetime.date(2028, 1, 10)

    assert sight.can(Permission.SEE_PUPILS, in_solviken.class_4a)


@pytest.mark.parametrize(
    ("person", "tier"),
    [
        ("area_head", Tier.HEADS),
        ("administration_head", Tier.HEADS),
        ("board_member", Tier.BOARD),
        ("collaboration_partner", Tier.BOARD),
    ],
)
def test_how_sums_are_shown_follows_the_role(in_solviken: Place, person: str, tier: Tier) -> None:
    line = line_of(in_solviken.area, TODAY)

    assert Sight(getattr(in_solviken, person)).tier_in_line(line) is tier


def test_of_two_roles_the_one_that_shows_more_decides_and_only_where_it_is_held(in_solviken: Place) -> None:
    place = in_solviken
    RoleAssignmentFactory(user=place.board_member, role=RoleCode.AREA_HEAD, unit=place.area)
    sight = Sight(place.board_member)

    units = [place.root, place.administration, place.area, place.school]
    assert [sight.tier_in_line(line_of(unit, TODAY)) for unit in units] == [
        Tier.BOARD,
        Tier.BOARD,
        Tier.HEADS,
        Tier.HEADS,
    ]


def test_sight_of_a_role_is_that_of_somebody_who_holds_it(in_solviken: Place) -> None:
    place = in_solviken
    sight = SightOfRole(RoleCode.AREA_HEAD, place.area)

    for permission in Permission:
        assert sight.visible_units(permission, TODAY) == Sight(place.area_head).visible_units(
            permission, TODAY
        )
