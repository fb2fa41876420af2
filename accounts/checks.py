"""What must hold before anything is answered: no page without a door, no role, permission or address without words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .doors import REACHES, Address, addresses
from .limited import Limited
from .roles import ROLES, SENTENCES, Permission, RoleCode

# Names under which pages are reached from the machine itself alone; the last is that of Django's tests.
OF_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})
COOKIES = ("SESSION", "CSRF", "LANGUAGE", "MESSAGES")
# In a source of the policy: scripts in the page, scripts made of texts, everybody's servers.
TOO_WIDE = ("unsafe-", "*", "http:", "https:", "data:", "blob:")
OPENS_BY_PERMISSION = ("requires", "requires_somewhere", "requires_for_all")


def check_doors(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    return [error for address in addresses() for error in errors_of(address)]


def check_words(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    """Of roles and permissions."""
    return [*_errors_of_permissions(), *_errors_of_roles()]


def check_deployment(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    """With `check --deploy`: what Django's own checks of a deployment do not ask."""
    return [
        *_errors_of_policy(),
        *_errors_of_cookies(),
        *_errors_of_logs(),
        *_errors_of_limits(),
        *_errors_of_uploads(),
    ]


def errors_of(address: Address) -> Iterator[CheckMessage]:
    door, called = address.door, address.name or address.path
    if not address.name.rpartition(":")[2]:
        yield Error(
            f"The address {address.path} has no name.",
            hint="Give its path a name: the matrix of permissions, the tests and the log speak of addresses by name.",
            id="accounts.E002",
        )
    if door is None:
        yield Error(
            f"The view {address.view} of the address {called} has no door: nobody has said who may open it.",
            hint="Decorate it with @requires, @requires_somewhere or @requires_for_all and a permission of "
            "accounts/roles.py, or with @signed_in or @public, all of accounts/web.py.",
            id="accounts.E001",
        )
    elif door.kind not in REACHES or (door.kind in OPENS_BY_PERMISSION) != (door.permission is not None):
        yield Error(
            f"The door of the address {called} is none of those of accounts/web.py: {door.kind}.",
            hint="Use one of them; a new kind of door needs words in REACHES of accounts/doors.py.",
            id="accounts.E003",
        )
    if address.subject is None:
        yield Error(
            f"Nobody has said in words what the address {called} is about.",
            hint="Add the beginning of its name to SUBJECTS of accounts/doors.py: administrators read it.",
            id="accounts.E004",
        )


def _errors_of_permissions() -> Iterator[CheckMessage]:
    for permission in Permission:
        if not str(SENTENCES.get(permission, "")):
            yield Error(
                f"The permission {permission.name} has no sentence.",
                hint="Add it to SENTENCES of accounts/roles.py: administrators read what a role may do.",
                id="accounts.E005",
            )


def _errors_of_roles() -> Iterator[CheckMessage]:
    for code in RoleCode:
        role = ROLES.get(code.value)
        if role is None or not str(role.purpose) or not role.permissions:
            yield Error(
                f"The role {code.value} has no purpose in words or no permissions.",
                hint="Add it to ROLES of accounts/roles.py.",
                id="accounts.E006",
            )


def _errors_of_policy() -> Iterator[CheckMessage]:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    wide = sorted(
        name
        for name, sources in directives.items()
        if any(part in each for each in sources for part in TOO_WIDE)
    )
    if wide or "default-src" not in directives or "frame-ancestors" not in directives:
        yield Error(
            f"The content security policy allows too much: {', '.join(wide) or 'a directive is missing'}.",
            hint="Scripts and styles are files of our own: no inline, no eval, no other servers.",
            id="accounts.E007",
        )


def _errors_of_cookies() -> Iterator[CheckMessage]:
    for kind in COOKIES:
        name = getattr(settings, f"{kind}_COOKIE_NAME")
        if not name.startswith("__Host-"):
            yield Error(
                f"The cookie {name} may be set by a neighbouring host.",
                hint=f'Begin {kind}_COOKIE_NAME with "__Host-".',
                id="accounts.E008",
            )


def _errors_of_logs() -> Iterator[CheckMessage]:
    formatters = settings.LOGGING.get("formatters", {})
    for name, handler in settings.LOGGING.get("handlers", {}).items():
        formatter = str(formatters.get(handler.get("formatter"), {}).get("()", ""))
        if not formatter.endswith("ScrubbingFormatter"):
            yield Error(
                f"The log's handler {name} writes what errors quote: names, numbers, cells of files.",
                hint='Give it the formatter "scrubbed".',
                id="accounts.E009",
            )


def _errors_of_limits() -> Iterator[CheckMessage]:
    for what in Limited:
        most, seconds = settings.LIMITS_PER_USER.get(what.value, (0, 0))
        if most < 1 or seconds < 1:
            yield Error(
                f"Nothing limits how many {what.value} one person may ask for.",
                hint="Set it in LIMITS_PER_USER: how many, in how many seconds.",
                id="accounts.E010",
            )


def _errors_of_uploads() -> Iterator[CheckMessage]:
    uploads = Path(settings.UPLOAD_ROOT).resolve()
    served = [Path(each).resolve() for each in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS) if each]
    if any(uploads.is_relative_to(each) or each.is_relative_to(uploads) for each in served):
        yield Error(
            f"Uploaded files would lie among the files that everybody may fetch: {uploads}.",
            hint="Set UPLOAD_ROOT to a folder apart from the static files.",
            id="accounts.E011",
        )


@register()
def second_factor_is_required(**_kwargs: Any) -> list[CheckMessage]:
    """Only a demo that nobody else can reach goes without. `migrate` asks as well, so a deployment stops there."""
    if settings.SECOND_FACTOR_REQUIRED or set(settings.ALLOWED_HOSTS) <= OF_THIS_MACHINE:
        return []
    return [
        Error(
            "The second factor is turned off, and the pages can be reached from other machines.",
            hint="SECOND_FACTOR_REQUIRED is False only in the settings of the demo. Use colourmaps.config.settings.",
            id="accounts.E012",
        )
    ]
