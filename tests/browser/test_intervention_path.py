"""A principal's way with an intervention: red pupils of two classes, a plan from the catalogue, sessions, the follow-up
round, the verdict, the evaluation and the one that follows."""

from __future__ import annotations

import datetime
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from benchmarks.demo_server import running_demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 1000
PRINCIPAL, COORDINATOR = "rektor@solviken.example", "samordnare@solviken.example"
INDICATOR, YEAR_GROUP, ENTRY = "AVKODNING", 2, "Intensivläsning"
ROUND = "Uppföljning av läsningen"
WEEKS, SMALLEST_GROUP = 5, 10
# Points: what everybody gains in the weeks, and what those of the intervention gain besides.
GAIN, MORE_GAIN, HIGHEST = 2, 9, 60


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("intervention_demo")


@pytest.fixture(scope="module")
def demo(demo_folder: Path, _browser_can_run: None) -> Iterator[str]:
    """One of its own: what is decided and measured here would change what the other tests look at."""
    with running_demo(demo_folder) as address:
        yield address


def test_principal_walks_from_red_to_the_next_intervention(
    sign_in: Callable[..., Any], demo_folder: Path, tmp_path: Path
) -> None:
    database = demo_folder / "demo.sqlite3"
    page = sign_in(PRINCIPAL)
    n_red = choose_red_pupils(page)
    key = decide_from_the_catalogue(page)
    assert page.locator(f"tfoot td:has-text('{n_red}/{n_red}')").count() == 1, "all had a value at the start"
    assert red_without_an_answer(page) == f"0/{n_red}"

    plan_sessions(page, key)
    weeks_pass(database, key)
    mark_sessions(page, key)
    import_follow_up(sign_in(COORDINATOR), follow_up_workbook(database, key, tmp_path / "uppföljning.xlsx"))

    page.goto(f"/interventions/{key}/")
    page.click("form.ahead button")
    verdict = read_verdict(page)
    assert re.match("(Better|Bättre): .* 10 ", verdict.sentence), verdict.sentence
    assert verdict.n_measured == (n_red, n_red)
    assert verdict.n_compared >= SMALLEST_GROUP
    assert verdict.expected.startswith("8")

    evaluate(page)
    successor = start_successor(page)
    assert successor != key
    chain = page.locator(".chain li")
    assert chain.count() == 2
    assert chain.first.locator(f"a[href='/interventions/{key}/']").count() == 1
    assert chain.first.locator(".tag").inner_text() in ("better", "bättre")
    assert page.locator("input[name=expected_change]").count() == 1, "what is expected is asked anew"


def choose_red_pupils(page: Any) -> int:
    """Two clicks from the start page: all red pupils of the year group are ticked. Returns how many."""
    page.click(f"main a[href$='/year/{YEAR_GROUP}/']")
    link = page.locator(f"tr.unanswered td a[href*='indicator={INDICATOR}']")
    n_red = int(re.findall(r"\d+", link.inner_text())[0])
    link.click()
    ticked = page.locator("input[name=pupil]:checked")
    ticked.first.wait_for()
    assert page.locator("input[name=part]:checked").count() == 2
    assert ticked.count() == n_red >= SMALLEST_GROUP
    return n_red


def decide_from_the_catalogue(page: Any) -> str:
    """Returns the key of the intervention."""
    page.select_option("#id_entry", label=ENTRY)
    page.click("button[name=ask][value=entry]")
    page.wait_for_selector(f"form a[href^='/catalogue/']:has-text('{ENTRY}')")
    assert page.input_value("[name=title]") == ENTRY
    assert int(page.input_value("[name=times_per_week]")) > 0
    page.fill("[name=expected_change]", "8")
    page.click(".plan-form > .buttons button")
    page.wait_for_selector(".verdict .said")
    assert page.locator("a[href^='/catalogue/']", has_text=ENTRY).count() == 1
    return str(page.url.rstrip("/").rsplit("/", 1)[-1])


def red_without_an_answer(page: Any) -> str:
    """As the row of the year group says it: without an answer, of all."""
    here = page.url
    page.goto("/")
    page.click(f"main a[href$='/year/{YEAR_GROUP}/']")
    page.wait_for_selector("tr.unanswered")
    column = page.locator("table.class-map thead .name").all_inner_texts().index("Avkodning")
    said = str(page.locator("tr.unanswered td").nth(column).inner_text())
    page.goto(here)
    return re.sub(r"\s", "", said)


def plan_sessions(page: Any, key: str) -> None:
    page.goto(f"/interventions/{key}/")
    page.click("a[href$='/sessions/plan/']")
    page.click("#proposal form button.primary")
    page.wait_for_selector("#sessions")
    assert page.locator("#sessions .unmarked li").count() > WEEKS


