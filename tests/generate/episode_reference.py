"""The format of an episode as a page, from the same declarations that check it."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

from minrisk.history.calibration_file import Declaration, Moved
from minrisk.history.variables import VARIABLES
from tests import ROOT

_HEAD = """# Episodes

An episode is a folder. `minrisk backtest FOLDER` runs it; adding one needs no code. A folder of episodes runs
them all, and without a folder the packaged ones run (their names work as well as their paths): 2010_embargo_and_quota,
2023_licensing, 2025_licensing and 2026_ban.

To add one: say what happened in `scenario.yaml`, write down what was seen in `observations.csv` with a source for each
row, and put a run that is wrong on purpose into `beside/`, most simply the same scenario `without:` its events. For a
packaged episode, `python -m tests.generate.track_record` then writes its changes and its scores into the record.

| file | what it is |
|---|---|
| `scenario.yaml` | what happened: any scenario; its `dataset:` is relative to the file, or the packaged one |
| `observations.csv` | what was seen |
| `calibration.yaml` | optional: which numbers `minrisk calibrate FOLDER` may move |
| `left_out.yaml` | optional: the same numbers as fitted elsewhere, written by `minrisk calibrate FOLDER --leave-out`; the packaged scenarios extend it, so that nothing is scored on itself |
| `beside/*.yaml` | optional: rival scenarios with the same start, months and dataset, printed beside; the first should be wrong on purpose |

Written to `backtests/<episode>/` (`--out` names another folder): `coverage.csv`, `coverage.md`, `figures/` with one
figure per variable, `run.json`; of all packaged episodes together `backtests/history/` with `history.md`, `scores.csv`
and a diagram of what was claimed against what was held. An observation is inside if its range `low` to `high` (its
`value` where none is given) meets the model's 5-95 % of draws, errors of observation included. Calibrated and held-out
observations are counted apart; no score blends them. `inputs.csv` beside this page says which input was fitted on which
episode, and what is done about it where that episode is scored; `../THEORY.md` has the equations.

| column of coverage.csv | what it is |
|---|---|
| `p05`, `p50`, `p95`, `inside_model` | the model's own quantiles, and whether they hold the observation |
| `p05_observed`, `p95_observed`, `inside` | the same with errors of observation: customs months, quotes and reference prices scatter |
| `interval_score`, `interval_score_model` | width plus twenty times the distance of a miss, with errors of observation and without |
| `naive_interval_score`, `naive_width` | the same of past changes in the other episodes (`changes.csv`) |
| `crps`, `width` | continuous ranked probability score; width of the band |
| `claimed` | level of the narrowest central range that holds the observation |
| `calm`, `band_low` to `seen_high` | the value without any event, and band and observation as changes against it: logarithms for tonnes and prices, differences for shares, months as they are |

`minrisk nowcast SCENARIO --observations FILE` holds a scenario of the present against a file of the same columns, month by
month: what was said, what was seen, the score so far and which mechanism misses (`nowcast.md`, `nowcast.csv`). Without a
scenario it takes the packaged `2026_ban`; a file given is appended to its rows.

## observations.csv

Comma-separated UTF-8; lines with `#` may stand above the header. All columns but `note` and `destination` must be there;
cells marked optional may be empty.

| column | cells |
|---|---|
| `variable` | one of the variables below |
| `element` | an element or a product of the dataset, several of either as `ndfeb_heat_resistant+ndfeb_standard`, or an end use where the variable says so; `all` or empty for all elements together |
| `origin` | an origin of the dataset's routes, such as `CHN`; `all` or empty for all together |
| `month` | a month `2010-10`, a quarter `2011-Q2`, a year `2010` or a span `2010-01..2010-08` |
| `value` | the observation: a plain number, at least 0 |
| `low`, `high` | optional: the observation's own range, around the value |
| `unit` | one of the variable's units |
| `source` | where the value comes from; never empty |
| `role` | `calibrated` (a parameter was fitted to it) or `held_out` |
| `note` | optional: the mechanism the model lacks, printed if it misses |
| `destination` | optional: empty or the importer's code for this importer, `all` for everybody (exports as an index) |

"""

_UNITS = """
Units. `t/month` is the mean over the period, `t/year` the sum over a calendar year, both in contained oxide as
the dataset counts it; `t gross/month`, `t gross/year`, `1 gross` and `% gross` are product weight as customs count
it, converted route by route with the dataset's own oxide content in baseline trade. An index names its base period
and the value there: `index 2010-01..2010-08 = 100`, `index 2010 = 100` (left out, the base is 100); the base is
divided out draw by draw and must be inside the scenario. `USD/kg` needs a dataset with `prices.csv`.
"""

_EXAMPLE = """
```csv
variable,element,origin,month,value,low,high,unit,source,role,note
imports,,CHN,2010-11,33.7,,,index 2010-01..2010-08 = 100,Ministry of Finance,held_out,
imports,Dy,CHN,2012,350,300,400,t/year,my estimate,held_out,
marginal_price,La,,2011-Q2,135,,,USD/kg,Lynas,calibrated,one elasticity for all elements
months_to_first_stoppage,ndfeb_magnets,,2010-10,none,,,months,press,held_out,
```
"""

_CALIBRATION = """
## calibration.yaml

Bounded least squares over the medians of a fixed set of draws, on the rows with the role `calibrated`. The error of
a row counts in units of half its range, or of a tenth of the largest calibrated value of its series where it has
none; prices count by their logarithm. The result is a scenario file with date, seed, misfit and each target in its
head, which `scenario.yaml` names under `extends`; deleted and computed again it is the same, but for the date.

"""

_CALIBRATION_EXAMPLE = """
```yaml
scenario: uncalibrated.yaml
fields:
  market.elasticity_common: {low: 0.3, high: 3, start: 1, spread: 0.3}
  events.licence.approval_share: {low: 0.05, high: 1}
```
"""

_ELEMENT = {
    "any": "an element or a product, several, or all",
    "one": "an element or a product",
    "use": "an end use",
    "element or use": "an element, an end use, or all of them",
    "all": "–",
}
_ORIGIN = {"any": "an origin, or all", "one": "an origin", "none": "–"}


def episode_reference() -> str:
    """Page on the format of episodes.

    Returns
    -------
    str
        Markdown; committed as ``minrisk/history/README.md``.
    """
    lines = ["| variable | what it is | element | origin | units |", "|---|---|---|---|---|"]
    for name, variable in VARIABLES.items():
        units = ", ".join(f"`{word.strip(chr(39))}`" for word in variable.units)
        element, origin = _ELEMENT[variable.element], _ORIGIN[variable.origin]
        lines.append(f"| `{name}` | {variable.meaning} | {element} | {origin} | {units} |")
    fields = ["| field | what it is |", "|---|---|"]
    for prefix, model in (("", Declaration), ("fields.*.", Moved)):
        for name, field in model.model_fields.items():
            description = " ".join((field.description or "").split())
            required = "" if not field.is_required() else " Required."
            fields.append(f"| `{prefix}{name}` | {description}{required} |")
    table = "\n".join(lines) + "\n"
    declared = "\n".join(fields) + "\n"
    return _HEAD + table + _UNITS + _EXAMPLE + _CALIBRATION + declared + _CALIBRATION_EXAMPLE


if __name__ == "__main__":
    (ROOT / "minrisk" / "history" / "README.md").write_text(episode_reference(), encoding="utf-8")
