"""Cases of tests/vectors/structural.json about many fits: bootstrap, cross-validation, permutations, segments.

structural.py writes them. Needs mpmath and numpy. Partial least squares on rows in double precision, to which every resample
is a table of repeated rows. Random numbers are part of the contract (the same bits on every platform), so they are drawn
here anew: ChaCha with 8 rounds (Bernstein 2008) as crates/crm-core/src/math/random.rs describes it.

Efron 1979, 1987 (BCa); Rao & Wu 1988 (strata and clusters); Shmueli et al. 2016 (PLSpredict); Chin & Dibbern 2010, Henseler, Ringle & Sarstedt 2016 (MICOM).
"""

import random
from math import lcm
from statistics import NormalDist

import numpy as np
from cases import Vectors
from mpmath import betainc, findroot, mpf

SOURCE = "PLS on repeated rows, ChaCha8 drawn anew: tests/vectors/reference/structural_resampling.py"
VECTORS = Vectors("structural", 1e-9, SOURCE)
BLOCKS = {"x": ["x1", "x2", "x3"], "y": ["y1", "y2"], "z": ["z1", "z2", "z3"], "c": ["c"]}
DRIVERS = {"y": ["x"], "z": ["x", "y"], "c": ["x", "z"]}
NAMES = list(BLOCKS)
ITEMS = [item for items in BLOCKS.values() for item in items]
MEASURED = [f"{name} =~ {' + '.join(items)}" for name, items in BLOCKS.items()]
MODEL = "\n".join([*MEASURED, "y ~ ? x", "z ~ ? x ? y", "c ~ ? x ? z"])


# ---- random numbers


class Stream:
    MASK = 2**32 - 1

    def __init__(self, seed, stream):
        state, key = seed, []
        for _ in range(8):
            # PCG32, as rand_core spreads a seed.
            state = (state * 6364136223846793005 + 11634580027462260723) % 2**64
            mixed = (((state >> 18) ^ state) >> 27) & self.MASK
            turn = state >> 59
            key.append(((mixed >> turn) | (mixed << (-turn & 31))) & self.MASK)
        self.key, self.stream, self.block, self.words = key, stream, 0, []

    def word(self):
        if not self.words:
            self.words = self.chacha(self.block)
            self.block += 1
        return self.words.pop(0)

    def chacha(self, block):
        def split(number):
            return [number & self.MASK, number >> 32]

        start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *self.key, *split(block), *split(self.stream)]
        x = list(start)

        def quarter(a, b, c, d):
            for one, two, three, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                x[one] = (x[one] + x[two]) & self.MASK
                mixed = x[three] ^ x[one]
                x[three] = ((mixed << turn) | (mixed >> (32 - turn))) & self.MASK

        for _ in range(4):
            for i in range(4):
                quarter(i, 4 + i, 8 + i, 12 + i)
            for i in range(4):
                quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
        return [(a + b) & self.MASK for a, b in zip(x, start)]

    def below(self, bound):
        low, high = self.word(), self.word()
        return ((high << 32 | low) * bound) >> 64

    def permutation(self, count):
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


# ---- partial least squares on rows


def correlations(columns):
    return np.atleast_2d(np.corrcoef(columns, rowvar=False))


def regress(columns, response):
    return np.linalg.lstsq(columns, response, rcond=None)[0]


