"""The buyers: bureaus and streets, a contract for each street, the score of the half-year."""

import datetime as dt
from decimal import Decimal
from typing import Final

from accounts.models import User
from config.demo.cast import CITY, SHOWN_DISTRICT
from config.demo.dice import Dice
from config.demo.plan import Post, contract_days, promised
from contracts import actions, queries
from contracts.actions import Site, Terms
from contracts.appeals import actions as appeal_actions
from contracts.models import Contract
from contracts.publishing.actions import close_period
from directory.loading import divisions
from directory.models import Organisation
from tenants.models import Tenant

PROGRAMME: Final = "jinan"
EVALUATOR: Final = "泉评社会服务评估中心（示例）"
CITY_BUREAU: Final = "济南市民政局（示例）"
# What was appealed, the answer ("" while it waits), and whether it was accepted.
APPEALS: Final = (
    ("评估当日缺的两份材料已补交街道存档，可以查到收件登记。", "补交材料已核对，完整有效。", True),
    ("访谈对象由志愿者代答，请求重新抽样访谈。", "抽样记录显示为本人作答，维持原分。", False),
    ("扣分所依据的台账是上一年度的，本年度台账另行装订。", "", False),
    ("现场查看时活动室正在维修，维修通知和复用日期都有公示。", "", False),
)
HALF_YEAR_DAYS: Final = 181


def buyers() -> dict[str, Organisation]:
    """Make the bureaus and streets of the demo, by division code, and the evaluator under ''."""
    rows = {"": Organisation(name=EVALUATOR, kind=Organisation.Kind.EVALUATOR, area=CITY)}
    rows[CITY] = Organisation(name=CITY_BUREAU, kind=Organisation.Kind.BUREAU, area=CITY)
    for division in divisions():
        if division.parent == CITY:
            name = f"{division.name}民政局（示例）"
            rows[division.code] = Organisation(name=name, kind=Organisation.Kind.BUREAU, area=division.code)
        elif division.code[:4] == CITY[:4] and division.level == 4:
            office = "办事处" if division.name.endswith("街道") else "人民政府"
            rows[division.code] = Organisation(
                name=f"{rows[division.parent].name.removesuffix('民政局（示例）')}{division.name}{office}（示例）",
                kind=Organisation.Kind.STREET,
                area=division.code,
            )
    for code, row in rows.items():
        row.ref = Dice(f"organisation {code}").ref()
    Organisation.objects.bulk_create(rows.values())
    return rows


def buyers_of(post: Post) -> dict[str, str]:
    """Return the names of the parties to a contract for this place, by role."""
    names = dict(Organisation.objects.values_list("area", "name").exclude(kind=Organisation.Kind.EVALUATOR))
    district = post.code[:6]
    return {
        "purchaser": names[district],
        "landing_party": names.get(post.code, names[district]),
        "supervising_authority": names[CITY],
        "evaluator": EVALUATOR,
    }


def sign_all(plan: list[Post], today: dt.date) -> list[tuple[Post, Contract]]:
    """Sign a contract of twelve months for every street's station."""
    organisations = buyers()
    streets = [post for post in plan if not post.is_hub]
    signed = []
    for post in streets:
        named = {
            "purchaser": organisations[post.division.parent].name,
            "landing_party": organisations[post.code].name,
            "supervising_authority": organisations[CITY].name,
            "evaluator": organisations[""].name,
        }
        terms = terms_of(
            post,
            named,
            today,
            programme=PROGRAMME,
            title=f"{post.division.name}社会工作服务站项目",
            deliverables={measure: Decimal(target) for measure, target in promised(post).items()},
        )
        signed.append((post, actions.sign_contract(terms=terms, by=None)))
    return signed


def terms_of(
    post: Post,
    parties: dict[str, str],
    today: dt.date,
    *,
    programme: str,
    title: str,
    deliverables: dict[str, Decimal],
) -> Terms:
    """Return the terms for a place: twelve months with the agency that runs it."""
    (starts_on, ends_on), district = contract_days(post, today), post.code[:6]
    provider = Tenant.objects.get(slug=post.agency.slug)
    areas = {"purchaser": district, "landing_party": post.code, "supervising_authority": CITY, "evaluator": ""}
    return Terms(
        number=f"JN-{starts_on.year}-{post.code}",
        title=title,
        programme=programme,
        provider=provider,
        area=post.code,
        starts_on=starts_on,
        ends_on=ends_on,
        amount=Decimal(200_000) * Decimal(str(post.scale)),
        stations=[Site(post.code, post.name, post.code)],
        parties=[
            ("operator", provider.name, ""),
            *((role, name, areas[role]) for role, name in parties.items()),
        ],
        deliverables=deliverables,
    )


def publish_half_year(signed: list[tuple[Post, Contract]], today: dt.date, officer: User) -> None:
    """Freeze and publish every station's score of the half-year; the officer signs for the district of the demo."""
    numbers = [contract.number for _, contract in signed]
    for contract in queries.loaded(Contract.objects.filter(number__in=numbers).order_by("number")):
        half = contract.starts_on + dt.timedelta(days=HALF_YEAR_DAYS)
        by = officer if contract.area.startswith(SHOWN_DISTRICT) else None
        close_period(contract=contract, as_of=half, today=today, accept_missing=True, by=by)


def appeal_some(signed: list[tuple[Post, Contract]], today: dt.date, by: User) -> None:
    """Let agencies of the officer's district appeal marks: one is upheld and settled anew, one kept, two wait.

    `by` is the officer who answers.
    """
    near = [pair for pair in signed if pair[1].district == SHOWN_DISTRICT]
    lines = ((post, contract, _line_to_appeal(contract, today, by)) for post, contract in near)
    lost = ((post, contract, code) for post, contract, code in lines if code)
    for (reason, answer, is_accepted), (post, contract, code) in zip(APPEALS, lost, strict=False):
        director = User.objects.get(username=f"{post.agency.slug}.agency_director")
        appeal = appeal_actions.make_appeal(contract=contract, code=code, reason=reason, today=today, by=director)
        if answer:
            rule = contract.edition.by_code[code]
            appeal_actions.answer_appeal(
                appeal=appeal,
                is_accepted=is_accepted,
                answer=answer,
                effect="points" if is_accepted else "",
                points=rule.max_score if is_accepted else None,
                clause=rule.clause,
                by=by,
            )


def _line_to_appeal(contract: Contract, today: dt.date, officer: User) -> str:
    """Return the first line marked by hand that lost points, or ''; none that the officer marked, who answers."""
    card = queries.scorecard(contract, today)
    lost = appeal_actions.appealable(card) - set(contract.marks.filter(by=officer).values_list("code", flat=True))
    found = (line.indicator for line in card.lines if line.indicator.code in lost)
    return next((rule.code for rule in found if rule.method == "marked_by_hand"), "")
