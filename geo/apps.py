"""The application as Django knows it."""

from django.apps import AppConfig


class GeoConfig(AppConfig):
    name = "geo"
