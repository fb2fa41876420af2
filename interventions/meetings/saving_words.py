"""What static/js/meeting-drafts.js says about what is typed at a meeting: sentences without rules."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _


def saving_words() -> str:
    """As JSON; {at} is a time of the day."""
    return json.dumps(
        {
            "typed": _("Not saved yet – kept in this browser"),
            "saving": _("Saving …"),
            "saved": _("Saved {at}"),
            "offline": _("No network – kept here, trying again"),
            "signed_out": _("Signed out – sign in again in another tab, nothing is lost"),
            "other_person": _("Somebody else is signed in here now – kept for you in this browser"),
            "refused": _("The server does not take it – kept here. Load the page again."),
            "conflict": _("Somebody else has written here meanwhile – compare before you save"),
            "wrong": _("Not saved – see what is missing"),
            "back": _("What you had typed is back"),
        }
    )
