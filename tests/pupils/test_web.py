import datetime

import pytest
from django.http import Http404

from pupils.services import enrol_pupil
from pupils.web import locate_pupil
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY


def test_locate_pupil_finds_the_pupil_and_the_class_of_today(in_solviken):
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    enrol_pupil(pupil=pupil, school_class=in_solviken.class_5a, year_group=5, on=TODAY)

    assert locate_pupil(pupil.key) == (pupil, in_solviken.class_5a, None)


def test_locate_pupil_finds_the_last_class_of_one_who_has_left(in_solviken):
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    pupil.enrolments.update(valid_to=TODAY - datetime.timedelta(days=7))

    assert locate_pupil(pupil.key) == (pupil, in_solviken.class_4a, None)


def test_locate_pupil_does_not_know_one_who_has_never_been_in_a_class(in_solviken):
    with pytest.raises(Http404):
        locate_pupil(PupilFactory().key)


def test_locate_pupil_does_not_know_pupils_of_another_municipality(solviken, fjordvik, enter):
    enter(fjordvik)
    pupil = PupilFactory(school_class=fjordvik.class_4a)
    enter(solviken)

    with pytest.raises(Http404):
        locate_pupil(pupil.key)
