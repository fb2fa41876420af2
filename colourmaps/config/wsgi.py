"""The web application for a WSGI server (gunicorn in production, waitress in the demo)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colourmaps.config.settings")

application = get_wsgi_application()
