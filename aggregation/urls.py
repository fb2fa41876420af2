from django.urls import path

from . import views

app_name = "aggregation"
urlpatterns = [
    path("units/<slug:key>/", views.unit_page, name="unit-map"),
    path("units/<slug:key>/figures/", views.unit_figures, name="unit-figures"),
]
