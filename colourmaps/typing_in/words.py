"""What the script of the sheet says, in the reader's language. {n} and the like are filled in by the script."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words_for_script() -> dict[str, str]:
    return {
        "saved": _("All is saved"),
        "saving": _("Saving: {n}"),
        "in_question": _("Not saved, to look at: {n}"),
        "offline": _(
            "No connection. Kept in this window and sent when there is one again: {n}. Do not close the window."
        ),
        "signed_out": _(
            "You are signed out. Kept in this window and sent when you have signed in again: {n}."
        ),
        "refused": _(
            "The server takes nothing from this page any more. Kept in this window: {n}. Load the page anew."
        ),
        "sent_again": _("Typed before, and sent again now: {n}"),
        "without_place": _("Typed before, not saved, and no longer awaited here: {texts}"),
        "pasted": _("Pasted: {n}"),
        "left_out": _("Outside the sheet or not awaited, and left out: {n}"),
        "nothing_to_undo": _("There is nothing to take back."),
        "undone": _("Taken back: {n}"),
        "keep_mine": _("Keep mine: {text}"),
        "take_theirs": _("Take theirs: {text}"),
        "empty": _("empty"),
        "keys": _("Ctrl+Enter keeps yours, Esc takes theirs."),
        "take_back": _("Esc takes back what you typed."),
    }