class Fit:
    """Of rows without weights; a missing answer becomes the mean."""

    def __init__(self, rows, blocks=BLOCKS, drivers=DRIVERS, items=ITEMS, formative=(), limits=(1, 10)):
        self.blocks, self.drivers, self.items, self.names = blocks, drivers, items, list(blocks)
        self.limits = np.array([limits.get(i, (1, 10)) if isinstance(limits, dict) else limits for i in items])
        self.rows = np.where(np.isnan(rows), np.nanmean(rows, axis=0), rows)
        self.means, self.deviations = self.rows.mean(axis=0), self.rows.std(axis=0, ddof=1)
        z = (self.rows - self.means) / self.deviations
        self.z = {name: z[:, [self.items.index(item) for item in items]] for name, items in self.blocks.items()}
        weights = {name: np.ones(len(items)) for name, items in self.blocks.items()}
        for _ in range(5000):
            scores = self.scores(weights)
            following = {}
            for name in self.blocks:
                drivers = self.drivers.get(name, [])
                driven = [other for other in self.names if name in self.drivers.get(other, [])]
                proxy = np.zeros(len(z))
                if drivers:
                    known = np.column_stack([scores[driver] for driver in drivers])
                    proxy = known @ regress(known, scores[name])
                for other in driven:
                    proxy = proxy + np.corrcoef(scores[name], scores[other])[0, 1] * scores[other]
                if len(self.blocks[name]) == 1:
                    following[name] = np.ones(1)
                elif name in formative:
                    following[name] = regress(self.z[name], proxy)
                else:
                    following[name] = self.z[name].T @ proxy
            change = 0.0
            for name in self.blocks:
                following[name] = following[name] / np.std(self.z[name] @ following[name], ddof=1)
                change += np.abs(following[name] - self.scaled(weights, name)).sum()
            weights = following
            if change < 1e-15 * 20:
                break
        for name in self.blocks:
            if self.loading(name, weights).sum() < 0:
                weights[name] = -weights[name]
        self.weights = weights
        self.loadings = np.concatenate([self.loading(name, weights) for name in self.blocks])
        self.solve()

    def scaled(self, weights, name):
        return weights[name] / np.std(self.z[name] @ weights[name], ddof=1)

    def scores(self, weights):
        return {name: self.z[name] @ self.scaled(weights, name) for name in self.blocks}

    def loading(self, name, weights):
        score = self.z[name] @ weights[name]
        return np.array([np.corrcoef(column, score)[0, 1] for column in self.z[name].T])

    def solve(self):
        scores = self.scores(self.weights)
        size = len(self.names)
        direct, self.paths, self.r_squared = np.zeros((size, size)), [], [np.nan] * size
        for name, drivers in self.drivers.items():
            known = np.column_stack([scores[driver] for driver in drivers])
            found = regress(known, scores[name])
            self.r_squared[self.names.index(name)] = np.corrcoef(known @ found, scores[name])[0, 1] ** 2
            for driver, b in zip(drivers, found):
                direct[self.names.index(driver), self.names.index(name)] = b
                self.paths.append(b)
        self.direct, self.total, power = direct, np.zeros((size, size)), direct
        for _ in range(size):
            self.total, power = self.total + power, power @ direct

    def unstandardised(self, name):
        return self.weights[name] / self.deviations[[self.items.index(item) for item in self.blocks[name]]]

    def index(self, answers):
        """The index of every construct."""
        found = []
        for name, items in self.blocks.items():
            u, places = self.unstandardised(name), [self.items.index(item) for item in items]
            low, high = self.limits[places].T
            found.append(100 * u @ (answers[places] - low) / (u @ (high - low)))
        return np.array(found)

    def htmt(self):
        r = np.abs(correlations(self.rows))
        owner = np.array([name for name, items in self.blocks.items() for _ in items])
        found = np.ones((len(self.names), len(self.names)))
        within = {}
        for name in self.names:
            block = r[np.ix_(owner == name, owner == name)]
            within[name] = block[np.triu_indices(len(block), 1)].mean() if len(block) > 1 else 1.0
        for i, a in enumerate(self.names):
            for j, b in enumerate(self.names):
                if i != j:
                    found[i, j] = r[np.ix_(owner == a, owner == b)].mean() / np.sqrt(within[a] * within[b])
        return found

    def importance(self):
        """Total effects in points of the indices."""
        spans = []
        for name, items in self.blocks.items():
            low, high = self.limits[[self.items.index(item) for item in items]].T
            spans.append(self.unstandardised(name) @ (high - low))
        return self.total * np.array(spans)[:, None] / np.array(spans)[None, :]

    def reliability(self):
        """Cronbach's alpha, rho_A, rho_C and AVE of every construct."""
        found = {"alpha": [], "rho_a": [], "rho_c": [], "ave": []}
        places = np.cumsum([0, *(len(items) for items in self.blocks.values())])
        for first, (name, items) in zip(places, self.blocks.items()):
            k, loadings = len(items), self.loadings[first : first + len(items)]
            x = self.rows[:, [self.items.index(item) for item in items]]
            w, s = self.weights[name], correlations(self.z[name])
            outer = np.outer(w, w)
            above, below = (w @ (m - np.diag(np.diag(m))) @ w for m in (s, outer))
            total = x.sum(axis=1).var(ddof=1)
            found["alpha"].append(k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / total) if k > 1 else 1.0)
            found["rho_a"].append((w @ w) ** 2 * above / below if k > 1 else 1.0)
            found["rho_c"].append(loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum()))
            found["ave"].append((loadings**2).mean())
        return {part: np.array(values) for part, values in found.items()}

    def statistics(self):
        return self.reliability() | {
            "importance": self.importance().ravel(),
            "weight": np.concatenate([self.weights[name] for name in self.names]),
            "loading": self.loadings,
            "path": np.array(self.paths),
            "total_effect": self.total.ravel(),
            "indirect_effect": (self.total - self.direct).ravel(),
            "r_squared": np.array(self.r_squared),
            "index": self.index(self.means),
            "htmt": self.htmt().ravel(),
        }


