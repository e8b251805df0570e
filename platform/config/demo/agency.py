"""One agency's sites, staff and files, written in bulk with the facts that the acts themselves would tell."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import User
from common.texts.identity import masked_phone
from common.texts.names import readings, search_key
from config.demo.dice import Dice, id_number
from config.demo.plan import Post
from directory.models import StationListing
from evaluation.door import Fact
from services.clients import actions as files
from services.clients import codes
from services.clients.models import Client, ClientCategory, Household
from services.clients.privacy.sealed import id_number_hash, phone_hash, sealed
from services.network.models import Site
from services.people import actions as staffing
from services.people.models import Certificate, Posting, Staff

FOUNDING_DAYS = 700
STATIONS_STARTED_DAYS = 460


@dataclass
class Station:
    """A post of the plan with what was made for it."""

    post: Post
    site: Site
    staff: list[Staff] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)


def open_sites(posts: list[Post], today: dt.date) -> list[Station]:
    """Make each district's hub, its streets' stations, a room or two below these, and list them all publicly."""
    opened_on = today - dt.timedelta(days=FOUNDING_DAYS)
    agency = posts[0].agency
    dice = Dice(f"sites {agency.slug}")
    hubs: dict[str, Site] = {}
    stations = []
    for post in posts:
        parent = None if post.is_hub else hubs[post.division.parent]
        site = _site(dice, post.code, post.name, parent, post.division.code, opened_on)
        site.level = Site.Level.HUB if post.is_hub else Site.Level.STATION
        site.label = "总站" if post.is_hub else dice.one_of(("站", "站", "中心"))
        stations.append(Station(post, site))
        if post.is_hub:
            hubs[post.division.code] = site
    Site.objects.bulk_create(hubs.values())
    Site.objects.bulk_create(station.site for station in stations if not station.post.is_hub)
    rooms = [room for station in stations if not station.post.is_hub for room in _rooms(dice, station, opened_on)]
    Site.objects.bulk_create(rooms)
    _list([station.site for station in stations] + rooms, agency.slug, agency.name)
    return stations


def _site(dice: Dice, code: str, name: str, parent: Site | None, region: str, opened_on: dt.date) -> Site:
    ref = dice.ref()
    return Site(
        ref=ref, code=code, name=name, parent=parent, path=f"{parent.path if parent else ''}{ref}.",
        region=region, address=f"{dice.one_of(('便民服务中心', '党群服务中心', '社区服务中心'))}{dice.between(1, 3)}楼",
        opened_on=opened_on, phone=f"0531-8{dice.between(1000000, 9999999)}", hours="周一至周五 9:00–17:00",
        services="来访咨询 工作日全天\n入户走访 工作日下午\n小组活动 周六上午",
    )  # fmt: skip


def _rooms(dice: Dice, station: Station, opened_on: dt.date) -> Iterable[Site]:
    for number in range(1, dice.between(1, 2) + 1):
        label = dice.one_of(("社工室", "社工点"))
        name = f"{station.post.division.name}第{'一二'[number - 1]}{label}"
        room = _site(dice, f"{station.post.code}-{number}", name, station.site, station.post.division.code, opened_on)
        room.level, room.label = Site.Level.ROOM, label
        yield room


def _list(sites: list[Site], slug: str, agency: str) -> None:
    StationListing.objects.bulk_create(
        StationListing(
            ref=site.ref, tenant=slug, code=site.code, name=site.name, level=site.level, label=site.label,
            region_id=site.region,
            address=site.address, opened_on=site.opened_on, agency=agency, phone=site.phone, hours=site.hours,
            services=site.services,
        )
        for site in sites
    )  # fmt: skip


def hire(stations: list[Station], users: dict[str, User], today: dt.date) -> list[Fact]:
    """Take on the staff of every site with posts and certificates; the demo's accounts get files of their own."""
    dice = Dice(f"staff {stations[0].post.agency.slug}")
    people: list[tuple[Station, Staff, str, str]] = []
    for station in stations:
        for post, employment in _team(dice, station):
            people.append((station, _staff(dice, employment, today), post, employment))
    _seat(people, users)
    Staff.objects.bulk_create(staff for _, staff, _, _ in people)
    postings, certificates = [], []
    certified: dict[int, dt.date] = {}
    for station, staff, post, employment in people:
        station.staff.append(staff)
        postings.append(Posting(ref=dice.ref(), staff=staff, site=station.site, post=post, started_on=staff.started_on))
        if employment != Staff.Employment.INTERN and dice.chance(0.25 + 0.6 * station.post.quality):
            certified[staff.pk] = staff.started_on - dt.timedelta(days=dice.between(30, 900))
            kind = dice.one_of(("assistant", "assistant", "social_worker", "social_worker", "senior"))
            certificates.append(Certificate(ref=dice.ref(), staff=staff, kind=kind, issued_on=certified[staff.pk]))
    Posting.objects.bulk_create(postings)
    Certificate.objects.bulk_create(certificates)
    for station in stations:
        staffing.show_people(station.site)
    return [fact for posting in postings for fact in staffing.facts(posting, certified.get(posting.staff_id))]


def _team(dice: Dice, station: Station) -> list[tuple[str, str]]:
    """Return (post, employment) of each of a site's people: a good station keeps four full-time workers."""
    full = 3 if station.post.is_hub else max(dice.rounded(station.post.quality * 4.2), 1)
    team = [("head", "full_time")] + [("social_worker", "full_time")] * (min(full, 4) - 1)
    if dice.chance(0.5):
        team.append(("assistant", "part_time"))
    if dice.chance(0.3):
        team.append(("intern", "intern"))
    return team


