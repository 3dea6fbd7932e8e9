"""Every list of the product: search, filters, sorting, columns, keyset pages; the URL is the state.

A view describes its list once as a `Listing` and answers with `render_list`.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from district import registry
from district.actions.saved_views import kept_query
from district.actors import Actor
from district.middleware import DistrictRequest
from district.models import SavedView
from district.rules import Text
from district.views.respond import render_page

Row = TypeVar("Row", bound=Model)
Rows = QuerySet[Row, Row]
PAGE_SIZE = 50
CHOSEN_COLUMNS = "columns"


@dataclass(frozen=True)
class Cell:
    """What stands in one place of a table; `state` is a tone (wait, go, stop, off) for a badge."""

    text: Text | int | Decimal
    url: str = ""
    note: Text = ""
    state: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """`cell` makes what is shown; `value` what is exported (the cell's text if left out)."""

    key: str
    label: Text
    cell: Callable[[Row], Cell]
    value: Callable[[Row], Any] | None = None
    numeric: bool = False
    shown: bool = True

    def export(self, row: Row) -> Any:
        return self.value(row) if self.value else self.cell(row).text


@dataclass(frozen=True)
class Sort:
    """`field` never is NULL; ties are broken by id in the same direction."""

    key: str
    label: Text
    field: str
    descending: bool = False


@dataclass(frozen=True)
class Filter(Generic[Row]):
    """Narrows a list by one query parameter; `options` are (value, label) pairs.

    Without options it is a free value (a date, say). `condition` turns the chosen values into Q and
    raises ValueError for a value that makes no sense, which is then ignored. `unset` narrows the
    list while nothing is chosen.
    """

    key: str
    label: Text
    condition: Callable[[Sequence[str]], Q]
    options: Callable[[], Sequence[tuple[str, Text]]] | None = None
    input_type: str = ""
    icon: str = ""
    unset: Q = field(default_factory=Q)


@dataclass(frozen=True)
class BulkAction(Generic[Row]):
    """What can be done with many rows at once; `apply` refuses a row by RuleViolation."""

    key: str
    label: Text
    icon: str
    allowed: Callable[[Actor], bool]
    apply: Callable[[Row, Actor], object]


@dataclass(frozen=True)
class Chip:
    label: Text
    url: str
    active: bool


@dataclass(frozen=True)
class FilterState:
    key: str
    label: Text
    icon: str
    input_type: str
    values: Sequence[str]
    chips: Sequence[Chip]
    clear_url: str

    @property
    def active(self) -> Sequence[Chip]:
        return [chip for chip in self.chips if chip.active]


@dataclass(frozen=True)
class ListRow(Generic[Row]):
    object: Row
    labelled: Sequence[tuple[Column[Row], Cell]]


@dataclass
class Page(Generic[Row]):
    """One page of a list as the components show it; `exports` are (format, address) pairs."""

    key: str
    rows: Sequence[ListRow[Row]]
    columns: Sequence[Column[Row]]
    all_columns: Sequence[tuple[Column[Row], bool]]
    filters: Sequence[FilterState]
    sorts: Sequence[Chip]
    query: str
    kept: Sequence[tuple[str, str]]
    next_url: str = ""
    previous_url: str = ""
    clear_url: str = ""
    is_narrowed: bool = False
    exports: Sequence[tuple[str, str]] = ()
    saved_views: Sequence[tuple[SavedView, Chip]] = ()
    bulk_actions: Sequence[tuple[str, Text, str]] = ()


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """`rows` are those an actor may see, or PermissionDenied; `search` narrows by free text.

    The first of `sorts` is the usual order. Registered under its key, so that exports, saved views
    and the check of query plans find it.
    """

    key: str
    rows: Callable[[Actor], Rows[Row]]
    columns: Sequence[Column[Row]]
    sorts: Sequence[Sort]
    filters: Sequence[Filter[Row]] = ()
    search: Callable[[Rows[Row], str], Rows[Row]] | None = None
    bulk: Sequence[BulkAction[Row]] = ()

    def narrow(self, rows: Rows[Row], params: QueryDict) -> Rows[Row]:
        """The rows that pass the search and the filters in `params`."""
        query = params.get("q", "").strip()
        if query and self.search:
            rows = self.search(rows, query)
        for item in self.filters:
            values = [value for value in params.getlist(item.key) if value]
            rows = rows.filter(_condition_or_all(item, values) if values else item.unset)
        return rows

    def sort(self, params: QueryDict) -> Sort:
        wanted = params.get("sort", "")
        return next((item for item in self.sorts if item.key == wanted), self.sorts[0])

    def chosen_columns(self, params: QueryDict) -> Sequence[Column[Row]]:
        wanted = params.getlist(CHOSEN_COLUMNS)
        chosen = [
            column for column in self.columns if (column.key in wanted if wanted else column.shown)
        ]
        return chosen or [column for column in self.columns if column.shown]

    def exported_columns(self, params: QueryDict) -> Sequence[Column[Row]]:
        """Those that were chosen; all of them, also the usually hidden ones, if none were."""
        return self.chosen_columns(params) if params.get(CHOSEN_COLUMNS) else self.columns

    def page(self, rows: Rows[Row], params: QueryDict, size: int = PAGE_SIZE) -> Page[Row]:
        """The page that `params` ask for: one query, whatever the number of rows."""
        sort, columns = self.sort(params), self.chosen_columns(params)
        found, has_previous, has_next = _slice(self.narrow(rows, params), sort, params, size)
        page = Page(
            key=self.key,
            rows=[
                ListRow(row, [(column, column.cell(row)) for column in columns]) for row in found
            ],
            columns=columns,
            all_columns=[(column, column in columns) for column in self.columns],
            filters=[_filter_state(item, params) for item in self.filters],
            sorts=[
                Chip(item.label, _url(params, sort=item.key), item is sort) for item in self.sorts
            ],
            query=params.get("q", ""),
            kept=[
                (key, value)
                for key, values in params.lists()
                for value in values
                if key not in {"q", "after", "before"}
            ],
            clear_url="?",
            is_narrowed=any(params.get(key) for key in ["q", *(f.key for f in self.filters)]),
        )
        if found and has_next:
            page.next_url = _url(params, after=_cursor(found[-1], sort))
        if found and has_previous:
            page.previous_url = _url(params, before=_cursor(found[0], sort))
        return page


def _condition_or_all(item: Filter[Any], values: Sequence[str]) -> Q:
    try:
        return item.condition(values)
    except ValueError:
        return Q()


def _filter_state(item: Filter[Any], params: QueryDict) -> FilterState:
    values = params.getlist(item.key)
    options = item.options() if item.options else []
    return FilterState(
        key=item.key,
        label=item.label,
        icon=item.icon,
        input_type=item.input_type,
        values=values,
        chips=[
            Chip(label, _toggled(params, item.key, value), value in values)
            for value, label in options
        ],
        clear_url=_url(params, **{item.key: ""}),
    )


def _url(params: QueryDict, **changes: str) -> str:
    """This list with some parameters changed; a page position never survives a change."""
    copy = params.copy()
    for key in ("after", "before", "export"):
        copy.pop(key, None)
    for key, value in changes.items():
        copy.pop(key, None)
        if value:
            copy[key] = value
    return f"?{copy.urlencode()}"


def _toggled(params: QueryDict, key: str, value: str) -> str:
    copy = params.copy()
    for position in ("after", "before", "export"):
        copy.pop(position, None)
    values = copy.getlist(key)
    copy.setlist(key, [v for v in values if v != value] if value in values else [*values, value])
    return f"?{copy.urlencode()}"


def _slice(
    rows: Rows[Row], sort: Sort, params: QueryDict, size: int
) -> tuple[list[Row], bool, bool]:
    """Rows of the page, and whether there are some before and after it."""
    before, after = _position(params.get("before")), _position(params.get("after"))
    backwards = before is not None
    descending = sort.descending is not backwards
    position = before or after
    if position:
        rows = rows.filter(_beyond(sort.field, position, descending))
    sign = "-" if descending else ""
    found = list(rows.order_by(f"{sign}{sort.field}", f"{sign}id")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        return found[::-1], more, True
    return found, position is not None, more


def _beyond(name: str, position: tuple[Any, UUID], descending: bool) -> Q:
    value, row_id = position
    side = "lt" if descending else "gt"
    if name == "id":
        return Q(**{f"id__{side}": row_id})
    return Q(**{f"{name}__{side}e": value}) & (
        Q(**{f"{name}__{side}": value}) | Q(**{f"id__{side}": row_id})
    )


def _cursor(row: Model, sort: Sort) -> str:
    value: Any = row
    for part in sort.field.split("__"):
        value = getattr(value, part)
    kind = "t" if isinstance(value, datetime) else "d" if isinstance(value, date) else ""
    text = value.isoformat() if kind else value if isinstance(value, int | float) else str(value)
    packed = json.dumps([kind, text, str(row.pk)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[Any, UUID] | None:
    """The value and id a cursor stands for; None for none, and for one that was tampered with."""
    if not cursor:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        kind, value, row_id = json.loads(packed)
        readers: Mapping[str, Callable[[Any], Any]] = {
            "t": parse_datetime,
            "d": parse_date,
            "": lambda item: item,
        }
        read = readers[kind](value)
        return (read, UUID(row_id)) if read is not None else None
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        return None


def _exports(listing: Listing[Any], params: QueryDict) -> list[tuple[str, str]]:
    formats = ("csv", "xlsx")
    return [
        (name, f"{reverse('list_export', args=[listing.key, name])}{_url(params)}")
        for name in formats
    ]


def _bulk_actions(listing: Listing[Any], actor: Actor) -> list[tuple[str, Text, str]]:
    allowed = [(item.key, item.label, item.icon) for item in listing.bulk if item.allowed(actor)]
    exports = ("xlsx", _("Export"), "download")
    return [
        (reverse("list_bulk", args=[listing.key, key]), label, icon)
        for key, label, icon in (*allowed, exports)
    ]


def _saved_views(request: DistrictRequest, listing: Listing[Any]) -> list[tuple[SavedView, Chip]]:
    shown = kept_query(request.GET.urlencode())
    views = SavedView.objects.filter(person=request.person, listing=listing.key).order_by("name")
    return [(view, Chip(view.name, f"?{view.query}", view.query == shown)) for view in views]


def matching(rows: Rows[Row], *conditions: Q) -> Rows[Row]:
    """The rows for which one of the conditions holds.

    Each is looked up on its own: joined by OR, those over another table could use no index.
    """
    manager: Any = rows.model._base_manager
    first, *others = (manager.filter(item).order_by().values("pk") for item in conditions)
    return rows.filter(pk__in=first.union(*others))


def render_list(
    request: DistrictRequest,
    listing: Listing[Row],
    template: str,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page of a list, or only the list where htmx asked for it."""
    page = listing.page(listing.rows(request.actor), request.GET)
    if listing.key in registry.listings:
        page.exports = _exports(listing, request.GET)
        page.bulk_actions = _bulk_actions(listing, request.actor)
        page.saved_views = _saved_views(request, listing)
    return render_page(request, template, {"page": page, **(context or {})}, partials=["list"])
