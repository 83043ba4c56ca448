"""The scenario: how the market responds to a shortfall, and what a file says once merged, checked and frozen."""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from minrisk.axes import Calendar, Labels
from minrisk.defaults import SEED
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault, FieldError, nearest, shorten, unknown
from minrisk.scenario.events import (
    AnyEvent,
    DemandShock,
    Event,
    ExtraterritorialRule,
    PriceFloor,
    Project,
    TimedEvent,
    idle_pairs,
)
from minrisk.scenario.fields import (
    NAME_WORDS,
    AboveOne,
    AtLeastOne,
    Complement,
    Exponent,
    ExponentOrInf,
    Growth,
    Month,
    NonNegative,
    NonNegativeOrInf,
    Positive,
    ScenarioPart,
    Share,
    Text,
    Threshold,
    Title,
)

if TYPE_CHECKING:
    from minrisk.data import Dataset


class Market(ScenarioPart):
    """Market parameters; each may be a number or a distribution, the same for all elements in a draw."""

    stock_cover_months: NonNegative
    """Commercial stock held at baseline, in months of reference demand [months of demand]. Press and expert
    estimates run from 2 to 12 months; grade C."""

    stock_cover_factor: dict[str, NonNegative] = Field(default_factory=dict)
    """Factor on `stock_cover_months` by element, such as {Dy: 0.5}; 1 for elements left out [1]. Stocks by
    element are not published; grade C."""

    trader_share: Share = Fixed(0.0)
    """Share of commercial stock at baseline that traders hold and sell to anyone; users hold the rest for
    themselves [1]. No source; grade C."""

    trader_release_share: Share = Fixed(0.35)
    """As `stock_release_share`, for the traders' part [1/month]. No source; grade C."""

    stock_release_share: Share
    """Share of users' commercial stock that is sold in one month at a very high price multiple P [1/month];
    with the exponent it sets `S = I rho (1 - P^-theta)`. No source; grade C."""

    stock_release_exponent: ExponentOrInf
    """How fast sales from stock respond to the price multiple (theta) [1]; `.inf` is mechanical release: stock
    fills the gap as long as it lasts. No source; grade C."""

    stock_release_max: Share
    """Share of commercial stock released per month once the price is at its ceiling [1/month].
    No source; grade C."""

    restock_months: Positive
    """Time over which a stock below its target is rebuilt at the baseline price [month]. 6 to 12 months after
    2011; grade C."""

    restock_exponent: Exponent
    """How fast rebuilding slows as the price multiple P rises (kappa) [1]: purchases for stock fall with
    `P^-kappa`.
    No source; grade C."""

    store_max_months: NonNegative
    """Stock above its target that holders still keep before they export the rest [months of demand].
    No source; grade C."""

    elasticity_stiff: NonNegative
    """Short-run own-price elasticity of demand, as a positive number, of stiff end uses [1]. Arc of Chinese
    exports 2009-2011: .25 to .31 for the aggregate; grade C by class."""

    elasticity_middle: NonNegative
    """Short-run own-price elasticity of demand, as a positive number, of end uses of middling stiffness
    [1]. As for stiff end uses; grade C."""

    elasticity_loose: NonNegative
    """Short-run own-price elasticity of demand, as a positive number, of loose end uses such as
    polishing [1]. As for stiff end uses; grade C."""

    elasticity_common: NonNegative
    """Common factor on the three short-run elasticities in a draw [1]; 1 leaves them unchanged. It makes
    them high or low together; grade C."""

    elasticity_long: NonNegative
    """Long-run own-price elasticity of demand of end uses of middling stiffness, as a positive number,
    reached by slow substitution [1]. No source by element; grade C."""

    elasticity_long_spread: AtLeastOne = Fixed(1.0)
    """How far apart the long-run elasticities of the classes are [1]: `elasticity_long` is divided by it for
    stiff end uses and multiplied for loose ones; 1 is the same for all. No source; grade C."""

    adaptation_months: Positive
    """Time constant of slow substitution [month]. No source; grade C."""

    choke_price_index: AboveOne | None = None
    """Ceiling of the price multiple, above which buyers stop and the rest is rationed, the same for all elements
    [1, baseline = 1]; at least 1.05 times what an export tax sets. Needed where the dataset has no ceilings.csv
    and not used where it has one: the ceiling of each element is then a price in USD/kg. European yttrium and
    dysprosium quotes of 2025-26 reached 3 to about 50 times the Chinese price; grade C."""

    supply_elasticity: NonNegative
    """Own-price elasticity of supply of routes that are not restricted, up to their spare capacity [1].
    No source; grade C."""

    spare_share: NonNegative
    """Spare capacity of routes that are not restricted, as a share of their baseline supply [1]. No source;
    grade C."""

    spare_months: Positive
    """Time constant with which spare capacity starts up and shuts down [month]. No source; grade C."""

    swap_share: Share
    """Largest share of the lost tonnes that other buyers would give up to Japan when a restriction is
    aimed at Japan alone [1]; also limited by the dataset's swap pool. No source; grade C."""

    swap_price_index: AboveOne
    """Price multiple at which reshuffling from other buyers is complete [1, baseline = 1]. No source; grade C."""

    swap_months: Positive
    """Time constant of reshuffling between buyers [month]. No source; grade C."""

    saved_share: Share = Fixed(0.0)
    """Share of the demand given up because of the price that users save without losing output, by
    thrift, better yield or stocks of half-finished goods [1]. No source; grade C."""

    complement_substitution: Complement = Fixed(0.1)
    """Elasticity of substitution between the elements that an end use needs together, such as neodymium
    and dysprosium in a magnet [1]; 0 is none: the scarcest sets the output. Firms after the earthquake of 2011:
    near 0 within months (Boehm et al. 2019, A); by element not measured; grade C."""

    joint_slack: NonNegativeOrInf = Fixed(math.inf)
    """How much of the other elements an end use that is stopped by one element still takes, beyond its
    output [1]; the rest goes back to its stock. `.inf` is neutral: it takes all it bought. No source; grade C."""

    product_stock_extra_months: NonNegative = Fixed(0.0)
    """Stock of products, such as magnets, that makers, traders and industries want beyond what the dataset says
    they hold [months of demand]; 0 is neutral. For an order or an agreement to hold more; without effect where a
    dataset has no products. Judgement; grade C."""

    misallocation: Share = Fixed(1.0)
    """How badly the tonnes that are left are shared out [1]: at 0 those that earn least go without first, at 1
    every application lacks the same share; a loss lies between the two in this proportion. After 2011 and in 2025
    lines stopped because cheap parts were missing while others ran. No source; grade C."""

    growth_per_year: Growth
    """Growth of reference demand and of contracted supply [1/year]. No source by element; grade C."""

    shortage_threshold: Threshold
    """Unserved share of demand above which a month is a shortage month [1]. A convention, not a
    measurement."""

    def unused(self, ceilings: bool) -> tuple[str, ...]:
        """Fields that are given and count for nothing where the dataset has ceiling prices."""
        return ("choke_price_index",) if ceilings and self.choke_price_index is not None else ()

    def missing(self, ceilings: bool) -> list[tuple[tuple[str, ...], str]]:
        """Errors in what a dataset without ceiling prices needs, as place and message."""
        if ceilings or self.choke_price_index is not None:
            return []
        message = "required field is missing: the dataset has no ceilings.csv; such as {triangular: [20, 50, 100]}"
        return [(("choke_price_index",), message)]

    def check(self, labels: Labels) -> list[tuple[tuple[str, ...], str]]:
        """Errors in the element names, as place and message."""
        return [
            (("stock_cover_factor", element), unknown("element", element, labels.elements))
            for element in self.stock_cover_factor
            if element not in labels.elements
        ]


