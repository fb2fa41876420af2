"""What the tables of accounts hold, and those of the frameworks below it. See declarations."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from .audit import FEWEST_YEARS_KEPT
from .cache_keys import keys_of
from .declarations import InformationType, Removal, about_pupils, add_type, not_about_pupils, of_the_platform
from .models import (
    AuditCheck,
    AuditEvent,
    AuditPupil,
    AuditSeal,
    EmergencyAccess,
    EmergencyAccount,
    ExportedFile,
    FormerUnit,
    FormerUnitPlacement,
    Identity,
    IdentityProvider,
    Job,
    JobState,
    LinkCode,
    Municipality,
    RetentionDecision,
    RetentionRun,
    RoleAssignment,
    RoleMapping,
    SealedEvent,
    SeenClaims,
    Session,
    SpentAssertion,
    Unit,
    UnitCode,
    UnitKind,
    UnitPlacement,
    User,
)
from .municipality_file import add_cache_keys, add_folder
from .municipality_file.keeping import export_folder

add_cache_keys(keys_of)
add_folder("exports", export_folder, is_exported=False)


def old_jobs(before: datetime.date) -> Sequence[QuerySet]:
    """Those that nothing else names are removed; an import keeps its job."""
    ended = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
    return [Job.objects.filter(state__in=ended, finished_at__date__lt=before)]


add_type(
    InformationType(
        "organisation",
        _("Units and settings of the municipality"),
        _("Describes how the municipality is organised; holds no personal data."),
        why_kept=_("Every figure rests on it."),
    )
)
add_type(
    InformationType(
        "accounts",
        _("Accounts and roles of staff"),
        _("Needed to say who held which role when (GDPR art. 6.1 c and e)."),
        why_kept=_(
            "The log names people by their account: it goes when the log of the person's time has gone."
        ),
    )
)
add_type(
    InformationType(
        "audit",
        _("Log of who has read and done what"),
        _("Follow-up of access (GDPR art. 32; by analogy HSLF-FS 2016:40, ch. 4 s. 9: five years at least)."),
        why_kept=_(
            "For five years at least; what is older goes whole seals at a time, by the platform's operator (clear_log)."
        ),
        floor_years=FEWEST_YEARS_KEPT,
        proposed_years=FEWEST_YEARS_KEPT,
    )
)
add_type(
    InformationType(
        "proofs",
        _("Decisions on what is removed, and proofs"),
        _("Shows that what was decided was done (the Archives Act, s. 10; GDPR art. 5.2)."),
        why_kept=_(
            "Without it nobody could say why something is not there, or erase again what a backup brings."
        ),
    )
)
add_type(
    InformationType(
        "jobs",
        _("Jobs in the background"),
        _("Of no use once they have ended: of temporary and little importance (RA-FS 1991:6)."),
        Removal(_("the end of the job"), old_jobs),
        proposed_years=1,
    )
)

not_about_pupils(Municipality, kind="organisation", because=_("the municipality itself"), owner="pk")
not_about_pupils(UnitKind, kind="organisation", because=_("what the municipality calls its units"))
not_about_pupils(
    Unit, kind="organisation", because=_("schools and classes; no class is so small as to be one")
)
not_about_pupils(UnitPlacement, kind="organisation", because=_("where a unit stands in the tree"))
not_about_pupils(UnitCode, kind="organisation", because=_("official codes of schools"))
not_about_pupils(FormerUnit, kind="organisation", because=_("how a unit was known before"))
not_about_pupils(
    FormerUnitPlacement, kind="organisation", because=_("where a unit was known to stand before")
)
not_about_pupils(
    User, kind="accounts", because=_("staff, never pupils"), secrets={"password": "!", "last_login": None}
)
not_about_pupils(RoleAssignment, kind="accounts", because=_("which role somebody of the staff holds"))
not_about_pupils(Job, kind="jobs", because=_("asked for by staff; its arguments are ids of other rows"))
about_pupils(
    AuditEvent,
    by=(),
    kind="audit",
    says=_("who has read or changed what about the pupil, and when"),
    stays=_("The log is kept as evidence. It names the pupil by a number alone, which then leads nowhere."),
)

about_pupils(
    AuditPupil,
    by=(),
    kind="audit",
    says=_("which events of the log concern the pupil"),
    stays=_("Part of the log: a bare number, which then leads nowhere."),
)
not_about_pupils(AuditSeal, kind="audit", because=_("hashes that show whether the log was changed"))
not_about_pupils(SealedEvent, kind="audit", because=_("the hash of each event of the log"))
not_about_pupils(AuditCheck, kind="audit", because=_("what a verification of the log came to"))
about_pupils(
    EmergencyAccess,
    by="pupil_id",
    kind="proofs",
    says=_("that somebody outside the school opened what is known of the pupil in an emergency, and why"),
)

not_about_pupils(
    IdentityProvider,
    kind="organisation",
    because=_("where staff sign in"),
    secrets={"sealed_secret": ""},
)
not_about_pupils(RoleMapping, kind="organisation", because=_("which groups of staff hold which role"))
not_about_pupils(
    Identity, kind="accounts", because=_("by what somebody of the staff is known where they sign in")
)
not_about_pupils(LinkCode, kind="accounts", because=_("that somebody of the staff was given a code, once"))
not_about_pupils(
    SpentAssertion, kind="accounts", because=_("a sign-in that was used, so that it is used once")
)
not_about_pupils(SeenClaims, kind="accounts", because=_("groups that were told at a sign-in of staff"))
not_about_pupils(EmergencyAccount, kind="accounts", because=_("two accounts of staff for emergencies"))
not_about_pupils(
    apps.get_model("mfa", "Authenticator"),
    kind="accounts",
    because=_("the second factors of staff"),
    owner="user__municipality",
    secrets={"data": {}},
)

not_about_pupils(RetentionDecision, kind="proofs", because=_("how long a type of information is kept"))
not_about_pupils(RetentionRun, kind="proofs", because=_("how many rows were removed, and by which decision"))
not_about_pupils(
    ExportedFile, kind="proofs", because=_("that somebody had everything exported, and for what")
)
of_the_platform(
    apps.get_model("auth", "Permission"), because="of the framework, the same in every installation"
)
of_the_platform(Group, because="of the platform's operators; no municipality has any")
of_the_platform(Group.permissions.through, because="as Group")
of_the_platform(
    User.groups.through, because="of the platform's operators; nobody of a municipality is in one"
)
of_the_platform(User.user_permissions.through, because="as Group")
of_the_platform(apps.get_model("admin", "LogEntry"), because="what the platform's operators did; no pupils")
of_the_platform(
    apps.get_model("contenttypes", "ContentType"), because="of the framework, the same in every installation"
)
of_the_platform(
    apps.get_model("sessions", "Session"),
    because="who is signed in just now; ends by itself, and with the municipality that leaves",
)
of_the_platform(
    Session, because="who is signed in just now; ends by itself, and with the municipality that leaves"
)
for app, name in (
    ("account", "EmailAddress"),
    ("account", "EmailConfirmation"),
    ("socialaccount", "SocialAccount"),
    ("socialaccount", "SocialApp"),
    ("socialaccount", "SocialApp_sites"),
    ("socialaccount", "SocialToken"),
):
    try:
        model = apps.get_model(app, name)
    except LookupError:
        continue
    of_the_platform(
        model, because="of the framework, and empty: no account has a mail address or an outside profile"
    )
