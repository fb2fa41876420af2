"""The addresses that allauth names, and no more of them than we need. Each is opened by one of our own doors."""

from django.urls import path

from . import own, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/second-factor/", views.second_factor, name="mfa_authenticate"),
    path("sign-in/passkey/", views.passkey, name="mfa_login_webauthn"),
    path("my-sign-in/app/", views.new_app, name="mfa_activate_totp"),
    path("my-sign-in/passkey/", views.new_passkey, name="mfa_add_webauthn"),
    path("my-sign-in/recovery-codes/", own.recovery_codes, name="mfa_view_recovery_codes"),
]
