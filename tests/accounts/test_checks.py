"""`check --deploy` finds what would make a deployment unsafe; tests/architecture/test_settings.py runs all of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.checks import check_deployment


@pytest.fixture
def production(settings: Settings) -> Settings:
    for kind in ("SESSION", "CSRF", "LANGUAGE", "MESSAGES"):
        setattr(settings, f"{kind}_COOKIE_NAME", f"__Host-{kind.lower()}")
    return settings


def inline_script(settings: Settings) -> None:
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["script-src"] = ["'self'", "'unsafe-inline'"]
    settings.CONTENT_SECURITY_POLICY = policy


def no_policy_for_the_rest(settings: Settings) -> None:
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    del policy["DIRECTIVES"]["default-src"]
    settings.CONTENT_SECURITY_POLICY = policy


def cookie_without_prefix(settings: Settings) -> None:
    settings.CSRF_COOKIE_NAME = "csrf"


def log_that_quotes(settings: Settings) -> None:
    settings.LOGGING = settings.LOGGING | {
        "handlers": {"mail": {"class": "django.utils.log.AdminEmailHandler"}}
    }


def no_limit_of_searches(settings: Settings) -> None:
    settings.LIMITS_PER_USER = {
        what: limit for what, limit in settings.LIMITS_PER_USER.items() if what != "searches"
    }


def uploads_among_static_files(settings: Settings) -> None:
    settings.UPLOAD_ROOT = Path(settings.STATICFILES_DIRS[0]) / "uploads"


def test_settings_of_production_pass(production: Settings) -> None:
    assert check_deployment() == []


@pytest.mark.parametrize(
    ("fault", "error_id"),
    [
        (inline_script, "accounts.E007"),
        (no_policy_for_the_rest, "accounts.E007"),
        (cookie_without_prefix, "accounts.E008"),
        (log_that_quotes, "accounts.E009"),
        (no_limit_of_searches, "accounts.E010"),
        (uploads_among_static_files, "accounts.E011"),
    ],
)
def test_what_is_unsafe_is_an_error(
    production: Settings, fault: Callable[[Settings], None], error_id: str
) -> None:
    fault(production)

    (error,) = check_deployment()

    assert error.id == error_id
    assert error.hint
