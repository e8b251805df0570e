"""Open, change, close and reopen a site; each keeps the public listing true."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refs import new_ref
from common.refusals import Refused
from directory import door as directory
from services.journal import log
from services.network import rules
from services.network.models import Site
from tenants.running import current_slug


class CannotKeepSite(Refused):
    """The site breaks a rule of the tree; `.reasons` are fit to show."""


@transaction.atomic
def open_site(
    *,
    code: str,
    name: str,
    level: str,
    label: str,
    parent: Site | None,
    region: str,
    address: str,
    opened_on: dt.date,
    agency: str,
    today: dt.date,
    by: User | None,
) -> Site:
    """Open a hub, cluster, station or room and list it publicly.

    :raises CannotKeepSite: if the code is taken, the level does not fit under the parent, or the region is unknown.
    """
    if problems := rules.site_problems(
        level=level, parent_level=parent.level if parent else None, opened_on=opened_on, today=today
    ):
        raise CannotKeepSite(problems)
    ref = new_ref()
    try:
        with transaction.atomic():
            site = Site.objects.create(
                ref=ref,
                code=code,
                name=name,
                level=level,
                label=label,
                parent=parent,
                path=f"{parent.path if parent else ''}{ref}.",
                region=region,
                address=address,
                opened_on=opened_on,
            )
    except IntegrityError:
        raise CannotKeepSite(_("编号 %(code)s 已被使用。") % {"code": code}) from None
    _list(site, agency)
    log.write("network.site.opened", on=site, by=by, code=code, level=level)
    return site


@transaction.atomic
def change_site(*, site: Site, changes: dict[str, str], agency: str, by: User | None) -> Site:
    """Change a site's name, label or address; its code and level stay, for facts were recorded under them.

    :raises UnknownRegion: if the region is changed to one that does not exist.
    """
    before = {field: getattr(site, field) for field in changes if getattr(site, field) != changes[field]}
    if not before:
        return site
    for field in before:
        setattr(site, field, changes[field])
    site.save(update_fields=list(before))
    _list(site, agency)
    log.write("network.site.changed", on=site, by=by, fields=sorted(before))
    return site


@transaction.atomic
def close_site(*, site: Site, closed_on: dt.date, by: User | None) -> None:
    """Close a site on a day; its records stay.

    :raises CannotKeepSite: while sites below it are open or people are posted there.
    """
    locked = Site.objects.select_for_update().get(pk=site.pk)
    posted = locked.postings.filter(ended_on=None).count()
    if problems := rules.closing_problems(
        opened_on=locked.opened_on,
        closed_on=closed_on,
        open_children=Site.objects.open().filter(parent=locked).count(),
        posted_staff=posted,
    ):
        raise CannotKeepSite(problems)
    site.closed_on = closed_on
    site.save(update_fields=["closed_on"])
    directory.delist_station(tenant=current_slug(), code=site.code, closed_on=closed_on)
    log.write("network.site.closed", on=site, by=by, closed_on=closed_on.isoformat())


@transaction.atomic
def reopen_site(*, site: Site, agency: str, by: User | None) -> None:
    """Undo a closing."""
    site.closed_on = None
    site.save(update_fields=["closed_on"])
    _list(site, agency)
    log.write("network.site.reopened", on=site, by=by)


def _list(site: Site, agency: str) -> None:
    directory.list_station(
        tenant=current_slug(),
        ref=site.ref,
        code=site.code,
        name=site.name,
        level=site.level,
        label=site.label,
        region=site.region,
        address=site.address,
        opened_on=site.opened_on,
        closed_on=site.closed_on,
        agency=agency,
        phone=site.phone,
        hours=site.hours,
        services=site.services,
    )
