"""`python -m spiders.standin serve|truth`: look at the stand-in sites, or print which listings are the same course."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from spiders.standin.catalogue import build_catalogue
from spiders.standin.faults import KINDS, Fault, parse_fault
from spiders.standin.nights import season_of
from spiders.standin.publish import truth
from spiders.standin.server import StandIn


def _day(text: str) -> date:
    return season_of(date.fromisoformat(text))


def _fault(text: str) -> tuple[str, Fault]:
    try:
        return parse_fault(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m spiders.standin", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    serve = actions.add_parser("serve", help="serve the sites for people until interrupted")
    serve.add_argument("--port", type=int, default=8787)
    serve.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="SOURCE=KIND[@AFTER]",
        help=f"KIND is one of {', '.join(KINDS)}",
    )
    facts = actions.add_parser("truth", help='print {"offer_id", "course"} per listing as JSON lines')
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    for action in (serve, facts):
        action.add_argument("--night", type=int, default=1)
        action.add_argument("--courses", type=int, default=400)
        action.add_argument("--seed", type=int, default=1)
        action.add_argument(
            "--season", type=_day, default=season_of(today), metavar="YYYY-MM-DD", help="a day of the half-year"
        )
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when done, 2 for wrong usage."""
    arguments = _arguments(given)
    if arguments.night < 1 or arguments.courses < 1:
        sys.stderr.write("night and courses count from 1\n")
        return 2
    if arguments.action == "truth":
        catalogue = build_catalogue(arguments.seed, arguments.courses, season=arguments.season)
        for offer_id, course in truth(catalogue, arguments.night):
            sys.stdout.write(json.dumps({"offer_id": offer_id, "course": course}) + "\n")
        return 0
    try:
        site = StandIn(
            season=arguments.season,
            night=arguments.night,
            seed=arguments.seed,
            courses=arguments.courses,
            faults=dict(arguments.fault),
            port=arguments.port,
        )
    except (KeyError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stderr.write(f"{site.url} - end with Ctrl-C\n")
    try:
        site.serve_forever()
    except KeyboardInterrupt:
        site.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
