"""Zones, places, art works, routes and platforms: added, changed, ended."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import changes_of, record
from district.actors import Actor
from district.rules import RuleViolation
from spaces.models import ArtWork, Place, Platform, Route, RouteStop, Zone

Sight = Zone | Place | ArtWork | Route | Platform


@transaction.atomic
def save_sight(sight: Sight, *, by: Actor) -> Sight:
    verb = "created" if sight._state.adding else "changed"
    if isinstance(sight, Platform) and changes_of(sight, ["url", "health_url"]):
        sight.forget_health()
    sight.save()
    record(f"{sight._meta.model_name}.{verb}", subject=sight, by=by)
    return sight


@transaction.atomic
def save_route(route: Route, stops: Sequence[Place | ArtWork], *, by: Actor) -> Route:
    """Save a route with its stops in order; without a line of its own it runs straight between.

    Raises RuleViolation("route_stops") for fewer than two stops.
    """
    if len(stops) < 2:
        raise RuleViolation("route_stops", _("A route needs at least two stops."))
    if route.line is None:
        route.line = {
            "type": "LineString",
            "coordinates": [[stop.longitude, stop.latitude] for stop in stops],
        }
    save_sight(route, by=by)
    route.stops.all().delete()
    RouteStop.objects.bulk_create(
        RouteStop(
            route=route,
            position=position,
            place=stop if isinstance(stop, Place) else None,
            artwork=stop if isinstance(stop, ArtWork) else None,
        )
        for position, stop in enumerate(stops, start=1)
    )
    return route


@transaction.atomic
def end_sight(sight: Sight, *, by: Actor) -> Sight:
    """Take it off the map. Raises RuleViolation("sight_on_route") for a stop of a route."""
    if isinstance(sight, Place | ArtWork):
        field = "place" if isinstance(sight, Place) else "artwork"
        stop = RouteStop.objects.filter(**{field: sight}, route__ended_at=None).first()
        if stop is not None:
            raise RuleViolation(
                "sight_on_route",
                _("The route “%(name)s” stops here. Change the route first.")
                % {"name": stop.route.name},
            )
    sight.ended_at = timezone.now()
    sight.save(update_fields=["ended_at"])
    record(f"{sight._meta.model_name}.ended", subject=sight, by=by)
    return sight
