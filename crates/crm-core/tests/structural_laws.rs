//! Where partial least squares is something that is known by another name.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crm_core::satisfaction::structural::{
    Construct, CrossValidation, Estimator, Indicator, InnerScheme, Missing, Mode, ModelBuilder,
    PlsBootstrap, PlsFit, PlsOptions, PlsStatus, Resampling, Responses, Scale, Segments, Statistic,
    StructuralModel, Weights,
};
use crm_core::{ErrorKind, Result};

/// Six columns of thirty answers from 1 to 10, made by a linear congruence and an arithmetic that joins them.
fn columns() -> Vec<Vec<f64>> {
    let mut state = 12_345_u32;
    let mut draw = |sides: u32| {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (state >> 16) % sides
    };
    let mut columns = vec![Vec::new(); 6];
    for _ in 0..30 {
        let mood = draw(5);
        for (j, column) in columns.iter_mut().enumerate() {
            let j = u32::try_from(j).unwrap();
            column.push(f64::from(1 + mood + draw(3 + j % 3) * (1 + mood % 2)));
        }
    }
    columns
}

const NAMES: [&str; 6] = ["x1", "x2", "y1", "y2", "z1", "z2"];

fn responses(columns: &[Vec<f64>]) -> Responses<'_> {
    Responses::new(NAMES.into_iter().zip(columns.iter().map(Vec::as_slice))).unwrap()
}

fn fit(model: &StructuralModel, columns: &[Vec<f64>], options: &PlsOptions) -> PlsFit {
    model.fit(&responses(columns), options).unwrap()
}

fn exact() -> PlsOptions {
    PlsOptions {
        tolerance: 1e-14,
        ..PlsOptions::default()
    }
}

fn pair(mode: Mode) -> StructuralModel {
    let constructs = vec![
        Construct::new("x", mode, ["x1", "x2"]),
        Construct::new("y", mode, ["y1", "y2"]),
    ];
    StructuralModel::new(constructs, &[("x", "y")]).unwrap()
}

fn chain() -> StructuralModel {
    let constructs = vec![
        Construct::new("x", Mode::A, ["x1", "x2"]),
        Construct::new("y", Mode::A, ["y1", "y2"]),
        Construct::new("z", Mode::B, ["z1", "z2"]),
    ];
    StructuralModel::new(constructs, &[("x", "y"), ("x", "z"), ("y", "z")]).unwrap()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn covariance(x: &[f64], y: &[f64]) -> f64 {
    let (mean_x, mean_y) = (mean(x), mean(y));
    let products = x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y));
    products.sum::<f64>() / (x.len() as f64 - 1.0)
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    covariance(x, y) / (covariance(x, x) * covariance(y, y)).sqrt()
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} instead of {expected}"
    );
}

/// A 2 × 2 matrix.
type Square = [[f64; 2]; 2];

fn product(a: Square, b: Square) -> Square {
    std::array::from_fn(|i| std::array::from_fn(|k| a[i][0] * b[0][k] + a[i][1] * b[1][k]))
}

fn inverse([[a, b], [c, d]]: Square) -> Square {
    let determinant = a * d - b * c;
    [
        [d / determinant, -b / determinant],
        [-c / determinant, a / determinant],
    ]
}

fn largest_eigenvalue([[a, b], [c, d]]: Square) -> f64 {
    let (half_trace, determinant) = (0.5 * (a + d), a * d - b * c);
    half_trace + (half_trace * half_trace - determinant).sqrt()
}

fn between(columns: &[Vec<f64>], rows: [usize; 2], others: [usize; 2]) -> Square {
    rows.map(|i| others.map(|k| correlation(&columns[i], &columns[k])))
}

