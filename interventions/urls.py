from django.urls import path

from . import views

app_name = "interventions"
urlpatterns = [
    path("interventions/", views.intervention_list, name="intervention-list"),
    path("interventions/xlsx/", views.intervention_list_xlsx, name="intervention-list-xlsx"),
    path("interventions/new/", views.intervention_new_together, name="intervention-new-together"),
    path("interventions/<slug:key>/", views.intervention, name="intervention"),
    path("interventions/<slug:key>/edit/", views.intervention_edit, name="intervention-edit"),
    path("interventions/<slug:key>/sheet/", views.intervention_sheet, name="intervention-sheet"),
    path(
        "interventions/<slug:key>/expectation/",
        views.intervention_expectation,
        name="intervention-expectation",
    ),
    path("interventions/<slug:key>/steps/", views.intervention_step, name="intervention-step"),
    path("interventions/<slug:key>/end/", views.intervention_end, name="intervention-end"),
    path("units/<slug:key>/interventions/", views.unit_interventions, name="unit-interventions"),
    path(
        "units/<slug:key>/interventions/xlsx/",
        views.unit_interventions_xlsx,
        name="unit-interventions-xlsx",
    ),
    path("units/<slug:key>/interventions/new/", views.intervention_new, name="intervention-new"),
    path("units/<slug:key>/unanswered/", views.unit_unanswered, name="unit-unanswered"),
    path("pupils/<slug:key>/<str:code>/answers/", views.cell_answers, name="cell-answers"),
    path("units/<slug:key>/early-effort/", views.early_effort, name="early-effort"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("catalogue/new/", views.entry_new, name="entry-new"),
    path("catalogue/offers/", views.offer_list, name="offer-list"),
    path("catalogue/offers/<slug:offer_key>/", views.offer, name="offer"),
    path("catalogue/offers/<slug:offer_key>/take/", views.offer_take, name="offer-take"),
    path("catalogue/<slug:key>/", views.entry, name="entry"),
    path("catalogue/<slug:key>/edit/", views.entry_edit, name="entry-edit"),
    path("catalogue/<slug:key>/check/", views.entry_check, name="entry-check"),
    path("catalogue/<slug:key>/use/", views.entry_use, name="entry-use"),
    path("catalogue/<slug:key>/withdraw/", views.entry_withdraw, name="entry-withdraw"),
    path("catalogue/<slug:key>/restore/", views.entry_restore, name="entry-restore"),
    path("catalogue/<slug:key>/share/", views.entry_share, name="entry-share"),
    path("catalogue/<slug:key>/unshare/", views.entry_unshare, name="entry-unshare"),
    path("catalogue/<slug:key>/source/", views.entry_source, name="entry-source"),
]
