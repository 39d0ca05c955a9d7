"""Owns how the counts of all processes look to Prometheus: counters and histograms."""

from collections.abc import Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from models import counters, metric_count
from models.counters import Counter, Histogram
from models.metric_count import Series

Counts = Mapping[Series, float]


def families(prefix: str) -> Iterator[CounterMetricFamily | HistogramMetricFamily]:
    """Return every counter and histogram, also those that nothing was counted of yet."""
    counts = metric_count.read_all()
    for counted in counters.ALL:
        if isinstance(counted, Histogram):
            yield _histogram(prefix, counted, counts)
        else:
            yield _counter(prefix, counted, counts)


def _counter(prefix: str, counter: Counter, counts: Counts) -> CounterMetricFamily:
    family = CounterMetricFamily(prefix + counter.name, counter.words, labels=counter.labels)
    for series, value in counts.items():
        if series.name == counter.name:
            family.add_metric(_labels(series), value)
    return family


def _histogram(prefix: str, histogram: Histogram, counts: Counts) -> HistogramMetricFamily:
    name = histogram.name
    family = HistogramMetricFamily(prefix + name, histogram.words, labels=histogram.labels)
    bounds = [*(str(float(most)) for most in histogram.buckets), "+Inf"]
    for series, total in counts.items():
        if series.name == name and series.part == "sum":
            buckets: list[tuple[str, float]] = []
            so_far = 0.0
            for bound in bounds:
                so_far += counts.get(series._replace(part=bound), 0)
                buckets.append((bound, so_far))
            family.add_metric(_labels(series), buckets, total)
    return family


def _labels(series: Series) -> list[str]:
    return series.labels.split(",")
