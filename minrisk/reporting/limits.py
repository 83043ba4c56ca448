"""What the model leaves out, said in every report."""

#: One sentence each, in plain words.
LIMITS = (
    "The world reference price is an input; the model computes Japan's premium over it, never below 1.",
    "The premium cannot pass an assumed ceiling; demand beyond it is rationed (not delivered).",
    "Who buys from whom is estimated: no statistic gives tonnes by element and origin, so the mix is fitted "
    "to three sets of totals and drawn around them.",
    "How much of an element each use takes, and what it cannot do without, is estimated; a use is one industry "
    "with one recipe: makers with more stock, or of magnets without heavy elements, are not told apart.",
    "A use buys each element as if it could use it: that magnets standing still want less neodymium shows in "
    "what goes back to stock, not in the price of the month.",
    "Processors elsewhere that work on Chinese feed keep running under a Chinese ban: only their spare capacity "
    "suffers, not what they ship under contract.",
    "A licence queue goes on shipping under a later ban: the ban stops new orders, not those already approved.",
    "Commercial stock above its target is kept, not run down, unless the premium rises above calm or demand falls.",
    "Lost value added rests on estimated dependences of industries on uses (grade C) and on yearly input-output "
    "coefficients; what foreign buyers or price rises do to final demand is left out.",
    "Contracts are one share and one lag for all elements; who pays which price is not modelled.",
    "Quotas over a whole basket of elements are not modelled.",
    "Finished magnets and goods that contain rare earths are not a supply route.",
    "Governments and firms do only what the scenario says; nobody reacts to the outcome of a draw except "
    "through prices and stocks.",
)
