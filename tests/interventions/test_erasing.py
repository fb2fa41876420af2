"""After the erasure of a pupil nothing of twelve canaries is left anywhere; sums stand, and the log knows a number."""

from __future__ import annotations

import datetime
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from accounts.audit import record as record_audit_event
from accounts.background import queue_job, report_within_transaction
from accounts.declarations import declarations
from accounts.models import AuditEvent, Job
from accounts.municipality_file.rows import lines_of
from accounts.refusal import ActRefused
from aggregation.models import Release, ReleasedFigure, UnitSum
from colourmaps import uploads
from colourmaps.models import ImportBatch, ImportMessage, ImportState, Result
from interventions.models import (
    FollowUp,
    Intervention,
    MeetingCase,
    MeetingNote,
    Question,
    QuestionAnswer,
    Rung,
    Talk,
    TalkAgreement,
)
from pupils.erasure import decide_erasure, erase, places_of, replay
from pupils.erasure.words import TAKEN_OUT, Words, taken_out, words_of
from pupils.models import Erasure, Pupil
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    ImportBatchFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.family import AgreementFactory, CodeFactory, TalkFactory
from tests.factories.interventions import InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory
from tests.factories.questions import QuestionFactory
from tests.fixtures import Place

pytestmark = pytest.mark.slow
NUMBER = "201601012391"


@dataclass(frozen=True)
class Scene:
    place: Place
    pupil: Pupil
    friend: Pupil
    canaries: dict[str, str]


@pytest.fixture
def scene(in_solviken: Place) -> Scene:
    """A pupil of 4A who stands in every kind of text, file and queue; and a friend in the same plan."""
    place = in_solviken
    pupil = PupilFactory(
        school_class=place.class_4a,
        given_name="Kanaria",
        family_name="Gulvinge",
        identity_number=NUMBER,
        own_id="fågel77",
    )
    friend = PupilFactory(school_class=place.class_4a, given_name="Alva", family_name="Lund")
    for _n in range(10):
        PupilFactory(school_class=place.class_4a)
    autumn = RoundFactory(starts_on=datetime.date(2026, 9, 1))
    due = DueIndicatorFactory(indicator=ThresholdFactory().indicator, round=autumn)
    pupils = list(Pupil.objects.all())
    record(due.round, due.indicator, {each: 1000 + 200 * n for n, each in enumerate(pupils)})
    batch = ImportBatchFactory(
        state=ImportState.IMPORTED,
        effect={"changed": [[pupil.pk, due.indicator_id, due.round_id, None, 1, 0, 1, 777, 0, 1, "", ""]]},
        stored_as="a-random-name",
        n_bytes=1,
    )
    uploads._write(
        uploads.path_of("a-random-name"), [f"Namn;LAS\nGulvinge, Kanaria;FILCELL {NUMBER}\n".encode()]
    )
    own = {"municipality": place.municipality}
    ImportMessage.objects.create(
        batch=batch,
        level="error",
        code="unknown_pupil",
        value="Kanaria Gulvinge",
        parameters={"who": "IMPORTRAD Gulvinges", "Kanaria": [NUMBER]},
        text=f"Ingen elev heter Kanaria Gulvinge ({NUMBER[2:8]}-{NUMBER[8:]}).",
        **own,
    )
    meeting = MeetingFactory(
        kind=kind_of(Rung.SCHOOL), unit=place.school, lead=place.principal, is_started=True
    )
    MeetingNote.objects.create(
        meeting=meeting,
        audience="unit",
        text="ANTECKNING om Kanarias läsning. Alva läser.",
        by=place.principal,
        **own,
    )
    CaseFactory(meeting=meeting, unit=place.class_4a, pupil=pupil, title="ÄRENDERUBRIK", said="ÄRENDETEXT")
    question = QuestionFactory(unit=place.class_4a, pupil=pupil, asked_by=place.teacher, text="FRÅGETEXT")
    stop = question.stops.get()
    QuestionAnswer.objects.create(
        question=question,
        stop=stop,
        text="SVARSTEXT",
        answered_on=datetime.date(2026, 11, 2),
        by=place.teacher,
        **own,
    )
    alone = InterventionFactory(
        unit=place.class_4a, responsible=place.teacher, pupils=[pupil], practice="PLANTEXT"
    )
    CaseFactory(meeting=meeting, unit=place.class_4a, title="Nästa", made=alone)
    together = InterventionFactory(
        unit=place.class_4a,
        responsible=place.teacher,
        pupils=[pupil, friend],
        practice="Kanaria och Alva läser ihop",
    )
    entry = {"value": 1234, "mark": 0, "colour": 1}
    FollowUp.objects.create(
        intervention=together,
        round=due.round,
        frozen_at=batch.uploaded_at,
        values=[{"pupil": pupil.pk, **entry}, {"pupil": friend.pk, **entry}],
        comparison=[{"pupil": pupil.pk, "start": 1, "follow_up": 2, "year_group": 4, "class": 1}],
        verdict="better",
        **own,
    )
    talk = TalkFactory(pupil=pupil, unit=place.class_4a, made_by=place.teacher)
    AgreementFactory(talk=talk, what="ÖVERENSKOMMELSE")
    CodeFactory(talk=talk, school=place.school)
    job = queue_job("specimen", by=place.coordinator, who="KÖARGUMENT Gulvinge")
    report_within_transaction(job, "Kanaria Gulvinge", 1, 2)
    record_audit_event("pupil seen", by=place.teacher, subject=pupil.key, pupils=[pupil.pk])
    return Scene(
        place,
        pupil,
        friend,
        {
            "given name": "Kanaria",
            "family name": "Gulvinge",
            "identity number": NUMBER,
            "number as it is written": "160101-2391",
            "own id": "fågel77",
            "note": "Kanarias",
            "case": "ÄRENDETEXT",
            "title of a case": "ÄRENDERUBRIK",
            "cell of a file": "FILCELL",
            "question": "FRÅGETEXT",
            "answer": "SVARSTEXT",
            "row kept of an import": "Gulvinges",
            "plan": "PLANTEXT",
            "agreement": "ÖVERENSKOMMELSE",
            "argument of the queue": "KÖARGUMENT Gulvinge",
            "value of an import": ", 777, ",
        },
    )


