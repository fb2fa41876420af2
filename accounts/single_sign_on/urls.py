"""Below accounts:. The pages of an administrator, the public way in, and what providers send people back to."""

from django.urls import path

from . import setup_views as setup
from . import views

urlpatterns = [
    path("administration/single-sign-on/", setup.setup, name="sso-setup"),
    path("administration/single-sign-on/new/<slug:protocol>/", setup.provider_new, name="sso-provider-new"),
    path("administration/single-sign-on/people/", setup.people, name="sso-people"),
    path(
        "administration/single-sign-on/emergency/<int:number>/",
        setup.emergency_seal,
        name="sso-emergency-seal",
    ),
    path("administration/single-sign-on/<slug:key>/", setup.provider_edit, name="sso-provider"),
    path("administration/single-sign-on/<slug:key>/test/", setup.provider_test, name="sso-provider-test"),
    path("administration/single-sign-on/<slug:key>/roles/", setup.mapping, name="sso-mapping"),
    path("administration/single-sign-on/<slug:key>/only-way/", setup.only_way, name="sso-only-way"),
    path("single-sign-on/find/", views.find, name="municipality-find"),
    path("single-sign-on/<slug:code>/<slug:key>/", views.begin, name="sso-begin"),
    path("single-sign-on/<slug:code>/<slug:key>/callback/", views.callback, name="oidc-callback"),
    path("single-sign-on/<slug:code>/<slug:key>/acs/", views.acs, name="saml-acs"),
    path("single-sign-on/<slug:code>/<slug:key>/finish/", views.finish, name="saml-finish"),
    path("single-sign-on/<slug:code>/<slug:key>/metadata/", views.metadata, name="saml-metadata"),
    # Last: every other address below sign-in/ is looked for first.
    path("sign-in/<slug:code>/", views.municipality_sign_in, name="municipality-sign-in"),
]
