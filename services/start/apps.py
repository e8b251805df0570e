from django.apps import AppConfig


class StartConfig(AppConfig):
    name = "services.start"
    default_auto_field = "django.db.models.BigAutoField"
