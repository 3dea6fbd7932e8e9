from collections.abc import Mapping
from typing import Any

from district.measuring import Outcome, Proof, proofs
from district.measuring.command import MeasuringCommand
from district.measuring.scratch import migrated_template, scratch_database


class Command(MeasuringCommand):
    help = "Attack the product, then a mutant of it without the control under test"
    shelf = proofs

    def describe(self, measure: Proof) -> str:
        return measure.claim

    def run(self, measure: Proof, scale: float) -> dict[str, Any]:
        with migrated_template():
            with scratch_database():
                product = measure.attack(measure.prepare(), scale)
            with scratch_database():
                prepared = measure.prepare()
                measure.disable()
                mutant = measure.attack(prepared, scale)
        for kind, count in product.kinds.items():
            self.stdout.write(f"{kind:40} {count}")
        return report_of(measure, product, mutant)

    def holds(self, report: Mapping[str, Any]) -> bool:
        return not report["violations"] and report["mutant_violations"] > 0


def report_of(measure: Proof, product: Outcome, mutant: Outcome) -> dict[str, Any]:
    """What the JSON line says, and nothing else: whoever reads it knows these keys."""
    return {
        "name": measure.name,
        "tried": product.tried,
        "violations": product.violations,
        "mutant_violations": mutant.violations,
    }
