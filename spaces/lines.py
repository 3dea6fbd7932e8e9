"""A booking in one line as the finder's query, and back in words."""

from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.actors import Actor
from district.permissions import Permission, reach
from district.registry import Hit
from district.templatetags.look import day as day_words
from district.templatetags.look import duration, until
from spaces.finding import find_slots
from spaces.forms.booking import SearchForm
from spaces.forms.finding import FinderForm, Part, When
from spaces.models import Building, Feature
from spaces.one_line import Heard, Named, hear


@dataclass(frozen=True)
class Said:
    """A line, what of it was understood in words with icons, and what was not."""

    line: str
    understood: list[tuple[str, str]]
    unknown: tuple[str, ...]


def heard_in(line: str) -> Heard:
    rows = Building.objects.current().order_by("code")
    names = [
        Named(pk, [code, zh, en])
        for pk, code, zh, en in rows.values_list("pk", "code", "name_zh", "name_en")
    ]
    return hear(line, now=timezone.localtime(), buildings=names)


def query_of(heard: Heard) -> QueryDict:
    """The finder's question; what was not said is what most people want."""
    query = QueryDict(mutable=True)
    query.update({key: str(value) for key, value in {**SearchForm.usual(), **_time(heard)}.items()})
    if heard.minutes:
        query["minutes"] = str(heard.minutes)
    if heard.people:
        query["people"] = str(heard.people)
    query.setlist("feature", list(heard.needs))
    if heard.building_id:
        query["near" if heard.is_near else "building"] = str(heard.building_id)
    return query


def _time(heard: Heard) -> dict[str, Any]:
    days = heard.days
    if heard.starts is not None and days is not None:
        return {"when": When.AT, "day": days.first.isoformat(), "at": _clock(heard.starts)}
    asked: dict[str, Any] = {"when": When.SOON, "at": ""}
    if days is not None:
        asked["day"] = days.first.isoformat()
        ends_with_week = days.last == days.first or days.last.weekday() == SUNDAY
        if days.first == days.last:
            asked["when"] = When.DAY
        elif ends_with_week:
            asked["when"] = When.WEEK
    if heard.after is not None:
        asked["after"] = _clock(heard.after)
    return {**asked, "part": heard.part}


SUNDAY: Final = 6


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def said_of(line: str, heard: Heard, form: FinderForm) -> Said:
    understood = [("clock", time_words(form))] if heard.days or heard.part else []
    if heard.minutes and heard.starts is None:
        understood.append(("hourglass", duration(heard.minutes)))
    if heard.people:
        understood.append(("users", _people(heard.people)))
    understood += [("circle-check", str(Feature(name).label)) for name in heard.needs]
    if heard.building_id and form.is_valid():
        understood.append(("building", place_words(form)))
    return Said(line, [pair for pair in understood if pair[1]], heard.unknown)


def time_words(form: FinderForm) -> str:
    """When, as it was understood; nothing where the form is at fault."""
    if not form.is_valid():
        return ""
    if not form.is_open:
        return until(form.starts_at, form.ends_at)
    span, data = form.span(), form.cleaned_data
    words = [str(When(data["when"]).label)] if data["when"] == When.SOON else []
    if data["when"] == When.DAY:
        words.append(day_words(span.first_day))
    if data["when"] == When.WEEK:
        words.append(f"{day_words(span.first_day)}–{day_words(span.last_day)}")
    if data["part"]:
        words.append(str(Part(data["part"]).label).lower())
    if data["after"]:
        words.append(_("from %(at)s") % {"at": f"{data['after']:%H:%M}"})
    return " ".join(words)


def place_words(form: FinderForm) -> str:
    near, building = form.cleaned_data["near"], form.cleaned_data["building"]
    if near:
        return _("near %(building)s") % {"building": near.name}
    return building.name if building else ""


def _people(number: int) -> str:
    return ngettext("%(n)d person", "%(n)d people", number) % {"n": number}


def find_line(actor: Actor, line: str, limit: int) -> list[Hit]:
    """The booking a line asks for, with the best that is free: the first hit of the palette."""
    if reach(actor, Permission.BOOKINGS_CREATE) is None:
        return []
    heard = heard_in(line)
    if not heard.is_booking:
        return []
    query = query_of(heard)
    form = FinderForm(query)
    if not form.is_valid():
        return []
    zone = ZoneInfo(timezone.get_current_timezone_name())
    slots = find_slots(form, by=actor, zone=zone)
    target = QueryDict(mutable=True)
    target["line"] = line
    return [Hit(_title(form), _best(slots), f"{reverse('book')}?{target.urlencode()}#best")]


def _title(form: FinderForm) -> str:
    data = form.cleaned_data
    words = [time_words(form)]
    if form.is_open:
        words.append(duration(data["minutes"]))
    words += [_people(data["people"]), *(str(Feature(name).label) for name in data["feature"])]
    if place := place_words(form):
        words.append(place)
    return _("Book: %(what)s") % {"what": _(", ").join(words)}


def _best(slots: Any) -> str:
    if not slots:
        return _("Nothing is free then; see what comes next")
    slot = slots[0]
    return f"{slot.space.name}, {slot.space.where} · {until(slot.starts_at, slot.ends_at)}"
