from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    # Before those in which sign-in/ is followed by the code of a municipality.
    path("", include("accounts.signing_in.urls")),
    path("", include("accounts.urls")),
    path("", include("pupils.urls")),
    path("", include("colourmaps.urls")),
    path("", include("colourmaps.medical.urls")),
    path("", include("aggregation.urls")),
    path("", include("interventions.start_urls")),
    path("", include("interventions.urls")),
    path("operator/", admin.site.urls),
]

handler400 = "accounts.errors.bad_request"
handler500 = "accounts.errors.server_error"
