"""What a sourcing mix lacks: elements in demand of which the mix years bring little or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from minrisk.data.dataset import Dataset
from minrisk.data.mix.estimate import demand_t_per_year

#: An element of which the mix brings less than this share of the demand is lacking [1].
LEAST_SUPPLIED = 0.5


@dataclass(frozen=True)
class Lack:
    """An element that the mix lacks.

    Attributes
    ----------
    element : str
        The element.
    demand_t, mix_t : float
        Its demand, and what the mix brings [t REO/yr].
    """

    element: str
    demand_t: float
    mix_t: float


def lacks(dataset: Dataset) -> tuple[Lack, ...]:
    """Elements in demand of which the central mix brings less than half, or nothing.

    What a mix lacks is not in a run: it begins with what comes, so an element without a source never falls short.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    tuple of Lack
        In the order of the elements.
    """
    demand = dataset.table("demand").set_index("element")["central"]
    brought = demand_t_per_year(dataset)
    return tuple(
        Lack(element, float(demand[element]), float(tonnes))
        for element, tonnes in zip(dataset.labels.elements, brought, strict=True)
        if demand[element] > 0 and tonnes < LEAST_SUPPLIED * demand[element]
    )


def lacks_in_words(dataset: Dataset) -> str:
    """One line on what the mix of a dataset lacks; empty where it lacks nothing."""
    found = lacks(dataset)
    none = [f"{lack.element} ({lack.demand_t:,.0f} t)" for lack in found if lack.mix_t == 0.0]
    some = [f"{lack.element} ({lack.mix_t:,.0f} of {lack.demand_t:,.0f} t)" for lack in found if lack.mix_t > 0.0]
    years = dataset.settings["mix_years"]
    said = [f"no source of {', '.join(none)}"] if none else []
    said += [f"less than half of the demand for {', '.join(some)}"] if some else []
    if not said:
        return ""
    rest = "results on them mean nothing; are all customs codes and origins in imports.csv?"
    return f"dataset {dataset.name}: the sourcing mix of {years} has {' and '.join(said)} a year: {rest}"
