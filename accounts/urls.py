from django.urls import path

from . import administration_views as administration
from . import data_protection_views as data_protection
from . import retention_views as retention
from . import role_views, views
from .people import views as people
from .signing_in import again, own
from .signing_in import views as signing_in
from .single_sign_on.urls import urlpatterns as single_sign_on

app_name = "accounts"
urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-in/again/", again.sign_in_again, name="sign-in-again"),
    path("choose-password/", signing_in.choose_password_once, name="choose-password"),
    path("choose-password/<slug:key>/<slug:token>/", signing_in.one_time_link, name="one-time-link"),
    path("my-sign-in/", own.my_sign_in, name="my-sign-in"),
    path("my-sign-in/second-factor/", signing_in.second_factor_needed, name="second-factor"),
    path("my-sign-in/password/", own.own_password, name="own-password"),
    path("my-sign-in/remove/", own.remove_factor, name="factor-remove"),
    path("my-sign-in/recovery-codes/new/", own.new_recovery_codes, name="recovery-codes-new"),
    path("my-sign-in/sessions/end/", own.end_own_sessions, name="own-sessions-end"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", views.choose_language, name="language"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("health/", views.health, name="health"),
    path("administration/", administration.administration, name="administration"),
    path("administration/units/", administration.unit_tree, name="unit-tree"),
    path("administration/roles/", role_views.role_matrix, name="role-matrix"),
    path("administration/units/<slug:key>/", administration.unit_setup, name="unit"),
    path("administration/people/", people.person_list, name="person-list"),
    path("administration/people/new/", people.person_new, name="person-new"),
    path("administration/people/<slug:key>/", people.person_page, name="person"),
    path("administration/people/<slug:key>/role/", people.person_role, name="person-role"),
    path(
        "administration/people/<slug:key>/role/<int:number>/end/",
        people.person_role_end,
        name="person-role-end",
    ),
    path("administration/people/<slug:key>/act/", people.person_act, name="person-act"),
    path("administration/people/<slug:key>/end/", people.person_end, name="person-end"),
    *single_sign_on,
    path("administration/retention/", retention.retention_plan, name="retention-plan"),
    path("administration/retention/<slug:kind>/", retention.retention_type, name="retention-type"),
    path("administration/retention/<slug:kind>/<slug:act>/", retention.retention_act, name="retention-act"),
    path("administration/exports/", retention.export_list, name="export-list"),
    path("administration/exports/new/", retention.export_new, name="export-new"),
    path("administration/exports/<slug:key>/file/", retention.export_file, name="export-file"),
    path(
        "administration/data-protection/", data_protection.data_protection_pack, name="data-protection-pack"
    ),
]
