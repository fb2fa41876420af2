"""News that travels to the apps on the right. Sent inside the transaction of the change, with ids only.

Inside, and not after commit: a receiver writes the work that the change causes as a row of the same transaction, so
no change can be there without its work. What need not be certain (waking a worker) the receiver does after commit.
"""

from django.dispatch import Signal

# touched: set of (school class id, round id) whose results are new, changed or gone.
results_changed = Signal()
