//! From a simulated log to its summary: taking the columns in, sorting them by customer and time,
//! and the summary itself.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use crm_core::ledger::{
    AmountColumn, Chunk, CustomerColumn, DropOut, LedgerBuilder, Simulation, SummaryOptions,
    TimeColumn,
};

fn summary(criterion: &mut Criterion) {
    for customers in [1_000, 100_000] {
        let simulation = Simulation {
            customers,
            seed: 1,
            r: 0.8,
            alpha: 20.0,
            drop_out: DropOut::BetaGeometric { a: 0.25, b: 2.4 },
            ..Simulation::default()
        };
        let Ok(log) = simulation.run() else {
            continue;
        };
        let days = log.dates();
        let amounts: Vec<f64> = log.amount.iter().map(|&a| a as f64 / 100.0).collect();
        let texts: Vec<String> = log.customer.iter().map(|c| format!("C{c}")).collect();
        let mut group = criterion.benchmark_group(format!("ledger/rows={}", log.len()));
        group.sample_size(10);
        group.throughput(Throughput::Elements(log.len() as u64));
        for (name, customers) in [
            ("integers", CustomerColumn::Integers(&log.customer)),
            ("texts", CustomerColumn::Texts(&texts)),
        ] {
            let chunk = Chunk {
                customers,
                times: TimeColumn::Dates(&days),
                amounts: AmountColumn::Floats(&amounts),
                costs: None,
            };
            let build = || {
                let mut builder = LedgerBuilder::new();
                builder.push(&chunk)?;
                builder.finish()
            };
            group.bench_function(format!("build/{name}"), |bencher| {
                bencher.iter(|| black_box(build()));
            });
            let Ok(ledger) = build() else {
                continue;
            };
            let options = SummaryOptions::default();
            group.bench_function(format!("summary/{name}"), |bencher| {
                bencher.iter(|| black_box(ledger.summary(&options)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, summary);
criterion_main!(benches);
