"""Nothing of medical pupil health is read by anybody without the area: in no page, file, mail or feed.

Every medical thing carries a word or a number that stands nowhere else. Then every address of the product is asked for
by every role, of every thing that its key can name, as tests/interventions/test_canary_names.py walks them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection, models
from django.test import Client
from django.urls import resolve, reverse

from accounts.models import User
from accounts.tenancy import municipality_scope
from colourmaps.grid import of_round
from colourmaps.medical.models import Crossing, MedicalResult
from colourmaps.models import DueIndicator, Indicator, MapIndicator
from colourmaps.services import UnknownReference
from interventions.queries.choices import applicable_indicators
from tests.architecture.import_line import LINE
from tests.architecture.permission_matrix import MATRIX, MEDICAL, PEOPLE, World, make_world
from tests.factories.colourmaps import RoundFactory, ThresholdFactory, record
from tests.factories.medical import CrossingFactory, MedicalIndicatorFactory, MedicalResultFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place
from tests.interventions.test_canary_names import (
    addresses,
    answers_to,
    body_of,
    send_all_mails,
    words_in,
)

pytestmark = [pytest.mark.slow, pytest.mark.walk]

ROOT = Path(__file__).resolve().parents[2]
NAME, STEP, NOTE, NUMBER, REASON, GROUND = (
    "Zyxhälsa71",
    "Zyxsteg72",
    "Zyxnot73",
    "1973,31",
    "Zyxskäl74",
    "Zyxgrund75",
)
OF_RESULTS = (STEP, NOTE, NUMBER, REASON, GROUND)
WORDS = (NAME, *OF_RESULTS)
# A definition is no secret: who configures describes what is measured, and sees no value.
DEFINED_BY = {
    "administrator": {
        "colourmaps:indicator-list",
        "colourmaps:indicator",
        "colourmaps:indicator-edit",
        "colourmaps:threshold-list",
        "colourmaps:threshold",
        "colourmaps:threshold-save",
    }
}


@pytest.fixture
def world(solviken: Place) -> World:
    """One of everything, and medical results beside it of the same pupil, shared with nobody in the walk."""
    world = make_world(solviken, "Solberg", "LAS")
    User.objects.update(login=models.functions.Concat("login", models.Value("@solviken.example")))
    with municipality_scope(solviken.municipality):
        Crossing.objects.all().delete()
        plant(world)
    return world


def plant(world: World) -> None:
    nurse = world.place.medical_health
    indicator = Indicator.of_all_areas.get(code="M_LAS")
    indicator.names = {"sv": NAME, "en": NAME}
    indicator.aliases = [f"{NAME}, annat namn"]
    indicator.steps = [[STEP, 100], ["bra", 200]]
    indicator.save()
    ThresholdFactory(indicator=indicator, yellow_limit=200, green_limit=200)
    MedicalResult.objects.update(value=100, note=NOTE)
    number = MedicalIndicatorFactory(
        code="M_TAL", names={"sv": f"{NAME} i tal"}, value_type="number", steps=[], minimum=0, maximum=500_000
    )
    MedicalResultFactory(pupil=world.pupil, indicator=number, value=197_331, by=nurse)
    MedicalResultFactory(
        pupil=world.pupil,
        indicator=number,
        measured_on=datetime.date(2026, 9, 1),
        value=197_331,
        note=NOTE,
        by=nurse,
        superseded_at=datetime.datetime(2026, 10, 1, tzinfo=datetime.UTC),
        superseded_by=nurse,
    )
    # As if it had come into a round and a map of the school all the same.
    own = {"municipality": world.place.municipality, "indicator": indicator}
    DueIndicator.objects.create(round=world.round, year_group=4, **own)
    MapIndicator.objects.create(colour_map=world.colour_map, position=9, **own)
    # What has ended is shared with nobody any more.
    CrossingFactory(
        pupil=world.pupil,
        codes=[indicator.code],
        receiver=world.place.principal,
        decided_by=nurse,
        reason=REASON,
        ground_said=GROUND,
        valid_from=TODAY - datetime.timedelta(days=60),
        valid_to=TODAY,
    )


def walk(browser: Client, world: World, names: list[str] | None = None) -> Iterator[Any]:
    """Every answer of `answers_to`, and those to addresses that name an indicator by its code, with the medical one."""
    yield from (answer for _name, answer in answers_to(browser, world, names))
    with_code = {name: address for name, address in MATRIX.items() if "code" in address.more}
    with municipality_scope(world.place.municipality):
        medical = Indicator.of_all_areas.get(code="M_LAS")
    changed = {
        name: replace(address, more={**address.more, "code": medical.code})
        for name, address in with_code.items()
    }
    of_medical = replace(world, indicator=medical)
    changed |= {
        name: replace(address, more={**address.more, "key": medical.code}, of="")
        for name, address in MATRIX.items()
        if address.of == "indicator"
    }
    before = dict(MATRIX)
    MATRIX.update(changed)
    try:
        for name in changed:
            if names is None or name in names:
                yield from (answer for _name, answer in answers_to(browser, of_medical, [name]))
    finally:
        MATRIX.update(before)


def found_at(
    browser: Client, world: World, words: tuple[str, ...] = WORDS, names: list[str] | None = None
) -> set[str]:
    """The pages and files in which one of the words stands."""
    found = set()
    for answer in walk(browser, world, names):
        text = f"{words_in(body_of(answer))} {answer.headers}".lower()
        if any(word.lower() in text for word in (*words, *(word.replace(",", ".") for word in words))):
            found.add(resolve(answer.request["PATH_INFO"]).view_name)
    return found


@pytest.mark.parametrize("person", sorted(PEOPLE - MEDICAL))
def test_nobody_without_the_area_reads_anything_medical(
    world: World, sign_in: Callable[[User], Client], person: str
) -> None:
    found = found_at(sign_in(world.person(person)), world)

    assert found - DEFINED_BY.get(person, set()) == set()


def test_who_configures_reads_definitions_and_no_result(
    world: World, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(world.place.administrator)

    assert (
        found_at(browser, world, (NAME,), sorted(DEFINED_BY["administrator"])) == DEFINED_BY["administrator"]
    )
    # A named step is a part of the definition; which pupil has it is none.
    assert found_at(browser, world, (NOTE, NUMBER, REASON, GROUND)) == set()


def test_no_mail_has_anything_medical(world: World) -> None:
    send_all_mails()

    assert mail.outbox != []
    assert [
        each.subject for each in mail.outbox if any(word in f"{each.subject}{each.body}" for word in WORDS)
    ] == []


def test_who_has_not_signed_in_reads_nothing_medical(world: World) -> None:
    assert found_at(Client(), world) == set()


# ---- that the walk can find what it looks for ----


def test_the_nurse_reads_what_the_others_do_not(world: World, sign_in: Callable[[User], Client]) -> None:
    browser = sign_in(world.place.medical_health)
    pages = {name for name in addresses() if name.startswith("medical:")} - {"medical:shared"}

    found = {word: found_at(browser, world, (word,), sorted(pages)) for word in WORDS}

    assert found == {
        NAME: {"medical:class", "medical:fill-in", "medical:pupil", "medical:share", "medical:crossing"},
        STEP: {"medical:class", "medical:fill-in", "medical:pupil"},
        NOTE: {"medical:pupil"},
        NUMBER: {"medical:class", "medical:pupil"},
        REASON: {"medical:crossing"},
        GROUND: {"medical:crossing"},
    }


def test_nurse_sees_none_of_the_schools_pages(world: World, sign_in: Callable[[User], Client]) -> None:
    """The wall has two sides: the role opens no pupil of the school's."""
    browser = sign_in(world.place.medical_health)
    pupils = {
        name
        for name, address in MATRIX.items()
        if "principal" in address.opens_to and address.opens_to != PEOPLE
    }

    answers = {
        answer.status_code for name in sorted(pupils) for _name, answer in answers_to(browser, world, [name])
    }

    assert answers <= {403, 404, 405}


