"""What `bench` and `prove` say to whoever reads their last line."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from district.management.commands import bench, prove
from district.measuring import Bench, Outcome, Proof, benches, proofs
from district.measuring.command import import_measures
from district.models import District

import_measures()
OUTCOME = Outcome(10, 0, {"pages of ours": 6, "pages with ids of theirs": 4})
MUTANT = Outcome(10, 3, {"pages of ours": 6, "pages with ids of theirs": 4})


def test_the_measures_that_the_product_is_held_to_are_there():
    assert set(proofs) >= {
        "isolation-http",
        "isolation-sql",
        "forged-keys",
        "no-scope",
        "double-booking",
        "ledger",
    }
    assert set(benches) >= {"search", "booking", "lists"}


@pytest.mark.parametrize("name", sorted(proofs))
def test_every_proof_reports_these_keys_and_no_other(name):
    assert prove.report_of(proofs[name], OUTCOME, MUTANT) == {
        "name": name,
        "tried": 10,
        "violations": 0,
        "mutant_violations": 3,
    }


@pytest.mark.parametrize("name", sorted(benches))
def test_every_bench_reports_its_name_and_figures(name):
    report = bench.report_of(benches[name], {"p50_ms": 1.5})

    assert report == {"name": name, "figures": {"p50_ms": 1.5}}


def lines_of(command: str, name: str) -> list[str]:
    said = StringIO()
    call_command(command, name, "--json", stdout=said)
    return said.getvalue().splitlines()


@pytest.fixture
def toys(monkeypatch):
    """A proof whose control is a name, and a bench of an empty database."""
    names: list[str] = []

    def attack(district: District, scale: float) -> Outcome:
        return Outcome(2, len(names), {"names": 1, "numbers": 1})

    proof = Proof(
        "toy",
        "Nobody is named.",
        lambda: District.objects.create(slug="toy", name_en="Toy"),
        attack,
        lambda: names.append("somebody"),
    )
    monkeypatch.setitem(proofs, "toy", proof)
    monkeypatch.setitem(
        benches, "toy", Bench("toy", "Counting", lambda scale: {"rows": District.objects.count()})
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("toys")
def test_the_last_line_is_one_object_and_the_table_above_says_more():
    *table, last = lines_of("prove", "toy")

    assert json.loads(last) == {
        "name": "toy",
        "tried": 2,
        "violations": 0,
        "mutant_violations": 1,
    }
    assert [line.split() for line in table[:2]] == [["names", "1"], ["numbers", "1"]]
    assert json.loads(lines_of("bench", "toy")[-1]) == {"name": "toy", "figures": {"rows": 0}}
