"""What the tables of aggregation hold. See accounts.declarations."""

from django.utils.translation import gettext_lazy as _

from accounts.declarations import InformationType, add_type, not_about_pupils
from accounts.municipality_file import add_cache_keys
from pupils.erasure import add_around

from . import release_work
from .erased_counts import sums_stay
from .models import (
    ErasedCount,
    LastCount,
    Release,
    ReleaseCheck,
    ReleasedFigure,
    ReleaseWork,
    RollupWork,
    UnitSum,
)

add_cache_keys(release_work.cache_keys_of)
add_around(sums_stay)

add_type(
    InformationType(
        "sums",
        _("Sums and what was released of them"),
        _("Follow-up of quality (the School Act, ch. 4); numbers of pupils, no persons."),
        why_kept=_("What was shown can be shown again. A version that was released is never changed."),
    )
)

not_about_pupils(UnitSum, kind="sums", because=_("how many pupils of a unit have which colour"))
not_about_pupils(LastCount, kind="sums", because=_("when a unit was counted"))
not_about_pupils(Release, kind="sums", because=_("a version of a table that has been released"))
not_about_pupils(ReleaseCheck, kind="sums", because=_("what the last look at a table found"))
not_about_pupils(ReleasedFigure, kind="sums", because=_("protected figures of units"))
not_about_pupils(ReleaseWork, kind="sums", because=_("which round is to be released"))
not_about_pupils(RollupWork, kind="sums", because=_("which class is to be counted"))
not_about_pupils(
    ErasedCount,
    kind="sums",
    because=_("what erased pupils of a class counted for, added up so that none is told apart"),
)
