//! Gradients of the matrix CLV beside the value itself.
//!
//! `cargo bench -p crm-core-benches --bench uncertainty` prints how many values a gradient costs before it
//! measures each.
#![expect(clippy::print_stdout, reason = "this program prints ratios")]

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use crm_core::Result;
use crm_core::clv::switching::estimate::TransitionPosterior;
use crm_core::clv::switching::uncertainty::{InputDoubts, MonteCarlo, Valuation};
use crm_core::clv::switching::{Discounting, Horizon, Shares};
use crm_core::units::Rate;
use crm_core_benches::Market;

const PERIODS: u32 = 60;

/// The market of one customer, as the plain recursion and as the gradient take it.
fn customer(states: usize, horizon: Horizon) -> Result<(Market, Valuation, Vec<f64>)> {
    let market = Market::new(states, 1)?;
    let shares = Shares::normalized(market.shares.clone())?;
    let discounting = Discounting::new(Rate::try_from(0.01)?);
    let valuation = Valuation::new(&shares, 1.0, 100.0.into(), discounting, horizon)?;
    let weights = valuation.only(0)?;
    Ok((market, valuation, weights))
}

fn gradient(criterion: &mut Criterion) {
    for states in [2, 5, 16, 64] {
        let Ok((mut market, valuation, weights)) = customer(states, PERIODS.into()) else {
            continue;
        };
        let value = seconds(|| market.triple_loop(PERIODS));
        let all = seconds(|| {
            let _ = black_box(valuation.gradient(&market.matrix, &weights));
        });
        println!(
            "k={states}: the gradient of one customer costs {:.2} values ({value:.1e} s)",
            all / value
        );
        let mut group = criterion.benchmark_group(format!("uncertainty/T={PERIODS}/k={states}"));
        group.sample_size(10);
        group.measurement_time(std::time::Duration::from_millis(600));
        group.bench_function("value", |bencher| {
            bencher.iter(|| market.triple_loop(PERIODS));
        });
        group.bench_function("gradient", |bencher| {
            bencher.iter(|| valuation.gradient(&market.matrix, &weights));
        });
        if let Ok((market, valuation, weights)) = customer(states, Horizon::Infinite) {
            group.bench_function("gradient without end", |bencher| {
                bencher.iter(|| valuation.gradient(&market.matrix, &weights));
            });
        }
        group.finish();
    }
}

/// A value per random matrix: gammas, and a recursion of 60 periods.
fn simulate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(format!("uncertainty/T={PERIODS}/draws=10000"));
    group.sample_size(10);
    for states in [2, 5, 16] {
        let Ok((market, valuation, _)) = customer(states, PERIODS.into()) else {
            continue;
        };
        let parameters = market.matrix.entries().iter().map(|p| 50.0 * p + 1.0);
        let Ok(posterior) = TransitionPosterior::from_row_major(states, parameters.collect())
        else {
            continue;
        };
        let doubts = InputDoubts::default();
        group.bench_function(format!("k={states}"), |bencher| {
            bencher.iter(|| valuation.simulate(&posterior, &doubts, MonteCarlo::new(1)));
        });
    }
    group.finish();
}

/// The fastest of some thousand runs.
fn seconds(mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..5_000 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

criterion_group!(benches, gradient, simulate);
criterion_main!(benches);