def decided(scene: Scene, **more: object) -> Erasure:
    return decide_erasure(
        pupil=scene.pupil,
        decided_on=datetime.date(2026, 11, 2),
        decided_by="Barn- och utbildningsnämnden",
        reference="BUN 2026/77",
        ground="Hemlig ort",
        by=scene.place.principal,
        **more,
    )


def everything(scene: Scene) -> str:
    """All that is kept anywhere: tables, sessions, files on the disk, the cache and what waits in Redis."""
    rows = b"".join(line for each in declarations() for line in lines_of(each, scene.place.municipality.pk))
    with connection.cursor() as cursor:
        cursor.execute("select session_data from django_session")
        sessions = str(cursor.fetchall())
    files = b"".join(
        path.read_bytes() for path in Path(django_settings.UPLOAD_ROOT).rglob("*") if path.is_file()
    )
    return "\n".join([rows.decode(), sessions, files.decode(errors="replace"), _cached()]).replace(
        ",777,", ", 777, "
    )


def _cached() -> str:
    if hasattr(cache, "_cache") and isinstance(cache._cache, dict):
        return str({name: pickle.loads(value) for name, value in cache._cache.items()})  # noqa: S301 – our own
    import redis

    client = redis.Redis.from_url(django_settings.REDIS_URL)
    found = []
    for name in client.scan_iter(f"*{django_settings.TEST_KEY_PREFIX}*", count=1000):
        is_text = client.type(name) == b"string"
        found.append(str((name, client.get(name) if is_text else client.dump(name))))
    return "\n".join(found)


def found_in(scene: Scene) -> list[str]:
    kept = everything(scene)
    return [name for name, canary in scene.canaries.items() if canary in kept]


