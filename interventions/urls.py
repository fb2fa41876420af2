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
    path("interventions/<slug:key>/sessions/", views.session_list, name="session-list"),
    path("interventions/<slug:key>/sessions/plan/", views.session_plan, name="session-plan"),
    path("interventions/<slug:key>/sessions/add/", views.session_add, name="session-add"),
    path("interventions/<slug:key>/sessions/mark/", views.session_mark, name="session-mark"),
    path(
        "interventions/<slug:key>/sessions/mark-several/",
        views.session_mark_several,
        name="session-mark-several",
    ),
    path("interventions/<slug:key>/evaluation/", views.evaluation, name="evaluation"),
    path("interventions/<slug:key>/continue/", views.intervention_continue, name="intervention-continue"),
    path("interventions/<slug:key>/follow-up/", views.follow_up, name="follow-up"),
    path("interventions/<slug:key>/baseline/", views.baseline_anew, name="baseline-anew"),
    path("units/<slug:key>/improvements/", views.improvements, name="improvements"),
    path("units/<slug:key>/interventions/", views.unit_interventions, name="unit-interventions"),
    path(
        "units/<slug:key>/interventions/xlsx/",
        views.unit_interventions_xlsx,
        name="unit-interventions-xlsx",
    ),
    path("units/<slug:key>/interventions/new/", views.intervention_new, name="intervention-new"),
    path("units/<slug:key>/unanswered/", views.unit_unanswered, name="unit-unanswered"),
    path("pupils/<slug:key>/<str:code>/answers/", views.cell_answers, name="cell-answers"),
]
