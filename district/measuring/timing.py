"""Timing of single requests, warm, as the server meets them."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

WARM_UP = 10


@dataclass(frozen=True)
class Times:
    """What each call took in ms, and the processor time this process spent on a call."""

    milliseconds: list[float]
    cpu_ms: float

    @cached_property
    def p50(self) -> float:
        return round(statistics.median(self.milliseconds), 1)

    @cached_property
    def p95(self) -> float:
        return round(statistics.quantiles(self.milliseconds, n=20)[-1], 1)

    @cached_property
    def per_second(self) -> float:
        return round(len(self.milliseconds) / sum(self.milliseconds) * 1000, 1)

    def figures(self) -> dict[str, float]:
        return {
            "p50_ms": self.p50,
            "p95_ms": self.p95,
            "per_second": self.per_second,
            "cpu_ms": self.cpu_ms,
        }


def timed_in_turns(calls: Mapping[str, Callable[[], object]], times: int) -> dict[str, Times]:
    """Each call so many times, in turns, so that all meet the same neighbours on the machine."""
    for call in calls.values():
        for _number in range(WARM_UP):
            call()
    gc.collect()
    gc.freeze()  # as the server does after its start
    taken: dict[str, list[float]] = {name: [] for name in calls}
    cpu = dict.fromkeys(calls, 0.0)
    for _number in range(times):
        for name, call in calls.items():
            begun, begun_cpu = time.perf_counter(), time.thread_time()
            call()
            cpu[name] += time.thread_time() - begun_cpu
            taken[name].append((time.perf_counter() - begun) * 1000)
    return {name: Times(taken[name], round(cpu[name] / times * 1000, 1)) for name in calls}
