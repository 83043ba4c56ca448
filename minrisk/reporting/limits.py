"""What the model leaves out, said in every report."""

#: One sentence each, in plain words.
LIMITS = (
    "The world reference price is an input; the model computes Japan's premium over it, never below 1.",
    "Who buys from whom is estimated: no statistic gives tonnes by element and origin, so the mix is fitted "
    "to three sets of totals and drawn around them.",
    "Elements are cleared one by one: that a few missing tonnes of dysprosium hold up magnets, and with them "
    "neodymium, is not counted.",
    "Lost production, value added and GDP are not computed; unserved tonnes are.",
    "Hoarding on an announcement, quotas over a whole basket of elements, and the two prices (contract and "
    "marginal) are not modelled.",
    "Finished magnets and goods that contain rare earths are not a supply route.",
    "Governments and firms do only what the scenario says; nobody reacts to the outcome of a draw except "
    "through prices and stocks.",
)
