use super::super::{Construct, Estimator, Missing, Mode, PlsOptions, StructuralModel, Weights};
use super::*;
use std::sync::atomic::{AtomicU32, Ordering};

const NAMES: [&str; 6] = ["x1", "x2", "y1", "y2", "z1", "z2"];

fn model() -> StructuralModel {
    let constructs = vec![
        Construct::new("x", Mode::A, ["x1", "x2"]),
        Construct::new("y", Mode::A, ["y1", "y2"]),
        Construct::new("z", Mode::B, ["z1", "z2"]),
    ];
    StructuralModel::new(constructs, &[("x", "y"), ("x", "z"), ("y", "z")]).unwrap()
}

/// Answers of which each hangs on one mood; some missing where `gaps`.
fn columns(rows: usize, gaps: bool) -> Vec<Vec<f64>> {
    let mut random = Stream::new(5, 0);
    let mut columns = vec![Vec::new(); NAMES.len()];
    for _ in 0..rows {
        let mood = random.normal();
        for column in &mut columns {
            let answer = 5.5 + 1.5 * mood + random.normal();
            let is_missing = gaps && random.uniform() < 0.1;
            column.push(if is_missing { f64::NAN } else { answer.round() });
        }
    }
    columns
}

fn responses(columns: &[Vec<f64>]) -> Responses<'_> {
    Responses::new(NAMES.into_iter().zip(columns.iter().map(Vec::as_slice))).unwrap()
}

fn close(a: f64, b: f64) {
    assert!(
        (a - b).abs() < 1e-9 || (a.is_nan() && b.is_nan()),
        "{a} {b}"
    );
}

/// Of all numbers.
fn bits(bootstrap: &PlsBootstrap) -> Vec<u64> {
    let columns = bootstrap.values.iter().chain(&bootstrap.left_out).flatten();
    let numbers = bootstrap.estimates.iter().chain(columns);
    numbers.map(|number| number.to_bits()).collect()
}

/// A resample is a fit with the numbers of draws as frequencies.
#[test]
fn resamples_are_fits() {
    let columns = columns(40, true);
    for missing in [Missing::Mean, Missing::Listwise, Missing::Em] {
        let options = PlsOptions {
            missing,
            ..PlsOptions::default()
        };
        let fit = model().fit(&responses(&columns), &options).unwrap();
        let table = fit.table(&responses(&columns)).unwrap();
        let how = Resampling {
            resamples: 20,
            seed: 11,
        };
        let bootstrap = fit.bootstrap(&responses(&columns), how).unwrap();
        assert_eq!(bootstrap.kept(), 20);
        for b in [0, 7, 19] {
            let mut drawn = vec![0.0; table.len()];
            let urn = Urn::new(&table, &Respondents::default(), table.len()).unwrap();
            urn.draw(&table, &mut Stream::new(11, b), &mut drawn);
            assert_eq!(drawn.iter().sum::<f64>(), table.len() as f64);
            let mut frequencies = vec![0.0; 40];
            for (source, times) in table.sources.iter().zip(drawn) {
                frequencies[*source] = times;
            }
            let again = responses(&columns).weighted(Weights::Frequencies(&frequencies));
            let again = model().fit(&again.unwrap(), &options).unwrap();
            let value = |statistic| bootstrap.values(&statistic).unwrap()[b as usize];
            for i in 0..6 {
                close(value(Statistic::Weight(i)), again.weights()[i]);
                close(value(Statistic::Loading(i)), again.loadings()[i]);
            }
            for j in 0..3 {
                close(value(Statistic::Index(j)), again.index()[j]);
                for k in 0..3 {
                    let place = 3 * j + k;
                    close(
                        value(Statistic::TotalEffect(j, k)),
                        again.total_effects()[place],
                    );
                    close(
                        value(Statistic::IndirectEffect(j, k)),
                        again.indirect_effects()[place],
                    );
                    close(value(Statistic::Htmt(j, k)), again.htmt()[place]);
                }
            }
            close(
                value(Statistic::RSquared(2)),
                again.explained()[1].r_squared,
            );
            assert!(value(Statistic::RSquared(0)).is_nan());
            let along = value(Statistic::EffectAlong(vec![0, 1, 2]));
            close(along, value(Statistic::Path(0)) * value(Statistic::Path(2)));
            close(along, value(Statistic::IndirectEffect(0, 2)));
        }
    }
}

