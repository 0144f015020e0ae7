"""Every chart draws what it is given on the axes it is given, in both languages and in any size."""

import inspect
import string
import tomllib
import warnings
from importlib import resources

import numpy as np
import polars as pl
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from crm_core import clv, errors, loyalty, plotting
from crm_core.idic import AgreementLevel, FieldEvidence, MatchExplanation, UpliftCurve
from crm_core.plotting import _style as style
from crm_core.plotting._value import _dots
from crm_core.units import Language

STAGES = {"development": "D", "growth": "G", "maturity": "M", "decline": "F", "termination": "T", "recovery": "R"}
CORNERS = {"golden": "Golden", "meteor": "Meteor", "stream": "Stream", "burden": "Burden"}
TABLE = clv.CustomerModel(
    margin=100,
    retention=0.95,
    discount_rate=0.1,
    growth=0,
    periods=10,
    referral_rate=0.05,
    referred_value=200,
    maintenance_cost=12,
    marketing_cost=8,
    acquisition_cost=90,
).tornado(changes={"growth": clv.Change.absolute(0.02), "margin": 0})
PROFIT = loyalty.loyalty_profit(
    80,
    {
        loyalty.LoyaltyEffect.BASE_PROFIT: [30, 30, 30, 30],
        loyalty.LoyaltyEffect.INCREASED_PURCHASES: [0, 8, 14, 18],
        loyalty.LoyaltyEffect.REDUCED_OPERATING_COST: [-4, 2, 5, 6],
        loyalty.LoyaltyEffect.REFERRALS: [0, 0, 6, 9],
    },
)
MATCH = MatchExplanation(-12.0, (FieldEvidence("mobile", AgreementLevel.EXACT, 17.0, 1.5),), 6.5, 0.989)
CURVE = {"threshold": [0.9, 0.5], "precision": [1.0, 0.9], "recall": [0.5, 0.9], "f1": [0.67, 0.9]}
CHARTS = {
    "alive_history": ([0, 10, 20], [1.0, 0.9, 0.6]),
    "cohort_path": (["active", "asleep", "lost"], [[90.0, 10.0, 0.0], [60.0, 15.0, 25.0], [40.0, 15.0, 45.0]]),
    "cohorts": (["Jan", "Feb"], [100, 80], [[0.31, 0.18], [0.29, np.nan]]),
    "conditional_expectation": ([0.2, np.nan, 1.4], [0.25, 0.65, 1.5]),
    "concentration_curve": ([0, 0.2, 1], [0, 1.2, 1]),
    "frequency_histogram": ([1411, 439, 214], [1402.5, 430.1, 219.8]),
    "distribution": ([-50.0, 0.0, 0.0, 12.0, 3e6],),
    "expectation_curve": ([1, 4, 8], [200.0, 1900.0, 10.0]),
    "fan": ([0.05, 0.25, 0.5, 0.75, 0.95], [[9.0] * 5, [7, 8, 12, 13, 20], [5, 11, 15, 16, 31]]),
    "importance_satisfaction": (["room", "staff", "price"], [0.5, 0.2, 0.3], [6.0, 8.5, 7.0]),
    "index_intervals": (["Quality", "Value"], [70.0, 60.0], [68.0, 57.0], [72.0, 63.0]),
    "index_scores": (["Capability", "Insight", "Delivery"], [64, 72, 58], [0, 1, 1]),
    "lorenz_curve": ([0, 0.5, 1], [0, -0.2, 1]),
    "loyalty_stack": (PROFIT,),
    "loadings": (["Quality", "Quality", "Value"], ["q1", "q2", "v1"], [0.9, 0.6, -0.2]),
    "path_diagram": (["Quality", "Value", "Loyalty"], [(0, 1), (0, 2), (1, 2)], [0.6, 0.3, -0.1]),
    "match_weights": (MATCH,),
    "precision_recall": (pl.DataFrame(CURVE),),
    "regret_curve": ({"Thompson": [1.0, 0.4, 0.1], "A": [1.0, 1.0, 1.0]},),
    "uplift_curve": (UpliftCurve((0.0, 0.5, 1.0), (0.0, 0.5, 0.3), 0.175),),
    "kano_categories": (["quiet", "radio"], [[9, 5, 1, 3, 0, 1], [2, 4, 9, 4, 1, 0]]),
    "kano_map": (["quiet", "radio"], [0.8, 0.7], [-0.9, -0.2]),
    "kano_positions": (["quiet", "radio"], [3.4, -1.6], [3.6, 0.4]),
    "price_curves": ([5, 10, 20], [1, 0.2, 0], [1, 1, 0.1], [0, 0.1, 1], [0, 0, 1]),
    "pyramid": (["VIP", "Small"], [0.01, 0.99], [1.1, -0.1]),
    "recency_frequency": ([[0.6, np.nan], [0.1, 0.8]],),
    "retention_curve": ([1.0, 0.63, 0.47], [1.0, 0.63, 0.46, 0.37]),
    "rfm_grid": ([[9, 0], [2, 8]], [[10.0, 0.0], [30.0, 40.0]]),
    "sensitivity_map": (["A", "B"], [[250.0, -250.0], [0.0, np.nan]]),
    "share_bars": (["A", "B"], [0.2, 0.8], [1.1, -0.1]),
    "spend_density": ([10.0, 20.0, 40.0], [0.01, 0.03, 0.01]),
    "stage_curve": (["Jan", "Feb"], STAGES, [[9, 0, 0, 0, 0, np.nan], [5, 1, -2, 1, 1, np.nan]]),
    "stage_flow": (["Jan", "Feb"], STAGES, [[9, 0, 0, 0, 0, 0], [5, 1, 1, 1, 1, 0]]),
    "stages": (STAGES, [5, 1, 1, 1, 1, 0], [10.0, 20.0, 300.0, -5.0, 1.0, np.nan]),
    "state_values": (["1", "2", "lost"], [52.3, -1.8, 0.0], [28.1, 10.9, 0.0]),
    "survival": ([0, 1, 2], [1, 0.8, 0.5], [1, 0.7, 0.4], [1, 0.9, 0.6]),
    "tracking": ([5, 9, 8, 6], [6.0, 8.5, 7.5, 6.8, 6.1]),
    "tornado": (TABLE,),
    "transitions": (["a", "b"], [[0.9, 0.1], [np.nan, np.nan]]),
    "types_map": ([0, 5, 90, 1e7], [-3, 60, 2, 80]),
    "value_over_time": (["Jan", "Feb"], [80.0, -5.0], [0.0, 50.0]),
    "waterfall": (["a", "b"], [10.0, -25.0]),
}
NEEDED = {
    "expectation_curve": {"best": (4, 1900.0)},
    "kano_positions": {"intervals": ([0.2, 0.3], [0.1, 0.4])},
    "price_curves": {"points": (7.0, 11.0, 12.0, 16.0)},
    "alive_history": {"purchases": [0, 8]},
    "importance_satisfaction": {"importance_cut": 0.3, "satisfaction_cut": 7},
    "recency_frequency": {"measure": "probability_alive", "age": 39},
    "spend_density": {"observed": [12.0, 18.0, 22.0, 35.0]},
    "types_map": {"current_cut": 20, "potential_cut": 10, "labels": CORNERS},
    "waterfall": {"total": "sum"},
}


