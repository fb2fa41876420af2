"""The start page, on its own so that its name is plain "start"."""

from django.urls import path

from . import views

urlpatterns = [path("", views.start, name="start")]
