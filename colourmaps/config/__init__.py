"""The composition root: it names the apps as strings, and no app imports it.

Reading any settings module imports this package first, so the Celery application exists before the
first task is declared or enqueued, in the web, in a worker and in every management command alike.
"""

from colourmaps.config.celery import app as celery_app

__all__ = ["celery_app"]