/// Single items: the paths are ordinary least squares of standardised columns.
#[test]
fn single_items_are_least_squares() {
    let columns = columns();
    let constructs = ["x1", "x2", "y1"].map(|name| Construct::new(name, Mode::A, [name]));
    let model = StructuralModel::new(constructs.to_vec(), &[("x1", "y1"), ("x2", "y1")]).unwrap();
    let fit = fit(&model, &columns, &PlsOptions::default());
    let r = |i: usize, k: usize| correlation(&columns[i], &columns[k]);
    let determinant = 1.0 - r(0, 1) * r(0, 1);
    let b = [
        (r(0, 2) - r(0, 1) * r(1, 2)) / determinant,
        (r(1, 2) - r(0, 1) * r(0, 2)) / determinant,
    ];
    let r_squared = b[0] * r(0, 2) + b[1] * r(1, 2);
    for (k, path) in fit.paths().iter().enumerate() {
        close(path.coefficient, b[k], 1e-13);
        close(path.vif, 1.0 / determinant, 1e-12);
        close(
            path.standard_error,
            ((1.0 - r_squared) / determinant / 27.0).sqrt(),
            1e-13,
        );
        let alone = r(1 - k, 2) * r(1 - k, 2);
        close(
            path.f_squared,
            (r_squared - alone) / (1.0 - r_squared),
            1e-12,
        );
    }
    close(fit.explained()[0].r_squared, r_squared, 1e-13);
    close(
        fit.explained()[0].adjusted_r_squared,
        1.0 - (1.0 - r_squared) * 29.0 / 27.0,
        1e-13,
    );
    assert_eq!((fit.status(), fit.iterations()), (PlsStatus::Converged, 1));
    assert_eq!(
        (fit.weights(), fit.loadings()),
        (&[1.0; 3][..], &[1.0; 3][..])
    );
    let reliability = fit.reliability()[0];
    assert_eq!(
        [
            reliability.alpha,
            reliability.standardised_alpha,
            reliability.rho_a
        ],
        [1.0; 3]
    );
    assert_eq!([reliability.rho_c, reliability.ave], [1.0; 2]);
    close(fit.htmt()[1], r(0, 1).abs(), 1e-13);
    close(fit.srmr().saturated, 0.0, 1e-13);
    assert!(fit.gof().is_nan());
}

/// Two blocks in mode B: the first canonical correlation (Hotelling 1936).
#[test]
fn two_blocks_in_mode_b_are_canonical_correlation() {
    let columns = columns();
    let within = |block: [usize; 2]| inverse(between(&columns, block, block));
    let (x, y) = ([0, 1], [2, 3]);
    let there = product(within(x), between(&columns, x, y));
    let back = product(within(y), between(&columns, y, x));
    let canonical = largest_eigenvalue(product(there, back)).sqrt();
    for scheme in [
        InnerScheme::Path,
        InnerScheme::Centroid,
        InnerScheme::Factorial,
    ] {
        let fit = fit(&pair(Mode::B), &columns, &PlsOptions { scheme, ..exact() });
        close(fit.paths()[0].coefficient.abs(), canonical, 1e-12);
    }
}

/// Two blocks in mode A: the first pair of singular vectors of S_xy (Tucker's inter-battery factor analysis, 1958).
#[test]
fn two_blocks_in_mode_a_are_inter_battery_factors() {
    let columns = columns();
    let fit = fit(&pair(Mode::A), &columns, &exact());
    let cross = between(&columns, [0, 1], [2, 3]);
    let transposed = between(&columns, [2, 3], [0, 1]);
    let square = product(cross, transposed);
    let (w, eigenvalue) = (fit.weights(), largest_eigenvalue(square));
    for (row, weight) in square.iter().zip(w) {
        close(row[0] * w[0] + row[1] * w[1], eigenvalue * weight, 1e-12);
    }
    // Σ_x w_x S_xy w_y over the lengths of the weights is the singular value.
    let length = |w: &[f64]| (w[0] * w[0] + w[1] * w[1]).sqrt();
    close(
        fit.paths()[0].coefficient / (length(&w[..2]) * length(&w[2..])),
        eigenvalue.sqrt(),
        1e-12,
    );
}

