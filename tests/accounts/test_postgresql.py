"""Every statement comes with the municipality of its scope, and nothing of it is left behind."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from threading import Barrier, Lock, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from accounts.background import TenantTask
from accounts.models import Municipality, Unit, User
from accounts.postgresql import base
from accounts.postgresql.setting import ACROSS, NAME, NOWHERE, telling
from accounts.tenancy import ScopeError, across_municipalities, municipality_scope
from accounts.web import MunicipalityMiddleware
from interventions.demo import remove_municipality
from tests.factories.accounts import MunicipalityFactory
from tests.walls import only_on_postgresql, without_wall

pytestmark = [only_on_postgresql, pytest.mark.django_db]
EVERYONES = "select municipality_id from accounts_unit"
TOLD = f"select current_setting('{NAME}')"
N_REQUESTS, N_MUNICIPALITIES, N_CONNECTIONS, N_THREADS = 10_000, 20, 2, 4


def seen(sql: str = EVERYONES) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {value for (value,) in cursor.fetchall()}


def told() -> str:
    (setting,) = seen(TOLD)
    return setting


@pytest.fixture(scope="module")
def twenty_towns(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Municipality]]:
    """Municipalities with a unit each, committed, so that every connection sees them."""
    with django_db_blocker.unblock():
        towns = MunicipalityFactory.create_batch(N_MUNICIPALITIES)
        yield towns
        with without_wall():
            for town in towns:
                remove_municipality(town)


@pytest.fixture
def towns(twenty_towns: list[Municipality], db: None) -> Iterator[list[Municipality]]:
    """Two of them; and a connection beside the test's, around which there is no transaction."""
    of_the_test = connections["default"]
    connections["default"] = connections.create_connection("default")
    try:
        yield twenty_towns[:2]
    finally:
        connections["default"].close()
        connections["default"] = of_the_test


def test_setting_is_one_of_two_words_or_a_number() -> None:
    assert telling("17") == "select set_config('app.municipality', '17', true)"
    with pytest.raises(ValueError, match="no municipality"):
        telling("17', true); drop table accounts_unit; --")


# --- Outside a transaction -------------------------------------------------------------------------


def test_statement_on_its_own_is_of_the_municipality_and_leaves_nothing(towns: list[Municipality]) -> None:
    for town in towns * 2:
        with municipality_scope(town):
            assert (seen(), told()) == ({town.pk}, str(town.pk))
        assert told() == NOWHERE


def test_statement_on_its_own_raises_outside_a_municipality(towns: list[Municipality]) -> None:
    with pytest.raises(ScopeError, match=NOWHERE):
        seen()
    with across_municipalities(), pytest.raises(ScopeError, match=ACROSS):
        seen()


def test_first_wall_alone_lets_through_what_the_second_stops(towns: list[Municipality]) -> None:
    """`_base_manager` is Django's own way around a scoped manager: references are followed by it."""
    with without_wall():
        assert {unit.municipality_id for unit in Unit._base_manager.all()} >= {town.pk for town in towns}

    with pytest.raises(ScopeError):
        Unit._base_manager.count()
    with municipality_scope(towns[0]):
        assert {unit.municipality_id for unit in Unit._base_manager.all()} == {towns[0].pk}


def test_telling_costs_no_query_of_its_own(towns: list[Municipality]) -> None:
    with municipality_scope(towns[0]), CaptureQueriesContext(connection) as captured:
        seen()

    assert [query["sql"] for query in captured] == [EVERYONES]


@pytest.mark.parametrize("is_atomic", [False, True])
@pytest.mark.parametrize("is_debugged", [False, True])
def test_every_way_to_ask_is_told(towns: list[Municipality], *, is_atomic: bool, is_debugged: bool) -> None:
    """Many at once, a cursor on the server, COPY: they cannot travel with the telling."""
    town, other = towns
    with ExitStack() as around:
        if is_debugged:
            around.enter_context(CaptureQueriesContext(connection))
        for _again in range(2):
            for where in (town, other):
                with municipality_scope(where), transaction.atomic() if is_atomic else nullcontext():
                    connection.cursor().executemany(
                        "update accounts_unit set name = %s", [["Skola A"], ["Skola B"]]
                    )
                    names = Unit._base_manager.iterator(chunk_size=1)
                    assert [(unit.municipality_id, unit.name) for unit in names] == [(where.pk, "Skola B")]
                    with connection.cursor().copy(f"copy ({EVERYONES}) to stdout") as copied:
                        assert b"".join(bytes(part) for part in copied) == f"{where.pk}\n".encode()
                assert told() == NOWHERE


