from django.urls import path

from . import views

app_name = "medical"
urlpatterns = [
    path("medical/", views.class_list, name="class-list"),
    path("medical/classes/<slug:key>/", views.class_map, name="class"),
    path("medical/classes/<slug:key>/fill-in/", views.fill_in, name="fill-in"),
    path("medical/pupils/<slug:key>/", views.pupil, name="pupil"),
    path("medical/pupils/<slug:key>/share/", views.share, name="share"),
    path("medical/crossings/", views.crossing_list, name="crossing-list"),
    path("medical/crossings/<slug:key>/", views.crossing, name="crossing"),
    path("medical/crossings/<slug:key>/withdraw/", views.withdraw, name="crossing-withdraw"),
    path("pupils/<slug:key>/shared-health/", views.shared, name="shared"),
]