def texts(ax):
    labels = [ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels(), *ax.texts]
    if ax.get_legend():
        labels += ax.get_legend().get_texts()
    return [label.get_text() for label in labels]


def test_every_chart_is_tested():
    assert sorted(CHARTS) == sorted(plotting.__all__)


@pytest.mark.parametrize("width", [350, 900])
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", CHARTS)
def test_draws_on_the_given_axes(name, language, width):
    figure = Figure(figsize=(width / 72, 4), layout="constrained")
    ax = figure.subplots()
    chart = getattr(plotting, name)
    spoken = {"language": language} if "language" in inspect.signature(chart).parameters else {}
    assert chart(*CHARTS[name], **NEEDED.get(name, {}), **spoken, ax=ax) is ax
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # no Chinese font is needed to test
        figure.draw_without_rendering()
    if name not in (
        "index_intervals",
        "loadings",
        "path_diagram",
        "stage_flow",
        "waterfall",
    ):  # these say only what the caller gives
        chinese = any("一" <= sign <= "鿿" for text in texts(ax) for sign in text)
        assert chinese == (language is Language.ZH)


def test_labels_say_the_numbers():
    ax = plotting.rfm_grid([[9, 1], [2, 8]], [[10.0, 20.0], [30.0, 40.0]], ax=Figure().subplots())
    placed = {(round(t.get_position()[0] - 0.5), int(t.get_position()[1])): [] for t in ax.texts}
    for text in ax.texts:
        placed[round(text.get_position()[0] - 0.5), int(text.get_position()[1])].append(text.get_text())
    assert placed[0, 1] == ["1", "20.0%"], "recency 1, frequency 2"
    assert placed[1, 0] == ["2", "30.0%"], "recency 2, frequency 1"


