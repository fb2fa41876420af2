from django.urls import path

from . import administration_views as administration
from . import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", views.choose_language, name="language"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("health/", views.health, name="health"),
    path("administration/", administration.administration, name="administration"),
    path("administration/units/", administration.unit_tree, name="unit-tree"),
    path("administration/units/<slug:key>/", administration.unit_setup, name="unit"),
]
