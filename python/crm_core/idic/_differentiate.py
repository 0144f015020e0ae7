"""Groups of customers with the same needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_COUNT, integer, items, library_name, member
from crm_core._tables import frame_of
from crm_core.errors import MissingValueError
from crm_core.units import Category
from crm_core.value._codes import floats

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ClusterScaling(Category):
    """What distances are measured in: standard deviations of the columns, or their units."""

    STANDARDIZED = "standardized"
    AS_GIVEN = "as_given"


@dataclass(frozen=True, slots=True, eq=False)
class NeedsGroups:
    """Groups of customers with the same needs; numbered by size, the largest first.

    Attributes
    ----------
    cluster : numpy.ndarray of int
        The group of each row.
    sizes : list of int
        Rows of each group.
    profiles : list of dict
        What the customers of each group are like: means of numbers, or the most frequent categories.
    cost : float
        Of numbers the sum of squared distances from the means, of categories the cells that differ from the mode.
    explained : float or None
        1 - cost / sum of squared distances from the mean of all rows; None of categories.
    iterations : int
        Rounds of the search that was the best.
    converged : bool
        Whether it ended because nothing changed any more.
    """

    cluster: NDArray[np.int64]
    sizes: list[int]
    profiles: list[dict[str, Any]]
    cost: float
    explained: float | None
    iterations: int
    converged: bool


def k_means(
    table: Any,
    clusters: int,
    *,
    scaling: ClusterScaling | str = ClusterScaling.STANDARDIZED,
    starts: int = 10,
    max_iterations: int = 300,
    seed: int = 0,
) -> NeedsGroups:
    """Group rows of numbers about their means, so that the sum of squared distances is small.

    Parameters
    ----------
    table : DataFrame
        The needs: a column of numbers each, a row per customer.
    clusters : int
        How many groups.
    scaling : ClusterScaling, optional
        What distances are measured in.
    starts, max_iterations, seed : int, optional
        Searches from different random starts, rounds of one search at most, and the seed of the starts.

    Raises
    ------
    NoSolutionError
        For a constant column that is to be standardised, and for more groups than there are different rows.

    References
    ----------
    Lloyd 1982; Arthur & Vassilvitskii 2007.

    Examples
    --------
    >>> import pandas as pd
    >>> found = k_means(pd.DataFrame({"price": [1.0, 1.2, 0.9, 5.0, 5.1, 4.8, 5.2]}), 2)
    >>> found.cluster.tolist(), found.sizes
    ([1, 1, 1, 0, 0, 0, 0], [4, 3])
    """
    names, columns = _numbers(table)
    given = _options(starts, max_iterations, seed)
    count = integer("clusters", clusters)
    method = member("scaling", ClusterScaling, scaling).value
    (cluster, sizes, iterations, converged), centers, inertia, explained = _core.k_means_groups(
        columns, count, method, given
    )
    profiles = [dict(zip(names, center, strict=True)) for center in centers]
    return NeedsGroups(np.array(cluster, np.int64), sizes, profiles, inertia, explained, iterations, converged)


def k_modes(table: Any, clusters: int, *, starts: int = 10, max_iterations: int = 300, seed: int = 0) -> NeedsGroups:
    """Group rows of categories about their modes, so that they differ from them in few columns.

    Parameters
    ----------
    table : DataFrame
        The answers: a column of categories each, a row per customer.
    clusters, starts, max_iterations, seed : int
        As of :func:`k_means`.

    References
    ----------
    Huang 1998.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"channel": ["web", "web", "web", "shop", "shop"], "wish": ["c", "c", "c", "a", "b"]})
    >>> k_modes(answers, 2).profiles[0]
    {'channel': 'web', 'wish': 'c'}
    """
    categories, columns = _categories(table)
    given = _options(starts, max_iterations, seed)
    (cluster, sizes, iterations, converged), modes, cost = _core.k_modes_groups(
        columns, integer("clusters", clusters), given
    )
    profiles = [
        {name: known[code] for (name, known), code in zip(categories.items(), mode, strict=True)} for mode in modes
    ]
    return NeedsGroups(np.array(cluster, np.int64), sizes, profiles, float(cost), None, iterations, converged)


def silhouette(
    table: Any, cluster: Any, *, scaling: ClusterScaling | str = ClusterScaling.STANDARDIZED
) -> NDArray[np.float64]:
    """Return the silhouette of each row: near 1 it lies well in its group, below 0 nearer to another.

    References
    ----------
    Rousseeuw 1987.

    Examples
    --------
    >>> import pandas as pd
    >>> silhouette(pd.DataFrame({"x": [0.0, 1.0, 10.0]}), [0, 0, 1], scaling="as_given").round(3).tolist()
    [0.9, 0.889, 0.0]
    """
    _, columns = _numbers(table)
    method = member("scaling", ClusterScaling, scaling).value
    return np.array(_core.silhouettes(columns, _groups(cluster), method))


def category_silhouette(table: Any, cluster: Any) -> NDArray[np.float64]:
    """Return the :func:`silhouette` of each row of categories.

    The distance of two rows is the number of columns in which they differ.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"channel": ["web", "web", "shop"], "wish": ["c", "c", "a"]})
    >>> category_silhouette(answers, [0, 0, 1]).tolist()
    [1.0, 1.0, 0.0]
    """
    _, columns = _categories(table)
    return np.array(_core.category_silhouettes(columns, _groups(cluster)))


@dataclass(frozen=True, slots=True)
class ClusterCount:
    """How well a number of groups fits.

    Attributes
    ----------
    clusters : int
        The number.
    silhouette : float
        The mean silhouette.
    inertia : float
        The sum of squared distances from the centres; of categories, of columns in which rows differ from their modes.
    """

    clusters: int
    silhouette: float
    inertia: float


def choose_clusters(
    table: Any,
    most: int = 10,
    *,
    scaling: ClusterScaling | str = ClusterScaling.STANDARDIZED,
    starts: int = 10,
    max_iterations: int = 300,
    seed: int = 0,
) -> list[ClusterCount]:
    """Tell how well each number of groups from 2 to ``most`` fits; the highest silhouette is the number to take.

    Of more than 5,000 rows the silhouettes are those of 5,000 drawn by the seed.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"price": [1.0, 1.2, 0.9, 5.0, 5.1, 4.8, 9.0, 9.2, 9.1]})
    >>> max(choose_clusters(table, 4), key=lambda found: found.silhouette).clusters
    3
    """
    _, columns = _numbers(table)
    method = member("scaling", ClusterScaling, scaling).value
    found = _core.cluster_counts(columns, integer("most", most), method, _options(starts, max_iterations, seed))
    return [ClusterCount(*each) for each in found]


def choose_modes(
    table: Any, most: int = 10, *, starts: int = 10, max_iterations: int = 300, seed: int = 0
) -> list[ClusterCount]:
    """Tell the same of categories, grouped by :func:`k_modes`, with the :func:`category_silhouette`.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"channel": ["web", "web", "web", "shop", "shop"], "wish": ["c", "c", "c", "a", "b"]})
    >>> [found.clusters for found in choose_modes(answers, 3)]
    [2, 3]
    """
    _, columns = _categories(table)
    found = _core.mode_counts(columns, integer("most", most), _options(starts, max_iterations, seed))
    return [ClusterCount(*each) for each in found]


def cross_table(first: Any, second: Any, measure: Any = None, *, library: str = "pandas") -> Any:
    """Count customers by two divisions of them, such as value and needs, or type before and type after.

    Parameters
    ----------
    first, second : column
        The group of each customer in each division, in any kind of value.
    measure : column, optional
        What is summed in each cell, for example the value of each customer.
    library : str, optional
        Which DataFrame to make: "pandas", "polars" or "pyarrow".

    Returns
    -------
    DataFrame
        A row for each pair of groups, with columns ``first``, ``second``, ``customers``, ``share`` (of the customers of
        the first group: of types before and after, the probability of the move), and ``total`` of the measure.

    Examples
    --------
    >>> cross_table(["gold", "gold", "iron"], ["calls", "web", "web"], [5.0, 7.0, 1.0])["customers"].tolist()
    [1, 1, 0, 1]
    """
    rows, own = _divided("first", first)
    columns, other = _divided("second", second)
    sums = None if measure is None else floats("measure", measure)
    counts, totals = _core.crossed(own, len(rows), other, len(columns), sums)
    table = np.array(counts, dtype=np.int64).reshape(len(rows), len(columns))
    data: dict[str, Any] = {
        "first": [row for row in rows for _ in columns],
        "second": [column for _ in rows for column in columns],
        "customers": counts,
        "share": (table / table.sum(axis=1, keepdims=True)).ravel().tolist(),
    }
    if measure is not None:
        data["total"] = totals
    return nw.from_dict(data, backend=library_name(library)).to_native()


def _divided(argument: str, column: Any) -> tuple[list[Any], NDArray[np.uint32]]:
    values = items(argument, column.to_pylist() if hasattr(column, "to_pylist") else column)
    for row, value in enumerate(values):
        if value is None or value != value:
            message = f"{argument} (row {row}): is missing"
            raise MissingValueError(message, argument=argument, row=row)
    known = sorted(set(values), key=str)
    place = {value: code for code, value in enumerate(known)}
    return known, np.array([place[value] for value in values], dtype=np.uint32)


def _numbers(table: Any) -> tuple[list[str], list[NDArray[np.float64]]]:
    frame = frame_of(table)
    return frame.columns, [floats("columns", frame[name].to_native()) for name in frame.columns]


def _categories(table: Any) -> tuple[dict[str, list[Any]], list[NDArray[np.uint32]]]:
    """Give the categories of each column in their order, and the columns by the places of these."""
    frame = frame_of(table)
    categories: dict[str, list[Any]] = {}
    columns = []
    for name in frame.columns:
        categories[name], codes = _divided("table", frame[name].to_list())
        columns.append(codes)
    return categories, columns


def _groups(cluster: Any) -> NDArray[np.uint32]:
    return np.array([integer("cluster", int(c), 0, 2**32 - 1) for c in floats("cluster", cluster)], dtype=np.uint32)


def _options(starts: int, max_iterations: int, seed: int) -> tuple[int, int, int]:
    largest = 2**32 - 1
    return (
        integer("starts", starts, 0, largest),
        integer("max_iterations", max_iterations, 0, largest),
        integer("seed", seed, 0, LARGEST_COUNT),
    )
