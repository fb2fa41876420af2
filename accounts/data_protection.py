"""The data-protection pack of a municipality: what is kept of whom, why, how long, who sees it, and where it goes.

Every line is read from what the product runs by: declarations, roles, decisions, settings. Apps on the right add
chapters of their own. Nothing is written here that a setting knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from . import retention
from .declarations import declarations
from .models import AuditEvent, IdentityProvider, Municipality, RoleAssignment
from .municipality_file.keeping import KEPT
from .roles import ROLES, Permission
from .throttle import MOST_FAILURES


@dataclass(frozen=True)
class Chapter:
    """head: of the columns. rows: as many texts each."""

    title: str
    intro: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


ChapterOf = Callable[[Municipality], Chapter]
_chapters: list[ChapterOf] = []


def add_chapter(chapter_of: ChapterOf) -> None:
    _chapters.append(chapter_of)


def pack_of(municipality: Municipality) -> list[Chapter]:
    """In the municipality's scope. First whom it is about, then what, why, by whom, how long, and by which means."""
    own = [_tables, *_chapters, _roles, _retention, _flows, _sign_in, _hosting]
    return [_municipality(municipality), *(chapter_of(municipality) for chapter_of in own)]


def _municipality(municipality: Municipality) -> Chapter:
    rows = [
        (_("Municipality"), f"{municipality.name} ({municipality.code})"),
        (_("Country's rules"), str(municipality.get_country_display())),
        (_("Made on"), timezone.localdate().isoformat()),
        (_("Smallest base of a figure above the school"), str(municipality.smallest_base)),
        (_("Smallest count of a colour above the school"), str(municipality.smallest_count)),
        (_("Days for which uploaded files are kept"), str(municipality.days_files_are_kept)),
        (_("Days for which exports are kept"), str(KEPT.days)),
        (_("Events in the log"), str(AuditEvent.objects.count())),
    ]
    return Chapter(_("Controller and limits"), "", (_("What"), _("Value")), rows)


def _tables(municipality: Municipality) -> Chapter:
    rows = [
        (
            capfirst(str(each.model._meta.verbose_name_plural)),
            capfirst(str(each.says)),
            _("pupils") if each.is_about_pupils else _("no pupils"),
            str(retention.type_of(each.kind).name),
        )
        for each in declarations()
    ]
    return Chapter(
        _("Kinds of data"),
        _("Every table of the product, as it is declared."),
        (_("Table"), _("What a row tells"), _("About"), _("Type of information")),
        rows,
    )


def _roles(municipality: Municipality) -> Chapter:
    today = timezone.localdate()
    held = list(RoleAssignment.objects.on(today).values_list("role", flat=True))
    rows = [
        (
            capfirst(str(role.code.label)),
            capfirst(str(role.purpose)),
            _("yes") if Permission.SEE_PUPILS in role.permissions else _("no"),
            "; ".join(sorted(str(each.sentence) for each in role.permissions)),
            str(held.count(role.code.value)),
        )
        for role in ROLES.values()
    ]
    head = (_("Role"), _("What for"), _("Sees pupils"), _("May"), _("Held today"))
    return Chapter(
        _("Roles"), _("A role is held at a unit between two dates, and sees below it."), head, rows
    )


def _retention(municipality: Municipality) -> Chapter:
    rows = []
    for plan in retention.plans():
        kept = str(plan.decision.years) if plan.decision else _("not decided")
        rows.append(
            (
                str(plan.type.name),
                str(plan.type.ground),
                kept if plan.type.removal else _("always"),
                str(plan.type.floor_years or "–"),
                str(plan.type.removal.begins if plan.type.removal else plan.type.why_kept),
                plan.decision.reference if plan.decision else "–",
            )
        )
    head = (
        _("Type of information"),
        _("Ground"),
        _("Years"),
        _("At least"),
        _("Counted from, or why kept"),
        _("Decision"),
    )
    return Chapter(_("Retention"), "", head, rows)


