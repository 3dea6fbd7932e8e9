"""The index that a search for a part of a name uses behind row-level security."""

from django.contrib.postgres.indexes import GinIndex


def words_index(model: str, *fields: str) -> GinIndex:
    """Trigrams of some texts: serves `icontains` (ILIKE) from three characters on."""
    return GinIndex(
        fields=list(fields), opclasses=["gin_trgm_ops"] * len(fields), name=f"{model}_words"
    )
