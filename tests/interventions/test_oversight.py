import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import Sight
from accounts.models import Level, RoleAssignment
from accounts.tenancy import municipality_scope
from interventions.models import Rung
from interventions.oversight import SchoolCounts, counts_by_school
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.interventions import EvaluationFactory, InterventionFactory
from tests.factories.meetings import MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


def made(place, **fields):
    return InterventionFactory(**{"unit": place.class_4a, "responsible": place.teacher} | fields)


def test_counts_by_school_of_whatever_they_are_for(in_solviken):
    made(in_solviken)
    made(in_solviken, follow_up_on=TODAY - DAY, pupils=[PupilFactory(school_class=in_solviken.class_4a)])
    made(in_solviken, unit=in_solviken.school, responsible=in_solviken.principal, starts_on=TODAY + DAY)
    made(in_solviken, ended_on=TODAY)
    EvaluationFactory(intervention=made(in_solviken, ended_on=TODAY))

    counts = counts_by_school(Sight(in_solviken.area_head))

    assert counts == [SchoolCounts(in_solviken.school, n_running=2, n_late=1, n_ownerless=0, n_unevaluated=1)]
    assert counts_by_school(Sight(in_solviken.administration_head)) == counts


def test_counts_by_school_say_where_nobody_answers(in_solviken):
    made(in_solviken)
    RoleAssignment.objects.filter(user=in_solviken.teacher).update(valid_to=TODAY)

    (counts,) = counts_by_school(Sight(in_solviken.area_head))

    assert counts.n_ownerless == 1


def test_counts_by_school_say_which_meetings_did_not_take_place(in_solviken):
    def planned(days, **fields):
        kind = kind_of(Rung.SCHOOL)
        fields = {"kind": kind, "unit": in_solviken.school, "lead": in_solviken.principal} | fields
        MeetingFactory(planned_on=TODAY + days * DAY, **fields)

    planned(-1)
    planned(-366)
    planned(0)
    planned(-2, is_closed=True)
    planned(-3, unit=in_solviken.area, kind=kind_of(Rung.AREA), lead=in_solviken.area_head)
    planned(-4, unit=in_solviken.class_4a, kind=kind_of(Rung.TEACHER))  # a teacher's own, nobody's to watch

    counts = counts_by_school(Sight(in_solviken.area_head))

    assert counts == [SchoolCounts(in_solviken.school, 0, 0, 0, 0, n_missed=1)]


def test_counts_by_school_of_a_class_of_last_year_belong_to_its_school(in_solviken):
    last_year = SchoolClassFactory(
        name="3A",
        year_group=3,
        parent=in_solviken.school,
        valid_from=datetime.date(2025, 8, 1),
        valid_to=datetime.date(2026, 8, 1),
    )
    made(in_solviken, unit=last_year, starts_on=datetime.date(2026, 3, 1), follow_up_on=TODAY - DAY)

    assert [row.n_late for row in counts_by_school(Sight(in_solviken.area_head))] == [1]


def test_counts_by_school_are_those_below_the_head_and_the_most_late_first(in_solviken):
    other_area = UnitFactory(level=Level.AREA, parent=in_solviken.administration, name="Norr")
    elsewhere = UnitFactory(level=Level.SCHOOL, parent=other_area, name="Aspskolan")
    made(in_solviken)
    made(in_solviken, unit=elsewhere, follow_up_on=TODAY - DAY)

    of_area = counts_by_school(Sight(in_solviken.area_head))
    of_administration = counts_by_school(Sight(in_solviken.administration_head))

    assert [row.school for row in of_area] == [in_solviken.school]
    assert [row.school for row in of_administration] == [elsewhere, in_solviken.school]


def test_counts_by_school_are_nothing_to_a_principal_or_a_board_member(in_solviken):
    made(in_solviken)

    assert counts_by_school(Sight(in_solviken.principal)) == []
    assert counts_by_school(Sight(in_solviken.board_member)) == []


def test_counts_by_school_ask_as_much_for_three_schools_as_for_one(in_solviken):
    def n_queries():
        with CaptureQueriesContext(connection) as captured:
            counts_by_school(Sight(in_solviken.area_head))
        return len(captured)

    made(in_solviken)
    for_one = n_queries()
    for _n in range(2):
        school = UnitFactory(level=Level.SCHOOL, parent=in_solviken.area)
        made(in_solviken, unit=SchoolClassFactory(parent=school))

    assert n_queries() == for_one


def test_start_of_a_head_shows_counts_and_no_title(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        made(solviken, title="Läsning med Ada", pupils=[measured.ada], follow_up_on=TODAY - DAY)

    page = sign_in(solviken.area_head).get(reverse("start")).content.decode()

    assert "Waiting for others" in page
    assert "Solviksskolan" in page
    assert "follow-up late in 1 of 1 interventions" in page
    assert "Ada" not in page


def test_start_of_a_principal_names_who_is_late(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        made(solviken, title="Lästräning", pupils=[measured.ada], follow_up_on=TODAY - 2 * DAY)

    page = sign_in(solviken.principal).get(reverse("start")).content.decode()

    assert "Follow up: Lästräning" in page
    for words in ("1 pupil, 4A", solviken.teacher.name, "2 days late"):
        assert words in page
    assert "Ek, Ada" not in page
