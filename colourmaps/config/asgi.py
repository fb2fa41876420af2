"""The web application for an ASGI server. All views are synchronous, so WSGI is what is recommended."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colourmaps.config.settings")

application = get_asgi_application()
