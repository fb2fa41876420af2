"""The settings of the workers that are broken: as on one's own machine, and the sweeps come thirty times as often."""

from colourmaps.config.settings_dev import *  # noqa: F403
from colourmaps.config.settings_dev import CELERY_BEAT_SCHEDULE

SECONDS_BETWEEN_SWEEPS = 1.0
CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": SECONDS_BETWEEN_SWEEPS}
    for name, entry in CELERY_BEAT_SCHEDULE.items()
    if isinstance(entry["schedule"], float)
}
