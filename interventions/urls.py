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
    path("questions/", views.question_list, name="question-list"),
    path("questions/questions.xlsx", views.question_list_xlsx, name="question-list-xlsx"),
    path("questions/setup/", views.question_setup, name="question-setup"),
    path("questions/setup/areas/<slug:key>/", views.question_area, name="question-area"),
    path("questions/setup/support/<slug:key>/", views.question_queue, name="question-queue"),
    path("questions/<slug:key>/", views.question, name="question"),
    path("questions/<slug:key>/take/", views.question_take, name="question-take"),
    path("questions/<slug:key>/answer/", views.question_answer, name="question-answer"),
    path("questions/<slug:key>/read/", views.question_read, name="question-read"),
    path("questions/<slug:key>/again/", views.question_again, name="question-again"),
    path("questions/<slug:key>/sort/", views.question_sort, name="question-sort"),
    path("questions/<slug:key>/pass-on/", views.question_pass_on, name="question-pass-on"),
    path("units/<slug:key>/questions/new/", views.question_new, name="question-new"),
    path("units/<slug:key>/obstacles/", views.unit_obstacles, name="unit-obstacles"),
    path("pupils/<slug:key>/<str:code>/answers/", views.cell_answers, name="cell-answers"),
]