# --- In a transaction ------------------------------------------------------------------------------


def test_transaction_follows_the_scope(towns: list[Municipality]) -> None:
    own, other = towns
    with transaction.atomic():
        with municipality_scope(own):
            assert seen() == {own.pk}
            with municipality_scope(other):
                assert seen() == {other.pk}
            assert seen() == {own.pk}
        assert told() == NOWHERE
        with pytest.raises(ScopeError), transaction.atomic():
            seen()
        with across_municipalities():
            assert told() == ACROSS
    assert told() == NOWHERE


def test_savepoint_that_is_taken_back_takes_back_what_was_told(towns: list[Municipality]) -> None:
    own, other = towns
    with transaction.atomic(), municipality_scope(own):
        assert seen() == {own.pk}
        with transaction.atomic():
            with municipality_scope(other):
                assert seen() == {other.pk}
            transaction.set_rollback(True)
        assert seen() == {own.pk}
        with pytest.raises(DatabaseError), transaction.atomic(), municipality_scope(other):
            seen("select 1 / 0")
        assert seen() == {own.pk}


def test_savepoint_that_ends_unnoticed_leaves_the_wrong_municipality(
    towns: list[Municipality], monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = towns

    def seen_after_the_savepoint() -> set[Any]:
        with transaction.atomic(), municipality_scope(own):
            assert seen() == {own.pk}
            sid = transaction.savepoint()
            with municipality_scope(other):
                assert seen() == {other.pk}
                transaction.savepoint_rollback(sid)
                return seen()

    assert seen_after_the_savepoint() == {other.pk}
    unnoticed = base.base.DatabaseWrapper._savepoint_rollback
    monkeypatch.setattr(base.DatabaseWrapper, "_savepoint_rollback", unnoticed)
    assert seen_after_the_savepoint() == {own.pk}, "the fault: asked for the one, answered for the other"


def test_transaction_that_is_taken_back_is_forgotten(towns: list[Municipality]) -> None:
    own, other = towns
    with municipality_scope(own):
        with transaction.atomic():
            assert seen() == {own.pk}
            transaction.set_rollback(True)
        assert told() == str(own.pk)
    with municipality_scope(other):
        connection.close()
        assert seen() == {other.pk}


# --- Pages, tasks, commands -----------------------------------------------------------------------


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(",".join(sorted(map(str, seen()))))


def request_of(town: Municipality | None) -> HttpRequest:
    request = RequestFactory().get("/")
    person: Any = AnonymousUser()
    if town is not None:
        person = User(municipality=town, login="x")
    request.user = person
    return request


def test_page_without_a_filter_answers_with_its_own_municipality(towns: list[Municipality]) -> None:
    for town in towns:
        assert MunicipalityMiddleware(page)(request_of(town)).content == str(town.pk).encode()
    with pytest.raises(ScopeError):
        MunicipalityMiddleware(page)(request_of(None))


def test_streamed_answer_escapes_its_page_but_not_the_wall(towns: list[Municipality]) -> None:
    def careless() -> Iterator[str]:
        yield from (str(each) for each in seen())

    def careful() -> Iterator[str]:
        with municipality_scope(towns[0]):
            yield from careless()

    def streamed(parts: Callable[[], Iterator[str]]) -> bytes:
        stream = MunicipalityMiddleware(lambda _request: StreamingHttpResponse(parts()))
        return b"".join(stream(request_of(towns[0])))  # type: ignore[arg-type]  # it is iterated

    with without_wall():
        assert len(streamed(careless)) > len(str(towns[0].pk)), "the fault: the rows of all"
    with pytest.raises(ScopeError):
        streamed(careless)
    assert streamed(careful) == str(towns[0].pk).encode()


def test_task_without_a_filter_has_its_own_municipality(towns: list[Municipality]) -> None:
    class Careless(TenantTask):
        name = "tests.careless"

        def run(self) -> set[Any]:
            return seen()

    for town in towns:
        assert Careless()(town.pk) == {town.pk}


def test_command_that_enters_no_municipality_gets_none(towns: list[Municipality]) -> None:
    class Careless(BaseCommand):
        requires_system_checks = []

        def handle(self, **_options: Any) -> None:
            seen()

    with pytest.raises(ScopeError):
        Careless().handle()


def test_operators_pages_open_and_show_no_table_of_a_municipality(towns: list[Municipality]) -> None:
    browser = Client()
    operator = User.objects.create_superuser("operator", "ett gott lösenord", name="Operatör")
    browser.force_login(operator)

    pages = ("/operator/", "/operator/accounts/municipality/", "/operator/accounts/user/")
    answers = [browser.get(address).status_code for address in pages]

    with without_wall():
        operator.delete()
    assert answers == [200, 200, 200]
    with pytest.raises(ScopeError):
        Unit._base_manager.count()


# --- Connections that are shared ------------------------------------------------------------------


@contextmanager
def pooled() -> Iterator[None]:
    """Within, all threads but the test's own share two connections."""
    options = connections["default"].settings_dict["OPTIONS"]
    options["pool"] = {"min_size": N_CONNECTIONS, "max_size": N_CONNECTIONS, "timeout": 20}
    try:
        yield
    finally:
        connections["default"].close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
        del options["pool"]


def foreign_rows(towns: list[Municipality], n_requests: int) -> tuple[int, int]:
    """Asks that many times, in turns of all municipalities and of nobody, from threads; as a page would.

    Returns how many answers held a row of another municipality than the asker's, and how many came back at all.
    """
    turns, lock, counts = itertools.cycle([*towns, None]), Lock(), [0, 0]
    begin = Barrier(N_THREADS)

    def page_of(*, is_atomic: bool) -> Callable[[HttpRequest], Any]:
        def answer(_request: HttpRequest) -> Any:
            with transaction.atomic() if is_atomic else nullcontext():
                return seen()

        return answer

    def ask() -> None:
        begin.wait(timeout=60)
        for n in range(n_requests // N_THREADS):
            with lock:
                town = next(turns)
            view = page_of(is_atomic=n % 2 == 0)
            request: Any = SimpleNamespace(user=request_of(town).user)
            try:
                rows = _answer(view, request)
            except ScopeError:
                continue
            finally:
                connection.close()  # as at the end of a request: it goes back to the pool
            with lock:
                counts[0] += rows != ({town.pk} if town else set())
                counts[1] += 1

    with pooled():
        threads = [Thread(target=ask) for _n in range(N_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return counts[0], counts[1]


def _answer(view: Callable[[HttpRequest], Any], request: Any) -> set[Any]:
    """What the view has seen, through the middleware of every page."""
    rows: list[set[Any]] = []

    def keep(asked: HttpRequest) -> HttpResponse:
        rows.append(view(asked))
        return HttpResponse()

    MunicipalityMiddleware(keep)(request)
    return rows[0]


@pytest.mark.slow
def test_ten_thousand_requests_of_twenty_municipalities_on_two_connections(
    twenty_towns: list[Municipality],
) -> None:
    n_foreign, n_answers = foreign_rows(twenty_towns, N_REQUESTS)

    assert n_foreign == 0
    of_nobody = N_REQUESTS // (N_MUNICIPALITIES + 1)
    assert n_answers == N_REQUESTS - of_nobody, "nobody's requests raise, all others are answered"


@pytest.mark.slow
def test_setting_of_a_session_would_leak(
    twenty_towns: list[Municipality], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with the guard off: told to the session once per request, it stays on the connection for the next."""
    monkeypatch.setattr(base, "telling", lambda told: telling(told).replace(", true)", ", false)"))

    n_foreign, _n_answers = foreign_rows(twenty_towns, N_REQUESTS // 10)

    assert n_foreign > 0
