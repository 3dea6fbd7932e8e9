from typing import Any

from district.measuring import Bench, Figures, benches
from district.measuring.command import MeasuringCommand
from district.measuring.scratch import migrated_template, scratch_database


class Command(MeasuringCommand):
    help = "Measure the product, in ratios within one run"
    shelf = benches

    def describe(self, measure: Bench) -> str:
        return measure.subject

    def run(self, measure: Bench, scale: float) -> dict[str, Any]:
        with migrated_template(), scratch_database():
            return report_of(measure, measure.measure(scale))


def report_of(measure: Bench, figures: Figures) -> dict[str, Any]:
    """What the JSON line says, and nothing else: whoever reads it knows these keys."""
    return {"name": measure.name, "figures": figures}
