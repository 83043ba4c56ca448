"""The key messages of a run, each put together from its numbers; no sentence stands without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minrisk.data import has_prices, lacks, price, price_year
from minrisk.report.losses import loss_message, loss_summary, worst_year_message
from minrisk.report.markets import ceiling_words, first_to_stop, stoppage_message, uses_message
from minrisk.report.new_supply import new_supply_sentences
from minrisk.results import (
    Finding,
    Restriction,
    drivers,
    finding,
    first_shortage,
    hardest_hit,
    in_demand,
    lines,
    lowest_stocks,
    magnets,
    most_affected,
    price_stays_flat,
    restrictions,
    stocks_at_target,
    totals,
    worst,
)
from minrisk.risk.spread import share_error
from minrisk.text import (
    DEFAULT,
    capital,
    current_language,
    element_name,
    hundredths,
    interval,
    join,
    month_text,
    number,
    one_after_another,
    origin_name,
    percent,
    price_writer,
    say,
    say_if,
    use_name,
    window,
    yen,
)

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def key_messages(run: Run) -> list[str]:
    """Say what came out, most important first, with intervals over draws.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    list of str
        Plain sentences.
    """
    said = [_no_shortage(run)] if worst(run, "shortage").mean == 0 else [_summary(run), _how_many(run)]
    if worst(run, "unserved_share").mean > 0:
        said.append(_unserved(run))
    return [
        *_lacks(run),
        *said,
        uses_message(run),
        *stoppage_message(run),
        *loss_message(run),
        *_adapted(run),
        _price(run),
        *_cover(run),
        *new_supply_sentences(run),
        _china(run),
    ]


def answers(run: Run) -> list[str]:
    """Say in three sentences what the first screen holds: what it costs, what stops first, which element is short.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    list of str
        Plain sentences.
    """
    if worst(run, "shortage").mean == 0:
        return [*_lacks(run), _no_shortage(run), *loss_message(run)]
    return [*_lacks(run), *worst_year_message(run), first_to_stop(run), _hit(run)]


def more_messages(run: Run) -> list[str]:
    """Key messages that the first screen does not hold.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    list of str
    """
    first = answers(run)
    return [said for said in key_messages(run)[len(_lacks(run)) + 1 :] if said not in first]


def drivers_line(run: Run) -> str:
    """Say which uncertain inputs move the answer most over the draws; nothing where none does.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    str
    """
    named = [
        say("report.driver", what=word, sign="+" if rank > 0.0 else "−", rank=f"{abs(rank):.2f}")
        for name, rank in drivers(run)
        if (word := _input(run, name))
    ]
    return say("report.driven", drivers=join(named, most=3)) if named else ""


def _input(run: Run, name: str) -> str:
    """An uncertain input in words: its field, and whose it is; nothing where the language has no word for it."""
    english = current_language() == DEFAULT
    owner, field, *rest = name.split("/")
    field, _, entry = field.partition(".")
    if owner == "data":
        use = use_name(run.dataset, rest[0]) if rest and rest[0] in run.uses else " ".join(rest).replace("_", " ")
        word = say_if(f"report.driver_inputs.data_{field}") or (field.replace("_", " ") if english else "")
        return (
            say("report.driver_of", what=word, of=use)
            if word and use and (english or rest[0] in run.uses)
            else word
        )
    word = say_if(f"explore.inputs.{field}") or say_if(f"report.driver_inputs.{field}")
    word = word or (field.replace("_", " ") if english else "")
    word = word[:1].lower() + word[1:]
    if word and entry:
        word = say("report.driver_of", what=word, of=_entry(run, entry))
    # Events are named in English, by their scenario.
    return say("report.driver_of", what=word, of=owner) if english and owner != "market" else word


def _entry(run: Run, entry: str) -> str:
    return element_name(run.dataset, entry) if entry in run.elements else entry.replace("_", " ")


def restriction_line(run: Run) -> str:
    """Say in one line which restrictions are on, from when and on how much, and whether magnets are let through.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    str
        A sentence or two; that nothing is restricted where that is so.
    """
    found = restrictions(run.scenario, run.dataset)
    if not found:
        return say("report.unrestricted")
    parts = [_restriction(run, one) for one in found]
    said = say("report.restricted", restrictions=say("list.semicolon").join(parts))
    way = magnets(run.scenario, run.dataset)
    if way == "held":
        return one_after_another([said, say("report.magnets_held")])
    return one_after_another([said, say("report.magnets_let_through")]) if way == "let_through" else said


def _restriction(run: Run, one: Restriction) -> str:
    everything = len(one.elements) == len(run.elements)
    count = say("report.all_elements") if everything else say("report.some_elements", count=str(len(one.elements)))
    values = {"kind": say(f"names.events.{one.kind}"), "count": count}
    if one.origin:
        values["origin"] = origin_name(one.origin)
        if one.start:
            return say("report.restriction_of", **values, month=month_text(one.start))
        return say("report.restriction_of_at_random", **values)
    return say("report.restriction", **values, month=month_text(one.start or run.months[0]))


def _lacks(run: Run) -> list[str]:
    """Say first of which elements the sourcing mix brings too little for the rest to mean anything."""
    found = lacks(run.dataset)
    said = []
    for key, names in (
        ("messages.mix_without", [lack.element for lack in found if lack.mix_t == 0.0]),
        ("messages.mix_short", [lack.element for lack in found if lack.mix_t > 0.0]),
    ):
        if names:
            listed = join([element_name(run.dataset, name) for name in names], most=15)
            said.append(say(key, years=run.dataset.settings["mix_years"], names=listed))
    return said


def _no_shortage(run: Run) -> str:
    values = {
        "draws": f"{run.draws:,}",
        "count": str(len(run.elements)),
        "window": window(run),
    }
    hit = hardest_hit(run)
    if hit.mean > 0:
        return say(
            "messages.no_shortage_some_unserved",
            **values,
            meaning=_means(),
            element=element_name(run.dataset, hit.symbol),
            share=percent(hit.mean),
            band=interval(hit.low, hit.high, percent),
        )
    if run.scenario.events:
        return say("messages.no_shortage_supplied", **values)
    return say("messages.no_shortage_calm", **values)


def _means() -> str:
    """What the word means, said where it first stands."""
    return say("messages.unserved_means")


def _summary(run: Run) -> str:
    """How bad, for which element, from which month, how sure; and what it costs."""
    said, cost = _hit(run), loss_summary(run)
    return say("messages.two_sentences", first=said, second=cost) if cost else said


def _hit(run: Run) -> str:
    """How bad, for which element, from which month, how sure."""
    ever = [place for place, values in enumerate(run.metrics["shortage"]) if values.any()]
    element = next(place for place in most_affected(run, len(run.elements)) if place in ever)
    share, short = finding(run, "unserved_share", element), finding(run, "shortage", element)
    return say(
        "messages.summary",
        element=capital(element_name(run.dataset, share.symbol)),
        window=window(run),
        share=percent(share.mean),
        band=interval(share.low, share.high, percent),
        short=percent(short.mean),
        begin=_begin(run, run.elements[element]),
    )


def _begin(run: Run, symbol: str) -> str:
    """Say when the shortage begins, or that in most draws it is there already."""
    element = run.elements.index(symbol)
    already = finding(run, "short_at_start", element).mean
    if already > 0.5:
        return say("messages.begins_short", share=percent(already), month=month_text(run.counted[0]))
    early, middle, late = (month_text(month) for month in first_shortage(run, element))
    if early == late:
        return say("messages.begins", month=middle)
    return say("messages.begins_between", month=middle, early=early, late=late)


def _how_many(run: Run) -> str:
    """Which elements are short at all, and what that means."""
    chance = run.metrics["shortage"].mean(axis=1)
    names = [element_name(run.dataset, symbol) for symbol in run.elements]
    likely = sorted((i for i in range(len(names)) if chance[i] > 0.5), key=lambda i: -chance[i])
    unknown = {lack.element for lack in lacks(run.dataset)}
    never = [names[i] for i, symbol in enumerate(run.elements) if chance[i] == 0 and symbol not in unknown]
    values = {"all": str(len(names)), "window": window(run), "names": join([names[i] for i in likely], most=15)}
    if not likely:
        said = say("messages.none_likely", window=values["window"])
    elif len(likely) == 1:
        said = say("messages.one_likely", **values)
    else:
        said = say("messages.several_likely", **values, count=str(len(likely)))
    if not never:
        rest = "" if unknown else say("messages.all_sometimes")
    elif len(never) == 1:
        rest = say("messages.one_never", names=never[0])
    else:
        rest = say("messages.several_never", count=str(len(never)), names=join(never, most=15))
    meaning = say(
        "messages.shortage_means",
        threshold=percent(float(run.scenario.market.shortage_threshold)),
        meaning=_means(),
        error=percent(max(share_error(share * run.draws, run.draws) for share in chance)),
    )
    return one_after_another([part for part in (said, rest, meaning) if part])


def _unserved(run: Run) -> str:
    hit = hardest_hit(run)
    element = run.elements.index(hit.symbol)
    tonnes, lacking = finding(run, "unserved_t", element), finding(run, "involuntary_t", element)
    month = finding(run, "worst_month_unserved_share", element)
    whole = totals(run)
    total, never = whole["unserved_t"], whole["involuntary_t"]
    undisturbed = float(lines(run, "reference_t")[element, run.first :].sum())
    said = say(
        "messages.unserved",
        element=element_name(run.dataset, hit.symbol),
        window=window(run),
        adapted=percent(finding(run, "adapted_t", element).mean / undisturbed),
        share=percent(hit.mean),
        of_calm=percent(tonnes.mean / undisturbed),
        month=percent(month.middle),
        month_band=interval(month.low, month.high, percent),
        tonnes=number(tonnes.mean),
        tonnes_band=interval(tonnes.low, tonnes.high),
        priced_out=number(max(tonnes.mean - lacking.mean, 0.0)),
        lacking=number(lacking.mean),
        total=number(total.mean),
        total_band=interval(total.p05, total.p95),
        total_lacking=number(never.mean),
    )
    return said if never.mean > 0.0 else one_after_another([said, say("messages.all_priced_out")])


def _adapted(run: Run) -> list[str]:
    """Say how much demand is substituted away; nothing where nobody adapts."""
    total = totals(run)["adapted_t"]
    if total.mean == 0.0:
        return []
    most = worst(run, "adapted_t")
    said = say(
        "messages.adapted",
        total=number(total.mean),
        window=window(run),
        total_band=interval(total.p05, total.p95),
        element=element_name(run.dataset, most.symbol),
        tonnes=number(most.mean),
        band=interval(max(most.low, 0.0), most.high),
    )
    cost = float(run.economy_metrics["substitution_cost_jpy"].mean()) if run.economy_metrics else 0.0
    if cost > 0.0:
        said = one_after_another([said, say("messages.adapted_cost", cost=yen(cost))])
    return [said]


def _price(run: Run) -> str:
    if price_stays_flat(run):
        return say("messages.price_stays_flat", window=window(run))
    hit = worst(run, "peak_price_index")
    element = run.elements.index(hit.symbol)
    write = price_writer(run, element)
    paid = finding(run, "average_price_index", element).middle
    values = {
        "element": element_name(run.dataset, hit.symbol),
        "window": window(run),
        "peak": write(hit.middle),
        "band": interval(hit.low, hit.high, write),
        "average": write(paid),
    }
    if has_prices(run.dataset):
        usd = float(price(run.dataset)[element])
        money = {"peak_usd": write(hit.middle * usd), "average_usd": write(paid * usd)}
        said = say("messages.price_usd", **values, **money, year=str(price_year(run.dataset)))
    else:
        said = say("messages.price", **values)
    ceiling = finding(run, "at_choke_price", element).mean
    if ceiling == 0:
        return said
    return say("messages.two_sentences", first=said, second=_ceiling(run, element, ceiling))


def _ceiling(run: Run, element: int, share: float) -> str:
    return say("messages.ceiling", share=percent(share), ceiling=ceiling_words(run, element) or "choke_price_index")


def _cover(run: Run) -> list[str]:
    """Say which stocks run lowest, unless it is those of what the mix has no source of."""
    low, *others = lowest_stocks(run)
    if low.symbol in {lack.element for lack in lacks(run.dataset) if lack.mix_t == 0.0}:
        return []
    return [_lowest(run, low, others)]


def _lowest(run: Run, low: Finding, others: list[Finding]) -> str:
    values = {"cover": hundredths(low.middle), "window": window(run)}
    band = interval(low.low, low.high, hundredths)
    if stocks_at_target(run):
        return say("messages.cover_at_target", **values, band=band)
    if not others:
        return say("messages.cover", **values, band=band, element=element_name(run.dataset, low.symbol))
    names = [element_name(run.dataset, found.symbol) for found in (low, *others)]
    most = max(found.high for found in (low, *others))
    return say("messages.cover_several", **values, elements=join(names, most=15), most=hundredths(most))


def _china(run: Run) -> str:
    direct = run.metrics["china_share_direct"].mean(axis=1)
    effective = run.metrics["china_share_effective"].mean(axis=1)
    # An element without a source has no shares.
    without = {lack.element for lack in lacks(run.dataset) if lack.mix_t == 0.0}
    used = [i for i, demanded in enumerate(in_demand(run)) if demanded]
    known = [i for i in used if run.elements[i] not in without] or used
    most, least = max(known, key=lambda i: effective[i]), min(known, key=lambda i: effective[i])

    name = origin_name(run.dataset.focus_origin)

    def both(i: int) -> str:
        shares = percent(float(direct[i])), percent(float(effective[i]))
        return say("messages.origin_shares", direct=shares[0], effective=shares[1])

    if effective[most] == effective[least]:
        return say("messages.same_share", origin=name, shares=both(most))
    return say(
        "messages.china",
        origin=name,
        most=element_name(run.dataset, run.elements[most]),
        most_shares=both(most),
        least=element_name(run.dataset, run.elements[least]),
        least_shares=both(least),
    )
