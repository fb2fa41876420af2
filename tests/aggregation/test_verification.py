"""The recount by independent SQL finds what is wrong with a stored sum, and nothing when all is right."""

import logging
import re
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from accounts.tenancy import current_municipality
from aggregation.models import UnitSum
from aggregation.rollup import COUNTS, recount_municipality
from aggregation.tasks import verify_sums, verify_sums_nightly
from aggregation.verification import Difference, differences
from aggregation.work import do_waiting_recounts
from tests.fixtures import Place

from .naive import Town, make_town, stored_sums

pytestmark = [pytest.mark.usefixtures("ticking"), pytest.mark.slow]


@pytest.fixture
def town(in_solviken: Place) -> Town:
    town = make_town(7)
    for _file in range(4):
        town.import_something()
    recount_municipality()
    return town


def output_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """(exit status, output, complaint) of the command."""
    try:
        call_command("verify_sums", *arguments)
    except CommandError as error:
        return error.returncode, capsys.readouterr().out, str(error)
    return 0, capsys.readouterr().out, ""


def test_right_sums_have_no_difference_and_exit_0(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert differences() == []
    assert output_of(capsys) == (0, "Solviken: 0 differences\n", "")


@pytest.mark.parametrize("name", COUNTS)
def test_fault_in_any_count_is_found_with_its_place(town: Town, name: str) -> None:
    row = UnitSum.objects.order_by("pk")[2]
    right = getattr(row, name)
    UnitSum.objects.filter(pk=row.pk).update(**{name: F(name) + 1})

    assert differences() == [
        Difference(row.round_id, row.unit_id, row.indicator_id, row.slice, {name: (right + 1, right)})
    ]


def lose_a_sum() -> None:
    UnitSum.objects.order_by("pk")[2].delete()


def invent_a_sum() -> None:
    row = UnitSum.objects.order_by("pk")[2]
    taken = set(UnitSum.objects.filter(round=row.round, unit=row.unit).values_list("indicator_id", flat=True))
    row.pk = (row.municipality_id, row.unit_id, row.round_id, max(taken) + 1, row.slice)
    UnitSum.objects.bulk_create([row])


@pytest.mark.parametrize("plant", [lose_a_sum, invent_a_sum])
def test_sum_that_is_missing_or_too_many_is_found(town: Town, plant: Callable[[], None]) -> None:
    plant()

    (difference,) = differences()
    assert set(difference.counts) == set(COUNTS)
    assert len([None for pair in difference.counts.values() if None in pair]) == len(COUNTS)


def test_planted_fault_is_told_and_exits_1(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    row = UnitSum.objects.order_by("pk")[2]
    UnitSum.objects.filter(pk=row.pk).update(red=row.red + 5)

    status, output, complaint = output_of(capsys, "--municipality", "9901")

    assert (status, complaint) == (1, "1 sums differ from the results.")
    assert output == (
        f"round {row.round_id}, unit {row.unit_id}, indicator {row.indicator_id}, slice {row.slice}: "
        f"red stored {row.red + 5}, recounted {row.red}\nSolviken: 1 differences\n"
    )


def test_fault_in_one_municipality_is_not_told_of_another(
    town: Town, fjordvik: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    UnitSum.objects.update(red=F("red") + 1)

    assert output_of(capsys, "--municipality", "9902") == (0, "Fjordvik: 0 differences\n", "")
    assert output_of(capsys)[0] == 1


def test_unknown_municipality_exits_2(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    status, output, complaint = output_of(capsys, "--municipality", "0000")

    assert (status, output) == (2, "")
    assert re.search(r"\b0000\b", complaint)


def test_nightly_check_alarms_and_repairs(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    do_waiting_recounts()
    right = stored_sums()
    UnitSum.objects.update(due=F("due") + 1)

    with caplog.at_level(logging.ERROR):
        verify_sums(current_municipality().pk)

    assert caplog.messages == [f"9901: {len(right)} sums differ from the results; recounting"]
    assert stored_sums() == right


def test_nightly_check_is_a_task_for_each_municipality(
    town: Town, fjordvik: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr("aggregation.tasks.wake", lambda task, *arguments: rung.append((task, *arguments)))

    verify_sums_nightly()

    expected = [current_municipality().pk, fjordvik.municipality.pk]
    assert sorted(rung) == [(verify_sums.name, municipality_id) for municipality_id in sorted(expected)]
