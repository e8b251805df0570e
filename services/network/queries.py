"""Questions about the site tree."""

from services.network.models import Site


def counting_site(site: Site) -> Site:
    """Return the site whose code facts carry: the site itself, or for a room the station, cluster or hub above it."""
    while not site.counts_by_itself and site.parent is not None:
        site = site.parent
    return site


def tree() -> list[Site]:
    """Return all sites in tree order, parents before children, in one query."""
    sites = list(Site.objects.select_related("parent").order_by("code"))
    below: dict[int | None, list[Site]] = {}
    for site in sites:
        below.setdefault(site.parent_id, []).append(site)
    ordered: list[Site] = []

    def walk(parent_id: int | None) -> None:
        for site in below.get(parent_id, []):
            ordered.append(site)
            walk(site.pk)

    walk(None)
    return ordered
