"""What kind of event an action is, from its words. Pure.

An action is a noun and a verb, "class map seen": how it ends says whether it was a look. What is none of the others
changed something.
"""

from __future__ import annotations

from .models.audit_event import AuditKind

LOOKS = ("seen", "found", "looked at", "listed")
TAKINGS = (
    "downloaded",
    "printed",
    "taken out",
    "handed out",
    "fetched",
    "exported",
)
OF_A_KIND = {
    "read in emergency": AuditKind.READ,
    "workbook to fill in made": AuditKind.EXPORT,
    "signed in": AuditKind.SIGN_IN,
    "signed out": AuditKind.SIGN_IN,
    "sign-in failed": AuditKind.SIGN_IN,
    "access denied": AuditKind.DENIAL,
    "role assigned": AuditKind.PERMISSION,
    "role ended": AuditKind.PERMISSION,
}


def kind_of(action: str) -> AuditKind:
    if action in OF_A_KIND:
        return OF_A_KIND[action]
    if action.endswith(TAKINGS):
        return AuditKind.EXPORT
    return AuditKind.READ if action.endswith(LOOKS) else AuditKind.WRITE