# ---- bootstrap


def statistics(rows, segments):
    fit = Fit(rows)
    found = fit.statistics()
    if segments is not None:
        of = np.array(segments)
        known = [fit.index(fit.rows[of == s].mean(axis=0)) for s in range(max(segments) + 1)]
        found["segment_index"] = np.concatenate(known)
    a, b, c = (NAMES.index(name) for name in ("x", "y", "z"))
    found["effect_along"] = np.array([fit.direct[a, b] * fit.direct[b, c]])
    return found


def quantile(ascending, p):
    place = p * (len(ascending) - 1)
    below = int(place)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (place - below) * (ascending[above] - ascending[below])


def summary(estimate, values, left_out, level):
    values, normal = np.sort(values), NormalDist()
    count = len(values)
    deviation = left_out.mean() - left_out
    acceleration = (deviation**3).sum() / (6 * (deviation**2).sum() ** 1.5) if (deviation**2).sum() > 0 else 0.0
    tails = (1 - level) / 2, (1 + level) / 2
    # Means of few whole numbers are often equal, but for their rounding.
    equal = np.abs(values - estimate) < 1e-9 * values.std(ddof=1)
    share = ((values[~equal] < estimate).sum() + 0.5 * equal.sum()) / count
    z0 = normal.inv_cdf(min(max(share, 0.5 / count), 1 - 0.5 / count))

    def corrected(p):
        z = z0 + normal.inv_cdf(p)
        return normal.cdf(z0 + z / (1 - acceleration * z))

    return {
        "estimate": estimate,
        "bias": values.mean() - estimate,
        "standard_error": values.std(ddof=1),
        "p_value": min(1.0, 2 * (1 + min((values <= 0).sum(), (values >= 0).sum())) / (count + 1)),
        "percentile_lower": quantile(values, tails[0]),
        "percentile_upper": quantile(values, tails[1]),
        "bca_lower": quantile(values, corrected(tails[0])),
        "bca_upper": quantile(values, corrected(tails[1])),
    }


def units_of(places, strata, clusters):
    """Primary units of each stratum, in the order of their codes, each with its rows."""
    codes = places if clusters is None else clusters
    stratum = [0 for _ in places] if strata is None else strata
    return [
        [[p for p in places if codes[p] == code] for code in sorted({codes[p] for p in places if stratum[p] == h})]
        for h in sorted(set(stratum))
    ]


def rao_wu(stream, units):
    """n - 1 of the n units of each stratum, each row as often as a common multiple of all n - 1 makes its weight whole."""
    common = lcm(*(len(own) - 1 for own in units))
    drawn = []
    for own in units:
        times = common * len(own) // (len(own) - 1)
        for _ in range(len(own) - 1):
            drawn += own[stream.below(len(own))] * times
    return drawn


def bootstrap(rows, resamples, seed, level, segments=None, frequencies=None, strata=None, clusters=None):
    owner = list(range(len(rows))) if frequencies is None else [i for i, f in enumerate(frequencies) for _ in range(f)]
    segment = None if segments is None else [segments[i] for i in owner]

    def of(places):
        return statistics(rows[[owner[p] for p in places]], None if segment is None else [segment[p] for p in places])

    everyone = range(len(owner))
    estimates = of(everyone)
    designed = strata is not None or clusters is not None
    units = units_of(everyone, strata, clusters) if designed else [[[p] for p in everyone]]
    drawn = []
    for b in range(resamples):
        stream = Stream(seed, b)
        drawn.append(of(rao_wu(stream, units) if designed else [stream.below(len(owner)) for _ in everyone]))
    left_out = [of([p for p in everyone if p not in unit]) for own in units for unit in own]
    found = {}
    for kind, values in estimates.items():
        each = [
            summary(value, np.array([d[kind][k] for d in drawn]), np.array([d[kind][k] for d in left_out]), level)
            for k, value in enumerate(values)
            if varies(kind, k)
        ]
        found[kind] = {part: [float(one[part]) for one in each] for part in each[0]}
    return found


