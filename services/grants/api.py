"""Applications to funds for programs: ask, list, read, assess, decide, pay. An amount is text with two decimals."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.permissions import Permission
from api_access.idempotency import once
from common.programs.cursors import Cursor
from common.programs.serializers import Body, MoneyField, RefField, refused_fields
from common.refusals import Refused, RefusedFields
from services.clients.access import visible_clients
from services.funds.access import get_fund
from services.grants.access import get_application, known_clients, visible_applications
from services.grants.applications import actions as application_actions
from services.grants.decisions import assessment, voting
from services.grants.guards import likeness, page_digest
from services.grants.models import Application, Ballot, Need, Payment
from services.grants.payments import actions as payment_actions
from services.people.access import sites_in_reach

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    """`client` is null for whoever may not know of the client; `digest` names what a decision would be about."""

    kind = serializers.CharField(source="need.kind")
    fund = serializers.CharField(source="fund.ref")
    purpose = serializers.CharField(source="purpose.name")
    client = serializers.SerializerMethodField()
    activity = serializers.CharField(source="need.title")
    cause = serializers.SerializerMethodField()
    amount = MoneyField(source="asked")
    assessed = MoneyField(allow_null=True)
    awarded = MoneyField(allow_null=True)
    digest = serializers.SerializerMethodField()

    class Meta:
        model = Application
        fields = [
            "ref", "number", "state", "kind", "fund", "purpose", "client", "activity", "cause", "amount", "assessed",
            "awarded", "round", "notice_from", "notice_to", "applied_at", "digest",
        ]  # fmt: skip

    def _knows(self, row: Application) -> bool:
        known: set[int] = self.context.get("known", set())
        return row.need.client_id is None or row.need.client_id in known

    def get_client(self, row: Application) -> str | None:
        return row.need.client.ref if row.need.client and self._knows(row) else None

    def get_cause(self, row: Application) -> str:
        secret = row.need.client is not None and row.need.client.is_restricted and not self._knows(row)
        return "" if secret else row.need.cause

    def get_digest(self, row: Application) -> str:
        return page_digest.digest_of(row)


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    application = serializers.CharField(source="application.ref")
    amount = MoneyField()

    class Meta:
        model = Payment
        fields = ["ref", "application", "amount", "method", "state", "paid_on"]


class NewApplication(Body):
    """`activity` is an activity's title. A `cause` other than the codes is taken as 'other'."""

    kind = serializers.ChoiceField([Need.Kind.PERSON.value, Need.Kind.ACTIVITY.value])
    client = RefField(
        lambda request: visible_clients(request, timezone.localdate()), required=False, allow_null=True, default=None
    )
    activity = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    amount = MoneyField()
    cause = serializers.ChoiceField(Need.Cause.choices, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=2000)


class Assessment(Body):
    amount = MoneyField()
    findings = serializers.CharField(max_length=2000)


class Decision(Body):
    """`seen` is the `digest` that the decision is about; an older one is refused (409)."""

    verdict = serializers.ChoiceField(Ballot.Verdict.choices)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    seen = serializers.CharField(max_length=64, required=False, allow_null=True, default=None)


class Procedure(Body):
    """`is_content` says that nothing is to be said against how the committee came to its word."""

    is_content = serializers.BooleanField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    seen = serializers.CharField(max_length=64, required=False, allow_null=True, default=None)


class PaymentBody(Body):
    """`payment` names the prepared one that is to be approved; '' prepares a new one. Without it, the words tell."""

    method = serializers.ChoiceField(Payment.Method.choices)
    payee = serializers.CharField(max_length=200)
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    payment = serializers.CharField(max_length=16, required=False, allow_blank=True, allow_null=True, default=None)


class ApplicationCursor(Cursor):
    ordering = ("-applied_at", "-id")


def _said(request: Request, form: type[Body]) -> dict[str, Any]:
    body = form(data=request.data, context={"request": request._request})
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _answer(request: Request, application: Application, status: int = 200) -> Response:
    known = known_clients(request._request, [application], timezone.localdate())
    return Response(ApplicationSerializer(application, context={"known": known}).data, status=status)