def _flows(municipality: Municipality) -> Chapter:
    """To whom anything goes outside of the installation; browsers are told the same by the content policy."""
    rows = []
    if settings.SENDS_MAIL:
        host = settings.EMAIL_HOST or settings.EMAIL_BACKEND.rpartition(".")[0]
        rows.append(
            (_("Mail server"), host, _("Reminders and summaries, without names and titles of pupils."))
        )
    rows += [(_("Single sign-on"), name, _("Who signs in; no pupils.")) for name in _providers()]
    foreign = _foreign_sources()
    rows += [(_("Browser"), source, _("Allowed by the content policy.")) for source in foreign]
    intro = (
        _("Nothing goes to anybody else.")
        if rows
        else _("Nothing goes to anybody: there is no outside service.")
    )
    return Chapter(_("Flows to others"), intro, (_("To"), _("Where"), _("What")), rows)


def _providers() -> list[str]:
    """Where the municipality's people sign in today, if not here."""
    providers = IdentityProvider.objects.on(timezone.localdate()).order_by("name")
    return [f"{provider.name}, {provider.issuer}" for provider in providers]


def _foreign_sources() -> list[str]:
    """What the content policy lets browsers load from elsewhere."""
    policy = getattr(settings, "CONTENT_SECURITY_POLICY", {}).get("DIRECTIVES", {})
    named = {source for sources in policy.values() if isinstance(sources, list | tuple) for source in sources}
    return sorted(source for source in named if not source.startswith("'") and source != "data:")


def _sign_in(municipality: Municipality) -> Chapter:
    minutes = str(settings.SESSION_COOKIE_AGE // 60)
    has_second_factor = any(app.startswith("allauth.mfa") for app in settings.INSTALLED_APPS)
    rows = [
        (_("Second factor"), _("yes") if has_second_factor else _("no")),
        (_("Passwords are kept as"), settings.PASSWORD_HASHERS[0].rpartition(".")[2]),
        (_("Rules for passwords"), ", ".join(_rules())),
        (_("Failures until a pause"), str(MOST_FAILURES)),
        (_("A session lasts at most, minutes"), minutes),
        (_("A session ends with the browser"), _yes(settings.SESSION_EXPIRE_AT_BROWSER_CLOSE)),
    ]
    return Chapter(_("Signing in"), "", (_("What"), _("Value")), rows)


def _rules() -> list[str]:
    return [each["NAME"].rpartition(".")[2] for each in settings.AUTH_PASSWORD_VALIDATORS]


def _hosting(municipality: Municipality) -> Chapter:
    """Names of machines, never passwords."""
    database = settings.DATABASES["default"]
    rows = [
        (_("Database"), f"{connection.vendor} {database.get('HOST') or ''}".strip()),
        (
            _("Waiting messages and cache"),
            urlsplit(settings.REDIS_URL).hostname or settings.REDIS_URL.split(":")[0],
        ),
        (_("Pages only over TLS"), _yes(settings.SECURE_SSL_REDIRECT)),
        (_("Browsers are told to use TLS for, days"), str(settings.SECURE_HSTS_SECONDS // 86400)),
        (_("Cookies only over TLS"), _yes(settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE)),
        (_("Scripts out of reach of the session"), _yes(settings.SESSION_COOKIE_HTTPONLY)),
        (_("Pages in frames of others"), settings.X_FRAME_OPTIONS),
        (_("Faults shown to readers"), _yes(settings.DEBUG)),
        (_("Largest upload, bytes"), str(settings.UPLOAD_MAX_BYTES)),
        (_("List of erasures beside the database"), _yes(bool(settings.ERASURE_LIST))),
        (_("Time zone"), settings.TIME_ZONE),
    ]
    return Chapter(_("Hosting"), "", (_("What"), _("Value")), rows)


def _yes(is_so: object) -> str:
    return _("yes") if is_so else _("no")


def as_text(chapters: Sequence[Chapter]) -> str:
    """The pack as Markdown."""
    lines = []
    for chapter in chapters:
        lines += [f"## {chapter.title}", "", *([chapter.intro, ""] if chapter.intro else [])]
        if chapter.rows:
            lines += [_line(chapter.head), _line(["---"] * len(chapter.head))]
            lines += [*map(_line, chapter.rows), ""]
    return "\n".join(lines)


def _line(texts: Sequence[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|").replace("\n", " ") for text in texts) + " |"
