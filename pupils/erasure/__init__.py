"""The erasure of one pupil: a decision, its execution in one transaction, a proof; and again after a restore.

Rows about the pupil go; what several share loses the pupil's words and values; sums of rounds that are over stay as
they are (the app of sums sees to that, `keeping.around`). What is about pupils, the declarations say.
"""

from .deciding import decide_erasure
from .erasing import Places, erase, places_of
from .keeping import add_around
from .replaying import replay
from .words import own_words

__all__ = ["Places", "add_around", "decide_erasure", "erase", "own_words", "places_of", "replay"]