def faults_beside(event: Event, others: Sequence[Event]) -> list[Fault]:
    """Faults of an event's words for other events of the same scenario.

    Parameters
    ----------
    event : Event
    others : sequence of Event
        All events of the scenario; the event itself may be among them.

    Returns
    -------
    list of Fault
        A price floor for no project, or for an event that is no project; a delay shared with no event.
    """
    if isinstance(event, TimedEvent) and event.delays_with is not None:
        timed = [o.name for o in others if isinstance(o, TimedEvent) and o.name != event.name and not o.delays_with]
        if event.delays_with not in timed:
            return [(("delays_with",), unknown("event with a delay of its own", event.delays_with, timed))]
    if not isinstance(event, PriceFloor):
        return []
    projects = [other.name for other in others if isinstance(other, Project)]
    if event.project in projects:
        return []
    if not projects:
        name = shorten(event.project)
        return [(("project",), f"no project '{name}'; add an event of type seabed_mud or mine_project")]
    return [(("project",), unknown("project", event.project, projects))]


def faults_with_dataset(event: Event, dataset: Dataset) -> list[Fault]:
    """Faults of an event that asks for what the dataset does not hold.

    Parameters
    ----------
    event : Event
    dataset : Dataset

    Returns
    -------
    list of Fault
        A demand shock where there is no demand; an extraterritorial rule of an origin whose material the dataset
        does not follow through other countries.
    """
    if isinstance(event, DemandShock):
        return idle_pairs(event, dataset.labels, dataset.use_shares)
    if isinstance(event, ExtraterritorialRule) and event.origin in dataset.labels.origins:
        focus = dataset.focus_origin
        if event.origin != focus:
            hint = f"did you mean '{focus}'?" if nearest(event.origin, [focus]) else f"allowed: {focus}"
            words = f"the dataset follows the material of {focus} through other countries, not that of"
            return [(("origin",), f"{words} '{event.origin}'; {hint}")]
    return []


