"""Questions about the site tree."""

from services.network.models import Site


def counting_site(site: Site) -> Site:
    """Return the site whose code facts carry: the site itself, or for a room the station, cluster or hub above it."""
    while not site.counts_by_itself and site.parent is not None:
        site = site.parent
    return site
