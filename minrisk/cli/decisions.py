"""Commands for decisions: ``stockpile``, ``sourcing``, ``stress``, ``measures``, ``solve`` and others."""

from __future__ import annotations

from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from minrisk.cli.app import (
    DrawCount,
    File,
    Json,
    Lang,
    Out,
    Scheduler,
    Seed,
    Workers,
    app,
    deciding,
    fail,
    finish,
    folder,
    load_dataset_or_fail,
    one_scenario,
    percent,
    read_all,
    share,
)
from minrisk.defaults import (
    BOX_DENSITY,
    BOXES,
    CARRYING_RATE,
    DISCOVER_DRAWS,
    EU_SHARE_LIMIT,
    LOSS_MONTHS,
    LOSS_STOCK_MONTHS,
    MEASURES_DRAWS,
    PREMIUM_ELSEWHERE,
    RELEASE_DAYS,
    RISK_AVERSION,
    SENSITIVITY_BASE,
    SHORTAGE_PENALTY,
    SOLVE_DRAWS,
    SOURCING_DRAWS,
    SPARE_OUTPUT,
    STOCK_CONFIDENCE,
    STOCK_TARGET,
    STOCKPILE_DRAWS,
    STRESS_DRAWS,
    SWEEP_DRAWS,
    TAIL_LEVEL,
)

if TYPE_CHECKING:
    from minrisk.decisions import Metric


AvoidedMetric = Annotated[
    str | None,
    typer.Option(
        "--metric",
        metavar="METRIC",
        help="What to avoid, such as worst_year_loss_jpy or unserved_share/Dy; default: the loss in yen.",
    ),
]


