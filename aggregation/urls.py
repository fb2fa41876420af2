from django.urls import path

from . import views
from .dashboards import views as dashboards
from .import_views import import_sums
from .job_views import job_list, job_retry
from .limit_views import limits
from .release_views import held_back_page
from .reorganisation_pages.views import reorganise

app_name = "aggregation"
urlpatterns = [
    path("units/<slug:key>/", views.unit_page, name="unit-map"),
    path("units/<slug:key>/map.xlsx", views.unit_xlsx, name="unit-map-xlsx"),
    path("units/<slug:key>/map.csv", views.unit_csv, name="unit-map-csv"),
    path("units/<slug:key>/figures/", views.unit_figures, name="unit-figures"),
    path("units/<slug:key>/worth-a-look/", dashboards.unit_worth_a_look, name="unit-worth-a-look"),
    path("units/<slug:key>/over-time/", dashboards.unit_trends, name="unit-trends"),
    path("units/<slug:key>/fresh/", dashboards.unit_fresh, name="unit-fresh"),
    path("units/<slug:key>/indicators/<str:code>/", dashboards.indicator_page, name="indicator"),
    path(
        "units/<slug:key>/indicators/<str:code>/figures/", dashboards.indicator_part, name="indicator-figures"
    ),
    path(
        "units/<slug:key>/indicators/<str:code>/figures.xlsx",
        dashboards.indicator_xlsx,
        name="indicator-xlsx",
    ),
    path("administration/units/<slug:key>/<slug:act>/", reorganise, name="reorganise"),
    path("administration/limits/", limits, name="limits"),
    path("figures-that-wait/", held_back_page, name="held-back"),
    path("imports/<slug:key>/sums/", import_sums, name="import-sums"),
    path("jobs/", job_list, name="job-list"),
    path("jobs/<slug:key>/retry/", job_retry, name="job-retry"),
]
