"""News that travels to the apps on the right, sent inside the transaction of the change, with ids only."""

from django.dispatch import Signal

# pupil_ids: whose enrolments changed; class_ids: the classes they are in now or were in before.
enrolments_changed = Signal()
# pupil_ids: who came into a group that has sums of its own, or left it; all its members when it gets or loses them.
groups_changed = Signal()
# pupil_ids: who have got protected identity; what is kept of their names elsewhere is taken away now.
pupils_protected = Signal()

# A pupil is about to be erased, and still stands there; `words`, an erasure.words.Words, are what can be told of the
# pupil in files and texts. A receiver returns how many files it has removed, by kind.
pupil_leaving = Signal()
