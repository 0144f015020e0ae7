//! Value over 60 periods of a chain of ten thousand states with ten entries a row, beside plain products with the same matrix
//! and with a dense one of as many entries.
//!
//! `cargo bench -p crm-core-benches --bench migration`

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use crm_core::Result;
use crm_core::clv::migration::{MigrationModel, Rewards, SparseTransitions};
use crm_core::clv::switching::{Horizon, TransitionMatrix};
use crm_core::units::Rate;

const STATES: usize = 10_000;
const ENTRIES: usize = 10;
const PERIODS: u32 = 60;

/// Where the entries of a row lead: half of them near, half of them anywhere.
fn column(state: usize, entry: usize) -> usize {
    let far = (state * ENTRIES + entry).wrapping_mul(2_654_435_761) % STATES;
    if entry.is_multiple_of(2) {
        far
    } else {
        (state + entry) % STATES
    }
}

fn sparse() -> Result<SparseTransitions> {
    let starts: Vec<usize> = (0..=STATES).map(|state| state * ENTRIES).collect();
    let columns: Vec<usize> = (0..STATES)
        .flat_map(|state| (0..ENTRIES).map(move |entry| column(state, entry)))
        .collect();
    let probability = 1.0 / ENTRIES as f64;
    SparseTransitions::from_csr(&starts, &columns, &vec![probability; STATES * ENTRIES])
}

/// A dense matrix whose entries are as many as those of the sparse one.
fn dense(states: usize) -> Result<TransitionMatrix> {
    let weight =
        |i: usize, j: usize| 1.0 + ((i * states + j).wrapping_mul(2_654_435_761) % 997) as f64;
    let row = |i| (0..states).map(|j| weight(i, j)).collect::<Vec<f64>>();
    TransitionMatrix::normalized(&(0..states).map(row).collect::<Vec<_>>())
}

/// One product with the matrix as it is written in every textbook.
fn plain_product(matrix: &SparseTransitions, x: &[f64], out: &mut [f64]) {
    for (state, out) in out.iter_mut().enumerate() {
        let (columns, probabilities) = matrix.row(state);
        let terms = columns.iter().zip(probabilities);
        *out = terms
            .map(|(&j, p)| p * x.get(j as usize).copied().unwrap_or(0.0))
            .sum();
    }
}

fn plain_dense_product(matrix: &TransitionMatrix, x: &[f64], out: &mut [f64]) {
    for (row, out) in matrix.rows().zip(out) {
        *out = row.iter().zip(x).map(|(p, x)| p * x).sum();
    }
}

fn rewards(states: usize) -> Rewards {
    Rewards::constant((0..states).map(|i| (i % 91) as f64).collect::<Vec<_>>())
}

fn value(criterion: &mut Criterion) {
    let rate = Rate::try_from(0.01);
    let side = 316; // 316² entries are as many as 10,000 · 10
    let (Ok(rate), Ok(sparse), Ok(dense)) = (rate, sparse(), dense(side)) else {
        return;
    };
    let models = (
        MigrationModel::new(sparse.clone(), rewards(STATES)),
        MigrationModel::new(dense.clone(), rewards(side)),
    );
    let (Ok(model), Ok(dense_model)) = models else {
        return;
    };
    let mut group = criterion.benchmark_group("migration");
    group.sample_size(10);
    group.warm_up_time(std::time::Duration::from_millis(300));
    group.measurement_time(std::time::Duration::from_secs(2));
    let entries = STATES * ENTRIES * (PERIODS as usize + 1);
    group.throughput(Throughput::Elements(entries as u64));
    let horizon = Horizon::Periods(PERIODS);
    group.bench_function(BenchmarkId::new("sparse", "value"), |bencher| {
        bencher.iter(|| black_box(model.value(rate, horizon)));
    });
    group.bench_function(BenchmarkId::new("sparse", "products"), |bencher| {
        let (mut x, mut out) = (vec![1.0; STATES], vec![0.0; STATES]);
        bencher.iter(|| {
            for _ in 0..=PERIODS {
                plain_product(&sparse, &x, &mut out);
                std::mem::swap(&mut x, &mut out);
            }
            black_box(x.first().copied())
        });
    });
    group.bench_function(BenchmarkId::new("dense", "value"), |bencher| {
        bencher.iter(|| black_box(dense_model.value(rate, horizon)));
    });
    group.bench_function(BenchmarkId::new("dense", "products"), |bencher| {
        let (mut x, mut out) = (vec![1.0; side], vec![0.0; side]);
        bencher.iter(|| {
            for _ in 0..=PERIODS {
                plain_dense_product(&dense, &x, &mut out);
                std::mem::swap(&mut x, &mut out);
            }
            black_box(x.first().copied())
        });
    });
    // The same bytes read once a period, and nothing done with them: the bound of memory.
    group.bench_function(BenchmarkId::new("sparse", "read"), |bencher| {
        let bytes = vec![1_u64; STATES * ENTRIES * 3 / 2];
        bencher.iter(|| {
            let read = |_| black_box(&bytes).iter().fold(0, |sum, word| sum ^ word);
            (0..=PERIODS).map(read).fold(0, |sum, word| sum ^ word)
        });
    });
    group.bench_function(BenchmarkId::new("sparse", "moments"), |bencher| {
        bencher.iter(|| black_box(model.moments(rate, horizon)));
    });
    group.bench_function(BenchmarkId::new("sparse", "without_end"), |bencher| {
        bencher.iter(|| black_box(model.value(rate, Horizon::Infinite)));
    });
    group.finish();
}

criterion_group!(benches, value);
criterion_main!(benches);
