"""Nothing goes without a decision, none below the floor; what went, is proved; archives come first."""

from __future__ import annotations

import datetime
import json
from zipfile import ZipFile

import pytest
from django.utils import timezone

from accounts import retention
from accounts.declarations import TYPES
from accounts.models import AuditEvent, ExportedFile, Job, JobState, RetentionRun
from accounts.municipality_file import keeping
from accounts.refusal import ActRefused
from accounts.tenancy import municipality_scope
from aggregation.models import UnitSum
from aggregation.rollup import recount_municipality
from aggregation.verification import differences
from colourmaps.models import MeasurementRound, Result
from interventions.models import FamilyCode, Talk, TalkAgreement
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    RoundFactory,
    ThresholdFactory,
)
from tests.factories.colourmaps import (
    record as record_values,
)
from tests.factories.family import AgreementFactory, CodeFactory, TalkFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.slow
YEAR = datetime.timedelta(days=366)


def decide(kind: str, years: int, place: Place) -> None:
    retention.decide_retention(
        kind=kind,
        years=years,
        decided_on=TODAY,
        decided_by="Nämnden",
        reference="1/2026",
        by=place.administrator,
    )


def carried_out(kind: str, place: Place) -> RetentionRun:
    return retention.carry_out(retention.ask_for_removal(kind=kind, by=place.administrator))


def talk_of(years_ago: int, place: Place) -> Talk:
    pupil = PupilFactory(school_class=place.class_4a)
    talk = TalkFactory(
        pupil=pupil, unit=place.class_4a, made_by=place.teacher, held_on=TODAY - years_ago * YEAR
    )
    AgreementFactory(talk=talk)
    CodeFactory(talk=talk, school=place.school)
    return talk


@pytest.mark.parametrize("code", [each.code for each in TYPES.values() if each.removal])
def test_nothing_goes_without_a_decision(in_solviken: Place, code: str) -> None:
    with pytest.raises(ActRefused, match=r"beslut|decision"):
        retention.ask_for_removal(kind=code, by=in_solviken.administrator)

    assert not Job.objects.exists()


@pytest.mark.usefixtures("in_english")
def test_floor_is_below_no_decision(in_solviken: Place) -> None:
    with pytest.raises(ActRefused, match="10 years at least"):
        decide("medical", 9, in_solviken)
    with pytest.raises(ActRefused, match="not removed"):
        decide("register", 50, in_solviken)
    decide("medical", 10, in_solviken)


def test_talks_go_after_their_years_with_what_rests_on_them(in_solviken: Place) -> None:
    old, new = talk_of(4, in_solviken), talk_of(1, in_solviken)
    decide("talks", 3, in_solviken)
    plan = retention.plan_of("talks")
    assert (plan.n_due, Talk.objects.count()) == (2, 2)  # the talk and its code; a dry run changes nothing

    run = carried_out("talks", in_solviken)

    assert list(Talk.objects.all()) == [new]
    assert list(TalkAgreement.objects.values_list("talk_id", flat=True)) == [new.pk]
    assert list(FamilyCode.objects.values_list("talk_id", flat=True)) == [new.pk]
    assert run.rows == {
        "interventions.FamilyCode": 1,
        "interventions.Talk": 1,
        "interventions.TalkAgreement": 1,
    }
    assert old.pk not in Talk.objects.values_list("pk", flat=True)


def test_removal_is_proved_and_done_once(in_solviken: Place) -> None:
    talk_of(4, in_solviken)
    decide("talks", 3, in_solviken)
    run = carried_out("talks", in_solviken)

    again = retention.carry_out(RetentionRun.objects.get(pk=run.pk))

    assert (again.digest, again.rows, again.decision.reference) == (run.digest, run.rows, "1/2026")
    assert len(run.digest) == 64
    event = AuditEvent.objects.get(action="information removed")
    assert (event.subject, event.facts) == (run.key, {"type": "talks", "rows": 3})


def test_old_jobs_go_in_steps_and_those_at_work_stay(
    in_solviken: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_A_TIME", 3)
    ended = timezone.now() - 2 * YEAR
    own = {"municipality": in_solviken.municipality, "task": "specimen"}
    for _n in range(7):
        Job.objects.create(state=JobState.DONE, finished_at=ended, **own)
    Job.objects.create(state=JobState.RUNNING, **own)
    decide("jobs", 1, in_solviken)

    run = carried_out("jobs", in_solviken)

    assert run.rows == {"accounts.Job": 7}
    assert Job.objects.filter(state=JobState.RUNNING).exists()


def test_results_go_to_the_archive_first_and_the_sums_stay(in_solviken: Place) -> None:
    pupils = [PupilFactory(school_class=in_solviken.class_4a) for _n in range(3)]
    due = DueIndicatorFactory(
        indicator=ThresholdFactory().indicator, round=RoundFactory(starts_on=datetime.date(2026, 9, 1))
    )
    record_values(due.round, due.indicator, {each: 1000 * n for n, each in enumerate(pupils, 1)})
    recount_municipality()
    sums = list(UnitSum.objects.order_by("pk").values())
    decide("results", 0, in_solviken)

    run = carried_out("results", in_solviken)
    recount_municipality()

    assert run.rows == {"colourmaps.Result": 3}
    assert not Result.objects.exists()
    assert list(UnitSum.objects.order_by("pk").values()) == sums
    assert differences() == []
    assert MeasurementRound.objects.count() == 1
    file = ExportedFile.objects.get(run=run)
    assert file.seal == run.archive_seal
    with ZipFile(keeping.path_of(file)) as archive:
        rows = [json.loads(line) for line in archive.read("rows/colourmaps.Result.jsonl").splitlines()]
    assert sorted(row["value"] for row in rows) == [1000, 2000, 3000]


def test_other_municipality_decides_for_itself(in_solviken: Place, fjordvik: Place) -> None:
    with municipality_scope(fjordvik.municipality):
        talk_of(9, fjordvik)
    decide("talks", 3, in_solviken)

    carried_out("talks", in_solviken)

    with municipality_scope(fjordvik.municipality):
        assert Talk.objects.count() == 1
        assert retention.plan_of("talks").decision is None


def test_records_behind_a_wall_are_decided_on_but_handed_out_by_no_page(in_solviken: Place) -> None:
    """The archive would be a file of all of them, in the hands of who sees no pupil."""
    decide("medical", 10, in_solviken)

    with pytest.raises(ActRefused):
        retention.ask_for_removal(kind="medical", by=in_solviken.administrator)

    assert not RetentionRun.objects.exists()
