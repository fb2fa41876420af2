from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("pupils.urls")),
    path("", include("colourmaps.urls")),
    path("", include("aggregation.urls")),
    path("", include("interventions.start_urls")),
    path("", include("interventions.urls")),
    path("operator/", admin.site.urls),
]
