"""Surveys and attributes: tables of every kind in, draws that repeat, refusals that name what is wrong."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crm_core import errors, satisfaction, survey
from crm_core.satisfaction import Cut, DerivedImportance, RegressionMethod
from crm_core.survey import Sample, SurveySize

ANSWERS = {"room": [1, 2, 3, 4, 5, 2], "staff": [2, 1, 4, 3, 5, 5]}
OVERALL = [1, 2, 4, 4, 5, 3]


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_tables_of_every_kind(kind):
    expected = satisfaction.derive_importance(list(ANSWERS.values()), OVERALL)
    assert satisfaction.derive_importance(kind(ANSWERS), OVERALL) == expected
    assert survey.reliability(kind(ANSWERS)) == survey.reliability(np.array(list(ANSWERS.values())).T)


def test_draws_repeat():
    designs = [
        survey.SimpleRandom(100, 9),
        survey.Systematic(100, 9, survey.SystematicInterval.CIRCULAR),
        survey.Stratified([40, 60], [3, 4]),
        survey.Clusters([5, 3, 8, 9], 2),
        survey.ProportionalToSize([5.0, 3.0, 8.0, 9.0], 2),
    ]
    for design in designs:
        first, second = design.draw(seed=4), design.draw(seed=4)
        assert first.unit.tolist() == second.unit.tolist()
        assert any(design.draw(seed).unit.tolist() != first.unit.tolist() for seed in range(20))
        assert (first.weight > 0).all()


def test_weights_of_a_draw_are_those_of_the_sample():
    drawn = survey.Stratified([40, 60], [4, 3]).draw(seed=1)
    sample = Sample.stratified(drawn.group, populations=[40, 60])
    assert np.allclose(sample.weights, drawn.weight)
    assert sample.rows == 7


def test_domains():
    sample = Sample.simple_random(6, population=60)
    values, domain = [1, 2, 3, 4, 5, 9], [0, 1, 0, 1, 0, 1]
    means = sample.domain_means(values, domain)
    assert [mean.value for mean in means] == [3.0, 5.0]
    flags = pd.Series(domain).astype(bool)
    assert sample.mean(pd.Series(values), domain=flags) == means[1]


def test_raked_sample():
    sample = Sample.weighted([1, 1, 2, 2])
    raked = survey.rake(sample.weights, [([0, 0, 1, 1], [30, 70])])
    estimate = sample.with_weights(raked.weights).mean([1, 1, 0, 0])
    assert raked.converged
    assert estimate.value == pytest.approx(0.3)


def test_missing_answers_are_named():
    with pytest.raises(errors.MissingValueError) as caught:
        survey.reliability(pd.DataFrame({"a": [1, 2, 3], "b": [1, None, 2]}))
    assert (caught.value.argument, caught.value.row) == ("items", 1)
    with pytest.raises(errors.MissingValueError) as caught:
        Sample.simple_random(3).mean([1, 2, None])
    assert (caught.value.argument, caught.value.row) == ("values", 2)


def test_refusals():
    with pytest.raises(errors.WrongTypeError, match="not both"):
        SurveySize(proportion=0.5, standard_deviation=2).required(0.1)
    with pytest.raises(errors.LengthMismatchError, match="as populations"):
        survey.allocate([10, 20], 5, survey.Allocation.NEYMAN, deviations=[1])
    with pytest.raises(errors.OutOfRangeError, match="whole number"):
        Sample.clusters([0, 1.5], 9)
    with pytest.raises(errors.OutOfRangeError, match="satisfaction_cut"):
        satisfaction.importance_satisfaction([1], [2], satisfaction_cut=Cut.midpoint(5, 1))
    twice = [ANSWERS["room"], ANSWERS["room"]]
    with pytest.raises(errors.NoSolutionError, match="collinear in column 1"):
        satisfaction.derive_importance(twice, OVERALL, DerivedImportance.STANDARDIZED_REGRESSION)


def test_methods_of_regression():
    components = RegressionMethod.principal_components(2)
    least = satisfaction.attribute_regression(ANSWERS, OVERALL, RegressionMethod.least_squares())
    for method in (components, RegressionMethod.ridge(0), RegressionMethod.partial_least_squares(2)):
        found = satisfaction.attribute_regression(ANSWERS, OVERALL, method)
        assert found.standardized == pytest.approx(least.standardized)
    folds = RegressionMethod.principal_components(folds=3, seed=2)
    assert satisfaction.attribute_regression(ANSWERS, OVERALL, folds).components in (1, 2)
    once, again = (satisfaction.attribute_intervals(ANSWERS, OVERALL, seed=3, replicates=50) for _ in range(2))
    assert once == again


def test_samples_are_pickled():
    samples = [
        Sample.simple_random(4, 20),
        Sample.systematic(4, 20, "successive_differences"),
        Sample.stratified([0, 0, 1, 1], [10, 10]),
        Sample.clusters([0, 0, 1, 1], 5),
        Sample.two_stage([0, 0, 1, 1], [4, 5], 5),
        Sample.proportional_to_size([0, 0, 1, 1], [0.2, 0.3]),
        Sample.weighted([1.0, 2.0, 3.0, 4.0], cluster=[0, 0, 1, 1]),
        Sample.simple_random(4).with_weights([1.0, 2.0, 3.0, 4.0]),
    ]
    for sample in samples:
        again = pickle.loads(pickle.dumps(sample))
        assert again.mean([6, 7, 9, 10]) == sample.mean([6, 7, 9, 10])
        assert again.weights.tolist() == sample.weights.tolist()
