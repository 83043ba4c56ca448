"""What holds where nobody says otherwise, with the reason beside each number; shared by functions and commands.

Numbers of draws differ on purpose: by how many runs a question takes, and by how rare what it asks for is. The
error of a mean or a share falls with their square root.
"""

from __future__ import annotations

# --- draws of a run -------------------------------------------------------------------------------------------

#: One run for a report: a share of draws is then known to half a percentage point, in seconds to a minute.
RUN_DRAWS = 10_000

#: Draws whose monthly paths are kept, for quantiles by month: enough for a 5 % quantile, few enough to hold.
#: Means use all draws.
QUANTILE_DRAWS = 2_000

#: A table in a terminal warns where there are fewer: its tails rest on a handful of draws.
FEW_DRAWS = 1_000

#: A run of more takes minutes: its finished blocks are kept for a second start even when nobody asks.
LONG_RUN_DRAWS = 20_000

#: A run of more keeps its columns in a file without a name instead of in memory.
IN_MEMORY_DRAWS = 50_000

#: Draws computed together; memory grows with them and speed hardly does beyond.
BLOCK_DRAWS = 500

#: Fewer where the paths of every route are kept as well.
DETAILED_BLOCK_DRAWS = 200

#: More tell nothing that fewer do not: a share of ten million draws is known to a sixtieth of a percentage point.
MOST_DRAWS = 10_000_000

#: Element-route and element-use pairs, times months and draws, that one process computes [1/s]; measured on two
#: shared cores: 0.9 to 1.3e7 with everything on.
CELLS_PER_SECOND = 1e7

#: Memory of a process before it computes anything, of a pair, month and draw of a block, and of a month of a draw's
#: paths for each element and end use [byte]; measured.
PROCESS_BYTES, CELL_BYTES, PATH_BYTES = 2e8, 15.0, 120.0

#: Columns that a run keeps of each draw, for each element and end use.
COLUMNS_EACH = 40.0

#: A run of more says beforehand about how long it takes [s].
LONG_SECONDS = 600.0

#: Seed of a scenario or of a calibration that names none.
SEED = 1

# --- draws by question ----------------------------------------------------------------------------------------

#: A few runs on the same draws: their difference is known far better than either of them.
COMPARE_DRAWS = 2_000

#: About 18 runs; the days in the tail are order statistics of these draws.
STOCKPILE_DRAWS = 1_000

#: No run: a linear programme with a row for each draw.
SOURCING_DRAWS = 1_000

#: One run an origin, a dozen in all.
STRESS_DRAWS = 500

#: A run for each set of measures: 38 with seven of them.
MEASURES_DRAWS = 500

#: Some 20 runs that close in on a threshold.
SOLVE_DRAWS = 1_000

#: One run, in which boxes must still hold enough futures of a rare kind.
DISCOVER_DRAWS = 5_000

#: A run for each point of a grid.
SWEEP_DRAWS = 1_000

#: Some 270 runs behind a page on which one moves controls: its differences are paired, its error is printed.
EXPLORE_DRAWS = 100

#: Points of its designed sample, a power of two, besides the start and the ends of each input.
EXPLORE_POINTS = 256

#: Controls of such a page: more than eight are no longer seen at one glance, and ask for more points. Where more is
#: decided on than that there are more, up to twelve.
EXPLORE_INPUTS, EXPLORE_MOST = 8, 12

#: The run that says which inputs matter enough for a control.
EXPLORE_RANKING_DRAWS = 500

#: Base sample of Sobol, a power of two: with k inputs, k + 2 times as many draws.
SENSITIVITY_BASE = 256

#: Paths of Morris, each one draw more than there are inputs: a screening needs few.
MORRIS_PATHS = 20

#: Projects by themselves, without a market: cheap.
PROJECT_DRAWS = 2_000

#: Projects in a market: a run with and one without them.
INSURANCE_DRAWS = 1_000

#: The same in the command ``seabed``, at most, which does it under several bans.
SEABED_MARKET_DRAWS = 500

#: The same for each start and size of a map.
MAP_DRAWS = 200

#: An episode of the past, with the paths of every route.
BACKTEST_DRAWS = 1_000

#: Each of the many runs of a fit to an episode.
CALIBRATION_DRAWS = 200

#: The table of the sourcing mix; its own fixed draws, whatever a scenario's seed.
MIX_DRAWS = 1_000

# --- what decisions assume ------------------------------------------------------------------------------------

#: Unserved share of demand to stay under, and share of futures in which it must [1].
STOCK_TARGET, STOCK_CONFIDENCE = 0.05, 0.95

#: Largest release of an official stock [days of demand a month]: all that a month needs.
RELEASE_DAYS = 31.0

#: Yearly cost of holding stock as a share of its price [1/year]: interest and storage; grade C.
CARRYING_RATE = 0.08

#: No third country above this share of yearly consumption, Regulation (EU) 2024/1252, article 5 [1].
EU_SHARE_LIMIT = 0.65

#: Price above the reference outside the focus origin [1]; no source by element, grade C.
PREMIUM_ELSEWHERE = 0.3

#: Output that a route can add to today's, as a share of it [1]; grade C.
SPARE_OUTPUT = 0.15

#: Loss per unit of demand not covered, the price today being 1; weight of the tail against the mean [1].
SHORTAGE_PENALTY, RISK_AVERSION = 10.0, 0.5

#: Level of a tail [1].
TAIL_LEVEL = 0.95

#: Length of a loss and stock when it begins [month]; experts' guesses of the stock run from 2 to 12, grade C.
LOSS_MONTHS, LOSS_STOCK_MONTHS = 12.0, 6.0

#: Wanted share of futures of interest in a box [1], and most boxes.
BOX_DENSITY, BOXES = 0.8, 2

#: Calendar years in which a project is looked at first.
PROJECT_YEARS = (2030, 2035)
