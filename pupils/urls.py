from django.urls import path

from . import data_subject_views as data_subjects
from . import emergency_views as emergencies
from . import group_registry_views as registry
from . import group_views as groups
from . import protection_views as protection
from .access_log import views as access_log

app_name = "pupils"
urlpatterns = [
    path("administration/groups/", registry.group_registry, name="group-registry"),
    path("administration/groups/new/", registry.group_new, name="group-new"),
    path("administration/groups/<slug:key>/", registry.group_setup, name="group-setup"),
    path("administration/groups/<slug:key>/<slug:act>/", registry.group_act, name="group-act"),
    path("protected/", protection.protected_list, name="protected-list"),
    path("protected/schools/<slug:key>/", protection.protected_school, name="protected-school"),
    path("protected/schools/<slug:key>/access/", protection.access_new, name="access-new"),
    path("protected/access/<slug:key>/end/", protection.access_end, name="access-end"),
    path("protected/requests/<slug:key>/", protection.unmasking, name="unmasking"),
    path("pupils/<slug:key>/protect/", protection.protect, name="protect"),
    path("pupils/<slug:key>/name/", protection.name, name="name"),
    path("pupils/<slug:key>/name/hide/", protection.name_hide, name="name-hide"),
    path("emergency/", emergencies.emergency_list, name="emergency-list"),
    path("emergency/new/", emergencies.emergency_new, name="emergency-new"),
    path("emergency/log/", emergencies.emergency_log, name="emergency-log"),
    path("emergency/<slug:key>/", emergencies.emergency, name="emergency"),
    path("emergency/<slug:key>/end/", emergencies.emergency_end, name="emergency-end"),
    path("emergency/<slug:key>/note/", emergencies.emergency_note, name="emergency-note"),
    path("groups/", groups.group_list, name="group-list"),
    path("groups/<slug:key>/", groups.group_members, name="group-members"),
    path("groups/<slug:key>/<slug:act>/", groups.group_change, name="group-change"),
    path("log/", access_log.log, name="log"),
    path("log/controls/new/", access_log.log_control_new, name="log-control-new"),
    path("log/controls/<slug:key>/", access_log.log_control, name="log-control"),
    path("log/controls/<slug:key>/judge/", access_log.log_control_judge, name="log-control-judge"),
    path("log/controls/<slug:key>/sign/", access_log.log_control_sign, name="log-control-sign"),
    path("log/account/", access_log.log_account, name="log-account"),
    path("log/pupils/", access_log.log_pupil_search, name="log-pupil-search"),
    path("log/pupils/<slug:key>/", access_log.log_pupil, name="log-pupil"),
    path("pupils/<slug:key>/seen-by/", access_log.seen_by, name="seen-by"),
    path("data-subjects/", data_subjects.data_subject_find, name="data-subject-find"),
    path("data-subjects/erasures/", data_subjects.erasure_list, name="erasure-list"),
    path("pupils/<slug:key>/extract/", data_subjects.register_extract, name="register-extract"),
    path("pupils/<slug:key>/erasure/", data_subjects.pupil_erasure, name="pupil-erasure"),
]
