"""The search index: follows the activity ledger, finds Chinese by overlapping pairs of characters.

An activity is the sign that its subject has changed; a reader of the relay brings the entries in
step within a second, so that no action has to know of the search. `reindex_all` makes it anew.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import (
    BooleanField,
    Case,
    F,
    Func,
    Model,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Length, NullIf, RowNumber
from django.utils.translation import get_language

from district import registry
from district.actors import Actor, is_operator, organization_id
from district.models import Activity, SearchEntry
from district.registry import Entry, Index

BATCH: Final = 500
LONGEST_QUERY: Final = 100
HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
RUNS: Final = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
WRITTEN: Final = (
    "title_zh",
    "title_en",
    "note_zh",
    "note_en",
    "organization",
    "is_shared",
    "vector",
)


class Matches(Func):
    """`vector @@ query`, with a query that no parser of the database has to understand."""

    arg_joiner = " @@ "
    template = "%(expressions)s"
    output_field = BooleanField()


def terms(text: str) -> list[str]:
    """What a text is found by: words and numbers in lower case; Chinese in pairs.

    The last character of a Chinese run stands alone too, so that each is found by itself.
    """
    return list(dict.fromkeys(term for run in _runs(text) for term in _terms_of(run)))


def query_of(text: str) -> str:
    """The tsquery of what somebody typed: all of it must be there, words by their beginning."""
    asked: list[str] = []
    for run in _runs(text[:LONGEST_QUERY]):
        if _is_han(run) and len(run) > 1:
            asked += [f"'{pair}'" for pair in _pairs(run)]
        else:
            asked.append(f"'{run}':*")
    return " & ".join(dict.fromkeys(asked))


def _runs(text: str) -> list[str]:
    return RUNS.findall(unicodedata.normalize("NFKC", text).lower())


def _is_han(run: str) -> bool:
    return re.match(f"[{HAN}]", run) is not None


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _terms_of(run: str) -> list[str]:
    return [*_pairs(run), run[-1]] if _is_han(run) else [run]


def find_entries(actor: Actor, text: str, per_kind: int) -> Sequence[SearchEntry]:
    """At most so many of each kind, those first whose title begins with the text: one query."""
    query = query_of(text)
    if not query:
        return []
    chinese = (get_language() or "zh").startswith("zh")
    first, second = ("title_zh", "title_en") if chinese else ("title_en", "title_zh")
    begins = Case(When(shown__istartswith=text.strip(), then=0), default=1)
    order = [begins.asc(), Length("shown").asc(), F("shown").asc(), F("id").asc()]
    rows = (
        visible_entries(actor)
        .annotate(shown=Coalesce(NullIf(first, Value("")), second))
        .filter(Matches(F("vector"), Cast(Value(query), SearchQueryField())))
        .annotate(place=Window(RowNumber(), partition_by=F("kind"), order_by=order))
        .filter(place__lte=per_kind)
        .order_by("kind", "place")
    )
    return list(rows)


def visible_entries(actor: Actor) -> QuerySet[SearchEntry]:
    """The operator's people find everything of the district, others what is shared or their own."""
    rows = SearchEntry.objects.all()
    if is_operator(actor):
        return rows
    return rows.filter(Q(is_shared=True) | Q(organization_id=organization_id(actor)))


def follow(activities: Sequence[Activity]) -> None:
    """Bring the entries of whatever these activities changed in step."""
    for kind, searchable in registry.searches.items():
        index = searchable.index
        if index is None:
            continue
        touched = [q for activity in activities if (q := _touched(index, activity)) is not None]
        if touched:
            condition = Q(*touched, _connector=Q.OR) if all(touched) else Q()
            reindex(kind, index, index.model._base_manager.filter(condition))


def _touched(index: Index, activity: Activity) -> Q | None:
    if activity.subject_type == index.model._meta.label_lower:
        own = Q(pk=activity.subject_id)
        more = index.touched(activity) if index.touched else None
        return own if more is None else own | more
    return index.touched(activity) if index.touched else None


def reindex(kind: str, index: Index, rows: QuerySet[Any]) -> None:
    """Write the entries of these rows; those that should not be found lose theirs."""
    for batch in _batches(rows.select_related(*index.related).iterator(chunk_size=BATCH)):
        found = [(row, entry) for row in batch if (entry := index.entry(row)) is not None]
        gone = {row.pk for row in batch} - {row.pk for row, _entry in found}
        SearchEntry.objects.filter(kind=kind, subject_id__in=gone).delete()
        SearchEntry.objects.bulk_create(
            [_written(kind, row, entry) for row, entry in found],
            update_conflicts=True,
            unique_fields=["district", "kind", "subject_id"],
            update_fields=list(WRITTEN),
        )


def reindex_all() -> None:
    """Make the index of the district in scope anew."""
    SearchEntry.objects.all().delete()
    for kind, searchable in registry.searches.items():
        if searchable.index is not None:
            reindex(kind, searchable.index, searchable.index.model._base_manager.all())


def _batches(rows: Iterator[Model]) -> Iterator[list[Model]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _written(kind: str, row: Model, entry: Entry) -> SearchEntry:
    found_by = terms(" ".join([*entry.titles, *entry.notes, entry.words]))
    return SearchEntry(
        kind=kind,
        subject_id=row.pk,
        title_zh=entry.titles[0][:200],
        title_en=entry.titles[1][:200],
        note_zh=entry.notes[0][:200],
        note_en=entry.notes[1][:200],
        organization_id=entry.organization_id,
        is_shared=entry.is_shared,
        vector=Func(
            Cast(Value(found_by, ArrayField(TextField())), ArrayField(TextField())),
            function="array_to_tsvector",
            output_field=SearchVectorField(),
        ),
    )
