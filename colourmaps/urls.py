from django.urls import path

from . import views

app_name = "colourmaps"
urlpatterns = [
    path("classes/<slug:key>/", views.class_map, name="class-map"),
    path("search/", views.search, name="search"),
    path("pupils/<slug:key>/", views.pupil, name="pupil"),
    path("pupils/<slug:key>/<str:code>/panel/", views.cell_panel, name="cell-panel"),
    path("imports/", views.import_list, name="import-list"),
    path("imports/upload/", views.import_upload, name="import-upload"),
    path("imports/<slug:key>/", views.import_page, name="import"),
    path("imports/<slug:key>/progress/", views.import_progress, name="import-progress"),
    path("imports/<slug:key>/mapping/", views.import_mapping, name="import-mapping"),
    path("imports/<slug:key>/confirm/", views.import_confirm, name="import-confirm"),
    path("imports/<slug:key>/retry/", views.import_retry, name="import-retry"),
    path("imports/<slug:key>/refused/", views.import_refused, name="import-refused"),
]