def varies(kind, place):
    """Not what is the same in every resample: of a single item, of no drivers, of a construct and itself."""
    size = len(NAMES)
    if kind in ("weight", "loading"):
        return place != ITEMS.index("c")
    if kind == "r_squared":
        return NAMES[place] in DRIVERS
    if kind in ("alpha", "rho_a", "rho_c", "ave"):
        return NAMES[place] != "c"
    if kind in ("total_effect", "indirect_effect", "htmt", "importance"):
        i, j = divmod(place, size)
        return i < j and (kind != "indirect_effect" or (i, j) in ((0, 2), (0, 3), (1, 3)))
    return True


# ---- cross-validation and groups


def predict(rows, folds, seed):
    order = Stream(seed, 0).permutation(len(rows))
    sums = np.zeros((len(ITEMS), 3))
    for fold in range(folds):
        held_out = order[fold::folds]
        fit = Fit(np.delete(rows, held_out, axis=0))
        for row in rows[held_out]:
            z = (row - fit.means) / fit.deviations
            score = {
                n: np.array([z[ITEMS.index(i)] for i in items]) @ fit.weights[n] for n, items in BLOCKS.items()
            }
            for name, drivers in DRIVERS.items():
                expected = sum(fit.direct[NAMES.index(d), NAMES.index(name)] * score[d] for d in drivers)
                for item in BLOCKS[name]:
                    i = ITEMS.index(item)
                    error = row[i] - (fit.means[i] + fit.deviations[i] * fit.loadings[i] * expected)
                    sums[i] += error**2, abs(error), (row[i] - fit.means[i]) ** 2
    driven = [ITEMS.index(item) for name in DRIVERS for item in BLOCKS[name]]
    return {
        "q_squared": [float(1 - sums[i, 0] / sums[i, 2]) for i in driven],
        "rmse": [float(np.sqrt(sums[i, 0] / len(rows))) for i in driven],
        "mae": [float(sums[i, 1] / len(rows)) for i in driven],
    }


class Plain:
    """A fit whose composites can be made of other rows."""

    def __init__(self, rows):
        self.fit = Fit(rows)
        self.names, self.paths = self.fit.names, np.array(self.fit.paths)

    def columns(self, rows):
        return rows

    def composites(self, pooled, rows=None):
        """Of rows (default: those of the pooled fit), standardised as the pooled ones are."""
        own = self.columns(pooled.fit.rows if not hasattr(pooled, "asked") else pooled.asked)
        z = (self.columns(rows) if rows is not None else own) - own.mean(axis=0)
        z /= own.std(axis=0, ddof=1)
        of = {n: [self.fit.items.index(item) for item in items] for n, items in self.fit.blocks.items()}
        return {name: z[:, of[name]] @ self.fit.weights[name] for name in self.names}


class TwoStages(Plain):
    def __init__(self, rows):
        self.asked = rows
        self.first, self.fit = stages(rows, False)
        self.names, self.paths = self.fit.names, np.array(self.fit.paths)

    def columns(self, rows):
        return lifted(self.first, rows)


def divide(pooled, rows, second):
    first, other = type(pooled)(rows[~second]), type(pooled)(rows[second])
    names, a, b = pooled.names, first.composites(pooled), other.composites(pooled)
    scores = pooled.composites(pooled, rows)
    return {
        "first": first.paths,
        "second": other.paths,
        "correlation": np.array([np.corrcoef(a[name], b[name])[0, 1] for name in names]),
        "mean_difference": np.array([scores[n][~second].mean() - scores[n][second].mean() for n in names]),
        "log_variance_ratio": np.array(
            [np.log(scores[n][~second].var(ddof=1) / scores[n][second].var(ddof=1)) for n in names]
        ),
    }


