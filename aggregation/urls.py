from django.urls import path

from . import views
from .import_views import import_sums
from .job_views import job_list, job_retry

app_name = "aggregation"
urlpatterns = [
    path("units/<slug:key>/", views.unit_page, name="unit-map"),
    path("units/<slug:key>/map.xlsx", views.unit_xlsx, name="unit-map-xlsx"),
    path("units/<slug:key>/map.csv", views.unit_csv, name="unit-map-csv"),
    path("units/<slug:key>/figures/", views.unit_figures, name="unit-figures"),
    path("imports/<slug:key>/sums/", import_sums, name="import-sums"),
    path("jobs/", job_list, name="job-list"),
    path("jobs/<slug:key>/retry/", job_retry, name="job-retry"),
]
