from django.urls import path

from . import group_registry_views as registry
from . import group_views as groups

app_name = "pupils"
urlpatterns = [
    path("administration/groups/", registry.group_registry, name="group-registry"),
    path("administration/groups/new/", registry.group_new, name="group-new"),
    path("administration/groups/<slug:key>/", registry.group_setup, name="group-setup"),
    path("administration/groups/<slug:key>/<slug:act>/", registry.group_act, name="group-act"),
    path("groups/", groups.group_list, name="group-list"),
    path("groups/<slug:key>/", groups.group_members, name="group-members"),
    path("groups/<slug:key>/<slug:act>/", groups.group_change, name="group-change"),
]