class Translation(ScenarioPart):
    """What the title and the description of a scenario say in another language."""

    title: Title
    """The scenario's title in that language."""

    description: Text = ""
    """The scenario's description in that language."""


class Translations(ScenarioPart):
    """Translations by language; the scenario's own title and description are in English."""

    ja: Translation | None = None
    """In Japanese."""

    def into(self, language: str) -> Translation | None:
        """Translation into a language by its code; None where there is none."""
        found: Translation | None = getattr(self, language, None)
        return found


#: Kana, kanji and their marks: 々, ー, and ideographs of the basic planes.
_JAPANESE = "\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_STEM = rf"[a-z0-9{_JAPANESE}][a-z0-9_{_JAPANESE}-]{{0,63}}"


def _stem(name: str) -> str:
    # The name becomes a folder and stands in commands: nothing that a shell or a file system reads otherwise.
    name = unicodedata.normalize("NFC", name)  # macOS writes marks of kana as letters of their own
    if not re.fullmatch(_STEM, name):
        folded = unicodedata.normalize("NFKC", name).lower()
        plain = re.sub(rf"[^a-z0-9_{_JAPANESE}-]+", "_", folded).strip("_-")[:64]
        hint = f"; did you mean '{plain}'?" if plain else ""
        raise ValueError(f"'{shorten(name)}' cannot name a scenario{hint}; allowed: kana, kanji, {NAME_WORDS}")
    return name


