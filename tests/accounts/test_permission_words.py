"""The page and the command tell what the roles, the permissions and the resolver's doors are, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.doors import addresses
from accounts.models import Level, User
from accounts.permission_words import permission_rows, roles_in_words
from accounts.roles import ROLES, Permission, Role, RoleCode
from tests.fixtures import Place

from ..architecture.permission_matrix import MATRIX

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def page(in_solviken: Place, sign_in: Callable[[User], Client]) -> str:
    return sign_in(in_solviken.administrator).get(reverse("accounts:role-matrix")).content.decode()


def rows_of(page: str) -> list[list[str]]:
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    rows = []
    for row in body.split("</tr>")[:-1]:
        cells = row.replace('<span class="soft">', "").replace("</span>", "").split("</t")
        rows.append([cell.rsplit(">", 1)[-1] for cell in cells[:-1]])
    return rows


def test_table_is_the_data(page: str) -> None:
    expected = [
        [
            escape(str(permission.sentence)),
            *(
                str(Level(role.lowest_level).label) if permission in role.permissions else "–"
                for role in ROLES.values()
            ),
        ]
        for permission in Permission
    ]

    assert rows_of(page) == expected


def test_each_role_says_its_purpose_level_and_pages(page: str) -> None:
    articles = [part.split("</article>")[0] for part in page.split('<article class="role')[1:]]

    assert len(articles) == len(ROLES)
    for article, role in zip(articles, roles_in_words(), strict=True):
        assert escape(str(role.role.purpose)) in article
        assert f"down to: {Level(role.role.lowest_level).label}" in article
        assert (escape(str(role.role.tier.label)) in article) == (role.tier is not None)
        shown = [part.split("</li>")[0] for part in article.split("<li>")[1:]]
        assert shown == [
            *(escape(str(each.sentence)) for each in role.permissions),
            *(escape(str(each)) for each in role.pages),
        ]


def test_pages_of_a_permission_are_those_that_its_door_opens() -> None:
    for row in permission_rows():
        opened = {
            str(each.subject) for each in addresses() if each.door and each.door.permission is row.permission
        }

        assert {str(page) for page in row.pages} == opened


def test_new_role_stands_on_the_page_at_once(
    in_solviken: Place, sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    caretaker = Role(RoleCode.TEACHER, "looks after the house", frozenset({Permission.WATCH_ROUTINE}))  # type: ignore[arg-type]
    monkeypatch.setitem(ROLES, RoleCode.TEACHER.value, caretaker)

    page = sign_in(in_solviken.teacher).get(reverse("accounts:role-matrix")).content.decode()

    assert "looks after the house" in page


def test_command_writes_the_same() -> None:
    matrix = written("--json")

    assert set(matrix["roles"]) == set(RoleCode.values)
    assert set(matrix["permissions"]) == {each.name for each in Permission}
    for code, role in matrix["roles"].items():
        assert set(role["permissions"]) == {each.name for each in ROLES[code].permissions}
        assert Level[role["lowest_level"]] == ROLES[code].lowest_level
    assert [each["name"] for each in matrix["addresses"]] == [each.name for each in addresses()]
    assert {each["name"] for each in matrix["addresses"]} == set(MATRIX)


def test_command_without_json_has_a_line_for_each_address() -> None:
    out = StringIO()
    call_command("permission_matrix", stdout=out)

    assert all(address.name in out.getvalue() for address in addresses())


def written(*arguments: str) -> Any:
    out = StringIO()
    call_command("permission_matrix", *arguments, stdout=out)
    return json.loads(out.getvalue())
