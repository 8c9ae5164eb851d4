"""The results of a test as tables in a terminal: the verdict first, then every metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from experiments.plans import MetricSpec
from experiments.report_figures import NOTHING, Figure, chance, interval, p_value, share_of

Json = Mapping[str, Any]

VERDICTS = {
    "ship": "SHIP",
    "keep_control": "KEEP CONTROL",
    "keep_going": "KEEP GOING",
    "stop_for_harm": "STOP FOR HARM",
    "invalid": "INVALID",
}
RULES = {
    "fixed": "once, at the planned sample",
    "anytime": "at any time, and the intervals and p-values hold each time",
    "group_sequential": "as planned",
}
EVERYONE = "everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands over a report.

    Attributes:
        name: Of the test.
        until: The moment the figures are of.
        metrics: With caps at a quantile as numbers.
        notes: What to know of the data.
    """

    name: str
    until: datetime | None
    metrics: Sequence[MetricSpec]
    notes: Sequence[str] = ()


def print_results(results: Json, heading: Heading, console: Console) -> None:
    """Print the document of an analysis, as `results_for` makes it."""
    until = f", until {heading.until:%Y-%m-%d %H:%M %Z}" if heading.until else ""
    console.print(Text(f"{heading.name}{until}", style="bold"))
    _print_verdict(results["verdict"], console)
    for line in (*_about_units(results), *heading.notes):
        console.print(Text(line))
    names = {arm["key"]: arm["name"] for arm in results["arms"]}
    specs = {metric.key: metric for metric in heading.metrics}
    for metric in results["metrics"]:
        console.print()
        console.print(_metric_table(metric, specs[metric["key"]], names, results))
        for line in _below(metric, names):
            console.print(Text(f"  {line}"))


def _print_verdict(verdict: Json, console: Console) -> None:
    console.print(
        Text(f"Verdict: {VERDICTS[verdict['kind']]}. {verdict['sentence']}", style="bold")
    )
    for reason in verdict["reasons"]:
        console.print(Text(f"  · {reason}"))


def _about_units(results: Json) -> Iterator[str]:
    sizes = (
        f"{_arm_name(arm['name'], is_control=arm['is_control'])} {arm['units']:,}"
        for arm in results["arms"]
    )
    yield f"Units: {', '.join(sizes)}"
    yield from _about_plan(results["progress"])
    balance = results["balance"]
    wrong = "  NOT AS DECLARED: do not trust any figure below" if balance["is_mismatch"] else ""
    chance_of_it = "" if balance["p_value"] is None else f" (p = {p_value(balance['p_value'])})"
    yield f"Split: {balance['note']}{chance_of_it}{wrong}"
    looks = results["looks"]
    planned = looks["next_look"]
    following = f"; next at {planned:,} units" if planned else ""
    now = "" if looks["is_look"] else "; this is not one of the looks"
    yield f"Looked at: {RULES[looks['rule']]}{now}{following}"
    yield "p is adjusted for the other comparisons of its family, except in views beneath an arm"
    for finding in results["health"]:
        yield f"Health ({finding['severity']}): {finding['sentence']}"


def _about_plan(progress: Json) -> Iterator[str]:
    if progress["planned_units"] is not None:
        yield f"Planned: {progress['units']:,} of {progress['planned_units']:,} units are there"
    if progress["detectable_lift"] is not None:
        yield (
            f"So many find a lift of {share_of(progress['detectable_lift'])} of the goal four "
            "times of five"
        )


def _arm_name(name: str, *, is_control: bool) -> str:
    return f"{name} (the control)" if is_control and name.lower() != "control" else name


def _metric_table(metric: Json, spec: MetricSpec, names: Mapping[str, str], results: Json) -> Table:
    level = f"{results['confidence']:.0%} interval"
    table = Table(title=escape(_title(metric, spec)), title_justify="left", min_width=80)
    for heading in ("segment", "arm", "counted"):
        table.add_column(heading)
    for heading in ("units", "rate" if spec.is_share else "figure", "difference"):
        table.add_column(heading, justify="right")
    for heading in (f"lift ({level})", "p", "beats control"):
        table.add_column(heading, justify="right")
    figure = Figure(is_share=spec.is_share)
    control = next(arm["key"] for arm in results["arms"] if arm["is_control"])
    parts = [(EVERYONE, metric["overall"])]
    parts += [(part["stratum"] or "no segment", part["table"]) for part in metric["strata"]]
    for segment, part in parts:
        first = segment
        for row in _rows(part, names, control, figure, metric):
            table.add_row(escape(first), *map(escape, row))
            first = ""
        table.add_section()
    return table