/// Frequencies stand for equal rows: the same resamples, acceleration and intervals.
#[test]
fn frequencies_are_replicated_rows() {
    let columns = columns(25, false);
    let frequencies: Vec<f64> = (0..25).map(|row| f64::from(row % 3)).collect();
    let replicate = |column: &Vec<f64>| -> Vec<f64> {
        let rows = column.iter().zip(&frequencies);
        rows.flat_map(|(&x, &times)| vec![x; times as usize])
            .collect()
    };
    let replicated: Vec<Vec<f64>> = columns.iter().map(replicate).collect();
    let options = PlsOptions {
        tolerance: 1e-13,
        ..PlsOptions::default()
    };
    let how = Resampling {
        resamples: 50,
        seed: 3,
    };
    let weighted = responses(&columns)
        .weighted(Weights::Frequencies(&frequencies))
        .unwrap();
    let a = model()
        .fit(&weighted, &options)
        .unwrap()
        .bootstrap(&weighted, how)
        .unwrap();
    let equal = responses(&replicated);
    let b = model()
        .fit(&equal, &options)
        .unwrap()
        .bootstrap(&equal, how)
        .unwrap();
    for statistic in [
        Statistic::Path(1),
        Statistic::Weight(5),
        Statistic::Index(2),
    ] {
        let of = |bootstrap: &PlsBootstrap| bootstrap.estimate(&statistic, 0.9).unwrap();
        close(of(&a).estimate, of(&b).estimate);
        close(of(&a).standard_error, of(&b).standard_error);
        close(of(&a).bca.lower, of(&b).bca.lower);
        close(of(&a).bca.upper, of(&b).bca.upper);
    }
}

/// The same bits for any number of threads, and the first resamples of a longer run are those of a shorter one.
#[test]
fn threads_do_not_matter() {
    let columns = columns(50, false);
    let options = PlsOptions {
        estimator: Estimator::Consistent,
        ..PlsOptions::default()
    };
    let fit = model().fit(&responses(&columns), &options).unwrap();
    let run = |resamples| fit.bootstrap(&responses(&columns), Resampling { resamples, seed: 1 });
    let many = run(100).unwrap();
    #[cfg(feature = "parallel")]
    {
        let single = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .unwrap();
        assert!(bits(&single.install(|| run(100)).unwrap()) == bits(&many));
    }
    let path = Statistic::Path(2);
    assert_eq!(
        run(40).unwrap().values(&path).unwrap(),
        many.values(&path).unwrap()[..40]
    );
}

/// An item that one respondent alone answers otherwise is constant where that respondent is not drawn.
#[test]
fn constant_items_are_counted() {
    let mut columns = columns(30, false);
    columns[4].fill(5.0);
    columns[4][17] = 6.0;
    let fit = model()
        .fit(&responses(&columns), &PlsOptions::default())
        .unwrap();
    let how = Resampling {
        resamples: 400,
        seed: 2,
    };
    let bootstrap = fit.bootstrap(&responses(&columns), how).unwrap();
    let dropped = bootstrap.dropped();
    // (1 − 1/30)³⁰ = 0.362 of them, give or take 0.024.
    assert!((105..=185).contains(&dropped.resamples), "{dropped:?}");
    assert_eq!(dropped.constant, [0, 0, 0, 0, dropped.resamples, 0]);
    assert_eq!(bootstrap.kept() + dropped.resamples, 400);
}

#[test]
fn progress_and_cancellation() {
    let columns = columns(30, false);
    let fit = model()
        .fit(&responses(&columns), &PlsOptions::default())
        .unwrap();
    let how = Resampling {
        resamples: 100,
        seed: 2,
    };
    let most = AtomicU32::new(0);
    let whole = fit.bootstrap_watched(&responses(&columns), Respondents::default(), how, |done| {
        most.fetch_max(done, Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    let again = fit.bootstrap(&responses(&columns), how).unwrap();
    assert!(bits(&whole.unwrap().unwrap()) == bits(&again));
    assert_eq!(most.into_inner(), 100);
    let stopped = fit.bootstrap_watched(&responses(&columns), Respondents::default(), how, |_| {
        ControlFlow::Break(())
    });
    assert!(stopped.unwrap().is_none());
}

#[test]
fn what_is_refused() {
    let columns = columns(30, false);
    let fit = model()
        .fit(&responses(&columns), &PlsOptions::default())
        .unwrap();
    let run = |resamples| fit.bootstrap(&responses(&columns), Resampling { resamples, seed: 1 });
    assert_eq!(run(1).unwrap_err().argument(), "resamples");
    let fewer: Vec<Vec<f64>> = columns.iter().map(|column| column[1..].to_vec()).collect();
    let other = fit
        .bootstrap(&responses(&fewer), Resampling::new(1))
        .unwrap_err();
    assert_eq!(
        (other.kind(), other.argument()),
        (ErrorKind::LengthMismatch, "responses")
    );
    let bootstrap = run(20).unwrap();
    let kind = |statistic| bootstrap.values(&statistic).unwrap_err().kind();
    assert_eq!(kind(Statistic::Path(3)), ErrorKind::NotFound);
    assert_eq!(
        kind(Statistic::EffectAlong(vec![0, 2, 1])),
        ErrorKind::NotFound
    );
    assert_eq!(kind(Statistic::EffectAlong(vec![0])), ErrorKind::Empty);
    let level = bootstrap.estimate(&Statistic::Path(0), 1.0).unwrap_err();
    assert_eq!(
        (level.kind(), level.argument()),
        (ErrorKind::OutOfRange, "level")
    );
}