def weeks_pass(database: Path, key: str) -> None:
    """As if all of it had been decided weeks ago: only what is measured after the decision counts."""
    back = f"-{7 * WEEKS} days"
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        [(row,)] = connection.execute("select id from interventions_intervention where key = ?", [key])
        connection.execute(
            "update interventions_intervention set starts_on = date(starts_on, ?),"
            " decided_at = datetime(decided_at, ?), follow_up_on = date(follow_up_on, ?) where id = ?",
            [back, back, back, row],
        )
        connection.execute(
            'update interventions_session set "on" = date("on", ?) where intervention_id = ?', [back, row]
        )


def mark_sessions(page: Any, key: str) -> None:
    """From the start page: everybody came, nine came, not held."""
    page.goto("/")
    page.click(f"main a[href='/interventions/{key}/sessions/']")
    for n_marked, (n_present, state) in enumerate((("", "held"), ("9", "held"), ("", "cancelled")), 1):
        form = page.locator("#sessions .unmarked form.mark").first
        form.locator("[name=n_present]").fill(n_present)
        form.locator(f"button[value={state}]").click()
        page.locator("#sessions .marked > li").nth(n_marked - 1).wait_for()
    assert re.match(r"2 (of|av) \d+ ", page.inner_text("#sessions p[role=status]"))


def follow_up_workbook(database: Path, key: str, path: Path) -> Path:
    """The same test again for the year group in the whole municipality."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        named = connection.execute(
            "select pupil_id from interventions_interventionpupil where intervention_id ="
            " (select id from interventions_intervention where key = ?)",
            [key],
        )
        treated = {row[0] for row in named}
        measured = connection.execute(
            """
            select pupil.id, pupil.identity_number, pupil.family_name, pupil.given_name, class.name, result.value
            from colourmaps_result result
            join pupils_pupil pupil on pupil.id = result.pupil_id
            join accounts_unit class on class.id = result.school_class_id
            join colourmaps_indicator indicator on indicator.id = result.indicator_id
            where indicator.code = ? and result.year_group = ? and result.value is not null
            and result.municipality_id = (select municipality_id from interventions_intervention where key = ?)
            and result.round_id = (select round_id from interventions_baseline where intervention_id =
                (select id from interventions_intervention where key = ?))
            order by pupil.id
            """,
            [INDICATOR, YEAR_GROUP, key, key],
        ).fetchall()
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append([f"Mättillfälle: {ROUND}"])
    sheet.append([])
    sheet.append(["Elev-ID", "Efternamn", "Förnamn", "Klass", "Avkodning"])
    for pupil, *who, value in measured:
        gain = GAIN + pupil % 3 - 1 + (MORE_GAIN if pupil in treated else 0)
        sheet.append([*who, min(HIGHEST, value // 100 + gain)])
    workbook.save(path)
    return path


def import_follow_up(page: Any, workbook: Path) -> None:
    """The coordinator makes the round and imports the file."""
    today = datetime.datetime.now(tz=datetime.UTC).date()
    page.goto("/rounds/new/")
    page.fill("[name=name]", ROUND)
    page.fill("[name=starts_on]", (today - datetime.timedelta(days=7)).isoformat())
    page.fill("[name=ends_on]", (today + datetime.timedelta(days=1)).isoformat())
    page.click("main form .buttons button")
    page.wait_for_selector(f"h1:has-text('{ROUND}')")
    page.goto("/imports/")
    page.set_input_files("input[name=file]", str(workbook))
    page.click("form[enctype] button")
    page.click("form[action$='/confirm/'] button", timeout=180 * SECONDS)
    page.wait_for_selector("a[href$='/undo/']", timeout=180 * SECONDS)


class Read(NamedTuple):
    """n_measured: both times, of all whom it is for."""

    sentence: str
    n_measured: tuple[int, int]
    n_compared: int
    expected: str


def read_verdict(page: Any) -> Read:
    page.wait_for_selector(".effect-figure")
    facts = page.locator("div.stack:has(> .effect-figure) > .facts li").all_inner_texts()
    n_treated, n_all = re.findall(r"\d+", facts[0])
    return Read(
        page.inner_text(".verdict .said"),
        (int(n_treated), int(n_all)),
        int(re.findall(r"\d+", facts[-1])[0]),
        page.locator("td.amount", has_text="◇").inner_text(),
    )


def evaluate(page: Any) -> None:
    page.click("a[href$='/evaluation/']")
    page.fill("[name=learnt]", "Korta pass varje dag hjälpte. Nästa gång börjar vi tidigare på terminen.")
    page.check("input[name=next_step][value=continue]")
    page.click("main form .buttons button.primary")
    page.wait_for_selector("#evaluation:has-text('Korta pass varje dag')")


def start_successor(page: Any) -> str:
    """Returns its key."""
    with page.expect_navigation():
        page.click("form[action$='/continue/'] .buttons button")
    return str(page.url.rstrip("/").rsplit("/", 1)[-1])