def _title(metric: Json, spec: MetricSpec) -> str:
    kind = f"quantile {spec.quantile:g}" if spec.kind == "quantile" else spec.kind
    parts = [kind]
    if metric["is_capped"] and spec.cap is not None:
        parts.append(f"capped at {float(spec.cap):.6g}")
    if metric["is_lower_better"]:
        parts.append("less is better")
    return f"{metric['name']} ({', '.join(parts)}; {metric['role']})"


def _rows(
    part: Json, names: Mapping[str, str], control: str, figure: Figure, metric: Json
) -> Iterator[tuple[str, ...]]:
    counted = _view(part, metric)
    for key in sorted(part["arms"], key=lambda key: key != control):
        arm = part["arms"][key]
        units, mean = f"{arm['units']:,}", figure.text(arm["mean"])
        if key == control:
            name = _arm_name(names[key], is_control=True)
            yield name, counted, units, mean, "", "", "", ""
            continue
        found = part["comparisons"][key]
        yield (
            names[key],
            counted,
            units,
            mean,
            figure.change(found["difference"]["estimate"]),
            interval(found["lift"]),
            p_value(found["difference"]["p_adjusted"]),
            chance(found["bayes"]),
        )
        # Of a segment the other views are in the document.
        if part is metric["overall"]:
            yield from _other_views(found, figure)


def _view(part: Json, metric: Json) -> str:
    """How the headline counts: capped, and adjusted by the time before, where it is."""
    words = ["capped"] if metric["is_capped"] else []
    if part["variance_kept"] is not None:
        words.append("with CUPED")
    return ", ".join(words) or "as counted"


def _other_views(found: Json, figure: Figure) -> Iterator[tuple[str, ...]]:
    views = (
        ("without CUPED", found["plain"]),
        ("without the cap", found["uncapped"]),
        ("segments weighed alike", found["stratified"]),
    )
    for words, view in views:
        if view is not None:
            difference = view.get("difference", view)
            change, p = figure.change(difference["estimate"]), p_value(difference["p_value"])
            yield "", words, "", "", change, interval(view.get("lift")), p, ""


def _below(metric: Json, names: Mapping[str, str]) -> Iterator[str]:
    """What a table cannot say."""
    whole = metric["overall"]
    if metric["waiting"]:
        yield f"{metric['waiting']:,} units are left out: their time for it is not over."
    if whole["variance_kept"] is not None:
        yield f"CUPED leaves {whole['variance_kept']:.0%} of the variance."
    for arm, found in whole["comparisons"].items():
        if found["margin"] is not None:
            yield _margin(names[arm], found["margin"], metric)
    yield from _between_arms(whole, names)
    yield from _errors(metric, names)


def _between_arms(whole: Json, names: Mapping[str, str]) -> Iterator[str]:
    found = {names[arm]: each for arm, each in whole["comparisons"].items()}
    differs = [
        f"{name} p = {p_value(each['interaction']['p_value'])}"
        for name, each in found.items()
        if each["interaction"]
    ]
    if differs:
        yield f"Does the effect differ by segment? {', '.join(differs)}"
    best = [
        f"{name} {share_of(each['bayes']['is_best'])}"
        for name, each in found.items()
        if each["bayes"]
    ]
    if len(best) > 1:
        yield f"Chance to be the best of all arms: {', '.join(best)}"
    pulled = [
        f"{names[arm]} {each['lift']:+.2%}"
        for arm, each in whole["shrunken"].items()
        if arm in whole["comparisons"] and each["lift"] is not None
    ]
    if pulled:
        yield f"Lifts without the luck of the best (pulled to the mean): {', '.join(pulled)}"


def _margin(arm: str, margin: Json, metric: Json) -> str:
    declared = metric["margin"]
    loss = share_of(declared) if metric["is_margin_relative"] else f"{declared:g}"
    shown = "is ruled out" if margin["is_shown"] else "is NOT ruled out"
    return f"{arm}: a loss of {loss} {shown} (p = {p_value(margin['p_value'])})"


def _errors(metric: Json, names: Mapping[str, str]) -> Iterator[str]:
    parts = [(EVERYONE, metric["overall"])]
    parts += [(part["stratum"] or "no segment", part["table"]) for part in metric["strata"]]
    found: dict[str, list[str]] = {}
    for segment, part in parts:
        for arm, each in part["comparisons"].items():
            if each["error"]:
                found.setdefault(each["error"], []).append(f"{names[arm]} ({segment})")
    for error, places in found.items():
        yield f"{', '.join(places)}: {error}"


__all__ = ["NOTHING", "Heading", "print_results"]
