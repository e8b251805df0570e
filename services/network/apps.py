from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "services.network"
    default_auto_field = "django.db.models.BigAutoField"
