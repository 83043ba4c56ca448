"""What the scenario reference says beside its tables: how numbers are written and how a base is patched."""

from __future__ import annotations

from minrisk.scenario.forms import parse_distribution

#: Each form as a scenario file writes it, the same as a plain value, and what it means.
NUMBERS: tuple[tuple[str, object, str], ...] = (
    ("6", 6, "The number itself, in every draw."),
    ("{value: 6}", {"value": 6}, "The same; useful as a row of a mixture."),
    ("{uniform: [2, 6]}", {"uniform": [2, 6]}, "Every value from low to high equally likely."),
    ("{triangular: [2, 6, 12]}", {"triangular": [2, 6, 12]}, "Low, most likely and high value."),
    (
        "{normal: [3, 1]}",
        {"normal": [3, 1]},
        "Mean and standard deviation, cut at four of them to either side, which must stay inside the "
        "field's bounds.",
    ),
    (
        "{lognormal: {median: 2, p90: 6}}",
        {"lognormal": {"median": 2, "p90": 6}},
        "Above 0 and skewed: half of the draws lie below the median, nine in ten below p90. No highest value, so "
        "that no field with an upper bound takes it.",
    ),
    (
        "{weibull: {shape: 0.8, scale: 48}}",
        {"weibull": {"shape": 0.8, "scale": 48}},
        "A waiting time above 0: with shape 1 as likely to end in one month as in another (mean = scale), below 1 "
        "ever less likely. No highest value.",
    ),
    (
        "{beta: {a: 2, b: 5, low: 0, high: 1}}",
        {"beta": {"a": 2, "b": 5, "low": 0, "high": 1}},
        "Humped between low and high, with the mean at low + (high - low) a / (a + b); low and high are 0 and 1 "
        "if left out.",
    ),
    (
        "{discrete: {values: [3, 12], weights: [1, 3]}}",
        {"discrete": {"values": [3, 12], "weights": [1, 3]}},
        "One of the values, by weight (here 25 % and 75 %); weights need not sum to 1.",
    ),
    ("{chance: 0.4}", {"chance": 0.4}, "1 with this probability, else 0."),
    (
        "{mixture: [{weight: 0.7, uniform: [1, 3]}, {weight: 0.3, value: 12}]}",
        {"mixture": [{"weight": 0.7, "uniform": [1, 3]}, {"weight": 0.3, "value": 12}]},
        "First one of the rows by weight, then a draw from it.",
    ),
)

_BASE = """\
### A base and a patch

```yaml
extends: calm.yaml            # one base file, found from this file's folder; it may extend another
title: What is different here # always its own: title and description are never inherited
market:
  stock_cover_months: 3       # replaces this field; the other market fields stay
events:
  - name: ban                 # an event of the base of this name: a patch
    severity: 0.5             # replaces this field; the other fields of the event stay
  - name: new_mine            # a name the base does not have: one more event, with its type
    type: new_supply
    ...
```

- `start`, `months`, `measures_from`, `seed`, `dataset` and `sources` are replaced as a whole.
- A value is replaced as a whole: of a distribution, a list (`elements`) or a mapping (`t_per_year`) nothing stays.
- A patch that gives `end` drops the base's `duration_months`, and the other way round.
- An event of the base cannot be removed. Give it a probability of 0 where it has such a field ({fields});
  else set what it does to nothing, such as `days_of_demand: 0` of a stockpile.
"""


def numbers_section() -> str:
    """Section on the forms of a number, as Markdown.

    Returns
    -------
    str
    """
    rows = [f"| `{text}` | {parse_distribution(plain).describe()} | {words} |" for text, plain, words in NUMBERS]
    head = [
        "### Numbers\n",
        "Wherever a table below gives a range of numbers, a distribution may stand in the place of a number; all",
        "it can reach must lie in that range. Whole numbers and dates of the scenario's head and",
        "`shortage_threshold` are plain. Write shares as 0.5 (not 50 %), without unit, quotes or thousands",
        "separator; `.inf` is infinity.\n",
        "| YAML | a report says | meaning |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def base_section(probabilities: dict[str, str]) -> str:
    """Section on `extends`, as Markdown.

    Parameters
    ----------
    probabilities : dict of str to str
        Field that holds the probability of each type of event.

    Returns
    -------
    str
    """
    kinds: dict[str, list[str]] = {}
    for kind, field in probabilities.items():
        kinds.setdefault(field, []).append(f"`{kind}`")
    fields = "; ".join(f"`{field}: 0` in {', '.join(words)}" for field, words in kinds.items())
    return _BASE.replace("{fields}", fields)
