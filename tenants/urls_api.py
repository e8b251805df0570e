from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from tenants.api import Tokens


class Schema(SpectacularAPIView):
    """This host's OpenAPI 3.1 document, for anyone."""

    permission = None


urlpatterns = [
    path("auth/token/", Tokens.as_view(), name="api-token"),
    path("schema/", Schema.as_view(), name="api-schema"),
]
