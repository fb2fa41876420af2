from django.urls import path

from . import views

app_name = "colourmaps"
urlpatterns = [
    path("classes/<slug:key>/", views.class_map, name="class-map"),
    path("classes/<slug:key>/map.xlsx", views.class_map_xlsx, name="class-map-xlsx"),
    path("classes/<slug:key>/map.csv", views.class_map_as_csv, name="class-map-csv"),
    path("search/", views.search, name="search"),
    path("pupils/<slug:key>/", views.pupil, name="pupil"),
    path("pupils/<slug:key>/sheet/", views.pupil_sheet, name="pupil-sheet"),
    path("pupils/<slug:key>/<str:code>/panel/", views.cell_panel, name="cell-panel"),
    path("fill-in/", views.fill_in_list, name="fill-in-list"),
    path("fill-in/<slug:key>/", views.fill_in, name="fill-in"),
    path("fill-in/<slug:key>/workbook/", views.fill_in_workbook, name="fill-in-workbook"),
    path("fill-in/<slug:key>/upload/", views.fill_in_upload, name="fill-in-upload"),
    path("filled-in/<slug:key>/", views.filled_in, name="filled-in"),
    path("filled-in/<slug:key>/progress/", views.filled_in_progress, name="filled-in-progress"),
    path("filled-in/<slug:key>/decide/", views.filled_in_decide, name="filled-in-decide"),
    path("filled-in/<slug:key>/confirm/", views.filled_in_confirm, name="filled-in-confirm"),
    path("filled-in/<slug:key>/retry/", views.filled_in_retry, name="filled-in-retry"),
    path("filled-in/<slug:key>/cancel/", views.filled_in_cancel, name="filled-in-cancel"),
    path("filled-in/<slug:key>/undo/", views.filled_in_undo, name="filled-in-undo"),
    path("imports/", views.import_list, name="import-list"),
    path("imports/upload/", views.import_upload, name="import-upload"),
    path("imports/<slug:key>/", views.import_page, name="import"),
    path("imports/<slug:key>/progress/", views.import_progress, name="import-progress"),
    path("imports/<slug:key>/mapping/", views.import_mapping, name="import-mapping"),
    path("imports/<slug:key>/decisions/", views.import_decide, name="import-decide"),
    path("imports/<slug:key>/afresh/", views.import_afresh, name="import-afresh"),
    path("imports/<slug:key>/confirm/", views.import_confirm, name="import-confirm"),
    path("imports/<slug:key>/retry/", views.import_retry, name="import-retry"),
    path("imports/<slug:key>/cancel/", views.import_cancel, name="import-cancel"),
    path("imports/<slug:key>/throw-away/", views.import_throw_away, name="import-throw-away"),
    path("imports/<slug:key>/refused/", views.import_refused, name="import-refused"),
    path("imports/<slug:key>/file/", views.import_file, name="import-file"),
    path("imports/<slug:key>/undo/", views.import_undo, name="import-undo"),
]