class Scenario(ScenarioPart):
    """A market and the events that hit it, with their uncertainty."""

    name: Annotated[str, Field(strict=True), AfterValidator(_stem)]
    """Name of the scenario, the file's name without its ending."""

    title: Title
    """One line that says what happens; the base's where a patch has none."""

    description: Text = ""
    """What happens and why it is worth asking, in plain words. Never inherited from the base."""

    translations: Translations | None = None
    """Title and description in other languages, as {ja: {title: ..., description: ...}}. Of the base only the
    titles, and only with its title."""

    sources: tuple[Text, ...] = ()
    """Where the assumptions come from, one line each."""

    start: Month
    """First month [date]."""

    months: Annotated[int, Field(strict=True, ge=1, le=600)]
    """Number of months simulated [month]."""

    measures_from: Month
    """First month that is measured [date]; the scenario's start if left out."""

    seed: Annotated[int, Field(strict=True, ge=0, le=2**53)] = SEED
    """Seed of every random stream."""

    dataset: Annotated[str, Field(strict=True, min_length=1)] | None = None
    """Folder of an own dataset, relative to this file; the packaged dataset for Japan if left out."""

    market: Market
    """Market parameters."""

    events: tuple[Annotated[AnyEvent, Field(discriminator="type")], ...] = ()
    """What happens; the order does not matter."""

    @model_validator(mode="before")
    @classmethod
    def _measure_from_the_start(cls, raw: Any) -> Any:
        if isinstance(raw, Mapping) and "measures_from" not in raw and "start" in raw:
            return {**raw, "measures_from": raw["start"]}
        return raw

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        if self.measures_from not in self.calendar.labels:
            first, last = self.calendar.labels[0], self.calendar.labels[-1]
            raise FieldError(
                ("measures_from",),
                f"'{self.measures_from}' is outside the scenario; allowed: {first} to {last}",
            )
        seen: set[str] = set()
        for position, event in enumerate(self.events):
            if event.name in seen:
                raise FieldError(("events", position, "name"), f"event name '{event.name}' is used twice")
            seen.add(event.name)
            for loc, message in faults_beside(event, self.events):
                raise FieldError(("events", position, *loc), message)
        return self

    def with_(self, changes: Mapping[str, object], name: str | None = None) -> Scenario:
        """Copy with some fields changed, checked as a file is.

        Random streams are named after the fields, so every other number keeps its draws.

        Parameters
        ----------
        changes : mapping of str to object
            By path: ``months``, ``market.stock_cover_months``, ``full_ban.severity``, ``lynas.t_per_year.Dy``. A
            value is a number, or what a file would hold, such as ``{"uniform": [0, 1]}``, or a `Distribution`.
        name : str, optional
            Name of the copy; this one's by default.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            With every fault: an event or field that is not there, with the nearest one; a value that is not
            allowed.
        """
        from minrisk.scenario.change import changed

        return changed(self, changes, name)

    def with_events(
        self, *events: Event | Mapping[str, object], without: Sequence[str] = (), name: str | None = None
    ) -> Scenario:
        """Copy with events added, changed or left out, checked as a file is.

        Parameters
        ----------
        *events : Event or mapping
            As in a file: an event of a name that is there is patched, one of a new name is added. A new one
            without a start begins with the first month measured.
        without : sequence of str
            Names of events to leave out.
        name : str, optional
            Name of the copy; this one's by default.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            With every fault, as `with_`.
        """
        from minrisk.scenario.change import with_events

        return with_events(self, events, without, name)

    def __repr__(self) -> str:
        """Name what it is; ``model_dump()`` has every field."""
        events = ", ".join(event.name for event in self.events) or "no events"
        return f"<Scenario {self.name!r}: {self.title}; {self.months} months from {self.start}; {events}>"

    __str__ = __repr__

    @property
    def calendar(self) -> Calendar:
        """Calendar of the scenario's months."""
        return Calendar(self.start, self.months)

    @property
    def first(self) -> int:
        """Position of the first month measured in the metrics."""
        return self.calendar.labels.index(self.measures_from)

    @property
    def counted(self) -> tuple[str, ...]:
        """Months measured in the metrics, ``YYYY-MM``."""
        return self.calendar.labels[self.first :]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the merged content; translations, names and places of file and dataset do not enter."""
        content = self.model_dump(mode="python", exclude={"name", "dataset", "translations"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
