"""The application as Django knows it."""

from django.apps import AppConfig


class LayersConfig(AppConfig):
    name = "layers"
