"""News that travels to the apps on the right, sent inside the transaction of the change, with ids only."""

from django.dispatch import Signal

# pupil_ids: whose enrolments changed; class_ids: the classes they are in now or were in before.
enrolments_changed = Signal()
# pupil_ids: who came into a group that has sums of its own, or left it; all its members when it gets or loses them.
groups_changed = Signal()
