from typing import Any

from district.measuring import Bench, benches
from district.measuring.command import MeasuringCommand
from district.measuring.scratch import migrated_template, scratch_database


class Command(MeasuringCommand):
    help = "Measure the product, in ratios within one run"
    shelf = benches

    def describe(self, measure: Bench) -> str:
        return measure.subject

    def run(self, measure: Bench, scale: float) -> dict[str, Any]:
        with migrated_template(), scratch_database():
            return {"name": measure.name, "figures": measure.measure(scale)}
