"""News that travels to the apps on the right, sent inside the transaction of the change, with ids only."""

from django.dispatch import Signal

# A municipality has been made, and is entered: what every new one has of its own is written now.
municipality_created = Signal()

# unit_ids: of units that are about to be removed, while they still stand in the tree.
units_leaving = Signal()

# A question: may this be done? Sent with every plan of a reorganisation; who knows a reason why not raises Refused.
# unit_ids: that are to stand elsewhere; ending_ids: that are to end; on: the first day of the new order.
reorganisation_planned = Signal()

# former_places: of all that stands elsewhere, or nowhere, now, each with what is below it (reorganisation.FormerPlace).
units_moved = Signal()

# unit_ids: that have got another successor, or none any more, and the successors that they have or had.
successors_changed = Signal()

# The municipality asks more or less of every figure that is shown to those who see no pupils.
limits_changed = Signal()

# access_id: of the EmergencyAccess by which somebody sees a class, or a pupil, outside the own units from now on.
opened_in_emergency = Signal()
