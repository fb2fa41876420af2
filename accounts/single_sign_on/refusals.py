"""Why somebody is not let in by single sign-on. The page says it in a sentence, the audit log by its name."""

from __future__ import annotations

import enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reason(enum.StrEnum):
    NOT_BEGUN = "not begun here"
    CANCELLED = "cancelled"
    NO_ANSWER = "no answer"
    NOT_VALID = "not valid"
    USED_BEFORE = "used before"
    NOT_SURE_ENOUGH = "not sure enough"
    GROUPS_LEFT_OUT = "groups left out"
    UNKNOWN = "unknown"
    CODE_SPENT = "code spent"
    LINKED_BEFORE = "linked before"
    ENDED = "account ended"

    @property
    def sentence(self) -> Promise:
        return SENTENCES[self]


SENTENCES = {
    Reason.NOT_BEGUN: _(
        "This sign-in was not begun in this browser, or more than ten minutes ago. Begin again from the sign-in page."
    ),
    Reason.CANCELLED: _("You did not finish signing in at the municipality. You can begin again."),
    Reason.NO_ANSWER: _("The municipality's sign-in does not answer just now. Try again in a while."),
    Reason.NOT_VALID: _(
        "The answer of the municipality's sign-in could not be verified, so it was not used. "
        "Begin again; if it happens again, tell whoever looks after the sign-in."
    ),
    Reason.USED_BEFORE: _("This answer has been used before, so it was not used again. Begin again."),
    Reason.NOT_SURE_ENOUGH: _(
        "The municipality asks for a stronger way of signing in here. "
        "Sign in there with your second factor, or your e-ID."
    ),
    Reason.GROUPS_LEFT_OUT: _(
        "You are in more groups than the municipality's sign-in can tell us, so we cannot know your roles."
    ),
    Reason.UNKNOWN: _(
        "You have signed in at the municipality, but nobody has opened an account for you here yet."
    ),
    Reason.CODE_SPENT: _("The code has been used, or is too old. Ask for a new one."),
    Reason.LINKED_BEFORE: _("Your sign-in or that account is already linked, so the code was not used."),
    Reason.ENDED: _("Your account here has ended."),
}


class SignInRefused(Exception):
    """Nobody is let in; the reason says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