def test_canaries_are_everywhere_before_and_nowhere_after(
    scene: Scene, django_capture_on_commit_callbacks: Callable
) -> None:
    assert len(scene.canaries) >= 12
    assert found_in(scene) == list(scene.canaries)

    with django_capture_on_commit_callbacks(execute=True):
        erase(decided(scene))

    assert found_in(scene) == []


def test_what_is_shared_keeps_what_is_the_others(scene: Scene) -> None:
    erase(decided(scene))

    plan = Intervention.objects.get(practice__contains="Alva")
    assert plan.practice == f"{TAKEN_OUT} och Alva läser ihop"
    assert [member.pupil for member in plan.members.all()] == [scene.friend]
    follow_up = FollowUp.objects.get()
    assert ([entry["pupil"] for entry in follow_up.values], follow_up.comparison) == ([scene.friend.pk], [])
    assert MeetingNote.objects.get().text == f"ANTECKNING om {TAKEN_OUT} läsning. Alva läser."
    assert Result.objects.filter(pupil=scene.friend).count() == 1


def test_rows_that_are_counted_stay_empty(scene: Scene) -> None:
    n_cases = MeetingCase.objects.count()

    erase(decided(scene))

    assert MeetingCase.objects.count() == n_cases
    emptied = MeetingCase.objects.get(title=TAKEN_OUT)
    assert (emptied.pupil, emptied.said, emptied.measure) == (None, TAKEN_OUT, "")
    assert MeetingCase.objects.get(title="Nästa").made is None
    assert Question.objects.get().text == TAKEN_OUT
    assert not Talk.objects.exists()
    assert not TalkAgreement.objects.exists()


def test_log_keeps_the_number_alone_and_the_proof_says_what_went(scene: Scene) -> None:
    pupil_id, logged = scene.pupil.pk, list(AuditEvent.objects.filter(action="pupil seen").values())

    erasure = erase(decided(scene))

    assert list(AuditEvent.objects.filter(action="pupil seen").values()) == logged
    assert AuditEvent.objects.get(action="pupil erased").pupil_ids == [pupil_id]
    assert (erasure.pupil_id, erasure.reference) == (pupil_id, "BUN 2026/77")
    assert erasure.rows["gone"]["pupils.Pupil"] == erasure.rows["gone"]["colourmaps.Result"] == 1
    assert erasure.rows["files"] == {"files of imports": 1}
    assert len(erasure.digest) == 64
    assert NUMBER not in json.dumps(list(Erasure.objects.values()), default=str)


def test_preview_counts_what_the_erasure_takes_and_changes_nothing(scene: Scene) -> None:
    before = everything(scene)

    places = places_of(scene.pupil)

    assert everything(scene) == before
    rows = erase(decided(scene)).rows
    assert {label: rows["gone"][label] for label in places.going} == places.going
    assert (rows["emptied"], rows["entries"]) == (places.emptied, places.entries)


def test_released_figures_and_sums_stay_byte_for_byte(scene: Scene) -> None:
    from aggregation.rollup import recount_municipality
    from aggregation.verification import differences
    from colourmaps.models import MeasurementRound

    MeasurementRound.objects.update(closed_at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC))
    recount_municipality()
    sums, releases = list(UnitSum.objects.order_by("pk").values()), list(Release.objects.values())
    figures = list(ReleasedFigure.objects.values())
    assert sums

    erase(decided(scene))
    recount_municipality()

    assert list(UnitSum.objects.order_by("pk").values()) == sums
    assert (list(Release.objects.values()), list(ReleasedFigure.objects.values())) == (releases, figures)
    assert differences() == []


def test_second_execution_does_nothing(scene: Scene) -> None:
    erasure = erase(decided(scene))
    proof = (erasure.erased_at, erasure.rows)

    again = erase(erasure)

    assert (again.erased_at, again.rows) == proof


def test_two_decisions_at_once_are_refused(scene: Scene) -> None:
    decided(scene)

    with pytest.raises(ActRefused):
        decided(scene)
    Job.objects.update(state="failed")
    decided(scene)

    assert Erasure.objects.count() == 1


