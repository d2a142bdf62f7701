"""Every address of the site and who may open it."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
