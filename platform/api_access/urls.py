from typing import Any

from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from api_access.views import Tokens


class Schema(SpectacularAPIView):
    """This host's OpenAPI 3.1 document, for anyone."""

    permission = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Describe the addresses of the host that was asked, not those of ROOT_URLCONF."""
        super().initial(request, *args, **kwargs)
        self.urlconf = request._request.urlconf  # set by HostMiddleware


urlpatterns = [
    path("auth/token/", Tokens.as_view(), name="api-token"),
    path("schema/", Schema.as_view(), name="api-schema"),
]