def test_file_under_way_keeps_everything_as_it_is(scene: Scene) -> None:
    ImportBatch.objects.update(
        state=ImportState.CONFIRMED,
        job=Job.objects.create(
            municipality=scene.place.municipality,
            task="specimen",
            state="running",
            lease_until=datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC),
        ),
    )
    before = found_in(scene)

    with pytest.raises(ActRefused, match="under way"):
        erase(decided(scene))

    assert found_in(scene) == before


def test_backup_that_brings_the_pupil_back_is_put_right_by_the_list(
    scene: Scene, settings: object, tmp_path: Path, django_capture_on_commit_callbacks: Callable
) -> None:
    """The backup is older than the decision: the pupil is there again, and no row of the erasure."""
    settings.ERASURE_LIST = tmp_path / "erasures.jsonl"  # type: ignore[attr-defined]
    backup = {
        name: getattr(scene.pupil, name) for name in ("key", "given_name", "family_name", "identity_number")
    }
    with django_capture_on_commit_callbacks(execute=True):
        erase(decided(scene))
    assert "Kanaria" not in (tmp_path / "erasures.jsonl").read_text()
    assert NUMBER not in (tmp_path / "erasures.jsonl").read_text()
    Erasure.objects.all().delete()
    # Another pupil has the number of the row by now, and another child the same name.
    Pupil.objects.create(pk=scene.pupil.pk, municipality=scene.place.municipality, given_name="Kanaria")
    Pupil.objects.create(municipality=scene.place.municipality, **backup)

    with django_capture_on_commit_callbacks(execute=True):
        call_command("replay_erasures", municipality=scene.place.municipality.code)

    assert not Pupil.objects.filter(key=backup["key"]).exists()
    assert Pupil.objects.filter(pk=scene.pupil.pk, given_name="Kanaria").exists()
    assert Erasure.objects.get().reference == "BUN 2026/77"
    assert replay() == 0


def test_name_of_another_pupil_is_left_for_a_person(scene: Scene) -> None:
    PupilFactory(given_name="Kanaria", family_name="Ek")

    erasure = erase(decided(scene))

    note = MeetingNote.objects.get()
    assert note.text.startswith("ANTECKNING om Kanarias")
    assert ["interventions.MeetingNote", note.pk, "text"] in [list(place) for place in erasure.doubtful]
    assert Intervention.objects.filter(practice="Kanaria och Alva läser ihop").exists()


def test_name_of_another_goes_too_where_the_decision_says_so(scene: Scene) -> None:
    PupilFactory(given_name="Kanaria", family_name="Ek")

    erasure = erase(decided(scene, strikes_shared_names=True))

    assert MeetingNote.objects.get().text.startswith(f"ANTECKNING om {TAKEN_OUT}")
    assert erasure.doubtful == []


OWN = Words(own=frozenset({"gulvinge"}), shared=frozenset({"alva"}), numbers=frozenset({NUMBER, NUMBER[2:]}))


@pytest.mark.parametrize(
    ("text", "left", "n_left"),
    [
        ("Gulvinges bok", f"{TAKEN_OUT} bok", 0),
        ("GULVINGE", TAKEN_OUT, 0),
        ("Gulvingesson", "Gulvingesson", 0),
        ("Alva läser", "Alva läser", 1),
        ("Alva Gulvinge läser", f"{TAKEN_OUT} {TAKEN_OUT} läser", 0),
        ("20160101-2391, 160101-2391 och 160101+2391", f"{TAKEN_OUT}, {TAKEN_OUT} och {TAKEN_OUT}", 0),
        ("201601012392", "201601012392", 0),
        ("", "", 0),
    ],
)
def test_words_are_taken_out_of_a_text(text: str, left: str, n_left: int) -> None:
    taken = taken_out(text, OWN)

    assert (taken.text, taken.n_left) == (left, n_left)


def test_name_of_one_of_the_staff_is_no_ones_own(scene: Scene) -> None:
    scene.place.teacher.name = "Eva Gulvinge"
    scene.place.teacher.save()

    assert words_of(scene.pupil).shared == {"gulvinge"}