fn same(a: &PlsFit, b: &PlsFit, tolerance: f64) {
    let results = |fit: &PlsFit| {
        let mut all = vec![
            fit.observations(),
            fit.gof(),
            fit.srmr().saturated,
            fit.srmr().estimated,
        ];
        all.extend(fit.weights());
        all.extend(fit.loadings());
        all.extend(fit.index());
        all.extend(fit.htmt());
        all.extend(
            fit.paths()
                .iter()
                .flat_map(|p| [p.coefficient, p.standard_error, p.p_value]),
        );
        all.extend(fit.explained().iter().map(|e| e.adjusted_r_squared));
        all.extend(
            fit.reliability()
                .iter()
                .flat_map(|r| [r.alpha, r.rho_a, r.rho_c]),
        );
        all
    };
    for (a, b) in results(a).into_iter().zip(results(b)) {
        close(a, b, tolerance);
    }
}

#[test]
fn frequencies_are_replicated_rows() {
    let columns = columns();
    let frequencies: Vec<f64> = (0..30).map(|row| f64::from(row % 4)).collect();
    let replicated: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| {
            let rows = column.iter().zip(&frequencies);
            rows.flat_map(|(&x, &times)| vec![x; times as usize])
                .collect()
        })
        .collect();
    for missing in [Missing::Mean, Missing::Listwise, Missing::Em] {
        let options = PlsOptions { missing, ..exact() };
        let weighted = responses(&columns)
            .weighted(Weights::Frequencies(&frequencies))
            .unwrap();
        let weighted = chain().fit(&weighted, &options).unwrap();
        same(&weighted, &fit(&chain(), &replicated, &options), 1e-11);
    }
}

/// Sampling weights count relative to each other.
#[test]
fn sampling_weights_have_no_unit() {
    let columns = columns();
    let one: Vec<f64> = (0..30).map(|row| 1.0 + f64::from(row % 3)).collect();
    let other: Vec<f64> = one.iter().map(|weight| 0.01 * weight).collect();
    let fit = |weights: &[f64]| {
        let weighted = responses(&columns)
            .weighted(Weights::Sampling(weights))
            .unwrap();
        chain().fit(&weighted, &exact()).unwrap()
    };
    same(&fit(&one), &fit(&other), 1e-11);
    close(fit(&one).observations(), 30.0, 1e-12);
}

/// Another unit of an indicator changes nothing, if its scale changes with it.
#[test]
fn units_do_not_matter() {
    let mut columns = columns();
    let before = fit(&chain(), &columns, &exact());
    columns[3].iter_mut().for_each(|x| *x = 1000.0 + 0.5 * *x);
    let scale = Scale::new(1000.5, 1005.0).unwrap();
    let constructs = vec![
        Construct::new("x", Mode::A, ["x1", "x2"]),
        Construct::new(
            "y",
            Mode::A,
            [Indicator::new("y1"), Indicator::new("y2").on(scale)],
        ),
        Construct::new("z", Mode::B, ["z1", "z2"]),
    ];
    let model = StructuralModel::new(constructs, &[("x", "y"), ("x", "z"), ("y", "z")]).unwrap();
    let after = fit(&model, &columns, &exact());
    for (a, b) in before.weights().iter().zip(after.weights()) {
        close(*a, *b, 1e-11);
    }
    for (a, b) in before.index().into_iter().zip(after.index()) {
        close(a, b, 1e-9);
    }
}

/// A reversed indicator alone turns its construct round, so that it follows the majority of its indicators.
#[test]
fn loadings_of_a_construct_sum_above_zero() {
    let mut columns = columns();
    let before = fit(&chain(), &columns, &exact());
    for column in &mut columns[..2] {
        column.iter_mut().for_each(|x| *x = 11.0 - *x);
    }
    let after = fit(&chain(), &columns, &exact());
    close(
        after.paths()[0].coefficient,
        -before.paths()[0].coefficient,
        1e-11,
    );
    for (a, b) in before.loadings().iter().zip(after.loadings()) {
        close(*a, *b, 1e-11);
    }
}

