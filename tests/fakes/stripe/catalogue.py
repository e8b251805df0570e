"""Products, prices, coupons, promotion codes, meters and what was metered."""

from typing import Any

from stripe import params
from stripe.params import billing

from tests.fakes.stripe.books import Books, Object, shown
from tests.fakes.stripe.routes import route
from tests.fakes.stripe.wrong import invalid


@route("POST", "/v1/products", params.ProductCreateParams)
def create_product(books: Books, said: dict[str, Any]) -> Object:
    if said.get("id") in books.objects:
        raise invalid("Product already exists.", "id", "resource_already_exists")
    made = books.new(
        "product", "prod", id=said.get("id", ""), name=said["name"], active=True, description=said.get("description"),
        metadata=said.get("metadata") or {}, type="service", images=[], default_price=None, updated=books.now,
    )  # fmt: skip
    return shown(made)


@route("GET", "/v1/products", params.ProductListParams)
def products(books: Books, said: dict[str, Any]) -> Object:
    rows = [each for each in books.all("product") if each["id"] in said.get("ids", [each["id"]])]
    return books.page(rows, said, "/v1/products")


@route("GET", "/v1/products/{id}", params.ProductRetrieveParams)
def product(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("product", id))


@route("POST", "/v1/prices", params.PriceCreateParams)
def create_price(books: Books, said: dict[str, Any]) -> Object:
    product_id = said.get("product") or create_product(books, said.get("product_data", {}))["id"]
    books.get("product", product_id, 400)
    if "unit_amount" not in said:
        raise invalid("You must specify either `unit_amount` or `unit_amount_decimal`.", "unit_amount")
    key = said.get("lookup_key")
    for holder in books.all("price", lookup_key=key) if key else []:
        if not said.get("transfer_lookup_key"):
            raise invalid(f"A price (`{holder['id']}`) already uses that lookup key.", "lookup_key")
        holder["lookup_key"] = None
    recurring = said.get("recurring")
    made = books.new(
        "price", "price", product=product_id, currency=said["currency"], unit_amount=said["unit_amount"],
        unit_amount_decimal=str(said["unit_amount"]), active=True, lookup_key=key, nickname=None, tiers_mode=None,
        billing_scheme="per_unit", tax_behavior="unspecified", metadata=said.get("metadata") or {},
        type="recurring" if recurring else "one_time", transform_quantity=None, custom_unit_amount=None,
        recurring={"interval_count": 1, "usage_type": "licensed", "meter": None, **recurring} if recurring else None,
    )  # fmt: skip
    books.emit("price.created", made)
    return shown(made)


@route("GET", "/v1/prices", params.PriceListParams)
def prices(books: Books, said: dict[str, Any]) -> Object:
    if len(said.get("lookup_keys", [])) > 10:
        raise invalid("Array lookup_keys exceeded maximum 10 allowed elements.", "lookup_keys")
    rows = [
        each
        for each in books.all("price")
        if ("lookup_keys" not in said or each["lookup_key"] in said["lookup_keys"])
        and each["active"] == said.get("active", each["active"])
        and each["product"] == said.get("product", each["product"])
    ]
    return books.page(rows, said, "/v1/prices")


@route("GET", "/v1/prices/{id}", params.PriceRetrieveParams)
def price(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("price", id))


@route("POST", "/v1/prices/{id}", params.PriceUpdateParams)
def update_price(books: Books, said: dict[str, Any], id: str) -> Object:
    found = books.get("price", id)
    found |= {name: value for name, value in said.items() if name in ("active", "lookup_key", "nickname", "metadata")}
    return shown(found)