def test_walk_finds_medical_results_where_the_wall_is_taken_away(
    world: World, sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault with the guard off: a medical indicator that is read and recorded as one of the school's."""
    monkeypatch.setattr(Indicator, "objects", Indicator.of_all_areas)
    with municipality_scope(world.place.municipality):
        medical = Indicator.of_all_areas.get(code="M_LAS")
        if connection.vendor != "postgresql":  # where the database itself refuses
            record(world.round, medical, {world.pupil: 100})
    sql = of_round.COLUMNS_SQL.replace("i.secrecy_area = 'school'", "1 = 1")
    assert sql != of_round.COLUMNS_SQL
    monkeypatch.setattr(of_round, "COLUMNS_SQL", sql)

    found = found_at(
        sign_in(world.place.principal), world, (NAME,), ["colourmaps:class-map", "colourmaps:class-map-xlsx"]
    )

    assert found == {"colourmaps:class-map", "colourmaps:class-map-xlsx"}


# ---- existence ----


def test_pages_of_the_school_are_the_same_byte_for_byte_whether_there_are_medical_results(
    solviken: Place, sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither counts nor empty columns nor lines tell that a pupil has any, or that a colleague sees some."""
    monkeypatch.setattr("django.middleware.csrf._get_new_csrf_string", lambda: "k" * 32)
    monkeypatch.setattr("accounts.once.new_key", lambda: "k" * 12)
    world = make_world(solviken, "Solberg", "LAS")
    names = [
        "start",
        "colourmaps:class-map",
        "colourmaps:class-map-csv",
        "colourmaps:class-indicator",
        "colourmaps:pupil",
        "colourmaps:pupil-sheet",
        "colourmaps:cell-panel",
        "colourmaps:typing",
        "aggregation:unit-map",
        "aggregation:unit-map-csv",
        "interventions:meeting",
        "interventions:intervention-new",
        "medical:shared",
    ]
    browser = sign_in(solviken.principal)
    with municipality_scope(solviken.municipality):
        assert MedicalResult.objects.exists()
        assert Crossing.objects.filter(receiver=solviken.teacher).exists()

    with_results = [body_of(answer) for _name, answer in answers_to(browser, world, names)]
    with municipality_scope(solviken.municipality):
        Crossing.objects.all().delete()
        MedicalResult.objects.all().delete()
        Indicator.of_all_areas.filter(secrecy_area="medical").delete()
    without = [body_of(answer) for _name, answer in answers_to(browser, world, names)]

    assert with_results == without


# ---- the wall in the model ----


def test_reads_of_indicators_leave_medical_ones_out_unless_they_are_asked_for(in_solviken: Place) -> None:
    medical = MedicalIndicatorFactory()

    assert not Indicator.objects.filter(pk=medical.pk).exists()
    assert not Indicator._default_manager.filter(pk=medical.pk).exists()
    assert Indicator.of_all_areas.filter(pk=medical.pk).exists()


def test_no_app_of_the_school_imports_the_medical_one() -> None:
    """The import line keeps it from those to its left; those to its right name it for the demo alone."""
    importing = {
        path.relative_to(ROOT).as_posix()
        for app in LINE
        for path in (ROOT / app).rglob("*.py")
        if not path.is_relative_to(ROOT / "colourmaps" / "medical")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "colourmaps.medical" in line and "import" in line
    }

    assert importing == {"interventions/demo/towns.py"}


def test_all_areas_are_read_only_where_definitions_are_kept() -> None:
    """Whoever reads indicators of all areas stands here, with the reason: each new place is to be thought over."""
    places = {
        path.relative_to(ROOT).as_posix()
        for app in LINE
        for path in (ROOT / app).rglob("*.py")
        if "of_all_areas" in path.read_text(encoding="utf-8")
    }

    assert places == {
        "colourmaps/models/indicator.py",  # defines it
        "colourmaps/indicator_pages.py",  # the administrator's list of definitions
        "colourmaps/views/indicators.py",  # the administrator's page of one
        "colourmaps/views/limits.py",  # limits, by whoever sets them for the whole municipality
        "colourmaps/services/defining.py",  # codes and names are taken once in the municipality
        "colourmaps/services/adopting.py",  # likewise
        "colourmaps/importing/medical_columns.py",  # what is refused
        "colourmaps/medical/queries.py",
    }


def test_every_table_that_speaks_of_a_pupils_medical_results_is_of_the_medical_app() -> None:
    tables = {model._meta.label for model in apps.get_models() if "edical" in model.__name__}

    assert tables == {"medical.MedicalResult"}


def test_no_result_of_a_medical_indicator_is_recorded_among_those_of_the_school(in_solviken: Place) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a)

    with pytest.raises(UnknownReference):
        record(RoundFactory(), MedicalIndicatorFactory(), {pupil: 100})


def test_nothing_of_the_school_can_be_about_a_medical_indicator(
    solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    """What is offered by the forms of interventions, questions, maps, rounds and meetings names none."""
    world = make_world(solviken, "Solberg", "LAS")
    with municipality_scope(solviken.municipality):
        medical = Indicator.of_all_areas.get(code="M_LAS")
        ThresholdFactory(indicator=medical)
        year_groups = range(14)
        assert medical not in applicable_indicators(year_groups)
    answers = {
        name: sign_in(world.person(person)).get(reverse(name, kwargs=kwargs), query)
        for name, person, kwargs, query in (
            ("interventions:intervention-new", "teacher", {"key": solviken.class_4a.key}, {}),
            ("colourmaps:map-new", "administrator", {}, {}),
            ("colourmaps:round", "coordinator", {"key": world.round.key}, {}),
            ("colourmaps:typing", "teacher", {"key": solviken.class_4a.key}, {"round": world.round.key}),
        )
    }

    assert [name for name, answer in answers.items() if answer.status_code != 200] == []
    assert [name for name, answer in answers.items() if "M_LAS" in answer.content.decode()] == []
