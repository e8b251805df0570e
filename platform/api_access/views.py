"""Signing in for programs: POST /api/v1/auth/token/ on both hosts."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.sign_in import second_factor
from api_access.authentication import here, issue_token
from audit import log
from common import clock
from common.programs.serializers import Body
from tenants.access import access_in, is_emergency


class Credentials(Body):
    username = serializers.CharField(max_length=60)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    otp = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class Tokens(APIView):
    """Give a token for this host to who may sign in here."""

    permission = None
    authentication_classes = ()

    def get_authenticate_header(self, request: Request) -> str:
        return "Token"

    @extend_schema(summary="取得令牌", request=Credentials, responses={201: TokenSerializer})
    def post(self, request: Request) -> Response:
        form = Credentials(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        user = self._signed_in(request, said["username"], said["password"])
        self._second_factor(request, user, said["otp"])
        if is_emergency(access_in(user, here())):
            raise exceptions.PermissionDenied(_("紧急查看只能在网页上进行。"))
        token, row = issue_token(user, clock.now())
        log.write("accounts.token.issued", on=user, by=user, host=here())
        return Response(TokenSerializer({"token": token, "expires_at": row.expires_at}).data, status=201)

    def _signed_in(self, request: Request, username: str, password: str) -> User:
        """Return who has this password and a role here.

        :raises AuthenticationFailed: in the same words as for a wrong code: a program is not told which was wrong.
        """
        found: User | None = get_adapter(request._request).authenticate(
            request._request, username=username, password=password
        )
        if found is None:
            raise _wrong()
        return found

    def _second_factor(self, request: Request, user: User, code: str) -> None:
        """Ask for a code where one is set up; who must have a second factor and has none gets no token.

        :raises AuthenticationFailed: without a good code.
        """
        if not get_mfa_adapter().is_mfa_enabled(user):
            if settings.MFA_REQUIRED and access_in(user, here()).needs_mfa:
                raise exceptions.AuthenticationFailed(_("请先在网页上设置两步验证。"))
            return
        if second_factor.accept(request._request, user, code) is None:
            log.write("accounts.sign_in.failed", on=user, by=None, host=here(), why="wrong code")
            raise _wrong()


def _wrong() -> exceptions.AuthenticationFailed:
    return exceptions.AuthenticationFailed(_("用户名、密码或两步验证码（otp）不对。"))