/// The scores make the composites: their moments and correlations are those of the fit.
#[test]
fn scores_have_the_correlations_of_the_fit() {
    let columns = columns();
    let fit = fit(&chain(), &columns, &exact());
    let scores = fit.scores(&responses(&columns)).unwrap();
    let of = |j: usize| -> Vec<f64> { scores.chunks_exact(3).map(|row| row[j]).collect() };
    for j in 0..3 {
        close(mean(&of(j)), 0.0, 1e-13);
        for k in 0..3 {
            close(
                covariance(&of(j), &of(k)),
                fit.construct_correlations()[3 * j + k],
                1e-12,
            );
        }
        for (i, column) in columns.iter().enumerate() {
            close(
                correlation(column, &of(j)),
                fit.cross_loadings()[3 * i + j],
                1e-12,
            );
        }
    }
    // The index is the mean of the respondents' indices, and of the segments'.
    let individual = fit.individual_index(&responses(&columns)).unwrap();
    let of = |j: usize| -> Vec<f64> { individual.chunks_exact(3).map(|row| row[j]).collect() };
    let segments: Vec<usize> = (0..30).map(|row| row % 3 / 2).collect();
    let segments = Segments::new(&segments, 2).unwrap();
    let by_segment = fit
        .segment_index(&responses(&columns), segments, 0.95)
        .unwrap();
    assert_eq!(
        (by_segment[0].observations, by_segment[1].observations),
        (20.0, 10.0)
    );
    for j in 0..3 {
        close(mean(&of(j)), fit.index()[j], 1e-10);
        let [first, second] = [0, 1].map(|s: usize| by_segment[s].indices[j].index);
        let pooled = (20.0 * first + 10.0 * second) / 30.0;
        close(pooled, fit.index()[j], 1e-10);
    }
    // b · s_y / s_x of the respondents' indices.
    let drivers = fit.importance_performance("z").unwrap();
    assert_eq!(
        drivers.iter().map(|d| d.construct).collect::<Vec<_>>(),
        [0, 1]
    );
    let deviation = |j: usize| covariance(&of(j), &of(j)).sqrt();
    for driver in drivers {
        let total = fit.total_effects()[3 * driver.construct + 2];
        let expected = total * deviation(2) / deviation(driver.construct);
        close(driver.importance, expected, 1e-11);
        close(driver.performance, fit.index()[driver.construct], 0.0);
    }
}

/// EM: where answers of the last column alone are missing, its regression on the others is that of the complete rows, and
/// the moments of the others are those of all rows (Anderson 1957).
#[test]
fn em_has_a_closed_form_for_monotone_gaps() {
    let mut columns = columns()[..3].to_vec();
    let constructs = ["x1", "x2", "y1"].map(|name| Construct::new(name, Mode::A, [name]));
    let model = StructuralModel::new(constructs.to_vec(), &[("x1", "x2"), ("x2", "y1")]).unwrap();
    let complete: Vec<Vec<f64>> = columns.iter().map(|c| c[..21].to_vec()).collect();
    columns[2][21..].fill(f64::NAN);
    let options = PlsOptions {
        missing: Missing::Em,
        ..exact()
    };
    let fit = fit(&model, &columns, &options);
    assert_eq!(fit.missing(), [0, 0, 9]);
    let xx: Square = [0, 1].map(|i| [0, 1].map(|k| covariance(&complete[i], &complete[k])));
    let xy = [0, 1].map(|i| covariance(&complete[i], &complete[2]));
    let inverse = inverse(xx);
    let b = [0, 1].map(|i| inverse[i][0] * xy[0] + inverse[i][1] * xy[1]);
    let shift = |i: usize| mean(&columns[i]) - mean(&complete[i]);
    close(
        fit.means()[2],
        mean(&complete[2]) + b[0] * shift(0) + b[1] * shift(1),
        1e-7,
    );
    let all: Square = [0, 1].map(|i| [0, 1].map(|k| covariance(&columns[i], &columns[k])));
    // Maximum likelihood divides by n.
    let residual =
        20.0 / 21.0 * (covariance(&complete[2], &complete[2]) - b[0] * xy[0] - b[1] * xy[1]);
    let explained: f64 = (0..2)
        .map(|i| b[i] * (all[i][0] * b[0] + all[i][1] * b[1]))
        .sum();
    let variance = residual + 29.0 / 30.0 * explained;
    close(
        fit.standard_deviations()[2],
        (variance * 30.0 / 29.0).sqrt(),
        1e-7,
    );
    // A respondent without that answer gets what the regression says.
    let scores = fit.scores(&responses(&columns)).unwrap();
    let gap = 25;
    let expected =
        b[0] * (columns[0][gap] - mean(&columns[0])) + b[1] * (columns[1][gap] - mean(&columns[1]));
    close(
        scores[3 * gap + 2],
        expected / fit.standard_deviations()[2],
        1e-7,
    );
}

