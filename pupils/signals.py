"""News that travels to the apps on the right, sent inside the transaction of the change, with ids only."""

from django.dispatch import Signal

# pupil_ids: whose enrolments changed; class_ids: the classes they are in now or were in before.
enrolments_changed = Signal()
