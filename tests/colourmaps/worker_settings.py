"""The settings of the tests, for a worker that is a process of its own: files where the test has put them."""

import os
from pathlib import Path

from colourmaps.config.settings_test import *  # noqa: F403

UPLOAD_ROOT = Path(os.environ["UPLOAD_ROOT"])
