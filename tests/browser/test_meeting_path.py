"""Meetings as they climb: a team decides fifteen cases and asks the support function for mathematics, which answers.

The teacher reads it, the leadership takes up the team's conclusion, and the area the school's: without names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from benchmarks.demo_server import running_demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 1000
LEAD, TEACHER, PRINCIPAL = (
    "analysledare@solviken.example",
    "larare@solviken.example",
    "rektor@solviken.example",
)
SUPPORT, AREA_HEAD = "stod@solviken.example", "omradeschef@solviken.example"
# What has turned up since the agenda was put together comes at the start, up to so many in all.
N_CASES, MOST_CASES = 15, 40
CLASSES = ("6A", "6B")
TEAM, LEADERSHIP, AREA = "Arbetslagets analys", "Ledningens analys med elevhälsan", "Områdets analys"
OF_TEAM, OF_SCHOOL = "Vi läser högt tillsammans varje dag.", "Vi flyttar två timmar till de äldre."
QUESTION, ANSWER = "Hur arbetar vi vidare med talraden?", "Gå tillbaka till tiokompisar i två veckor."
NEXT_TIME = "Tas upp nästa gång"


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("meeting_demo")


@pytest.fixture(scope="module")
def demo(demo_folder: Path, _browser_can_run: None) -> Iterator[str]:
    """One of its own: what is decided here would change what the other tests look at."""
    with running_demo(demo_folder) as address:
        yield address


def test_a_question_is_answered_and_conclusions_climb(sign_in: Callable[..., Any], demo_folder: Path) -> None:
    lead = sign_in(LEAD, foreseen=("422",))  # what leaves the school is read through first
    meeting = plan(lead, TEAM, CLASSES[0], CLASSES)
    prepare(lead, meeting, N_CASES)
    share(lead, meeting, OF_TEAM)
    start(lead, meeting)
    decide_every_case(lead, N_CASES)
    recap = close(lead, meeting)
    assert recap.locator("table.measures tbody tr").count() == N_CASES - N_CASES // 3
    assert "" not in recap.locator("table.measures tbody td").all_inner_texts()

    question = ask(lead)
    answer(sign_in(SUPPORT), question)
    teacher = sign_in(TEACHER)
    teacher.goto(question)
    assert ANSWER in teacher.inner_text(".answer")
    teacher.goto(f"{meeting}recap/")
    assert 0 < teacher.locator("table.measures tbody tr").count() <= N_CASES, "the cases of the own class"

    principal = sign_in(PRINCIPAL)
    leadership = plan(principal, LEADERSHIP, "Solviksskolan")
    prepare(principal, leadership, N_CASES, keeps=TEAM)
    assert principal.locator("ol.agenda li", has_text=TEAM).count() >= 1, "the team's conclusion is taken up"
    share(principal, leadership, OF_SCHOOL)
    start(principal, leadership)
    principal.locator("nav.cases a", has_text=TEAM).first.click()
    principal.wait_for_selector(f".case :text('{OF_TEAM}')")
    principal.goto(f"{leadership}room/")
    decide_every_case(principal, MOST_CASES)
    close(principal, leadership)

    head = sign_in(AREA_HEAD, foreseen=("403",))  # what belongs to a team is closed
    of_area = plan(head, AREA, "Område Centrum")
    prepare(head, of_area, N_CASES, keeps=LEADERSHIP)
    assert head.locator("ol.agenda li", has_text=LEADERSHIP).count() >= 1, (
        "the school's conclusion has climbed"
    )
    start(head, of_area)
    decide_every_case(head, MOST_CASES)
    assert_no_pupil_is_named(head, of_area, pupils_of(demo_folder / "demo.sqlite3"), OF_SCHOOL)
    close(head, of_area)
    head.goto(meeting)
    assert head.locator("form, .recap, .agenda").count() == head.locator("header form, nav form").count(), (
        "the team's meeting is closed to the area"
    )


def plan(page: Any, kind: str, unit: str, classes: tuple[str, ...] = ()) -> str:
    """A meeting of today; returns its address."""
    page.goto("/meetings/")
    page.locator(f"main a[href$='/meetings/new/']:text-is('{unit}')").click()
    page.check(f"label:has-text('{kind}') input[name=kind]")
    for name in classes:
        page.locator("label", has_text=name).locator("input[name=classes]").check()
    page.fill("[name=on]", timezone.localdate().isoformat())
    page.fill("[name=minutes]", "120")
    page.click("form:has([name=on]) button.primary")
    page.wait_for_url("**/meetings/")
    page.goto("/meetings/")
    page.locator(".meetings a", has_text=kind).first.click()
    page.wait_for_selector("#agenda")
    return str(page.url)


def prepare(page: Any, meeting: str, n: int, keeps: str = "–") -> None:
    """The agenda puts itself together; there is time for so many cases, and others are dropped for a reason."""
    page.goto(meeting)
    with page.expect_navigation():
        page.click("button[name=act][value=prepare]")
    while page.locator("ol.agenda > li").count() > n:
        last = page.locator("ol.agenda > li", has_not_text=keeps).last
        last.locator("summary").click()
        last.locator("input[name=why]").fill(NEXT_TIME)
        with page.expect_navigation():  # what is counted next is the whole agenda
            last.locator("button[value=drop]").click()


def share(page: Any, meeting: str, text: str) -> None:
    page.goto(meeting)
    note = page.locator("form.note[action*='/notes/shared']")
    note.locator("textarea").fill(text)
    note.locator("button").first.click()
    page.wait_for_load_state("networkidle")
    page.goto(meeting)
    assert page.locator("form.note[action*='/notes/shared'] textarea").input_value() == text


def start(page: Any, meeting: str) -> None:
    page.goto(meeting)
    page.click("form[action$='/start/'] button")
    page.wait_for_selector("form.decision, .all-done")


def decide_every_case(page: Any, most: int) -> None:
    """With the keyboard alone: a measure, a measure, and every third none for a reason."""
    n = 0
    page.wait_for_load_state("load")  # before that, nobody listens to the keys
    while page.locator("form.decision").count():
        n += 1
        assert n <= most, "each case is decided once"
        here = page.url
        if n % 3:
            page.keyboard.press("1")
            page.keyboard.type(f"Vi prövar {n}")
            page.keyboard.press("Tab")
            page.keyboard.press("ArrowDown")
        else:
            page.keyboard.press("2")
            page.keyboard.type("Vi mäter om")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, here=here: url != here, timeout=30 * SECONDS)
        page.wait_for_selector("form.decision, .all-done")


def close(page: Any, meeting: str) -> Any:
    """Returns the page with what came of it."""
    page.goto(f"{meeting}close/")
    page.click(".consequence form button.primary")
    page.wait_for_load_state("networkidle")
    page.goto(f"{meeting}recap/")
    return page.locator(".recap")


def ask(page: Any) -> str:
    """A question for the support function for mathematics; returns its address."""
    page.goto("/questions/")
    page.locator(f"main a[href$='/questions/new/']:text-is('{CLASSES[0]}')").click()
    page.fill("[name=text]", QUESTION)
    page.check("input[name=whose][value=others]")
    page.select_option("[name=to]", label=next(iter(options(page, "Matematik"))))
    page.click(".form .buttons button.primary")
    page.wait_for_selector("[name=text_above]")
    page.click(".form .buttons button.primary")  # read through
    page.wait_for_selector("blockquote.asked")
    return str(page.url)


def options(page: Any, word: str) -> list[str]:
    return [text for text in page.locator("[name=to] option").all_inner_texts() if word in text]


def answer(page: Any, question: str) -> None:
    page.goto("/questions/")
    assert page.locator("a", has_text=QUESTION).count() == 1, "it waits in the queue"
    page.goto(question)
    form = page.locator("form[action$='/answer/']")
    form.locator("[name=text]").fill(ANSWER)
    form.locator("button.primary").click()
    page.wait_for_selector(".answer")


def pupils_of(database: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        rows = connection.execute("select given_name, family_name from pupils_pupil").fetchall()
    assert len(rows) > 1000
    return [(given, family) for given, family in rows if given and family]


def assert_no_pupil_is_named(page: Any, meeting: str, pupils: list[tuple[str, str]], shared: str) -> None:
    seen = ""
    for address in ("", "room/", "recap/", "picture/"):
        page.goto(f"{meeting}{address}")
        page.wait_for_load_state("networkidle")
        seen += page.content()
    page.goto(f"{meeting}room/")
    for link in page.locator("nav.cases a").evaluate_all("links => links.map(link => link.href)"):
        page.goto(link)
        seen += page.content()
    assert shared in seen, "what the school has shared is read here"
    assert [
        name
        for given, family in pupils
        for name in (f"{given} {family}", f"{family}, {given}")
        if name in seen
    ] == []
