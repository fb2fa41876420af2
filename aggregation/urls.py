from django.urls import path

from . import views
from .import_views import import_sums
from .release_views import held_back_page

app_name = "aggregation"
urlpatterns = [
    path("units/<slug:key>/", views.unit_page, name="unit-map"),
    path("units/<slug:key>/map.xlsx", views.unit_xlsx, name="unit-map-xlsx"),
    path("units/<slug:key>/map.csv", views.unit_csv, name="unit-map-csv"),
    path("units/<slug:key>/figures/", views.unit_figures, name="unit-figures"),
    path("figures-that-wait/", held_back_page, name="held-back"),
    path("imports/<slug:key>/sums/", import_sums, name="import-sums"),
]