def compare(rows, second, permutations, seed, kind=Plain):
    pooled, second = kind(rows), np.array(second, dtype=bool)
    found = divide(pooled, rows, second)
    drawn = []
    for b in range(permutations):
        flags = np.zeros(len(rows), dtype=bool)
        flags[Stream(seed, b).permutation(len(rows))[: second.sum()]] = True
        drawn.append(divide(pooled, rows, flags))

    def share(values, known):
        return [float(x) for x in (1 + (np.abs(values) >= np.abs(known) * (1 - 1e-9)).sum(axis=0)) / (1 + permutations)]

    def all_of(part):
        return np.array([one[part] for one in drawn])

    correlations_drawn = np.sort(all_of("correlation"), axis=0)
    lowest = (correlations_drawn <= found["correlation"] + 1e-12).sum(axis=0)
    return {key: [float(x) for x in value] for key, value in found.items()} | {
        "p_value": share(all_of("first") - all_of("second"), found["first"] - found["second"]),
        "least": [float(quantile(column, 0.05)) for column in correlations_drawn.T],
        "correlation_p": [float(x) for x in (1 + lowest) / (1 + permutations)],
        "mean_p": share(all_of("mean_difference"), found["mean_difference"]),
        "variance_p": share(all_of("log_variance_ratio"), found["log_variance_ratio"]),
    }


# ---- blindfolding and constructs of constructs


def blindfold(rows, distance, **model):
    found = {"redundancy": [], "communality": []}
    whole = Fit(rows, **model)
    names, places, drivers_of = whole.names, whole.items, whole.drivers
    for name, items in whole.blocks.items():
        sums = np.zeros(3)
        for start in range(distance):
            holes = rows.copy()
            omitted = [divmod(number, len(rows)) for number in range(start, len(rows) * len(items), distance)]
            omitted = [(row, places.index(items[column])) for column, row in omitted]
            for row, i in omitted:
                holes[row, i] = np.nan
            fit = Fit(holes, **model)
            scores = fit.scores(fit.weights)
            # Loadings lie block by block.
            order = [item for own in whole.blocks.values() for item in own]
            loading = dict(zip(order, fit.loadings))
            for row, i in omitted:
                z = (rows[row, i] - fit.means[i]) / fit.deviations[i]
                drivers = drivers_of.get(name, [])
                driven = sum(fit.direct[names.index(d), names.index(name)] * scores[d][row] for d in drivers)
                of = loading[places[i]]
                sums += (z - of * driven) ** 2, (z - of * scores[name][row]) ** 2, z**2
        if name in drivers_of:
            found["redundancy"].append(float(1 - sums[0] / sums[2]))
        if len(items) > 1:
            found["communality"].append(float(1 - sums[1] / sums[2]))
    return found


def told(fit):
    return {
        "weights": [float(w) for name in fit.blocks for w in fit.weights[name]],
        "loadings": [float(x) for x in fit.loadings],
        "paths": [float(x) for x in fit.paths],
        "r_squared": [float(x) for x in fit.r_squared if x == x],
        "index": [float(x) for x in fit.index(fit.means)],
        "total_effects": [float(x) for x in fit.total.ravel()],
    }


UPPER = {
    "blocks": {"z": ["z1", "z2", "z3"], "c": ["c"], "h": ["x", "y"]},
    "drivers": {"z": ["h"], "c": ["h", "z"]},
    "items": ["z1", "z2", "z3", "c", "x", "y"],
    "limits": {"x": (0, 100), "y": (0, 100)},
}


def lifted(first, rows):
    """What measures the second stage: the answers to its questions, and the indices of the components."""
    return np.column_stack([rows[:, 5:], np.array([first.index(row) for row in rows])[:, :2]])


def stages(rows, formative):
    first = Fit(rows, drivers={"z": ["x", "y"], "c": ["x", "y", "z"]})
    return first, Fit(lifted(first, first.rows), formative=("h",) if formative else (), **UPPER)


def two_stage(rows, formative):
    """Scores of the components, here as their indices, measure the construct of constructs."""
    first, second = stages(rows, formative)
    return told(second) | {"first_weights": [float(w) for name in first.blocks for w in first.weights[name]]}


def repeated(rows, formative):
    blocks = BLOCKS | {"h": BLOCKS["x"] + BLOCKS["y"]}
    drivers = {"z": ["h"], "c": ["h", "z"]} | ({"h": ["x", "y"]} if formative else {"x": ["h"], "y": ["h"]})
    return told(Fit(rows, blocks, drivers, formative=("h",) if formative else ()))


