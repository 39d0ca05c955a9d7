"""`make bench`: every measurement, one after the other; with names, only those."""

import sys

from tests.bench import (
    batch_job_bench,
    delivery_bench,
    inbound_bench,
    lists_bench,
    matching_bench,
    memory_bench,
)

BENCHES = {
    "matching": ("Matching", matching_bench),
    "batch_job": ("The whole batch job", batch_job_bench),
    "delivery": ("Delivery", delivery_bench),
    "inbound": ("Replies", inbound_bench),
    "memory": ("Memory of a dyno", memory_bench),
    "lists": ("The list of a million texts, and exports", lists_bench),
}


def main(names: list[str]) -> None:
    for name in names or BENCHES:
        title, bench = BENCHES[name]
        sys.stdout.write(f"\n{title}\n")
        for line in bench.lines():
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


# The guard is for the processes that a bench starts: they import this file.
if __name__ == "__main__":
    main(sys.argv[1:])
