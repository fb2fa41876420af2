"""News that travels to the apps on the right, sent inside the transaction of the change, with ids only."""

from django.dispatch import Signal

# unit_ids: of units that are about to be removed, while they still stand in the tree.
units_leaving = Signal()

# A question: may this be done? Sent with every plan of a reorganisation; who knows a reason why not raises Refused.
# unit_ids: that are to stand elsewhere; ending_ids: that are to end; on: the first day of the new order.
reorganisation_planned = Signal()

# unit_ids: that stand elsewhere from the day `on` on, each with all that is below it, or that end on it;
# former_parent_ids: of what they stood under.
units_moved = Signal()
