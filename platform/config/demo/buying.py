"""The buyers: bureaus and streets, a contract for each street, marks by hand, the score of the half-year."""

import datetime as dt
from decimal import Decimal
from typing import Final

from accounts.models import User
from common.dates import SHANGHAI
from config.demo.cast import AGENCIES, CITY, SHOWN_DISTRICT
from config.demo.dice import Dice
from config.demo.plan import Post, contract_days, promised
from contracts import actions, queries
from contracts.actions import Site, Terms
from contracts.appeals import actions as appeal_actions
from contracts.models import Contract, Mark
from directory.loading import divisions
from directory.models import Organisation
from programmes import door as programmes
from tenants.models import Tenant

PROGRAMME: Final = "jinan"
AFTERNOON: Final = dt.time(15, tzinfo=SHANGHAI)
EVALUATOR: Final = "泉评社会服务评估中心（示例）"
CITY_BUREAU: Final = "济南市民政局（示例）"
REASONS_FULL: Final = ("查阅材料齐全，执行到位。", "访谈反馈良好，记录可查。", "实地查看符合要求。")
REASONS_GOOD: Final = ("执行较好，个别材料待补齐。", "访谈反馈较好，有一处记录不全。", "实地查看基本符合，细节需完善。")
REASONS_POOR: Final = ("材料缺项，执行记录不完整。", "访谈反馈一般，需改进。", "与要求有差距，限期整改。")
REASON_BONUS: Final = "查到区级以上媒体报道，附有链接与日期。"
REASON_NO_BONUS: Final = "评估期内没有可以加分的报道。"
# What was appealed, the answer ("" while it waits), and whether it was accepted.
APPEALS: Final = (
    ("评估当日缺的两份材料已补交街道存档，可以查到收件登记。", "补交材料已核对，完整有效。", True),
    ("访谈对象由志愿者代答，请求重新抽样访谈。", "抽样记录显示为本人作答，维持原分。", False),
    ("扣分所依据的台账是上一年度的，本年度台账另行装订。", "", False),
    ("现场查看时活动室正在维修，维修通知和复用日期都有公示。", "", False),
)
HALF_YEAR_DAYS: Final = 181
VETOED: Final = 70  # the contract, in the order of signing, at which a veto was found


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


def sign_all(plan: list[Post], today: dt.date) -> list[tuple[Post, Contract]]:
    """Sign a contract of twelve months for every street's station."""
    parties = buyers()
    operators = {tenant.slug: tenant for tenant in Tenant.objects.filter(slug__in=[one.slug for one in AGENCIES])}
    streets = [post for post in plan if not post.is_hub]
    return [
        (post, actions.sign_contract(terms=_terms(post, parties, operators[post.agency.slug], today), by=None))
        for post in streets
    ]


def _terms(post: Post, parties: dict[str, Organisation], operator: Tenant, today: dt.date) -> Terms:
    (starts_on, ends_on), district = contract_days(post, today), post.division.parent
    named = (
        ("purchaser", parties[district].name, district),
        ("landing_party", parties[post.code].name, post.code),
        ("operator", operator.name, ""),
        ("supervising_authority", parties[CITY].name, CITY),
        ("evaluator", parties[""].name, ""),
    )
    return Terms(
        number=f"JN-{starts_on.year}-{post.code}",
        title=f"{post.division.name}社会工作服务站项目",
        programme=PROGRAMME,
        provider=operator,
        area=post.code,
        starts_on=starts_on,
        ends_on=ends_on,
        amount=Decimal(200_000) * Decimal(str(post.scale)),
        stations=[Site(post.code, post.name, post.code)],
        parties=named,
        deliverables={measure: Decimal(target) for measure, target in promised(post).items()},
    )