def _staff(dice: Dice, employment: str, today: dt.date) -> Staff:
    name = dice.name(dice.gender(0.7))
    pinyin, initials = readings(name)[0]
    started_on = today - dt.timedelta(days=dice.between(STATIONS_STARTED_DAYS, FOUNDING_DAYS))
    return Staff(
        ref=dice.ref(), name=name, name_key=search_key(name), pinyin=pinyin, initials=initials,
        employment=employment, started_on=started_on,
    )  # fmt: skip


def _seat(people: list[tuple[Station, Staff, str, str]], users: dict[str, User]) -> None:
    """Give the accounts their files: the director at the hub, head, worker and intern at the first street's station."""
    hub = people[0][0]
    first = next(station for station, *_ in people if not station.post.is_hub)
    at_first = [(staff, post) for station, staff, post, _ in people if station is first]
    seats = {
        "agency_director": next(staff for station, staff, post, _ in people if station is hub and post == "head"),
        "station_head": at_first[0][0],
        "worker": next((staff for staff, post in at_first if post == "social_worker"), None),
        "intern": next((staff for staff, post in at_first if post == "intern"), None),
    }
    for role, staff in seats.items():
        if staff is None:
            post, employment = ("intern", "intern") if role == "intern" else ("social_worker", "full_time")
            staff = _staff(Dice(f"{role} {first.post.code}"), employment, at_first[0][0].started_on)
            staff.started_on = at_first[0][0].started_on
            people.append((first, staff, post, employment))
        staff.user = users[role]
        users[role].name = staff.name


def open_files(stations: list[Station], first: dt.date, today: dt.date) -> list[Fact]:
    """Open households and clients with dated categories at every street's station."""
    dice = Dice(f"files {stations[0].post.agency.slug}")
    households: list[Household] = []
    clients: list[Client] = []
    for station in stations:
        if station.post.is_hub:
            continue
        wanted = 7 + dice.rounded(station.post.effort * 9)
        while len(station.clients) < wanted:
            household = _household(dice, station, len(households) + 1, first)
            households.append(household)
            for member in range(dice.one_of((1, 1, 1, 2, 3))):
                station.clients.append(_client(dice, station, household, len(clients) + 1, member, today))
                clients.append(station.clients[-1])
    Household.objects.bulk_create(households)
    Client.objects.bulk_create(clients)
    categories = [found for client in clients for found in _categories(dice, client)]
    ClientCategory.objects.bulk_create(categories)
    since = {category.client_id: category.from_on for category in categories}
    told = [files.household_fact(household) for household in households]
    return told + [fact for client in clients for fact in files.facts(client, since.get(client.pk))]


def _household(dice: Dice, station: Station, serial: int, first: dt.date) -> Household:
    opened_on = dice.day(first - dt.timedelta(days=60), first + dt.timedelta(days=200))
    surname = dice.surname()
    household = Household(
        ref=dice.ref(), number=f"H{opened_on.year}-{serial:05d}", title=f"{surname}家", site=station.site,
        opened_on=opened_on,
    )  # fmt: skip
    household.address_sealed = sealed(household, "address", dice.address())
    return household


def _client(dice: Dice, station: Station, household: Household, serial: int, member: int, today: dt.date) -> Client:
    gender = dice.gender(0.55)
    elder = dice.chance(0.6)
    born_on = (
        dice.day(dt.date(1938, 1, 1), dt.date(1962, 1, 1))
        if elder
        else dice.day(dt.date(1965, 1, 1), dt.date(2016, 1, 1))
    )
    name = dice.name(gender, household.title[0] if member == 0 else "")
    number, phone = id_number(serial, born_on, gender), dice.phone()
    (pinyin, initials), *others = readings(name)
    client = Client(
        ref=dice.ref(), number=f"C{household.opened_on.year}-{serial:05d}", name=name, name_key=search_key(name),
        pinyin=pinyin, initials=initials, gender=gender, birth_on=born_on, household=household,
        relation="户主" if member == 0 else dice.one_of(("配偶", "子女", "父母", "孙辈")), site=station.site,
        worker=dice.one_of(station.staff), registered_region=station.post.division.code,
        living_region=station.post.division.code, opened_on=household.opened_on,
        id_number_hash=id_number_hash(number), phone_hash=phone_hash(phone), phone_masked=masked_phone(phone),
    )  # fmt: skip
    if others:
        client.other_pinyin, client.other_initials = others[0]
    client.id_number_sealed = sealed(client, "id_number", number)
    client.phone_sealed = sealed(client, "phone", phone)
    return client


def _categories(dice: Dice, client: Client) -> Iterable[ClientCategory]:
    assert client.birth_on
    if dice.chance(0.78):
        age = client.opened_on.year - client.birth_on.year
        likely = ("living_alone", "oldest_old") if age >= 70 else ("disability", "serious_illness")
        if age < 18:
            likely = ("child_in_difficulty", "disability")
        chosen = {
            dice.one_of(("minimum_living", "minimum_living", "extreme_poverty", "low_income", "rigid_expenditure"))
        }
        if dice.chance(0.4):
            chosen.add(dice.one_of(likely))
        for code in sorted(chosen):
            yield ClientCategory(
                ref=dice.ref(), client=client, code=code, code_list=codes.in_force(client.opened_on).version,
                from_on=client.opened_on,
            )  # fmt: skip
