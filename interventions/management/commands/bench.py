import json
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

# Of each benchmark: its module in benchmarks/, and which option says which part of its Size.
BENCHMARKS = {
    "class-map": ("class_map", {"pupils": "n_pupils", "indicators": "n_indicators", "repeat": "n_requests"}),
    "import": (
        "import_file",
        {"pupils": "n_pupils", "indicators": "n_indicators", "repeat": "n_repeats", "history": "has_history"},
    ),
    "protection": ("protection", {"repeat": "n_seeds"}),
    "roll-up": (
        "roll_up",
        {
            "results": "n_results",
            "indicators": "n_indicators",
            "rounds": "n_rounds",
            "repeat": "n_repeats",
            "pandas": "has_pandas",
        },
    ),
    "fairness": (
        "fairness",
        {"pupils": "n_pupils", "indicators": "n_indicators", "one_town": "has_one_town"},
    ),
    "faults": ("faults", {"repeat": "n_repeats"}),
    "effect": ("effect", {"repeat": "n_interventions"}),
    "audit": ("audit_log", {"pupils": "n_pupils", "events": "n_events", "repeat": "n_repeats"}),
}
# They start servers and workers of their own, take minutes, and have to be asked for by name.
WITH_SERVERS = ("fairness", "faults")
# These measure what only PostgreSQL does.
ON_POSTGRESQL = (*WITH_SERVERS, "audit")


class Command(BaseCommand):
    help = (
        "Measures the product against the barest form of the same work, in a scratch database beside the configured "
        "one. See docs/performance.md and docs/effect.md."
    )
    # The scratch database has its own migrations; the configured one is not even looked at.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "names",
            nargs="*",
            metavar="benchmark",
            help=f"{', '.join(BENCHMARKS)}; default: all but {' and '.join(ON_POSTGRESQL)}",
        )
        parser.add_argument("--pupils", type=int, help="of the class (30), or of the file (20,000)")
        parser.add_argument("--indicators", type=int, help="20; in the file 25")
        parser.add_argument("--results", type=int, help="that the roll-up counts (400,000)")
        parser.add_argument("--events", type=int, help="that the log has (1,000,000)")
        parser.add_argument("--rounds", type=int, help="that they are of (2)")
        parser.add_argument(
            "--no-pandas", dest="pandas", action="store_false", default=None, help="the roll-up without it"
        )
        parser.add_argument(
            "--repeat",
            type=int,
            help="interventions 1,000, pages 100, municipalities 20, others 3; the median is told",
        )
        parser.add_argument("--history", action="store_true", help="import after a round with results")
        parser.add_argument(
            "--one-town",
            action="store_true",
            help="fairness without the ten municipalities, which take long to make",
        )
        parser.add_argument("--json", action="store_true", help="as JSON instead of tables")

    def handle(self, *, names: list[str], **options: Any) -> None:
        unknown = sorted(set(names) - set(BENCHMARKS))
        if unknown:
            raise CommandError(f"There is no benchmark “{unknown[0]}”, only {', '.join(BENCHMARKS)}.")
        if connection.vendor != "postgresql" and (alone := sorted(set(names) & set(ON_POSTGRESQL))):
            raise CommandError(f"The benchmark “{alone[0]}” needs PostgreSQL: set DATABASE_URL.")
        reports = []
        for name in names or [name for name in BENCHMARKS if name not in ON_POSTGRESQL]:
            report = measure(name, options)
            reports.append(report.to_json())
            if not options["json"]:
                self.stdout.write("\n".join([*report.lines(), ""]))
                self.stdout.flush()
        if options["json"]:
            self.stdout.write(json.dumps(reports, indent=1, ensure_ascii=False))


def measure(name: str, options: dict[str, Any]) -> Any:
    """The benchmark's report. Imported only when asked for: installations leave benchmarks/ out."""
    module, sizes = BENCHMARKS[name]
    benchmark = import_module(f"benchmarks.{module}")
    given = {size: options[option] for option, size in sizes.items() if options[option] is not None}
    return benchmark.run(benchmark.Size(**given))
