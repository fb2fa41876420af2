"""What the tables of pupils hold. See accounts.declarations."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.data_protection import add_chapter
from accounts.declarations import InformationType, Removal, about_pupils, add_type, not_about_pupils

from .data_protection import erasures, groups
from .models import (
    Enrolment,
    Erasure,
    FormerEnrolment,
    LogControl,
    LogControlLine,
    ProtectedAccess,
    ProtectedIdentity,
    Pupil,
    PupilGroup,
    PupilGroupMembership,
    Unmasking,
)


def who_left(before: datetime.date) -> QuerySet[Pupil]:
    """Pupils whose last enrolment ended before a day; whoever was never enrolled stays."""
    theirs = Enrolment.objects.filter(pupil=OuterRef("pk"))
    lasting = theirs.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=before))
    return Pupil.objects.filter(Exists(theirs)).exclude(Exists(lasting))


def old_memberships(before: datetime.date) -> Sequence[QuerySet]:
    return [PupilGroupMembership.objects.filter(valid_to__lt=before)]


add_type(
    InformationType(
        "controls",
        _("Follow-up of the log"),
        _("Shows that access to personal data is looked into (GDPR art. 32)."),
        why_kept=_("Shows what was asked about and what it came to. An erasure takes the pupil's name out."),
    )
)
add_type(
    InformationType(
        "register",
        _("Names, numbers and classes of pupils"),
        _("Needed to know whom results and support are about (GDPR art. 6.1 e; the School Act)."),
        why_kept=_("Goes pupil by pupil, by an erasure: everything else names the pupil by it."),
    )
)
add_type(
    InformationType(
        "groups",
        _("Membership of registered groups"),
        _("The ground that is stated with each group."),
        Removal(_("the end of the membership"), old_memberships),
        proposed_years=2,
    )
)

add_chapter(groups)
add_chapter(erasures)

about_pupils(Pupil, by="pk", kind="register", says=_("name, numbers, sex and protection, from the register"))
about_pupils(Enrolment, kind="register", says=_("in which class the pupil is or was, and when"))
about_pupils(FormerEnrolment, kind="register", says=_("in which class the pupil was believed to be before"))
not_about_pupils(PupilGroup, kind="groups", because=_("the group's name, purpose and legal ground"))
about_pupils(
    PupilGroupMembership, kind="groups", says=_("which registered group the pupil belongs or belonged to")
)
not_about_pupils(
    Erasure, kind="proofs", because=_("that a pupil was erased; the number in it leads to nobody any more")
)
not_about_pupils(
    ProtectedIdentity,
    kind="register",
    because=_("a sealed name, of which nobody can say whose it is without the key; it goes with the pupil"),
)
about_pupils(
    ProtectedAccess, kind="proofs", says=_("who may ask what the pupil with protected identity is called")
)
about_pupils(
    Unmasking,
    kind="proofs",
    says=_("who has asked what the pupil with protected identity is called, and why"),
)
not_about_pupils(LogControl, kind="controls", because=_("a look through the log: its period and its outcome"))
not_about_pupils(
    LogControlLine,
    kind="controls",
    because=_("what was said of one event of the log, which is named by number"),
)