#[test]
fn limits_are_told() {
    let columns = columns();
    let options = PlsOptions {
        max_iterations: 2,
        ..exact()
    };
    let fit = fit(&chain(), &columns, &options);
    assert_eq!(
        (fit.status(), fit.iterations()),
        (PlsStatus::IterationLimit, 2)
    );
    assert!(fit.last_change() > 1e-14);
}

#[test]
fn what_is_refused() {
    fn refusal<T>(result: Result<T>) -> (ErrorKind, String, String) {
        let error = result.err().unwrap();
        let value = error.value().unwrap_or_default().to_owned();
        (error.kind(), error.argument().to_owned(), value)
    }
    let is = |kind, argument: &str, value: &str| (kind, argument.to_owned(), value.to_owned());
    let options = PlsOptions::default();
    let refused = |columns: &[Vec<f64>], model: &StructuralModel, options: &PlsOptions| {
        refusal(model.fit(&responses(columns), options))
    };
    let columns = columns();
    let none = PlsOptions {
        max_iterations: 0,
        ..options
    };
    assert_eq!(refused(&columns, &chain(), &none).1, "max_iterations");
    let none = PlsOptions {
        tolerance: 0.0,
        ..options
    };
    assert_eq!(refused(&columns, &chain(), &none).1, "tolerance");
    // A block in mode B of which one column is twice the other; drivers that are the same.
    let mut twice = columns.clone();
    twice[5] = twice[4].iter().map(|x| 2.0 * x).collect();
    assert_eq!(
        refused(&twice, &chain(), &options),
        is(ErrorKind::NoSolution, "indicators", "z2 of z")
    );
    let mut twice = columns.clone();
    (twice[2], twice[3]) = (twice[0].clone(), twice[1].clone());
    assert_eq!(
        refused(&twice, &chain(), &options),
        is(ErrorKind::NoSolution, "paths", "y -> z")
    );
    // Indicators that cancel.
    let mut cancelling = columns.clone();
    cancelling[1] = cancelling[0].iter().map(|x| 11.0 - x).collect();
    assert_eq!(
        refused(&cancelling, &chain(), &options),
        is(ErrorKind::NoSolution, "constructs", "x")
    );
    // Three rows: z has two drivers and two indicators in mode B.
    let few: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| column[11..14].to_vec())
        .collect();
    assert_eq!(
        refused(&few, &chain(), &options),
        is(ErrorKind::OutOfRange, "responses", "3")
    );
    let other = Responses::new([("x1", &columns[0][..])]).unwrap();
    assert_eq!(
        refusal(chain().fit(&other, &options)),
        is(ErrorKind::NotFound, "responses", "x2")
    );
    // Two items that do not correlate have no reliability above 0.
    let mut unreliable = columns.clone();
    unreliable[1] = columns[0]
        .iter()
        .zip(&columns[2])
        .map(|(x, y)| y - x)
        .collect();
    let consistent = PlsOptions {
        estimator: Estimator::Consistent,
        ..options
    };
    assert_eq!(
        refused(&unreliable, &chain(), &consistent),
        is(ErrorKind::NoSolution, "constructs", "x")
    );
}

