"""The web application for a WSGI server (gunicorn in production, waitress in the demo)."""

import os

from django.core import checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colourmaps.config.settings")

application = get_wsgi_application()

# A server of this kind runs no checks by itself. Pages that nobody has given a door must not come up at all.
if faults := [each for each in checks.run_checks(tags=[checks.Tags.urls]) if each.is_serious()]:
    raise SystemExit("\n".join(f"{each.id}: {each.msg} {each.hint or ''}" for each in faults))
