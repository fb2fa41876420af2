"""The Celery application. Queues, limits and schedule are CELERY_ settings in settings.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colourmaps.config.settings")

app = Celery("colourmaps")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# "Current app" is kept per thread. Without a default, a thread of the web server would enqueue to a
# nameless application with its own broker.
app.set_default()