/// One single item predicts another: leaving out one at a time, the errors are e / (1 − h) (Allen 1974).
#[test]
fn predictions_of_single_items_are_those_of_least_squares() {
    let columns = columns();
    let constructs = ["x1", "y1"].map(|name| Construct::new(name, Mode::A, [name]));
    let model = StructuralModel::new(constructs.to_vec(), &[("x1", "y1")]).unwrap();
    let fit = fit(&model, &columns, &exact());
    let how = CrossValidation { folds: 30, seed: 4 };
    let found = fit.predict(&responses(&columns), how).unwrap();
    assert_eq!((found.len(), found[0].indicator), (1, 1));
    let (x, y) = (&columns[0], &columns[2]);
    let slope = covariance(x, y) / covariance(x, x);
    let errors = x.iter().zip(y).map(|(a, b)| {
        let (dx, dy) = (a - mean(x), b - mean(y));
        (dy - slope * dx) / (1.0 - 1.0 / 30.0 - dx * dx / (29.0 * covariance(x, x)))
    });
    let errors: Vec<f64> = errors.collect();
    let squares: f64 = errors.iter().map(|e| e * e).sum();
    // An answer lies 30/29 as far from the mean of the others as from the mean of all.
    let about_mean = 29.0 * covariance(y, y) * (30.0 / 29.0_f64).powi(2);
    close(found[0].rmse, (squares / 30.0).sqrt(), 1e-12);
    close(
        found[0].mae,
        errors.iter().map(|e| e.abs()).sum::<f64>() / 30.0,
        1e-12,
    );
    close(found[0].q_squared, 1.0 - squares / about_mean, 1e-12);
    let refused = fit.predict(&responses(&columns), CrossValidation { folds: 31, seed: 4 });
    assert_eq!(refused.unwrap_err().argument(), "folds");
}

/// Group against group: each is its own fit, equal groups do not differ, and what was changed in one group is found.
#[test]
fn groups_differ_where_they_were_made_to() {
    let mut columns = columns();
    // Two groups of the same rows; then the second answers z by x turned round, and y 3 higher.
    columns
        .iter_mut()
        .for_each(|column| column.extend_from_within(..));
    let in_second: Vec<bool> = (0..60).map(|row| row >= 30).collect();
    let how = Resampling {
        resamples: 200,
        seed: 9,
    };
    let compare = |columns: &[Vec<f64>]| {
        let pooled = fit(&chain(), columns, &exact());
        pooled
            .compare_groups(&responses(columns), &in_second, how)
            .unwrap()
    };
    let equal = compare(&columns);
    for path in &equal.paths {
        close(path.first, path.second, 1e-11);
        assert!(path.p_value > 0.9);
    }
    for construct in &equal.invariance {
        close(construct.correlation, 1.0, 1e-11);
        close(construct.mean_difference, 0.0, 1e-11);
        close(construct.log_variance_ratio, 0.0, 1e-11);
    }
    let (drivers, others) = columns.split_at_mut(2);
    for column in &mut others[..2] {
        column[30..].iter_mut().for_each(|x| *x += 3.0);
    }
    for (column, driver) in others[2..].iter_mut().zip(drivers) {
        let rows = column.iter_mut().zip(driver).skip(30);
        rows.for_each(|(x, driver)| *x = 20.0 - *driver - 0.1 * *x);
    }
    let changed = compare(&columns);
    let first: Vec<Vec<f64>> = columns.iter().map(|column| column[..30].to_vec()).collect();
    let second: Vec<Vec<f64>> = columns.iter().map(|column| column[30..].to_vec()).collect();
    let first = fit(&chain(), &first, &exact()).paths();
    let second = fit(&chain(), &second, &exact()).paths();
    for (k, path) in changed.paths.iter().enumerate() {
        close(path.first, first[k].coefficient, 1e-11);
        close(path.second, second[k].coefficient, 1e-11);
    }
    assert!(changed.paths[1].p_value < 0.02, "{changed:?}");
    assert!(changed.invariance[1].mean_difference < 0.0);
    assert!(changed.invariance[1].mean_p < 0.02);
    assert!(changed.invariance[0].mean_p > 0.5);
    assert_eq!(changed.kept + changed.dropped, 200);
    let pooled = fit(&chain(), &columns, &exact());
    let nobody = pooled.compare_groups(&responses(&columns), &[false; 60], how);
    assert_eq!(nobody.unwrap_err().argument(), "in_second");
}

