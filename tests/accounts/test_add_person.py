"""The command by which the first people of a municipality get in."""

import datetime

import pytest
from django.core.management import CommandError, call_command

from accounts.models import RoleAssignment, User
from tests.fixtures import Place


def test_new_person_gets_a_password_once_and_a_role(
    in_solviken: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command(
        "add_person", "ny@solviken.example", "--municipality", in_solviken.municipality.code,
        "--name", "Ny Person", "--role", "principal", "--unit", in_solviken.school.name, "--from", "2026-01-01",
    )  # fmt: skip

    user = User.objects.get(login="ny@solviken.example")
    password = capsys.readouterr().out.split("shown only now: ")[1].split()[0]
    assert user.check_password(password)
    assignment = RoleAssignment.objects.get(user=user)
    assert (assignment.role, assignment.unit, assignment.valid_from) == (
        "principal",
        in_solviken.school,
        datetime.date(2026, 1, 1),
    )


def test_unknown_unit_is_refused_and_nobody_is_added(in_solviken: Place) -> None:
    with pytest.raises(CommandError, match="0 units are called Nowhere"):
        call_command(
            "add_person", "ny@solviken.example", "--municipality", in_solviken.municipality.code,
            "--name", "Ny Person", "--role", "principal", "--unit", "Nowhere",
        )  # fmt: skip

    assert not User.objects.filter(login="ny@solviken.example").exists()


def test_person_of_another_municipality_is_refused(in_solviken: Place, fjordvik: Place) -> None:
    with pytest.raises(CommandError, match="belongs to another municipality"):
        call_command(
            "add_person", fjordvik.teacher.login, "--municipality", in_solviken.municipality.code, "--role", "teacher",
        )  # fmt: skip
