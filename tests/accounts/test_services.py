"""Municipalities, units, people and roles come to be, and what a person did is remembered without names."""

import datetime

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent, Level, Municipality, RoleAssignment, Unit, UnitCode, UnitKind, User
from accounts.queries import line_of, root_unit
from accounts.roles import RoleCode
from accounts.services import (
    add_person,
    add_unit,
    assign_role,
    begin_earlier,
    choose_language,
    create_municipality,
    end_role,
)
from accounts.tenancy import municipality_scope
from tests.fixtures import Place


def test_new_municipality_is_its_root_and_its_kinds(db: None) -> None:
    municipality = create_municipality(code="0184", name="Åby", country="NO")

    assert municipality.language == "nb"
    with municipality_scope(municipality):
        assert (root_unit().name, root_unit().level) == ("Åby", Level.MUNICIPALITY)
        assert set(UnitKind.objects.values_list("level", flat=True)) == set(Level)
        assert [(event.action, event.subject) for event in AuditEvent.objects.all()] == [
            ("municipality created", "0184")
        ]


def test_unit_stands_under_its_parent_for_as_long_as_it_exists(in_solviken: Place) -> None:
    begins, ends = datetime.date(2026, 8, 1), datetime.date(2027, 8, 1)

    unit = add_unit(
        level=Level.SCHOOL_CLASS,
        name="6A",
        parent=in_solviken.school,
        valid_from=begins,
        valid_to=ends,
        year_group=6,
        code="10000001",
    )

    placement = unit.placements.get()
    assert (placement.parent, placement.valid_from, placement.valid_to) == (in_solviken.school, begins, ends)
    assert (unit.level, unit.is_school_class, unit.kind.level) == (50, True, 50)
    assert UnitCode.objects.get(unit=unit).code == "10000001"
    assert line_of(unit, begins)[-2:] == [in_solviken.school, unit]


def test_unit_that_was_there_earlier_gets_its_place_and_code_from_then(in_solviken: Place) -> None:
    begins, earlier = datetime.date(2026, 8, 1), datetime.date(2025, 8, 1)
    unit = add_unit(
        level=Level.SCHOOL, name="Norra", parent=in_solviken.area, valid_from=begins, code="10000001"
    )

    begin_earlier(unit=unit, on=earlier)

    unit.refresh_from_db()
    dates = {unit.valid_from, unit.placements.get().valid_from, UnitCode.objects.get(unit=unit).valid_from}
    assert dates == {earlier}
    assert line_of(unit, earlier)[-2:] == [in_solviken.area, unit]


def test_unit_that_is_there_already_stays_as_it_is(in_solviken: Place) -> None:
    begins = in_solviken.school.valid_from

    begin_earlier(unit=in_solviken.school, on=begins + datetime.timedelta(days=1))

    in_solviken.school.refresh_from_db()
    assert (in_solviken.school.valid_from, in_solviken.school.placements.get().valid_from) == (begins, begins)


def test_person_of_the_municipality_signs_in_and_holds_nothing(in_solviken: Place) -> None:
    person = add_person(login="ny", name="Ny Person", password="ett gott lösenord")

    assert person.municipality == in_solviken.municipality
    assert person.check_password("ett gott lösenord")
    assert not RoleAssignment.objects.filter(user=person).exists()


def test_operator_belongs_to_no_municipality(db: None) -> None:
    operator = User.objects.create_superuser("operator", "ett gott lösenord", name="Operatör")

    assert (operator.municipality, operator.is_staff) == (None, True)


def test_role_is_assigned_and_ended_with_memory_of_by_whom(in_solviken: Place, clock: datetime.date) -> None:
    by = in_solviken.administrator
    person = add_person(login="ny", name="Ny Person")
    assignment = assign_role(
        user=person, role=RoleCode.TEACHER, unit=in_solviken.class_4a, valid_from=clock, by=by
    )

    end_role(assignment=assignment, on=clock + datetime.timedelta(days=7), by=by)

    assignment.refresh_from_db()
    assert assignment.valid_to == datetime.date(2026, 11, 23)
    events = AuditEvent.objects.filter(actor_id=by.pk).order_by("pk")
    assert [(event.action, event.unit_id, event.subject, event.facts) for event in events] == [
        ("role assigned", in_solviken.class_4a.pk, "teacher", {"person": person.pk}),
        ("role ended", in_solviken.class_4a.pk, "teacher", {"person": person.pk}),
    ]


def test_role_that_has_ended_is_not_lengthened(in_solviken: Place, clock: datetime.date) -> None:
    assignment = RoleAssignment.objects.get(user=in_solviken.teacher)
    end_role(assignment=assignment, on=clock)

    end_role(assignment=assignment, on=clock + datetime.timedelta(days=7))

    assignment.refresh_from_db()
    assert assignment.valid_to == clock


def test_chosen_language_is_remembered(solviken: Place) -> None:
    choose_language(by=solviken.teacher, language="en")

    assert User.objects.get(pk=solviken.teacher.pk).language == "en"


def test_command_makes_an_empty_municipality(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_municipality", "0184", "Åby", "--country", "DK")

    municipality = Municipality.objects.get(code="0184")
    assert (municipality.name, municipality.country, municipality.language) == ("Åby", "DK", "da")
    with municipality_scope(municipality):
        assert Unit.objects.count() == 1
    assert capsys.readouterr().out.startswith("Åby (0184) is made.")


def test_command_refuses_a_code_that_is_taken(solviken: Place) -> None:
    with pytest.raises(CommandError, match="already is a municipality with the code 9901"):
        call_command("create_municipality", "9901", "Åby")
