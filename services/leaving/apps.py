from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "services.leaving"
    default_auto_field = "django.db.models.BigAutoField"
