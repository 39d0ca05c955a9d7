"""`make bench`: every measurement, one after the other."""

import sys

from tests.bench import batch_job_bench, matching_bench

for title, bench in (("Matching", matching_bench), ("The whole batch job", batch_job_bench)):
    sys.stdout.write(f"\n{title}\n")
    for line in bench.lines():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
