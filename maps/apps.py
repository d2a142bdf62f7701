"""The application as Django knows it."""

from django.apps import AppConfig


class MapsConfig(AppConfig):
    name = "maps"