/// x and y make h, which drives z.
fn of_higher_order() -> StructuralModel {
    let constructs = vec![
        Construct::new("x", Mode::A, ["x1", "x2"]),
        Construct::new("y", Mode::A, ["y1", "y2"]),
        Construct::new("z", Mode::A, ["z1", "z2"]),
        Construct::new("h", Mode::A, ["x", "y"]),
    ];
    StructuralModel::new(constructs, &[("h", "z")]).unwrap()
}

/// Two stages by hand: the indices of the components are columns of a second model.
#[test]
fn two_stages_are_two_fits() {
    let columns = columns();
    let whole = fit(&of_higher_order(), &columns, &exact());
    let constructs = ["x", "y", "z"]
        .map(|name| Construct::new(name, Mode::A, [format!("{name}1"), format!("{name}2")]));
    let first = StructuralModel::new(constructs.to_vec(), &[("x", "z"), ("y", "z")]).unwrap();
    let first = fit(&first, &columns, &exact());
    let individual = first.individual_index(&responses(&columns)).unwrap();
    let index = |j: usize| -> Vec<f64> { individual.chunks_exact(3).map(|row| row[j]).collect() };
    let scale = Scale::new(0.0, 100.0).unwrap();
    let components = ["x", "y"].map(|name| Indicator::new(name).on(scale));
    let constructs = vec![
        Construct::new("z", Mode::A, ["z1", "z2"]),
        Construct::new("h", Mode::A, components),
    ];
    let second = StructuralModel::new(constructs, &[("h", "z")]).unwrap();
    let (x, y) = (index(0), index(1));
    let answers = [
        ("z1", &columns[4][..]),
        ("z2", &columns[5]),
        ("x", &x),
        ("y", &y),
    ];
    let answers = Responses::new(answers).unwrap();
    let second = second.fit(&answers, &exact()).unwrap();
    same(&whole, &second, 1e-9);
    assert_eq!(whole.first_stage().unwrap().weights(), first.weights());
    assert_eq!(whole.asked_model(), &of_higher_order());
    assert_eq!(whole.model(), second.model());
    let given = responses(&columns);
    let scores = whole.scores(&given).unwrap();
    let by_hand = second.scores(&answers).unwrap();
    scores
        .iter()
        .zip(by_hand)
        .for_each(|(a, b)| close(*a, b, 1e-10));
    // A resample fits both stages anew.
    let how = Resampling {
        resamples: 30,
        seed: 3,
    };
    let made = whole.bootstrap(&given, how).unwrap();
    let frozen = second.bootstrap(&answers, how).unwrap();
    let error = |of: &PlsBootstrap| {
        of.estimate(&Statistic::Weight(3), 0.9)
            .unwrap()
            .standard_error
    };
    assert!((error(&made) - error(&frozen)).abs() > 1e-6);
    assert!(
        whole
            .predict(&given, CrossValidation { folds: 5, seed: 1 })
            .unwrap()
            .len()
            == 2
    );
    let edited = ModelBuilder::from(of_higher_order());
    let edited = edited.rename_indicators(&[("x1", "q1")]).unwrap();
    let edited = edited.without("y").unwrap().build().unwrap();
    let text = "x =~ q1 + x2\nz =~ z1 + z2\nh =~ x\n\nz ~ h\n";
    assert_eq!(edited.to_string(), text);
}
