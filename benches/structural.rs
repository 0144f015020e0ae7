//! Structural models: one fit, many respondents beside a copy of their answers, resamples.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use crm_core::satisfaction::structural::presets::{self, EcsiOptions};
use crm_core::satisfaction::structural::{
    PlsOptions, Resampling, Responses, StructuralModel, SurveySimulation,
};
use rayon::ThreadPoolBuilder;

/// The answers of a simulated survey.
fn columns(model: &StructuralModel, respondents: u32) -> Option<Vec<Vec<f64>>> {
    let survey = SurveySimulation {
        respondents,
        seed: 1,
        ..SurveySimulation::new(model.clone())
    };
    survey.run().ok()
}

fn structural(criterion: &mut Criterion) {
    let model = presets::ecsi(EcsiOptions::default());
    let options = PlsOptions::default();
    // A fit to few rows is hardly more than what follows the correlations.
    for respondents in [32, 250, 1_000_000] {
        let Some(columns) = columns(&model, respondents) else {
            continue;
        };
        let named = model.indicators().zip(columns.iter().map(Vec::as_slice));
        let Ok(responses) = Responses::new(named) else {
            continue;
        };
        let mut group = criterion.benchmark_group(format!("structural/rows={respondents}"));
        group.sample_size(if respondents > 1_000 { 10 } else { 100 });
        group.throughput(Throughput::Elements(u64::from(respondents)));
        group.bench_function("fit", |bencher| {
            bencher.iter(|| black_box(model.fit(&responses, &options)));
        });
        if respondents > 1_000 {
            group.bench_function("copy of the answers", |bencher| {
                bencher.iter(|| black_box(columns.clone()));
            });
        } else if let Ok(fit) = model.fit(&responses, &options) {
            let how = Resampling {
                resamples: 500,
                seed: 1,
            };
            for threads in [1, 2] {
                let Ok(pool) = ThreadPoolBuilder::new().num_threads(threads).build() else {
                    continue;
                };
                group.bench_function(format!("500 resamples/threads={threads}"), |bencher| {
                    let resample = || black_box(fit.bootstrap(&responses, how));
                    pool.install(|| bencher.iter(resample));
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, structural);
criterion_main!(benches);
