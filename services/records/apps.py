from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "services.records"
    default_auto_field = "django.db.models.BigAutoField"
