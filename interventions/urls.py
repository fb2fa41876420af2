from django.urls import path

from . import views

app_name = "interventions"
urlpatterns = [
    path("interventions/", views.intervention_list, name="intervention-list"),
    path("interventions/<slug:key>/", views.intervention, name="intervention"),
    path("interventions/<slug:key>/end/", views.intervention_end, name="intervention-end"),
    path("units/<slug:key>/interventions/", views.unit_interventions, name="unit-interventions"),
    path("units/<slug:key>/interventions/new/", views.intervention_new, name="intervention-new"),
    path("units/<slug:key>/unanswered/", views.unit_unanswered, name="unit-unanswered"),
    path("units/<slug:key>/<str:code>/answers/", views.column_answers, name="column-answers"),
    path("team/<str:code>/answers/", views.team_column_answers, name="team-column-answers"),
    path("team/unanswered/", views.team_unanswered, name="team-unanswered"),
    path("pupils/<slug:key>/<str:code>/answers/", views.cell_answers, name="cell-answers"),
]