def add_higher_order():
    for formative in (False, True):
        measured = "h <~ x + y" if formative else "h =~ x + y"
        model = "\n".join([*MEASURED, measured, "z ~ ? h", "c ~ ? h ? z"])
        mode = "mode B" if formative else "mode A"
        for way, expected in (
            ("two_stage", two_stage(ROWS, formative)),
            ("repeated_indicators", repeated(ROWS, formative)),
        ):
            options = {"tolerance": 1e-14, "max_iterations": 5000, "higher_order": way}
            name = f"a construct of constructs in {mode}, {way.replace('_', ' ')}"
            case(name, "pls_higher_order", expected, model=model, options=options)

    model = "\n".join([*MEASURED, "h =~ x + y", "z ~ ? h", "c ~ ? h ? z"])
    second = [row % 2 for row in range(32)]
    groups = {"in_second": second, "permutations": 49, "seed": 6, "model": model}
    of_groups = compare(ROWS, second, 49, 6, TwoStages)
    case("two groups, a construct of constructs", "pls_compare_groups", of_groups, **groups)
    omitted = blindfold(lifted(stages(ROWS, False)[0], ROWS), 7, **UPPER)
    case("blindfolding a construct of constructs", "pls_blindfold", omitted, distance=7, model=model)

    h = [*MEASURED, "h =~ x + y", "z ~ ? h", "c ~ ? h"]
    for name, lines, argument in (
        ("a path to a component", [*h, "y ~ ? z"], "paths"),
        ("a construct of constructs and indicators", [*h[:-3], "h =~ x + q", *h[-2:]], "constructs"),
        ("a construct of constructs of constructs", [*h, "g =~ h + z", "c ~ ? g"], "constructs"),
    ):
        refused(name, "pls_higher_order", "out_of_range", argument, model="\n".join(lines))


# ---- indices of segments


def student(degrees, p):
    def above(t):
        return 1 - betainc(mpf(degrees) / 2, 0.5, 0, degrees / (degrees + t * t), regularized=True) / 2 - p

    return float(findroot(above, 2))


def segment_index(rows, segments, level, frequencies=None):
    times = np.ones(len(rows), dtype=int) if frequencies is None else np.array(frequencies)
    fit = Fit(np.repeat(rows, times, axis=0))
    filled = np.where(np.isnan(rows), fit.means, rows)
    each = np.repeat([fit.index(row) for row in filled], times, axis=0)
    of = np.repeat(segments, times)
    found = {"observations": [], "index": [], "standard_error": [], "lower": [], "upper": []}
    for s in range(max(segments) + 1):
        own = each[of == s]
        found["observations"].append(float(len(own)))
        reach = student(len(own) - 1, (1 + level) / 2)
        for column in own.T:
            error = column.std(ddof=1) / np.sqrt(len(own))
            for part, value in (
                ("index", column.mean()),
                ("standard_error", error),
                ("lower", column.mean() - reach * error),
                ("upper", column.mean() + reach * error),
            ):
                found[part].append(float(value))
    return found


# ---- the cases


def survey(count):
    """Answers from 1 to 10; those of constructs further on hang on those before."""
    draw, rows = random.Random(11), []
    for _ in range(count):
        x = draw.gauss(0, 1)
        y = 0.6 * x + draw.gauss(0, 0.8)
        z = 0.3 * x + 0.5 * y + draw.gauss(0, 0.7)
        felt = {"x": x, "y": y, "z": z, "c": -0.5 * z + draw.gauss(0, 0.8)}
        moods = [felt[name] for name, items in BLOCKS.items() for _ in items]
        rows.append([min(10, max(1, round(6 + 1.8 * mood + draw.gauss(0, 1)))) for mood in moods])
    return np.array(rows, dtype=float)