def mark_all(signed: list[tuple[Post, Contract]], today: dt.date, by: User) -> None:
    """Give marks by hand twice, at half the year and lately; a few stations wait for their second round."""
    marks = []
    for post, contract in signed:
        half = contract.starts_on + dt.timedelta(days=HALF_YEAR_DAYS)
        dice = Dice(f"marks {post.code}")
        marks += _round(dice, post, contract, half, by, share=1.0, gain=-0.03)
        if dice.chance(0.94):
            marks += _round(
                dice, post, contract, today - dt.timedelta(days=dice.between(3, 25)), by, share=0.7, gain=0.02
            )
    Mark.objects.bulk_create(marks)
    vetoed = signed[VETOED][1]
    actions.mark_indicator(
        contract=vetoed, code="V1", points=None, reason="抽查发现三条走访记录无法核实，已责令整改。", today=today, by=by
    )


def _round(
    dice: Dice, post: Post, contract: Contract, dated: dt.date, by: User, *, share: float, gain: float
) -> list[Mark]:
    """Return marks for that share of the rules that are marked by hand, about as good as the station's work is."""
    found = []
    for rule in programmes.programme(PROGRAMME).leaves:
        if not rule.by_hand or not dice.chance(share):
            continue
        worth = min(max(post.quality + gain + dice.random.gauss(0, 0.09), 0.0), 1.0)
        points = round(rule.max_score * Decimal(str(worth)) * 2) / Decimal(2)
        if rule.method == "all_or_nothing":
            points = rule.max_score if worth > 0.55 else Decimal(0)
        elif rule.method == "bonus":
            points = Decimal(dice.between(0, 3)) / 2 if worth > 0.8 else Decimal(0)
        reason = dice.one_of(_reasons(points, rule.max_score))
        if rule.method == "bonus":
            reason = REASON_BONUS if points else REASON_NO_BONUS
        found.append(
            Mark(
                ref=dice.ref(),
                contract=contract,
                code=rule.code,
                points=points,
                reason=reason,
                dated=dated,
                by=by,
                given_at=dt.datetime.combine(dated, AFTERNOON),
            )
        )
    return found


def _reasons(points: Decimal, full: Decimal) -> tuple[str, ...]:
    """Return the reasons that fit a mark: nothing is missing where all points were given, something where some were."""
    if points == full:
        return REASONS_FULL
    return REASONS_GOOD if points >= full * Decimal("0.7") else REASONS_POOR


def publish_half_year(signed: list[tuple[Post, Contract]], today: dt.date, officer: User) -> None:
    """Freeze and publish every station's score of the half-year; the officer signs for the district of the demo."""
    numbers = [contract.number for _, contract in signed]
    for contract in queries.loaded(Contract.objects.filter(number__in=numbers).order_by("number")):
        half = contract.starts_on + dt.timedelta(days=HALF_YEAR_DAYS)
        by = officer if contract.area.startswith(SHOWN_DISTRICT) else None
        actions.close_period(contract=contract, as_of=half, today=today, accept_missing=True, by=by)


def appeal_some(signed: list[tuple[Post, Contract]], today: dt.date, by: User) -> None:
    """Let agencies of the officer's district appeal marks: one is accepted and marked anew, one kept, two wait.

    `by` is the officer who answers.
    """
    near = [pair for pair in signed if pair[1].district == SHOWN_DISTRICT]
    lines = ((post, contract, _line_to_appeal(contract, today)) for post, contract in near)
    lost = ((post, contract, code) for post, contract, code in lines if code)
    for (reason, answer, is_accepted), (post, contract, code) in zip(APPEALS, lost, strict=False):
        director = User.objects.get(username=f"{post.agency.slug}.agency_director")
        appeal = appeal_actions.make_appeal(contract=contract, code=code, reason=reason, today=today, by=director)
        if answer:
            appeal_actions.answer_appeal(appeal=appeal, is_accepted=is_accepted, answer=answer, by=by)
        if is_accepted:
            full = contract.edition.by_code[code].max_score
            actions.mark_indicator(contract=contract, code=code, points=full, reason=answer, today=today, by=by)


def _line_to_appeal(contract: Contract, today: dt.date) -> str:
    """Return the first line marked by hand that lost points, or ''."""
    card = queries.scorecard(contract, today)
    lost = appeal_actions.appealable(card)
    found = (line.indicator for line in card.lines if line.indicator.code in lost)
    return next((rule.code for rule in found if rule.method == "marked_by_hand"), "")
