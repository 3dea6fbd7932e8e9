"""Every list of the product: search, filters, sorting, columns, keyset pages; the URL is the state.

A view describes its list once as a `Listing` and answers with `render_list`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from district import registry
from district.actions.saved_views import kept_query
from district.actors import Actor
from district.keyset import cursor_of, page_of
from district.middleware import DistrictRequest
from district.models import SavedView
from district.rules import Text
from district.views.respond import render_page

Row = TypeVar("Row", bound=Model)
Rows = QuerySet[Row, Row]
PAGE_SIZE = 50
CHOSEN_COLUMNS = "columns"
TAB = "show"


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
    """`cell` makes what is shown; `value` what is exported (the cell's text if left out).

    With `tabs` it stands under these alone.
    """

    key: str
    label: Text
    cell: Callable[[Row], Cell]
    value: Callable[[Row], Any] | None = None
    numeric: bool = False
    shown: bool = True
    tabs: Collection[str] = ()

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
    offered: Callable[[Actor], bool] = lambda actor: True


@dataclass(frozen=True)
class Tab:
    """A part of a list with an order of its own, named by its key among the list's sorts.

    `condition` is asked anew each time, so that it may speak of now, and told what else is asked;
    `empty` is said of no rows.
    """

    key: str
    label: Text
    condition: Callable[[QueryDict], Q]
    sort: str
    empty: Text


@dataclass(frozen=True)
class BulkAction(Generic[Row]):
    """What can be done with many rows at once; `apply` refuses a row by RuleViolation.

    With a `question` it is asked before anything happens.
    """

    key: str
    label: Text
    icon: str
    allowed: Callable[[Actor], bool]
    apply: Callable[[Row, Actor], object]
    question: Text = ""


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
    tabs: Sequence[Chip]
    query: str
    kept: Sequence[tuple[str, str]]
    next_url: str = ""
    previous_url: str = ""
    clear_url: str = ""
    is_narrowed: bool = False
    empty: Text = ""
    exports: Sequence[tuple[str, str]] = ()
    saved_views: Sequence[tuple[SavedView, Chip]] = ()
    bulk_actions: Sequence[tuple[str, Text, str, Text]] = ()


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """`rows` are those an actor may see, or PermissionDenied; `search` narrows by free text.

    The first of `sorts` is the usual order, the first of `tabs` what is shown at first; while one
    searches or uses a filter of `reaching` and chose no tab, it is the last one, with everything.
    Registered under its key, so that exports, saved views and the check of query plans find it.
    """

    key: str
    rows: Callable[[Actor], Rows[Row]]
    columns: Sequence[Column[Row]]
    sorts: Sequence[Sort]
    filters: Sequence[Filter[Row]] = ()
    search: Callable[[Rows[Row], str], Rows[Row]] | None = None
    bulk: Sequence[BulkAction[Row]] = ()
    tabs: Sequence[Tab] = ()
    reaching: Sequence[str] = ()

    def narrow(self, rows: Rows[Row], params: QueryDict) -> Rows[Row]:
        """The rows that pass the tab, the search and the filters in `params`."""
        tab = self.tab(params)
        if tab:
            rows = rows.filter(tab.condition(params))
        query = params.get("q", "").strip()
        if query and self.search:
            rows = self.search(rows, query)
        for item in self.filters:
            values = [value for value in params.getlist(item.key) if value]
            rows = rows.filter(_condition_or_all(item, values) if values else item.unset)
        return rows

    def sort(self, params: QueryDict) -> Sort:
        tab = self.tab(params)
        for wanted in (params.get("sort", ""), tab.sort if tab else ""):
            for item in self.sorts:
                if item.key == wanted:
                    return item
        return self.sorts[0]

    def tab(self, params: QueryDict) -> Tab | None:
        wanted = params.get(TAB, "")
        return next((item for item in self.tabs if item.key == wanted), self._usual_tab(params))

    def _usual_tab(self, params: QueryDict) -> Tab | None:
        if not self.tabs:
            return None
        return self.tabs[-1 if any(params.get(key) for key in ("q", *self.reaching)) else 0]

    def _tab_chips(self, params: QueryDict) -> list[Chip]:
        """Every tab but the usual one is named in its address; each begins in its own order."""
        shown, usual = self.tab(params), self._usual_tab(params)
        return [
            Chip(
                tab.label,
                _url(params, **{TAB: "" if tab is usual else tab.key, "sort": ""}),
                tab is shown,
            )
            for tab in self.tabs
        ]

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
        sort, tab = self.sort(params), self.tab(params)
        chosen = self.chosen_columns(params)
        columns = [item for item in chosen if not item.tabs or (tab and tab.key in item.tabs)]
        found, has_previous, has_next = page_of(
            self.narrow(rows, params), sort.field, sort.descending, params, size
        )
        page = Page(
            key=self.key,
            rows=[ListRow(row, [(item, item.cell(row)) for item in columns]) for row in found],
            columns=columns,
            all_columns=[(item, item in chosen) for item in self.columns],
            filters=[_filter_state(item, params) for item in self.filters],
            sorts=[
                Chip(item.label, _url(params, sort=item.key), item is sort) for item in self.sorts
            ],
            tabs=self._tab_chips(params),
            query=params.get("q", ""),
            kept=_kept(params),
            clear_url=f"?{TAB}={params[TAB]}" if tab and params.get(TAB) == tab.key else "?",
            is_narrowed=any(params.get(key) for key in ["q", *(f.key for f in self.filters)]),
            empty=tab.empty if tab else "",
        )
        if found and has_next:
            page.next_url = _url(params, after=cursor_of(found[-1], sort.field))
        if found and has_previous:
            page.previous_url = _url(params, before=cursor_of(found[0], sort.field))
        return page


def _kept(params: QueryDict) -> list[tuple[str, str]]:
    """What the forms of a list carry on: all but the search and the place in the list."""
    left_out = {"q", "after", "before"}
    return [
        (key, value) for key, values in params.lists() for value in values if key not in left_out
    ]


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


def _exports(listing: Listing[Any], params: QueryDict) -> list[tuple[str, str]]:
    formats = ("csv", "xlsx")
    return [
        (name, f"{reverse('list_export', args=[listing.key, name])}{_url(params)}")
        for name in formats
    ]


def _bulk_actions(listing: Listing[Any], actor: Actor) -> list[tuple[str, Text, str, Text]]:
    """Address, label, icon and question of each."""
    allowed = [
        (item.key, item.label, item.icon, item.question)
        for item in listing.bulk
        if item.allowed(actor)
    ]
    exports = ("xlsx", _("Export"), "download", "")
    return [
        (reverse("list_bulk", args=[listing.key, key]), label, icon, question)
        for key, label, icon, question in (*allowed, exports)
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
    offered = {item.key for item in listing.filters if item.offered(request.actor)}
    page.filters = [item for item in page.filters if item.key in offered]
    if listing.key in registry.listings:
        page.exports = _exports(listing, request.GET)
        page.bulk_actions = _bulk_actions(listing, request.actor)
        page.saved_views = _saved_views(request, listing)
    return render_page(request, template, {"page": page, **(context or {})}, partials=["list"])
