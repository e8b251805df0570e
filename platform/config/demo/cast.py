"""Who plays in the demo: six agencies with invented names, the districts they serve, and an account for each role.

Plain data, read before the framework starts: the launcher writes demo.json from it.
"""

from dataclasses import dataclass

PASSWORD = "liandong-demo-2026"  # noqa: S105  # everybody's, shown on the sign-in page of the demo
CITY = "370100"
SHOWN_DISTRICT = "370102"
AGENCY_ROLES = ("agency_director", "station_head", "worker", "intern", "finance", "volunteer_coordinator")
FLOOR_ROLES = {
    "district_officer": SHOWN_DISTRICT,
    "city_officer": CITY,
    "supervisor": "",
    "evaluator": CITY,
    "operator": "",
}
SECOND_OPERATOR = "operator2"  # what needs two operators (a look into an agency, a deletion) can be tried


@dataclass(frozen=True)
class Agency:
    """An agency of the demo and the codes of the districts whose stations it runs."""

    slug: str
    name: str
    districts: tuple[str, ...]


AGENCIES = (
    Agency("quanyi", "济南泉漪社会工作服务中心", ("370102", "370124")),
    Agency("huaian", "济南槐岸社会工作服务中心", ("370104", "370113")),
    Agency("mingqi", "济南明栖社会工作发展中心", ("370103", "370126")),
    Agency("beiqiao", "济南北桥社会工作服务中心", ("370105", "370115")),
    Agency("changhe", "济南长禾社会工作服务中心", ("370112", "370117")),
    Agency("dailin", "济南岱邻社会工作服务中心", ("370114", "370116")),
)


@dataclass(frozen=True)
class Helper:
    """Somebody the charity funds need besides; nobody here has the name of anybody else in the demo."""

    username: str
    role: str
    name: str


CHARITY_AGENCY = "quanyi"
CHARITY_PEOPLE = (
    Helper("committee1", "fund_committee", "钱长安"),
    Helper("committee2", "fund_committee", "孔令仪"),
    Helper("committee3", "fund_committee", "苗青禾"),
    Helper("committee4", "fund_committee", "鲁宁远"),
    Helper("committee5", "fund_committee", "卞小禾"),
    Helper("monitor", "fund_monitor", "柳知行"),
    Helper("finance2", "finance", "褚文君"),
)


@dataclass(frozen=True)
class Account:
    """A way into the demo: a role on an agency's host, or on the shared one when `slug` is empty."""

    role: str
    username: str
    slug: str = ""

    def as_row(self, port: int) -> dict[str, str]:
        """Return the row of demo.json: role, username, password, host with port, url."""
        host = f"{self.slug}.localhost:{port}" if self.slug else f"localhost:{port}"
        return {
            "role": self.role,
            "username": self.username,
            "password": PASSWORD,
            "host": host,
            "url": f"http://{host}",
        }


def accounts() -> list[Account]:
    """Return every account that demo.json names: all agencies' roles first, then the shared floor's."""
    inside = [Account(role, f"{agency.slug}.{role}", agency.slug) for agency in AGENCIES for role in AGENCY_ROLES]
    helpers = [Account(one.role, f"{CHARITY_AGENCY}.{one.username}", CHARITY_AGENCY) for one in CHARITY_PEOPLE]
    return [*inside, *helpers, *(Account(role, role) for role in FLOOR_ROLES), Account("operator", SECOND_OPERATOR)]
