//! The matrix CLV kernels, for one matrix and for a matrix of each customer, beside a copy of the same
//! bytes and the plain loop.
//!
//! `cargo bench -p crm-core-benches --bench matrix_clv -- 'n=1000000/k=5'` runs a part of it. The plain
//! loop takes minutes for large tables, so it is run for up to a thousand customers.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use crm_core::clv::switching::Horizon;
use crm_core_benches::{Individuals, Market};

const HORIZONS: [(&str, Horizon); 4] = [
    ("12", Horizon::Periods(12)),
    ("60", Horizon::Periods(60)),
    ("120", Horizon::Periods(120)),
    ("inf", Horizon::Infinite),
];

fn evaluate(criterion: &mut Criterion) {
    for (states, customers) in [2, 3, 5, 8, 16, 64]
        .into_iter()
        .flat_map(|k| [1, 1_000, 1_000_000].map(|n| (k, n)))
        // 64 brands of a million customers are a gigabyte.
        .filter(|&(k, n)| k * n <= 16_000_000)
    {
        let Ok(mut market) = Market::new(states, customers) else {
            continue;
        };
        let name = format!("matrix_clv/n={customers}/k={states}");
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        group.warm_up_time(std::time::Duration::from_millis(200));
        group.measurement_time(std::time::Duration::from_millis(600));
        group.throughput(Throughput::Bytes((16 * states * customers) as u64));
        group.bench_function("copy", |bencher| bencher.iter(|| market.copy()));
        for (label, horizon) in HORIZONS {
            let Ok(kernel) = market.kernel(horizon) else {
                continue;
            };
            group.bench_function(BenchmarkId::new("kernel", label), |bencher| {
                bencher.iter(|| market.evaluate(&kernel));
            });
            match horizon {
                Horizon::Periods(last) if customers <= 1_000 => {
                    group.bench_function(BenchmarkId::new("triple_loop", label), |bencher| {
                        bencher.iter(|| market.triple_loop(last));
                    });
                }
                _ => {}
            }
        }
        group.finish();
    }
}

/// A matrix for each customer.
fn individual(criterion: &mut Criterion) {
    for (states, customers) in [2, 3, 5, 8, 16, 64]
        .into_iter()
        .flat_map(|k| [1, 1_000, 1_000_000].map(|n| (k, n)))
        // The matrices of 16 brands of a million customers are two gigabytes, those of 64 thirty-three.
        .filter(|&(k, n)| k * k * n <= 64_000_000)
    {
        let mut table = Individuals::new(states, customers);
        let name = format!("individual_matrix_clv/n={customers}/k={states}");
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        group.warm_up_time(std::time::Duration::from_millis(200));
        group.measurement_time(std::time::Duration::from_millis(600));
        group.throughput(Throughput::Elements(customers as u64));
        group.bench_function("copy", |bencher| bencher.iter(|| table.copy()));
        for (label, horizon) in HORIZONS {
            group.bench_function(BenchmarkId::new("kernel", label), |bencher| {
                bencher.iter(|| table.evaluate(horizon));
            });
            match horizon {
                Horizon::Periods(last) if customers <= 1_000 => {
                    group.bench_function(BenchmarkId::new("triple_loop", label), |bencher| {
                        bencher.iter(|| table.triple_loop(last));
                    });
                }
                _ => {}
            }
        }
        group.finish();
    }
}

/// The part whose cost depends on the horizon: once for each matrix.
fn power_sum(criterion: &mut Criterion) {
    for states in [2, 3, 5, 8, 16, 64] {
        let Ok(market) = Market::new(states, 1) else {
            continue;
        };
        let mut group = criterion.benchmark_group(format!("matrix_clv/set_up/k={states}"));
        group.sample_size(10);
        group.measurement_time(std::time::Duration::from_millis(600));
        for (label, horizon) in HORIZONS {
            group.bench_function(label, |bencher| bencher.iter(|| market.kernel(horizon)));
        }
        group.finish();
    }
}

criterion_group!(benches, evaluate, individual, power_sum);
criterion_main!(benches);
