"""A fund's books for programs: GET funds/{ref}/ledger/."""

from decimal import Decimal

from django.db.models import QuerySet
from rest_framework import generics, serializers

from accounts.permissions import Permission
from common.programs.cursors import Cursor
from services.funds.access import get_fund
from services.funds.books.views import change_of
from services.ledger import queries
from services.ledger.models import Entry, Line


class EntryLineSerializer(serializers.ModelSerializer[Line]):
    """`amount` above zero is a debit, below zero a credit."""

    account = serializers.CharField(source="account.code", read_only=True)
    name = serializers.CharField(source="account.name", read_only=True)

    class Meta:
        model = Line
        fields = ["account", "name", "amount", "balance_after"]


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """`change` is what the entry changed of the fund's resources, `reverses` the number of the entry it corrects."""

    change = serializers.SerializerMethodField()
    reverses = serializers.SlugRelatedField(slug_field="number", read_only=True, allow_null=True)  # type: ignore[var-annotated]
    words = serializers.CharField(source="memo", read_only=True)
    legs = EntryLineSerializer(source="lines", many=True, read_only=True)

    class Meta:
        model = Entry
        fields = [
            "ref",
            "number",
            "kind",
            "occurred_on",
            "recorded_at",
            "words",
            "change",
            "reverses",
            "digest",
            "legs",
        ]

    def get_change(self, entry: Entry) -> str:
        return f"{change_of(entry).quantize(Decimal('0.01')):f}"


class EntryCursor(Cursor):
    ordering = ("-number",)


class FundLedger(generics.ListAPIView[Entry]):
    """The entries of a fund's books, the newest first."""

    permission = {"GET": Permission.FUND_VIEW}
    serializer_class = EntrySerializer
    pagination_class = EntryCursor

    def get_queryset(self) -> QuerySet[Entry]:
        if getattr(self, "swagger_fake_view", False):
            return Entry.objects.none()
        fund = get_fund(self.request._request, self.kwargs["ref"], Permission.FUND_VIEW)
        return queries.entries(fund.book)
