"""Which meetings can be planned at a unit, for which classes and led by whom; and who may plan them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence

from accounts.access import AccessDenied, Sight
from accounts.models import Level, RoleAssignment, Unit, User
from accounts.queries import children_of, line_of
from accounts.roles import ROLES, Permission

from ...models import MeetingKind, Rung
from ...questions.places import LEVEL_OF
from ..entering import ROLES_ABOVE

ROLES_INSIDE = frozenset(
    code for code, role in ROLES.items() if {Permission.MEET, Permission.SEE_PUPILS} <= role.permissions
)
OF_CLASSES = (Rung.TEACHER, Rung.TEAM)
RUNGS_AT = {level: (rung,) for rung, level in LEVEL_OF.items()} | {
    Level.SCHOOL_CLASS: OF_CLASSES,
    Level.SCHOOL: (Rung.TEAM, Rung.SCHOOL),
}


def kinds_at(unit: Unit, *, has_classes: bool) -> list[MeetingKind]:
    """The kinds of meetings that can be planned at a unit. has_classes: the school's classes can be chosen."""
    rungs = [rung for rung in RUNGS_AT[Level(unit.level)] if has_classes or rung not in OF_CLASSES]
    return list(MeetingKind.objects.filter(rung__in=rungs, is_talk=False, closed_at__isnull=True))


def fits(kind: MeetingKind, unit: Unit, classes: Sequence[Unit]) -> bool:
    """Whether a kind of meeting is held at a unit: of classes at a class, or for several at their school."""
    if kind.is_talk:
        return False
    if kind.rung in OF_CLASSES:
        return unit.is_school_class != bool(classes) and (unit.is_school_class or unit.level == Level.SCHOOL)
    return unit.level == LEVEL_OF[Rung(kind.rung)] and not classes


def classes_to_choose(sight: Sight, line: Sequence[Unit]) -> list[Unit]:
    """The classes of today for which the person may plan meetings and whose pupils the person sees.

    Of the school, where the line ends there or in one of its classes; a class itself is always the first.
    """
    school = next((unit for unit in line if unit.level == Level.SCHOOL), None)
    own = [line[-1]] if line[-1].is_school_class else []
    if school is None:
        return own
    may_plan = sight.visible_units(Permission.PLAN_MEETINGS, sight.today)
    sees = sight.visible_units(Permission.SEE_PUPILS, sight.today)
    classes = [
        unit
        for unit in children_of(school, sight.today)
        if unit.is_school_class and unit.pk in may_plan & sees and unit not in own
    ]
    return [*own, *classes]


def check_may_plan(sight: Sight, unit: Unit, classes: Collection[Unit]) -> None:
    """Raises AccessDenied unless the person may plan meetings at the unit, or at each of the classes."""
    if sight.can(Permission.PLAN_MEETINGS, unit) or not classes:
        sight.check(Permission.PLAN_MEETINGS, unit)
        return
    for each in classes:
        sight.check(Permission.PLAN_MEETINGS, each)


def check_may_change(sight: Sight, unit: Unit, classes: Collection[Unit]) -> None:
    """As `check_may_plan`, of something that is planned: of classes, only for who sees their pupils."""
    check_may_plan(sight, unit, classes)
    for each in classes or [unit]:
        if each.is_school_class:
            sight.check(Permission.SEE_PUPILS, each)


def reads_words_of(sight: Sight, kind: MeetingKind, unit: Unit, classes: Collection[Unit]) -> bool:
    """Whether the person reads what is written about a meeting: within the school, who sees all its pupils."""
    return not kind.is_inside or all(sight.can(Permission.SEE_PUPILS, each) for each in classes or [unit])


def may_plan(sight: Sight, unit: Unit, classes: Collection[Unit]) -> bool:
    try:
        check_may_plan(sight, unit, classes)
    except AccessDenied:
        return False
    return True


def leads_to_choose(
    kinds: Collection[MeetingKind], line: Sequence[Unit], classes: Collection[Unit], on: datetime.date
) -> list[RoleAssignment]:
    """The roles by which somebody may enter one of the kinds of meetings, by name; one per person."""
    roles: set[str] = set()
    for kind in kinds:
        roles |= ROLES_INSIDE if kind.is_inside else ROLES_ABOVE[Rung(kind.rung)]
    units = {unit.pk for unit in (*line, *classes)}
    held = RoleAssignment.objects.on(on).filter(unit_id__in=units, role__in=roles, user__is_active=True)
    by_person: dict[int, RoleAssignment] = {}
    for assignment in held.select_related("user", "unit").order_by(
        "user__name", "user_id", "-unit__level", "pk"
    ):
        by_person.setdefault(assignment.user_id, assignment)
    return list(by_person.values())


def people_who_may_lead(
    kind: MeetingKind, unit: Unit, classes: Sequence[Unit], on: datetime.date
) -> list[User]:
    """Who may enter the meeting, by name: as meetings.entering has it. A fixed number of queries."""
    roles = ROLES_INSIDE if kind.is_inside else ROLES_ABOVE[Rung(kind.rung)]
    line = {above.pk for above in line_of(unit, on)}
    ids = {each.pk for each in classes}
    held = RoleAssignment.objects.on(on).filter(unit_id__in=line | ids, role__in=roles, user__is_active=True)
    units_of: defaultdict[User, set[int]] = defaultdict(set)
    for assignment in held.select_related("user"):
        units_of[assignment.user].add(assignment.unit_id)
    able = [user for user, units in units_of.items() if units & line or (ids and ids <= units)]
    return sorted(able, key=lambda user: (user.name, user.pk))