@app.command("stockpile")
def stockpile_command(
    scenario: File,
    target: Annotated[
        float,
        typer.Option(
            metavar="SHARE", parser=percent, help="Unserved share of demand not to exceed, as 0.05 or 5%."
        ),
    ] = STOCK_TARGET,
    confidence: Annotated[
        float,
        typer.Option(metavar="SHARE", parser=percent, help="Share of draws in which the target must hold."),
    ] = STOCK_CONFIDENCE,
    budget: Annotated[float | None, typer.Option(min=0.0, metavar="USD", help="Budget for buying stock.")] = None,
    metric: AvoidedMetric = None,
    trigger: Annotated[
        float | None,
        typer.Option(
            min=1.0, metavar="INDEX", help="Price multiple at which the stock opens; default: always ready."
        ),
    ] = None,
    limit_days: Annotated[
        float, typer.Option(min=0.0, metavar="DAYS", help="Largest release in a month, in days of demand.")
    ] = RELEASE_DAYS,
    delay: Annotated[
        float, typer.Option(min=0.0, metavar="MONTHS", help="Time from the trigger to the release.")
    ] = 0.0,
    carrying_rate: Annotated[
        float,
        typer.Option(
            metavar="RATE", parser=share(high=inf), help="Annual cost of holding stock, as a share of its price."
        ),
    ] = CARRYING_RATE,
    draws: DrawCount = STOCKPILE_DRAWS,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Find the days of stock per element that keep the unserved share below a target with a given confidence."""
    for name, value in (("--target", target), ("--confidence", confidence)):
        if not 0.0 < value < 1.0:
            fail([f"{name} {value:g}: must lie between 0 and 1; {value:g} % is {value / 100:g}"])
    from minrisk.decisions import ReleaseRule, stockpile
    from minrisk.decisions.stockpile_page import stockpile_page

    found = one_scenario(scenario)
    name = f"stockpile_{found.name}"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        rule = ReleaseRule(trigger, limit_days, delay)
        options = (target, confidence, budget, rule, carrying_rate, draws, seed, executor)
        answer = stockpile(found, *options, progress=progress, metric=_asked(metric))
    finish(lambda: stockpile_page(answer), out, name, lang, as_json, found.dataset)


@app.command("sourcing")
def sourcing_command(
    scenario: File,
    elements: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Elements, separated by commas; default: those the dataset names first."),
    ] = None,
    risk_aversion: Annotated[
        float, typer.Option(metavar="SHARE", parser=share(), help="Weight of the tail against the mean loss.")
    ] = RISK_AVERSION,
    penalty: Annotated[
        float, typer.Option(min=0.0, help="Loss per unit not covered, with today's price as 1.")
    ] = SHORTAGE_PENALTY,
    level: Annotated[
        float, typer.Option(metavar="SHARE", parser=share(0.01, 0.999), help="Level at which the tail begins.")
    ] = TAIL_LEVEL,
    max_share: Annotated[
        float, typer.Option(metavar="SHARE", parser=share(0.01), help="Largest share of one origin.")
    ] = EU_SHARE_LIMIT,
    premium: Annotated[
        float,
        typer.Option(
            metavar="SHARE", parser=share(high=inf), help="How far prices elsewhere are above China's, as a share."
        ),
    ] = PREMIUM_ELSEWHERE,
    spare: Annotated[
        float,
        typer.Option(
            metavar="SHARE", parser=share(high=inf), help="Output that others can add, as a share of today's."
        ),
    ] = SPARE_OUTPUT,
    metric: Annotated[
        str | None,
        typer.Option(
            metavar="METRIC",
            help="Also run the model on the mixes along the frontier and print this, such as worst_year_loss_jpy.",
        ),
    ] = None,
    draws: DrawCount = SOURCING_DRAWS,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Find the shares by origin with the smallest mean loss and tail for each element, under the 65 % rule."""
    from minrisk.data import load_dataset, price_year
    from minrisk.decisions import (
        VaryError,
        check_metrics,
        efficient_frontier,
        judge_frontier,
        sourcing_mix,
        suppliers_of,
    )
    from minrisk.decisions.sourcing_page import sourcing_page
    from minrisk.scenario import unknown

    found = one_scenario(scenario)
    name, judged = f"sourcing_{found.name}", None
    with deciding(out, name, workers, scheduler) as (executor, progress):
        asked = _asked(metric)
        if asked is not None:
            check_metrics([asked], found, every_draw=True)
        dataset = load_dataset(found.dataset)
        known, year = dataset.labels.elements, price_year(dataset)
        wanted = list(dataset.headline) if elements is None else [e.strip() for e in elements.split(",")]
        faults = [unknown("element", e, known) for e in wanted if dataset.symbol(e) is None]
        if faults:
            raise VaryError([f"--elements: {fault}" for fault in faults])
        rows = []
        for element in dict.fromkeys(map(dataset.element, wanted)):
            s = suppliers_of(found, element, draws, seed, premium, spare, max_share)
            options = (s.cost, s.capacity, s.delivered, None, penalty)
            mix = sourcing_mix(*options, risk_aversion, level, max_share, minimum=s.minimum)
            rows.append((s, mix, efficient_frontier(*options, level, max_share, minimum=s.minimum)))
        if asked is not None:
            lines = [(s, [point.shares for point in line]) for s, _, line in rows]
            judged = judge_frontier(found, lines, asked, draws, seed, executor, progress)
    settings = {
        "penalty": penalty,
        "risk_aversion": risk_aversion,
        "level": level,
        "max_share": max_share,
        "premium": premium,
        "spare": spare,
        "price_year": year,
    }
    finish(
        lambda: sourcing_page(found, rows, draws, settings, asked, judged), out, name, lang, as_json, found.dataset
    )


@app.command("stress")
def stress_command(
    dataset: Annotated[Path | None, typer.Argument(metavar="[DATASET]", help="Folder of your own dataset.")] = None,
    months: Annotated[float, typer.Option(min=0.0, metavar="MONTHS", help="Length of the loss.")] = LOSS_MONTHS,
    stock: Annotated[
        float, typer.Option(min=0.0, metavar="MONTHS", help="Stock at the start of the loss, in months of demand.")
    ] = LOSS_STOCK_MONTHS,
    spare: Annotated[
        float,
        typer.Option(
            metavar="SHARE", parser=share(high=inf), help="Output that others can add, as a share of today's."
        ),
    ] = SPARE_OUTPUT,
    metric: Annotated[
        str | None,
        typer.Option(
            metavar="METRIC",
            help="Also run the model without each origin and print this, such as worst_year_loss_jpy.",
        ),
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option(
            "--calm", metavar="SCENARIO", help="What those runs start from, on its own dataset; default: calm."
        ),
    ] = None,
    draws: DrawCount = STRESS_DRAWS,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Lose each origin of a dataset in turn: value lost, tonnes lost, time to survive, and any number of a run."""
    from minrisk.decisions import lose_origins, stress_dataset
    from minrisk.decisions.stress_page import stress_page
    from minrisk.scenario import library_folder

    if base is not None and (metric is None or dataset is not None):
        fail(["--calm: names a scenario and so a dataset; give --metric with it and no DATASET"])
    calm = one_scenario(base or library_folder() / "calm.yaml")
    calm = calm if dataset is None else calm.model_copy(update={"dataset": str(dataset)})
    found = load_dataset_or_fail(None if calm.dataset is None else Path(calm.dataset))
    name, simulated = f"stress_{found.name}", None
    with deciding(out, name, workers, scheduler) as (executor, progress):
        asked = _asked(metric)
        origins, result = stress_dataset(found, months, stock, spare)
        if asked is not None:
            simulated = lose_origins(calm, asked, months, draws, seed, executor, progress)
    page = partial(stress_page, found, origins, result, months, stock, spare, asked, simulated)
    finish(page, out, name, lang, as_json, calm.dataset)


@app.command("measures")
def measures_command(
    scenario: File,
    measures: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[MEASURE...]",
            help="Policy files or folders of them; default: the folder `measures` beside the scenario.",
        ),
    ] = None,
    signals: Annotated[
        list[str] | None,
        typer.Option(
            "--signal",
            metavar="STATEMENT:RIGHT[/RIGHT]",
            help="A warning to value, and the probability that it is right when the statement holds (and when it "
            "does not), such as 'full_ban/duration_months>12:0.8/0.9'; repeat for more.",
        ),
    ] = None,
    metric: AvoidedMetric = None,
    draws: DrawCount = MEASURES_DRAWS,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Rank policies by benefit-cost ratio, with what each avoids alone, at the margin and as a Shapley share."""
    from minrisk.decisions import LOSS, load_measure, parse_signal, rank_measures
    from minrisk.decisions.policies_page import measures_page
    from minrisk.scenario import locate

    found = one_scenario(scenario)
    problems: list[str] = []
    loaded = read_all(_files(measures or [locate(scenario).parent / "measures"]), load_measure, problems)
    asked = read_all(signals or (), parse_signal, problems)
    if problems:
        fail(problems)
    name = f"measures_{found.name}"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        wanted = _asked(metric) or LOSS
        ranked = rank_measures(
            found, loaded, draws, seed, executor, signals=asked, progress=progress, metric=wanted
        )
    finish(lambda: measures_page(ranked), out, name, lang, as_json, found.dataset)


def _asked(metric: str | None) -> Metric | None:
    from minrisk.decisions import parse_metric

    return None if metric is None else parse_metric(metric)


def _files(paths: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not inside:
            fail([f"{path}: no policy files (*.yaml) in this folder"])
        files += inside
    return list(dict.fromkeys(files))


@app.command("solve")
def solve_command(
    scenario: File,
    vary: Annotated[str, typer.Option(metavar="PATH", help="Number to vary, such as full_ban.severity.")],
    until: Annotated[
        str, typer.Option(metavar="CONDITION", help="Condition to meet, such as 'unserved_share/Dy<=0.05'.")
    ],
    between: Annotated[
        tuple[float, float] | None, typer.Option(metavar="LOW HIGH", help="Range to search.")
    ] = None,
    draws: DrawCount = SOLVE_DRAWS,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Find how far one number of a scenario must move for a condition to hold."""
    from minrisk.decisions import field_of, parse_condition, solve
    from minrisk.decisions.threshold_page import threshold_page

    found = one_scenario(scenario)
    problems: list[str] = []
    conditions = read_all([until], parse_condition, problems)
    read_all([vary], lambda path: field_of(found, path), problems)
    if problems:
        fail(problems)
    name = f"solve_{found.name}"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        answer = solve(found, vary, conditions[0], between, draws, seed, executor, progress=progress)
    finish(lambda: threshold_page(found, answer), out, name, lang, as_json, found.dataset)


@app.command("discover")
def discover_command(
    scenario: File,
    when: Annotated[
        str, typer.Option(metavar="CONDITION", help="Condition on each draw, such as 'unserved_share/Dy>0.2'.")
    ],
    density: Annotated[
        float, typer.Option(metavar="SHARE", parser=share(0.01), help="Wanted share of such draws in a box.")
    ] = BOX_DENSITY,
    boxes: Annotated[int, typer.Option(min=1, max=5, metavar="N", help="Largest number of boxes.")] = BOXES,
    draws: DrawCount = DISCOVER_DRAWS,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Find the inputs that lead to an outcome, as boxes with coverage and density (PRIM)."""
    from minrisk.decisions import VaryError, check_metrics, parse_condition, prim_boxes
    from minrisk.decisions.discovery_page import discovery_page
    from minrisk.pipeline.run import run

    found = one_scenario(scenario)
    name = f"discover_{found.name}"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        condition = parse_condition(when)
        if condition.metric.statistic != "mean":
            raise VaryError([f"--when {when}: a condition on each draw has no statistic; leave it out"])
        check_metrics([condition.metric], found)
        done = run(found, draws, seed, executor, progress=progress)
        happens = condition.holds(condition.metric.complete(done))
        held = float(happens.mean())
        if held in (0.0, 1.0):
            word = "no" if held == 0.0 else "every"
            raise VaryError([f"--when {when}: it holds in {word} one of {draws:,} draws; move the threshold"])
        inputs = {str(column): done.inputs[column].to_numpy() for column in done.inputs}
        result = prim_boxes(inputs, happens, boxes, density=density)
    finish(
        lambda: discovery_page(found, condition, result, inputs, held, draws),
        out,
        name,
        lang,
        as_json,
        found.dataset,
    )


@app.command("sensitivity")
def sensitivity_command(
    scenario: File,
    method: Annotated[
        Literal["sobol", "morris", "given"],
        typer.Option(help="Sobol, Morris, or given: the draws of an ordinary run."),
    ] = "sobol",
    base: Annotated[
        int,
        typer.Option(min=2, metavar="N", help="Sobol: base sample, a power of two; Morris: paths; given: draws."),
    ] = SENSITIVITY_BASE,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="NAME", help="Inputs to test, such as 'ban_2026/*'; default: all."),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option("--output", metavar="METRIC", help="Output to explain, such as unserved_share/Dy."),
    ] = None,
    second_order: Annotated[
        bool, typer.Option("--second-order", help="Also compute pairs of inputs (Sobol).")
    ] = False,
    draws: Annotated[
        int | None,
        typer.Option(min=2, metavar="N", help="Most draws in all, instead of --base, whatever the method."),
    ] = None,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Rank the uncertain inputs of a scenario by their effect on several outputs at once."""
    import time

    from minrisk.decisions import VaryError, base_within, check_metrics, factors_of, parse_metric, ranked
    from minrisk.decisions.sensitivity_page import sensitivity_page

    found = one_scenario(scenario)
    name = f"sensitivity_{method}_{found.name}"
    counted = 0
    with deciding(out, name, workers, scheduler) as (executor, progress):
        asked = [parse_metric(text) for text in outputs or ()]
        if any(metric.statistic != "mean" for metric in asked):
            raise VaryError(["--output: an output is a value of each draw; leave the statistic out"])
        check_metrics(asked, found)
        chosen = factors_of(found, inputs or ())
        if draws is not None:
            base = base_within(method, draws, len(chosen.names), second_order)

        def advance(draws: int) -> None:
            nonlocal counted
            counted += draws
            progress(draws)

        begun = time.perf_counter()
        table = ranked(found, method, asked, base, chosen, second_order, seed, executor, advance)
        spent = time.perf_counter() - begun
    finish(
        lambda: sensitivity_page(found, method, table, counted, chosen, spent),
        out,
        name,
        lang,
        as_json,
        found.dataset,
    )


@app.command("sweep")
def sweep_command(
    scenario: File,
    changes: Annotated[
        list[str], typer.Option("--vary", metavar="PATH=A,B,...", help="A number and its values; repeat for more.")
    ],
    metrics: Annotated[
        list[str] | None,
        typer.Option("--metric", metavar="METRIC", help="Metric to tabulate, such as unserved_share/Dy:p95."),
    ] = None,
    draws: DrawCount = SWEEP_DRAWS,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue a sweep that was stopped.")] = False,
    out: Annotated[Path, typer.Option(metavar="DIR", parser=folder, help="Folder for page and table.")] = Path(
        "reports"
    ),
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Run a scenario at every combination of values, on the same draws; finished points survive a stop."""
    from minrisk.decisions import parse_metric
    from minrisk.decisions.sweep import parse_axis, sweep
    from minrisk.decisions.sweep_page import sweep_page

    found = one_scenario(scenario)
    name = f"sweep_{found.name}"
    kept = out / f".minrisk-unfinished-{name}.jsonl"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        problems: list[str] = []
        axes = read_all(changes, lambda text: parse_axis(found, text), problems)
        if problems:
            fail(problems)
        asked = [parse_metric(text) for text in metrics or ()]
        if not resume:
            kept.unlink(missing_ok=True)
        table = sweep(found, axes, asked, draws, seed, executor, progress, kept)
    finish(lambda: sweep_page(found, table, len(axes), draws), out, name, lang, as_json, found.dataset)
    kept.unlink(missing_ok=True)
