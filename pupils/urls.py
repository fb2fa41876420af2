from django.urls import URLPattern

app_name = "pupils"
urlpatterns: list[URLPattern] = []
