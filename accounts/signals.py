"""News that travels to the apps on the right, sent inside the transaction of the change, with ids only."""

from django.dispatch import Signal

# unit_ids: of units that are about to be removed, while they still stand in the tree.
units_leaving = Signal()
