"""News that travels to the apps on the right, sent inside the transaction of the change, with ids only."""

from django.dispatch import Signal

# unit_ids: of units that are about to be removed, while they still stand in the tree.
units_leaving = Signal()

# A question: may this be done? Sent with every plan of a reorganisation; who knows a reason why not raises Refused.
# unit_ids: that are to stand elsewhere; ending_ids: that are to end; on: the first day of the new order.
reorganisation_planned = Signal()

# moved: set of (unit id, id of what it stood under) for all that stand elsewhere, or nowhere, from the day `on`,
# each with all that is below it.
units_moved = Signal()