ROWS = survey(32)
SEGMENTS = [(7 * row) % 3 for row in range(32)]
STRATA = [5 if row % 5 < 2 else 8 for row in range(32)]
HALVES = [row % 8 // 4 for row in range(32)]
CLUSTERS = [7 - row % 8 for row in range(32)]
FREQUENCIES = [1 + row % 2 for row in range(32)]
GAPS = ROWS.copy()
GAPS[[2, 9, 17, 24], [0, 4, 6, 8]] = np.nan


def given(rows, arguments):
    columns = {item: [None if x != x else int(x) for x in column] for item, column in zip(ITEMS, rows.T)}
    shared = {"model": MODEL, "responses": columns, "options": {"tolerance": 1e-14, "max_iterations": 5000}}
    return {key: value for key, value in (shared | arguments).items() if value is not None}


def case(name, function, expected, rows=ROWS, **arguments):
    VECTORS.add(name, function, given(rows, arguments), expected)


def refused(name, function, kind, argument, row=None, **arguments):
    VECTORS.refuse(name, function, given(ROWS, arguments), kind, argument, row)


def resampled(name, rows=ROWS, **how):
    counts = {"weight": 9, "loading": 9, "path": 5, "r_squared": 4, "index": 4}
    counts |= {"total_effect": 16, "indirect_effect": 16, "htmt": 16, "importance": 16}
    counts |= {"alpha": 4, "rho_a": 4, "rho_c": 4, "ave": 4}
    counts |= {"segment_index": 12} if "segments" in how else {}
    places = {kind: [k for k in range(count) if varies(kind, k)] for kind, count in counts.items()}
    expected = bootstrap(rows, **how)
    case(name, "pls_bootstrap", expected, rows, way=["x", "y", "z"], places=places, **how)


def add_cases():
    second = [row % 2 for row in range(32)]
    shifted = ROWS + np.outer(second, [0.0] * 3 + [1.0] * 2 + [0.0] * 4)
    small = {"resamples": 50, "seed": 1, "level": 0.9, "way": ["x", "y", "z"], "places": {}}

    across = {"strata": [row % 3 for row in range(32)], "clusters": [row % 3 + row // 3 % 3 for row in range(32)]}
    resampled("bootstrap", resamples=40, seed=3, level=0.9)
    resampled("bootstrap with segments and gaps", GAPS, resamples=30, seed=8, level=0.95, segments=SEGMENTS)
    resampled("bootstrap of frequencies", resamples=30, seed=5, level=0.9, frequencies=FREQUENCIES)
    resampled("bootstrap by strata", resamples=30, seed=4, level=0.9, strata=STRATA)
    resampled("bootstrap by clusters in strata", resamples=30, seed=2, level=0.9, strata=HALVES, clusters=CLUSTERS)
    resampled("bootstrap by clusters", resamples=30, seed=9, level=0.9, clusters=CLUSTERS)
    for name, kind, argument, row, changed in (
        ("a cluster in two strata", "out_of_range", "clusters", 3, across),
        ("a stratum of one respondent", "no_solution", "strata", 31, {"strata": [0] * 31 + [4]}),
        ("strata of frequencies", "wrong_type", "weights", None, {"strata": HALVES, "frequencies": FREQUENCIES}),
        ("one resample", "out_of_range", "resamples", None, {"resamples": 1}),
        ("a level of 1", "out_of_range", "level", None, {"level": 1.0}),
        ("a way that is none", "not_found", "statistic", None, {"way": ["y", "x"]}),
    ):
        refused(name, "pls_bootstrap", kind, argument, row, **small | changed)

    case("predictions, leaving one out", "pls_predict", predict(ROWS, 32, 0), folds=32, seed=0)
    case("predictions in five folds", "pls_predict", predict(ROWS, 5, 4), folds=5, seed=4)
    refused("one fold", "pls_predict", "out_of_range", "folds", folds=1, seed=4)
    refused("more folds than rows", "pls_predict", "out_of_range", "folds", folds=33, seed=4)

    groups = {"in_second": second, "permutations": 99, "seed": 6}
    for name, rows in (("two groups", ROWS), ("two groups, one of them higher", np.minimum(shifted, 10))):
        case(name, "pls_compare_groups", compare(rows, second, 99, 6), rows, **groups)
    nobody = {"in_second": [0] * 32, "permutations": 9, "seed": 6}
    refused("a group of nobody", "pls_compare_groups", "empty", "in_second", **nobody)

    case("segments", "pls_segment_index", segment_index(ROWS, SEGMENTS, 0.95), segments=SEGMENTS, level=0.95)
    unequal = {"segments": SEGMENTS, "level": 0.9, "frequencies": FREQUENCIES}
    case("segments of frequencies and gaps", "pls_segment_index", segment_index(GAPS, **unequal), GAPS, **unequal)
    refused("a level of 0", "pls_segment_index", "out_of_range", "level", segments=SEGMENTS, level=0.0)

    case("blindfolding", "pls_blindfold", blindfold(ROWS, 7), distance=7)
    refused("blindfolding whole respondents", "pls_blindfold", "out_of_range", "distance", distance=8)
    refused("blindfolding everybody", "pls_blindfold", "out_of_range", "distance", distance=1)
    add_higher_order()
