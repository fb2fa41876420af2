"""A list of people as a file: heads in any language, the workbook that comes back unchanged, and the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.people.plan import plan_of
from accounts.people.reading import here
from colourmaps.exporting.people_list import people_workbook
from colourmaps.importing.people_list import read_people
from colourmaps.importing.workbook import UnreadableFile
from tests.fixtures import TODAY, Place

ADDRESS = "/administration/people-list/"


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    "head",
    [
        "Användarnamn;Namn;Roll;Enhet;Från;Till och med;Avslutas",
        "User name;Name;Role;Unit;First day;Last day;Ends",
        "login;name;role;unit;from;to;ends",
    ],
)
def test_heads_are_known_in_other_words(tmp_path: Path, head: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(csv("Personal hösten", head, "bo@x.example;Bo Ask;teacher;4A;2026-08-01;2027-01-31;"))

    [row] = read_people(path)

    assert (row.login, row.name, row.role, row.unit) == ("bo@x.example", "Bo Ask", "teacher", "4A")
    assert (str(row.valid_from), str(row.valid_to), row.ends) == ("2026-08-01", "2027-01-31", False)


def test_file_without_the_head_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(csv("Elev;Resultat", "Alva;12"))

    with pytest.raises(UnreadableFile):
        read_people(path)


def test_day_that_is_none_is_said_of_its_row(tmp_path: Path, in_english: None) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(csv("User name;Name;Role;Unit;First day", "bo@x.example;Bo;teacher;4A;in spring"))

    assert [row.wrong for row in read_people(path)] == ["“in spring” is no day. Write it as 2027-01-31."]


def test_workbook_comes_back_unchanged_and_changes_nothing(in_solviken: Place, tmp_path: Path) -> None:
    found = here(in_solviken.administrator, TODAY)
    path = tmp_path / "people.xlsx"
    path.write_bytes(people_workbook(found.people.values(), found.units))

    plan = plan_of(read_people(path), found, is_whole=True)

    assert plan.refusals == ()
    assert not plan.does_something
    assert len(plan.people) == len(found.people)


def test_name_that_looks_like_a_formula_stays_a_text(in_solviken: Place) -> None:
    User.objects.filter(pk=in_solviken.teacher.pk).update(name="=1+1")
    found = here(in_solviken.administrator, TODAY)

    book = openpyxl.load_workbook(BytesIO(people_workbook(found.people.values(), found.units)))

    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
    assert [cell for cell in cells if cell.data_type == "f"] == []


class TestPage:
    def send(self, browser: Client, *lines: str, **more: str) -> str:
        file = SimpleUploadedFile("people.csv", csv("User name;Name;Role;Unit;Ends", *lines))
        return browser.post(ADDRESS, {"file": file, **more}).content.decode()

    def confirmed(self, page: str) -> dict[str, str]:
        fields = dict(re.findall(r'type="hidden" name="(list|seal)" value="([^"]+)"', page))
        return {**fields, "step": "do"}

    def test_nothing_is_done_before_it_is_confirmed(
        self, solviken: Place, sign_in: Callable[[User], Client]
    ) -> None:
        browser = sign_in(solviken.administrator)

        page = self.send(browser, f"bo@x.example;Bo Ask;teacher;{solviken.class_4a.name};")
        n_before = User.objects.filter(login="bo@x.example").count()
        answer = browser.post(ADDRESS, self.confirmed(page))

        assert "Bo Ask" in page
        assert n_before == 0
        assert answer.headers["Location"] == reverse("accounts:person-list")
        assert User.objects.get(login="bo@x.example").municipality == solviken.municipality

    def test_what_has_changed_meanwhile_is_shown_again(
        self, solviken: Place, sign_in: Callable[[User], Client]
    ) -> None:
        browser = sign_in(solviken.administrator)
        page = self.send(browser, f"{solviken.teacher.login};;;;yes")
        User.objects.filter(pk=solviken.teacher.pk).update(name="Ett Annat Namn")

        again = browser.post(ADDRESS, self.confirmed(page)).content.decode()

        solviken.teacher.refresh_from_db()
        assert "Something has changed since you looked" in again
        assert solviken.teacher.is_active

    def test_list_that_somebody_has_changed_on_the_way_is_not_done(
        self, solviken: Place, sign_in: Callable[[User], Client]
    ) -> None:
        browser = sign_in(solviken.administrator)
        page = self.send(browser, f"bo@x.example;Bo Ask;teacher;{solviken.class_4a.name};")
        sent = self.confirmed(page)

        browser.post(ADDRESS, {**sent, "list": "x" + sent["list"]})

        assert not User.objects.filter(login="bo@x.example").exists()

    def test_rows_that_are_not_understood_stand_with_their_number(
        self, solviken: Place, sign_in: Callable[[User], Client]
    ) -> None:
        page = self.send(sign_in(solviken.administrator), "bo@x.example;Bo;kung;4A;")

        assert "There is no role “kung”." in page
        assert 'value="do"' in page, "Bo is new, and comes without a role"