# --- Coupons ----------------------------------------------------------------------------------------------------
@route("POST", "/v1/coupons", params.CouponCreateParams)
def create_coupon(books: Books, said: dict[str, Any]) -> Object:
    if ("percent_off" in said) == ("amount_off" in said):
        raise invalid("You must pass exactly one of percent_off or amount_off.", "percent_off")
    if not 0 < said.get("percent_off", 1) <= 100:
        raise invalid("percent_off must be above 0 and at most 100.", "percent_off")
    duration = said.get("duration", "once")
    if (duration == "repeating") != ("duration_in_months" in said):
        raise invalid("duration_in_months goes with the duration repeating.", "duration_in_months")
    made = books.new(
        "coupon", "coupon", id=said.get("id", ""), name=said.get("name"), percent_off=said.get("percent_off"),
        amount_off=said.get("amount_off"), currency=said.get("currency"), duration=duration,
        duration_in_months=said.get("duration_in_months"), max_redemptions=said.get("max_redemptions"),
        redeem_by=said.get("redeem_by"), times_redeemed=0, valid=True, metadata=said.get("metadata") or {},
    )  # fmt: skip
    return shown(made)


@route("POST", "/v1/promotion_codes", params.PromotionCodeCreateParams)
def create_code(books: Books, said: dict[str, Any]) -> Object:
    books.get("coupon", said["promotion"].get("coupon", ""), 400)
    if books.all("promotion_code", code=said.get("code"), active=True):
        raise invalid("An active promotion code with this code already exists.", "code", "resource_already_exists")
    made = books.new(
        "promotion_code", "promo", code=said.get("code"), active=True, promotion=said["promotion"], customer=None,
        expires_at=said.get("expires_at"), max_redemptions=said.get("max_redemptions"), times_redeemed=0,
        metadata=said.get("metadata") or {}, restrictions={"first_time_transaction": False, "minimum_amount": None},
    )  # fmt: skip
    return shown(made)


@route("GET", "/v1/promotion_codes", params.PromotionCodeListParams)
def codes(books: Books, said: dict[str, Any]) -> Object:
    same = {name: said[name] for name in ("code", "active") if name in said}
    return books.page(books.all("promotion_code", **same), said, "/v1/promotion_codes")


def redeem(books: Books, discount: dict[str, Any]) -> Object:
    """Use a code or a coupon up once, and return the coupon."""
    if name := discount.get("promotion_code"):
        code = books.get("promotion_code", name, 400)
        code["times_redeemed"] += 1
        if code["max_redemptions"] and code["times_redeemed"] >= code["max_redemptions"]:
            code["active"] = False
        discount = {"coupon": code["promotion"]["coupon"]}
    found = books.get("coupon", discount["coupon"], 400)
    found["times_redeemed"] += 1
    return found


# --- Meters -----------------------------------------------------------------------------------------------------
@route("POST", "/v1/billing/meters", billing.MeterCreateParams)
def create_meter(books: Books, said: dict[str, Any]) -> Object:
    if books.all("billing.meter", event_name=said["event_name"]):
        raise invalid("A meter with this event name already exists.", "event_name")
    made = books.new(
        "billing.meter", "mtr", display_name=said["display_name"], event_name=said["event_name"], status="active",
        default_aggregation=said["default_aggregation"], event_time_window=said.get("event_time_window"),
        customer_mapping=said.get("customer_mapping"), value_settings=said.get("value_settings"), updated=books.now,
        status_transitions={"deactivated_at": None},
    )  # fmt: skip
    return shown(made)


@route("GET", "/v1/billing/meters", billing.MeterListParams)
def meters(books: Books, said: dict[str, Any]) -> Object:
    return books.page(books.all("billing.meter"), said, "/v1/billing/meters")


@route("POST", "/v1/billing/meter_events", billing.MeterEventCreateParams)
def create_meter_event(books: Books, said: dict[str, Any]) -> Object:
    found = books.all("billing.meter", event_name=said["event_name"])
    if not found:
        raise invalid("No active meter with this event name.", "event_name", "no_meter")
    payload, who = said["payload"], found[0]["customer_mapping"]["event_payload_key"]
    if who not in payload or found[0]["value_settings"]["event_payload_key"] not in payload:
        raise invalid("The payload lacks a key the meter maps.", "payload")
    books.get("customer", payload[who], 400)
    if said.get("identifier") and books.all("billing.meter_event", identifier=said["identifier"]):
        raise invalid("An event already exists with this identifier.", "identifier", "resource_already_exists")
    made = books.new(
        "billing.meter_event", "mev", event_name=said["event_name"], payload=payload,
        identifier=said.get("identifier"), timestamp=said.get("timestamp", books.now),
    )  # fmt: skip
    return shown(made)
