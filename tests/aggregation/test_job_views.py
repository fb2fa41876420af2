"""The job page: what goes on, how it ended and why, and asking again."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.background import queue_job, report_within_transaction
from accounts.models import AuditEvent, Job, JobState, User
from accounts.roles import Tier
from accounts.tenancy import municipality_scope
from accounts.turns import claim
from aggregation.job_tables import duration_in_words
from aggregation.models import HeldBack, ReleaseCheck
from aggregation.release_requests import ask_for_releases
from aggregation.work import ask_for_recount
from colourmaps.models import ImportBatch, ImportState
from tests.factories.colourmaps import ImportBatchFactory, IndicatorFactory, RoundFactory
from tests.factories.imports import text_of
from tests.fixtures import Place

pytestmark = pytest.mark.usefixtures("in_english")

LIST = "aggregation:job-list"
TASK = "colourmaps.tasks.apply_import"
QUERIES = 14
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def coordinator(in_solviken: Place, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(in_solviken.coordinator)


def page(client: Client, **query: str) -> str:
    answer = client.get(reverse(LIST), query)
    assert answer.status_code == 200
    return text_of(answer.content.decode().partition("<main")[2])


def make_job(place: Place, state: JobState = JobState.DONE, **values: object) -> Job:
    return Job.objects.create(
        municipality=place.municipality, task=TASK, state=state, by=place.coordinator, **values
    )


def make_stopped_import(place: Place) -> ImportBatch:
    """An import that is confirmed and whose job has failed."""
    batch = ImportBatchFactory(file_name="höst.xlsx", state=ImportState.CONFIRMED)
    batch.job = make_job(
        place, JobState.FAILED, arguments={"batch": batch.pk}, failure="The disk was full for a while."
    )
    batch.save()
    return batch


def retry(client: Client, job: Job) -> str:
    answer = client.post(reverse("aggregation:job-retry", args=[job.key]), follow=True)
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def test_empty_page_says_what_it_is_for(coordinator: Client) -> None:
    said = page(coordinator)

    assert "No jobs yet" in said
    assert "goes on in the background" in said
    assert "All figures are counted." in said


def test_job_is_told_with_file_person_time_and_rows(in_solviken: Place, coordinator: Client) -> None:
    batch = ImportBatchFactory(file_name="höst.xlsx")
    now = timezone.now()
    make_job(
        in_solviken,
        arguments={"batch": batch.pk},
        started_at=now - 125 * SECOND,
        finished_at=now - 60 * SECOND,
        n_done=12500,
        n_total=12500,
    )

    said = page(coordinator)

    assert "höst.xlsx importing done 1 min 5 s 12,500 coordinator Solviken" in said


def test_running_job_tells_how_far_it_is(in_solviken: Place, coordinator: Client) -> None:
    job = claim(queue_job(TASK, by=None).pk)
    assert job is not None
    report_within_transaction(job, "writing", 400, 2000)

    assert "running Writing the results 0 s 400 of 2,000" in page(coordinator)


def test_job_that_waits_for_a_large_one_says_so(in_solviken: Place, coordinator: Client) -> None:
    queue_job(TASK, by=None)
    assert "Begins when" not in page(coordinator)
    claim(queue_job(TASK, by=None, is_heavy=True).pk)

    assert page(coordinator).count("Begins when the large job that is running has ended.") == 1


def test_failed_job_says_why_and_is_asked_for_again_once(in_solviken: Place, coordinator: Client) -> None:
    batch = make_stopped_import(in_solviken)
    job = batch.job
    assert job is not None
    before = page(coordinator)

    first, second = retry(coordinator, job), retry(coordinator, job)

    assert "The disk was full for a while." in before
    assert "Try again" in before
    assert ("moved on" in first, "moved on" in second) == (False, True)
    assert "Try again" not in second
    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == [
        JobState.FAILED,
        JobState.WAITING,
    ]
    assert AuditEvent.objects.filter(action="import retried").count() == 1


def test_job_that_is_no_import_is_asked_for_again_once(in_solviken: Place, coordinator: Client) -> None:
    job = make_job(in_solviken, JobState.FAILED, failure="The sums were busy.")

    first, second = retry(coordinator, job), retry(coordinator, job)

    assert ("moved on" in first, "moved on" in second) == (False, True)
    assert Job.objects.get().state == JobState.WAITING
    assert AuditEvent.objects.filter(action="job retried").count() == 1


@pytest.mark.parametrize("state", [ImportState.UNREADABLE, ImportState.FAILED])
def test_file_that_is_at_fault_is_not_offered_again(
    in_solviken: Place, coordinator: Client, state: ImportState
) -> None:
    batch = make_stopped_import(in_solviken)
    batch.state = state
    batch.save()

    assert "Try again" not in page(coordinator)
    assert batch.job is not None
    assert "moved on" in retry(coordinator, batch.job)
    assert Job.objects.count() == 1


def test_state_is_chosen_in_the_address(in_solviken: Place, coordinator: Client) -> None:
    make_job(in_solviken, JobState.FAILED, failure="The disk was full.")
    make_job(in_solviken, JobState.DONE)

    failed, waiting, nonsense = (page(coordinator, state=state) for state in ("failed", "waiting", "x"))

    assert "All 2 Running 0 Waiting 0 Failed 1 Done 1 Cancelled 0" in failed
    assert ("The disk was full." in failed, failed.count("importing")) == (True, 1)
    assert "None." in waiting
    assert nonsense.count("importing") == 2


def test_sums_that_wait_are_one_line(in_solviken: Place, coordinator: Client) -> None:
    round_ = RoundFactory()
    ask_for_recount({(unit.pk, round_.pk) for unit in (in_solviken.class_4a, in_solviken.class_5a)})

    assert "The figures of 2 classes wait to be counted, the oldest for 0 s." in page(coordinator)


def test_part_is_the_one_of_the_page_and_asks_again_only_while_something_goes_on(
    in_solviken: Place, coordinator: Client
) -> None:
    job = make_job(in_solviken)
    address = f"{reverse(LIST)}?state=done"

    def part() -> str:
        return coordinator.get(address, headers={"HX-Request": "true"}).content.decode()

    assert part().strip() in coordinator.get(address).content.decode()
    assert "hx-get" not in part()
    queue_job(TASK, by=None)
    assert f'hx-get="{address}"' in part()
    Job.objects.exclude(pk=job.pk).delete()
    assert "hx-get" not in part()


def test_another_municipality_has_its_own_jobs(
    in_solviken: Place, fjordvik: Place, sign_in: Callable[[User], Client]
) -> None:
    job = make_job(in_solviken, JobState.FAILED, failure="The disk was full.")
    stranger = sign_in(fjordvik.coordinator)

    assert "The disk was full." not in page(stranger)
    assert stranger.post(reverse("aggregation:job-retry", args=[job.key])).status_code == 404
    with municipality_scope(in_solviken.municipality):
        assert Job.objects.get().state == JobState.FAILED


def test_teacher_is_told_that_it_is_not_for_her(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    assert sign_in(in_solviken.teacher).get(reverse(LIST)).status_code == 403


@pytest.mark.parametrize("n_jobs", [1, 3])
def test_list_costs_the_same_however_long_it_is(
    in_solviken: Place, coordinator: Client, django_assert_num_queries: Callable, n_jobs: int
) -> None:
    for _n in range(n_jobs):
        make_stopped_import(in_solviken)
    coordinator.get(reverse(LIST))

    with django_assert_num_queries(QUERIES):
        coordinator.get(reverse(LIST))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 s"), (59.9, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7440, "2 h 4 min")],
)
def test_duration_in_words(seconds: float, words: str) -> None:
    assert duration_in_words(datetime.timedelta(seconds=seconds)) == words


# ---- releases to heads, the board and partners


def releases_in(said: str) -> str:
    return said.partition("Figures for heads, the board and partners")[2]


def test_nothing_waits_to_be_released(coordinator: Client) -> None:
    assert "Nothing waits: heads and the board see the newest figures." in releases_in(page(coordinator))


def test_release_that_waits_is_told_with_since_when_and_why(in_solviken: Place, coordinator: Client) -> None:
    counted, being_counted = RoundFactory(name="HT 2025"), RoundFactory(name="VT 2026")
    ask_for_releases([counted.pk, being_counted.pk])
    ask_for_recount({(in_solviken.class_4a.pk, being_counted.pk)})

    said = releases_in(page(coordinator))

    assert "HT 2025 waits all figures of the round has its turn soon" in said
    assert "VT 2026 waits all figures of the round results of the round are still being counted" in said
    assert "11/16/2026 10" in said


def test_release_that_is_held_is_told_by_reason(in_solviken: Place, coordinator: Client) -> None:
    round_ = RoundFactory(name="HT 2025")
    own = {"municipality": in_solviken.municipality, "round": round_, "checked_at": timezone.now()}
    for held_back, n_tables in ((HeldBack.FEW_CHANGED, 2), (HeldBack.LEAK, 1), (HeldBack.NO, 1)):
        for _table in range(n_tables):
            for tier in Tier:
                ReleaseCheck.objects.create(
                    indicator=IndicatorFactory(), split="all", tier=tier, held_back=held_back, **own
                )

    said = releases_in(page(coordinator))

    assert "HT 2025 held 2 tables the results of too few pupils have changed" in said
    assert "HT 2025 held 1 table single pupils could be made out" in said
    assert said.count("held") == 3  # the two lines, and the link to all tables
    assert 'hx-trigger="every 3s"' not in coordinator.get(reverse(LIST)).content.decode()


def test_page_asks_again_while_a_release_waits(in_solviken: Place, coordinator: Client) -> None:
    ask_for_releases([RoundFactory().pk])

    assert 'hx-trigger="every 3s"' in coordinator.get(reverse(LIST)).content.decode()