def _found(request: Request, ref: str, permission: Permission) -> Application:
    return get_application(request._request, ref, permission, timezone.localdate())


def _by_field(no: RefusedFields, names: dict[str, str]) -> ValidationError:
    return refused_fields({names.get(name, name): said for name, said in no.fields.items()})


class NewApplications(APIView):
    permission = Permission.GRANT_APPLY

    @extend_schema(summary="申请资助", request=NewApplication, responses={201: ApplicationSerializer}, parameters=[KEY])
    @once
    def post(self, request: Request, ref: str) -> Response:
        fund = get_fund(request._request, ref, Permission.GRANT_APPLY)
        said = _said(request, NewApplication)
        client = said["client"] if said["kind"] == Need.Kind.PERSON else None
        purpose = fund.purposes.select_related("fund__book").filter(is_restricted=False).first()
        site = client.site if client else sites_in_reach(request._request, timezone.localdate()).open().first()
        if said["kind"] == Need.Kind.PERSON and client is None:
            raise refused_fields({"client": [_("请选择服务对象。")]})
        if purpose is None or site is None:
            raise Refused(_("这个基金还没有可以申请的用途，或您还没有所在站点。"))
        wanted = application_actions.Wanted(
            kind=said["kind"], site=site, story=said["reason"], client=client, cause=said["cause"],
            title=said["activity"],
        )  # fmt: skip
        try:
            made = application_actions.apply(wanted=wanted, purpose=purpose, asked=said["amount"], by=request.user)  # type: ignore[arg-type]
        except application_actions.CannotApply as refusal:
            raise _by_field(refusal, {"title": "activity", "story": "reason"}) from None
        return _answer(request, made, 201)


class Applications(generics.ListAPIView[Application]):
    permission = Permission.GRANT_VIEW
    serializer_class = ApplicationSerializer
    pagination_class = ApplicationCursor

    def get_queryset(self) -> QuerySet[Application]:
        rows = visible_applications(self.request._request, timezone.localdate())
        return rows.select_related("need__client", "fund", "purpose")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], list):
            known = known_clients(self.request._request, args[0], timezone.localdate())
            kwargs["context"] = {**self.get_serializer_context(), "known": known}
        return super().get_serializer(*args, **kwargs)


class OneApplication(APIView):
    permission = Permission.GRANT_VIEW

    @extend_schema(summary="资助申请", responses=ApplicationSerializer)
    def get(self, request: Request, ref: str) -> Response:
        return _answer(request, _found(request, ref, Permission.GRANT_VIEW))


class Assess(APIView):
    permission = Permission.GRANT_ASSESS

    @extend_schema(summary="评估", request=Assessment, responses=ApplicationSerializer)
    def post(self, request: Request, ref: str) -> Response:
        found = _found(request, ref, Permission.GRANT_ASSESS)
        try:
            made = assessment.assess(application=found, **_said(request, Assessment), by=request.user)  # type: ignore[arg-type]
        except assessment.CannotAssess as refusal:
            raise _by_field(refusal, {}) from None
        return _answer(request, made)


class AlikeSerializer(serializers.Serializer[Any]):
    """A file that may be of the same person: its number, why, and what it was granted this year."""

    number = serializers.CharField(source="file.number")
    why = serializers.ListField(child=serializers.ChoiceField(choices=list(likeness.WHY)))
    granted = MoneyField()


class Likeness(serializers.Serializer[Any]):
    """`seen` names what was looked at; `compared` is how many people have, of the two that are needed."""

    seen = serializers.CharField()
    compared = serializers.IntegerField()
    files = AlikeSerializer(many=True)


class Comparison(Body):
    seen = serializers.CharField(max_length=64)


class Compare(APIView):
    """The files that may be of the applicant where an ID number is missing: look, and say that they are not."""

    permission = Permission.GRANT_ASSESS

    @extend_schema(summary="可能是同一人的档案", responses=Likeness)
    def get(self, request: Request, ref: str) -> Response:
        return self._answer(_found(request, ref, Permission.GRANT_ASSESS))

    @extend_schema(summary="核对不是同一人", request=Comparison, responses=Likeness)
    def post(self, request: Request, ref: str) -> Response:
        found = _found(request, ref, Permission.GRANT_ASSESS)
        likeness.compare(application=found, **_said(request, Comparison), by=request.user)  # type: ignore[arg-type]
        return self._answer(found)

    def _answer(self, found: Application) -> Response:
        files = likeness.alike(found.need.client) if found.need.client else []
        said = {
            "seen": likeness.seen_of(files), "compared": len(likeness.compared_by(found, files)), "files": files,
        }  # fmt: skip
        return Response(Likeness(said).data)


