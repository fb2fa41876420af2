"""Entering a municipality, and what happens outside one."""

import pytest

from accounts.models import Unit
from accounts.tenancy import ScopeError, current_municipality, municipality_scope
from tests.fixtures import Place
from tests.walls import everywhere


def test_current_municipality_is_the_one_that_is_entered(solviken: Place, fjordvik: Place) -> None:
    with municipality_scope(solviken.municipality):
        assert current_municipality() == solviken.municipality
        with municipality_scope(fjordvik.municipality):
            assert current_municipality() == fjordvik.municipality
        assert current_municipality() == solviken.municipality


def test_outside_a_municipality_there_is_no_current_one() -> None:
    with pytest.raises(ScopeError, match="No municipality is entered"):
        current_municipality()


def test_outside_a_municipality_a_query_raises() -> None:
    with pytest.raises(ScopeError):
        Unit.objects.filter(level=40)


def test_query_sees_the_municipality_that_is_entered(solviken: Place, fjordvik: Place) -> None:
    with municipality_scope(solviken.municipality):
        assert not Unit.objects.filter(name="Fjordskolan").exists()
    with everywhere():
        assert Unit.objects.filter(name__in=["Fjordskolan", "Solviksskolan"]).count() == 2