def test_the_types_map_loses_nobody():
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=5000), rng.normal(size=5000)
    cx, cy, n = _dots(x, y, (x.min(), x.max()), (y.min(), y.max()), 20)
    assert n.sum() == 5000
    assert np.isclose((cx * n).sum(), x.sum())
    assert np.isclose((cy * n).sum(), y.sum())


def contrast(first, second):
    """Contrast ratio of WCAG 2; 4.5 is level AA."""

    def luminance(color):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted([luminance(first), luminance(second)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("color", [*style.RANKS, *style.STAGES.values(), *style.TYPES.values()])
def test_text_on_a_colour_has_contrast(color):
    assert contrast(color, style.readable_on(color)) >= 4.5


@pytest.mark.parametrize(
    "color", [style.MUTED, style.DEEP, style.RUST, *style.STAGE_TEXT.values(), *style.TYPE_TEXT.values()]
)
def test_text_on_white_has_contrast(color):
    assert contrast(color, style.PAPER) >= 4.5


def entries(table, path=""):
    for key, value in table.items():
        if isinstance(next(iter(value.values())), str):
            yield path + key, value
        else:
            yield from entries(value, f"{path}{key}.")


WORDS = dict(entries(tomllib.loads(resources.files("crm_core").joinpath("words.toml").read_text("utf-8"))))


@pytest.mark.parametrize("key", WORDS)
def test_every_text_is_in_both_languages_with_the_same_figures(key):
    assert set(WORDS[key]) == {"en", "zh"}
    figures = [
        {name.lower() for _, name, _, _ in string.Formatter().parse(text) if name} for text in WORDS[key].values()
    ]
    always = {"measure", "period", "periods"}
    assert figures[0] - always == figures[1] - always


def test_sensitivities_are_light_near_zero_and_say_their_sign():
    ax = plotting.sensitivity_map(["A", "B"], [[250.0, -250.0], [0.04, np.nan]], of="A", ax=Figure().subplots())
    colors = ax.collections[0].to_rgba(ax.collections[0].get_array()).reshape(2, 2, 4)
    assert colors[0, 0, 2] > colors[0, 0, 0], "a gain is blue"
    assert colors[0, 1, 0] > colors[0, 1, 2], "a loss is red"
    assert colors[1, 0, :3].min() > 0.9, "nothing is white"
    assert [text.get_text() for text in ax.texts] == ["+2.50", "−2.50", "0"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "the value of A falls",
        "the value of A rises",
    ]
    with pytest.raises(errors.LengthMismatchError, match="must be square"):
        plotting.sensitivity_map(["A", "B"], [[1.0, 2.0]])


def test_the_fan_has_a_band_for_each_pair():
    ax = plotting.fan(*CHARTS["fan"], ax=Figure(figsize=(9, 5)).subplots())
    outer, inner = ax.collections
    assert outer.get_paths()[0].get_extents().y1 == 31
    assert inner.get_paths()[0].get_extents().y1 == 16
    assert ax.lines[0].get_ydata().tolist() == [9, 12, 15]
    heights = [text.xy[1] for text in ax.texts]
    assert np.diff(heights).min() > 0, "labels do not overlap"
    for probabilities in ([0.05, 0.5], [0.1, 0.5, 0.8], [0.9, 0.5, 0.1]):
        with pytest.raises(errors.OutOfRangeError, match="probabilities"):
            plotting.fan(probabilities, np.ones((2, len(probabilities))))
    with pytest.raises(errors.LengthMismatchError, match="quantiles"):
        plotting.fan([0.1, 0.5, 0.9], np.ones((2, 2)))
