from django.apps import AppConfig


class HelpRequestsConfig(AppConfig):
    name = "services.help_requests"
    default_auto_field = "django.db.models.BigAutoField"
