"""What a higher app tells the ground floor about itself, once, in its `apps.py`.

Each registry refuses a second item under the same key and anything that comes after start-up.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from district.rules import Text

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import Field

    from district.actors import Actor
    from district.imports.columns import FileColumn
    from district.imports.contract import Import
    from district.imports.rows import Row
    from district.lists import Listing
    from district.middleware import DistrictRequest
    from district.models import Activity, Job, Person

Item = TypeVar("Item")


class Registry(Generic[Item]):
    def __init__(self, noun: str):
        self.noun = noun
        self._items: dict[str, Item] = {}

    def register(self, key: str, item: Item) -> Item:
        if apps.ready:
            raise ImproperlyConfigured(f"{self.noun} {key!r} is registered after start-up")
        if key in self._items:
            raise ImproperlyConfigured(f"{self.noun} {key!r} is registered twice")
        self._items[key] = item
        return item

    def __getitem__(self, key: str) -> Item:
        return self._items[key]

    def __contains__(self, key: str) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def items(self) -> Iterator[tuple[str, Item]]:
        return iter(self._items.items())


@dataclass(frozen=True)
class MenuItem:
    """A link of the navigation; `group` is "" for the first, unnamed one.

    `covers` are the beginnings of other paths that lie beneath it.
    """

    label: Text
    url_name: str
    icon: str
    group: Text
    order: int
    visible: "Callable[[Actor], bool]"
    count: "Callable[[DistrictRequest], int] | None" = None
    on_phone: bool = False
    phone_label: Text = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """A piece of Today or Home: `build` gives its template context, or None to stay away.

    `place` is "cards", "aside", or "top" for what runs over the whole width.
    """

    template: str
    order: int
    build: "Callable[[DistrictRequest], Mapping[str, Any] | None]"
    place: str = "cards"


@dataclass(frozen=True)
class KPI:
    """A figure with its formula in words; `value` computes it for the district in scope."""

    name: Text
    unit: Text
    formula: Text
    value: Callable[[], float | None]
    higher_is_better: bool = True
    target: float | None = None


@dataclass(frozen=True)
class Hit:
    title: Text
    note: Text
    url: str


@dataclass(frozen=True)
class Entry:
    """What the index keeps of a row: titles and notes in Chinese and English, and other words.

    `organization_id` narrows it to that organisation and the operator; `is_shared` shows it to all.
    """

    titles: tuple[str, str]
    notes: tuple[str, str] = ("", "")
    words: str = ""
    organization_id: "UUID | None" = None
    is_shared: bool = False


@dataclass(frozen=True)
class Index:
    """How rows of a model stand in the search index.

    `entry` gives None for a row nobody should find; `touched` which rows an activity of another
    subject changes; `url_name` takes the row's id.
    """

    model: type[Model]
    entry: Callable[[Any], Entry | None]
    url_name: str
    related: Sequence[str] = ()
    touched: "Callable[[Activity], Q | None] | None" = None


@dataclass(frozen=True)
class Searchable:
    """A kind of thing people look for: by its index, or by a `find` of its own.

    `find` sees to it that people only find what they may see. Kinds stand by `order`.
    """

    label: Text
    icon: str
    find: "Callable[[Actor, str, int], Sequence[Hit]] | None" = None
    index: Index | None = None
    order: int = 50

    @property
    def source(self) -> Callable[..., Any]:
        """The function that tells which app this belongs to."""
        source = self.find or (self.index and self.index.entry)
        assert source  # noqa: S101 - one of the two is always given
        return source


@dataclass(frozen=True)
class Route:
    """A resource of the partner API, mounted at /api/v1/<prefix>/."""

    prefix: str
    viewset: Any
    basename: str


@dataclass(frozen=True)
class Importer:
    """A kind of file people bring; see district.imports.contract for what `begin` gives.

    `key` is the id a row is recognised by ("" where it lacks one). `required` are columns without
    which the file makes no sense, each with the other names it may have. `options` are further
    fields of the form, whose values reach `begin` as text; `notes` name what else a report says.
    """

    label: Text
    help: Text
    icon: str
    extensions: Sequence[str]
    can: "Callable[[Actor], bool]"
    key: "Callable[[Row], str]"
    begin: "Callable[[Mapping[str, str]], Import]"
    columns: "Sequence[FileColumn]" = ()
    required: Sequence[Sequence[str]] = ()
    options: "Callable[[], Mapping[str, Field]] | None" = None
    notes: Mapping[str, Text] = field(default_factory=dict)
    read: "Callable[[str, bytes], list[Row]] | None" = None
    order: int = 50

    @property
    def templates(self) -> Sequence[str]:
        """The kinds of table that can be filled in for it."""
        return [ending for ending in ("xlsx", "csv") if ending in self.extensions]


@dataclass(frozen=True)
class VerbGroup:
    """Verbs for which people choose together how they are told; `email` is the usual pace."""

    key: str
    label: Text
    email: str = "now"


OTHER_VERBS = VerbGroup("other", _("Everything else"))


@dataclass(frozen=True)
class Verb:
    """Something that may stand in the activity ledger.

    `audience` gives, for many activities at once, the persons each is told to; `messages` what
    they read, in the active language. `edge` says whether it ties organisation and counterpart.
    `urgent` ones come by text message too and pass quiet hours. `tone` (go, wait, stop) is their
    colour in timelines.
    """

    label: Text
    icon: str = "point"
    audience: "Callable[[Sequence[Activity]], Mapping[UUID, Collection[UUID]]] | None" = None
    messages: "Callable[[Sequence[Activity]], Mapping[UUID, Message]] | None" = None
    attached: "Callable[[Activity, Person], Sequence[tuple[str, bytes, str]]] | None" = None
    edge: bool = False
    group: VerbGroup = OTHER_VERBS
    urgent: bool = False
    tone: str = ""


@dataclass(frozen=True)
class Message:
    """What one person reads of one activity: a line, some more, and where to go.

    `facts` are pairs of label and value that a mail sets out one below the other.
    """

    title: str
    text: str
    url: str
    facts: Sequence[tuple[Text, str]] = ()


class Work(Protocol):
    """Long work in one worker's hands. `job.done_count` says where it goes on.

    Each call runs in a scope of its own that commits with the progress. A RuleViolation ends the
    job with its message as the reason.
    """

    total_count: int

    def step(self, job: "Job") -> int:
        """Do the next batch (at most 500 rows) and set `job.report`; returns how many are done."""

    def finish(self, job: "Job") -> None:
        """When all is done: set `job.report` and `job.result`."""


@dataclass(frozen=True)
class JobKind:
    """A kind of long work: what it is called, how a worker takes it up (again), how it is shown.

    `outcome` says in one line what came of a finished job; `report` is the template of its page's
    report, whose context `details` gives for (job, actor).
    """

    label: "Callable[[Job], Text]"
    begin: "Callable[[Job], Work]"
    outcome: "Callable[[Job], str]"
    report: str = ""
    details: "Callable[[Job, Actor], Mapping[str, Any]] | None" = None


@dataclass(frozen=True)
class PersonalData:
    """Where an app keeps data of a person, how to hand it over, how to erase it."""

    export: "Callable[[Person], Mapping[str, Any]]"
    erase: "Callable[[Person], None]"


@dataclass(frozen=True)
class Occupant:
    """What stands behind a claim of one kind: how to show, move and release it."""

    model: type[Model]
    describe: "Callable[[Sequence[UUID], Actor], Mapping[UUID, Mapping[str, Any]]]"
    release: "Callable[..., None] | None" = None
    move: "Callable[..., None] | None" = None


@dataclass(frozen=True)
class DemoPart:
    """Fills a demo district; parts run in order, each deterministic."""

    order: int
    fill: Callable[[Any], None]


menu: Registry[MenuItem] = Registry("menu item")
cards: Registry[Card] = Registry("card")
kpis: Registry[KPI] = Registry("KPI")
searches: Registry[Searchable] = Registry("search")
routes: Registry[Route] = Registry("route")
importers: Registry[Importer] = Registry("importer")
verbs: Registry[Verb] = Registry("verb")
jobs: Registry[JobKind] = Registry("job")
personal_data: Registry[PersonalData] = Registry("personal data")
occupants: Registry[Occupant] = Registry("occupant")
listings: "Registry[Listing[Any]]" = Registry("listing")
demo: Registry[DemoPart] = Registry("demo part")