class Decide(APIView):
    permission = Permission.GRANT_DECIDE

    @extend_schema(summary="表决", request=Decision, responses=ApplicationSerializer)
    def post(self, request: Request, ref: str) -> Response:
        found, said = _found(request, ref, Permission.GRANT_DECIDE), _said(request, Decision)
        try:
            made = voting.vote(
                application=found, verdict=said["verdict"], words=said["reason"], seen=said["seen"],
                by=request.user,  # type: ignore[arg-type]
            )  # fmt: skip
        except voting.CannotVote as refusal:
            raise _by_field(refusal, {"words": "reason"}) from None
        return _answer(request, made)


class Opine(APIView):
    """The monitor's opinion of this round, without which a committee's result does not fall (1C-14)."""

    permission = Permission.GRANT_MONITOR

    @extend_schema(summary="监督员意见", request=Procedure, responses=ApplicationSerializer)
    def post(self, request: Request, ref: str) -> Response:
        found, said = _found(request, ref, Permission.GRANT_MONITOR), _said(request, Procedure)
        try:
            made = voting.opine(
                application=found, has_no_objection=said["is_content"], words=said["reason"], seen=said["seen"],
                by=request.user,  # type: ignore[arg-type]
            )  # fmt: skip
        except voting.CannotVote as refusal:
            raise _by_field(refusal, {"words": "reason"}) from None
        return _answer(request, made)


class Pay(APIView):
    """The first payer prepares the payment, a second one with the same words approves it.

    Whoever names the payment (`payment`) approves that one or none: one that was dropped meanwhile answers 409.
    """

    permission = Permission.GRANT_PAY

    @extend_schema(summary="付款", request=PaymentBody, responses={201: PaymentSerializer}, parameters=[KEY])
    @once
    def post(self, request: Request, ref: str) -> Response:
        found, said = _found(request, ref, Permission.GRANT_PAY), _said(request, PaymentBody)
        meant = _meant(found, said.pop("payment"), said["method"], said["payee"], by=request.user)  # type: ignore[arg-type]
        try:
            if meant is None:
                made = payment_actions.prepare(application=found, **said, by=request.user)  # type: ignore[arg-type]
            elif not payment_actions.same_payee(meant, said["method"], said["payee"]):
                raise payment_actions.PaidAlready(_("与已提交的付款方式或收款人不同，请核对。"))
            else:
                made = payment_actions.approve_payment(payment=meant, reference=said["reference"], by=request.user)  # type: ignore[arg-type]
        except payment_actions.CannotPay as refusal:
            raise _by_field(refusal, {}) from None
        return Response(PaymentSerializer(made).data, status=201)


def _meant(found: Application, name: str | None, method: str, payee: str, *, by: User) -> Payment | None:
    """Return the payment that is to be approved, None if one is to be prepared.

    :raises ValidationError: for a name that is no payment of the application.
    :raises services.grants.payments.actions.PaidAlready: unnamed, if somebody else's payment in the same words was
        dropped: then it is not told whether that one is meant or a new one.
    """
    if name:
        meant = found.payments.filter(ref=name).first()
        if meant is None:
            raise ValidationError({"payment": [_("这份申请没有这笔付款。")]})
        return meant
    live = found.payments.filter(state=Payment.State.PREPARED).first()
    if name is None and live is None:
        dropped = found.payments.filter(state=Payment.State.DROPPED).exclude(prepared_by=by.ref)
        if any(payment_actions.same_payee(each, method, payee) for each in dropped):
            raise payment_actions.PaidAlready(_("这笔付款已经撤销。要另行提交一笔新的付款，请写明 payment 为空。"))
    return live if name is None else None
