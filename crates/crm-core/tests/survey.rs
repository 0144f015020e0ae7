//! Surveys: the vectors, and laws that hold for every seed.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::Result;
use crm_core::survey::design::{
    Allocation, Clusters, Drawn, Interval, ProportionalToSize, Replacement, SimpleRandom,
    Stratified, Stratum, Systematic, allocate,
};
use crm_core::survey::scale::{reliability, reliability_intervals};
use crm_core::survey::size::{SurveyCost, SurveySize, Target};
use crm_core::survey::weighting::{
    Margin, RakingOptions, adjust_for_nonresponse, rake, trim, weight_effect,
};
use crm_core::survey::{Bootstrap, Confidence, Estimate, Sample, SystematicVariance};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use vectors::numbers;

fn codes(value: &Value) -> Vec<usize> {
    let list = value.as_array().unwrap();
    list.iter().map(|v| v.as_u64().unwrap() as usize).collect()
}

fn counts(value: &Value) -> Vec<u64> {
    let list = value.as_array().unwrap();
    list.iter().map(|v| v.as_u64().unwrap()).collect()
}

fn flags(value: &Value) -> Vec<bool> {
    let list = value.as_array().unwrap();
    list.iter().map(|v| v.as_bool().unwrap()).collect()
}

/// null is NaN.
fn values(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap();
    list.iter()
        .map(|v| v.as_f64().unwrap_or(f64::NAN))
        .collect()
}

fn sample(design: &Value) -> Result<Sample> {
    let rows = || design["rows"].as_u64().unwrap() as usize;
    let population = || design["population"].as_u64();
    let cluster = || codes(&design["cluster"]);
    let clusters = || design["clusters_in_population"].as_u64().unwrap();
    match design["kind"].as_str().unwrap() {
        "simple_random" => Sample::simple_random(rows(), population()),
        "systematic" => {
            let variance = serde_json::from_value(design["variance"].clone()).unwrap();
            Sample::systematic(rows(), population(), variance)
        }
        "stratified" => {
            Sample::stratified(&codes(&design["stratum"]), &counts(&design["populations"]))
        }
        "clusters" => Sample::clusters(&cluster(), clusters()),
        "two_stage" => Sample::two_stage(&cluster(), &counts(&design["cluster_sizes"]), clusters()),
        "proportional_to_size" => {
            let sizes = design.get("cluster_sizes").map(counts);
            let probabilities = numbers(&design["probabilities"]);
            Sample::proportional_to_size(&cluster(), &probabilities, sizes.as_deref())
        }
        "weighted" => Sample::weighted(
            &numbers(&design["weights"]),
            Some(&codes(&design["stratum"])),
            Some(&cluster()),
        ),
        other => panic!("{other}"),
    }
}

fn estimate(a: &Map<String, Value>) -> Result<Estimate> {
    let sample = sample(&a["design"])?;
    let domain = a.get("domain").map(flags);
    let domain = domain.as_deref();
    let confidence = Confidence::new(a["confidence"].as_f64().unwrap())?;
    match a["estimator"].as_str().unwrap() {
        "mean" => sample.mean(&values(&a["values"]), domain, confidence),
        "total" => sample.total(&values(&a["values"]), domain, confidence),
        "proportion" => sample.proportion(&flags(&a["values"]), domain, confidence),
        "ratio" => {
            let denominator = numbers(&a["denominator"]);
            sample.ratio(&values(&a["values"]), &denominator, domain, confidence)
        }
        other => panic!("{other}"),
    }
}

fn survey_size(a: &Map<String, Value>) -> Result<SurveySize> {
    let number = |name: &str| a[name].as_f64().unwrap();
    let spread = number("spread");
    Ok(SurveySize {
        target: match a["target"].as_str().unwrap() {
            "mean" => Target::Mean(spread),
            _ => Target::Proportion(spread),
        },
        confidence: Confidence::new(number("confidence"))?,
        population: a.get("population").and_then(Value::as_u64),
        response_rate: number("response_rate"),
        design_effect: number("design_effect"),
        subgroups: numbers(&a["subgroups"]),
    })
}

fn raked(a: &Map<String, Value>) -> Result<Value> {
    let margins: Vec<(Vec<usize>, Vec<f64>)> = a["margins"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (codes(&m["categories"]), numbers(&m["targets"])))
        .collect();
    let margins: Vec<Margin<'_>> = margins
        .iter()
        .map(|(categories, targets)| Margin {
            categories,
            targets,
        })
        .collect();
    let options = RakingOptions {
        tolerance: a["tolerance"].as_f64().unwrap(),
        max_iterations: a["max_iterations"].as_u64().unwrap() as u32,
    };
    let raked = rake(&numbers(&a["weights"]), &margins, options)?;
    Ok(if raked.converged {
        json!({"weights": raked.weights, "converged": true})
    } else {
        json!({"converged": false})
    })
}

fn run(function: &str, a: &Map<String, Value>) -> Result<Value> {
    let number = |name: &str| a[name].as_f64().unwrap();
    let count = |name: &str| a[name].as_u64().unwrap();
    Ok(match function {
        "survey_estimate" => json!(estimate(a)?),
        "survey_domain_means" => {
            let (values, domains) = (numbers(&a["values"]), codes(&a["domains"]));
            let count = domains.iter().max().map_or(0, |last| last + 1);
            let confidence = Confidence::new(number("confidence"))?;
            json!(sample(&a["design"])?.domain_means(&values, &domains, count, confidence)?)
        }
        "survey_allocate" => {
            let (populations, deviations) = (counts(&a["populations"]), numbers(&a["deviations"]));
            let strata = populations
                .iter()
                .zip(&deviations)
                .zip(numbers(&a["costs"]));
            let strata: Vec<Stratum> = strata
                .map(|((&population, &deviation), cost)| Stratum {
                    population,
                    deviation,
                    cost,
                })
                .collect();
            let allocation: Allocation = serde_json::from_value(a["allocation"].clone()).unwrap();
            json!(allocate(
                &strata,
                count("size"),
                count("minimum"),
                allocation
            )?)
        }
        "survey_size" => json!(survey_size(a)?.required(number("margin"))?),
        "survey_margin" => json!(survey_size(a)?.margin(count("answers"))?),
        "survey_affordable" => {
            let cost = SurveyCost {
                fixed: number("fixed"),
                per_invitation: number("per_invitation"),
                per_answer: number("per_answer"),
            };
            json!(survey_size(a)?.affordable(number("budget"), cost)?)
        }
        "survey_nonresponse" => {
            let (weights, cells) = (numbers(&a["weights"]), codes(&a["cells"]));
            let answered = flags(&a["answered"]);
            json!(adjust_for_nonresponse(
                &weights,
                &cells,
                count("count") as usize,
                &answered
            )?)
        }
        "survey_rake" => raked(a)?,
        "survey_trim" => json!(trim(
            &numbers(&a["weights"]),
            number("smallest"),
            number("largest")
        )?),
        "survey_weight_effect" => json!(weight_effect(&numbers(&a["weights"]))?),
        "survey_reliability_intervals" => {
            let items: Vec<Vec<f64>> = a["items"].as_array().unwrap().iter().map(numbers).collect();
            let items: Vec<&[f64]> = items.iter().map(Vec::as_slice).collect();
            json!(reliability_intervals(
                &items,
                &Bootstrap {
                    replicates: number("replicates") as u32,
                    confidence: Confidence::new(number("confidence"))?,
                    seed: number("seed") as u64,
                }
            )?)
        }
        "survey_reliability" => {
            let items: Vec<Vec<f64>> = a["items"].as_array().unwrap().iter().map(numbers).collect();
            let items: Vec<&[f64]> = items.iter().map(Vec::as_slice).collect();
            let mut found = json!(reliability(&items, Confidence::new(number("confidence"))?)?);
            found.as_object_mut().unwrap().remove("rows");
            found
        }
        other => panic!("unknown function {other}"),
    })
}

#[test]
fn survey_vectors() {
    vectors::check(
        include_str!("../../../tests/vectors/survey.json"),
        |function, arguments| vec![run(function, arguments)],
    );
}

fn units(drawn: &[Drawn]) -> Vec<u64> {
    drawn.iter().map(|each| each.unit).collect()
}

/// How often each of the units below `count` comes, over many seeds.
fn shares(count: usize, seeds: u64, draw: impl Fn(u64) -> Vec<u64>) -> Vec<f64> {
    let mut times = vec![0.0; count];
    for seed in 0..seeds {
        for unit in draw(seed) {
            times[unit as usize] += 1.0 / seeds as f64;
        }
    }
    times
}

fn assert_near(found: &[f64], expected: &[f64], seeds: f64) {
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(
            error < 5.0 * (0.25 / seeds).sqrt(),
            "{found}, not {expected}"
        );
    }
}

/// Every unit is drawn as often as its weight says.
#[test]
fn inclusion_probabilities() {
    let (seeds, even) = (4000, vec![3.0 / 10.0; 10]);
    let simple = SimpleRandom {
        population: 10,
        size: 3,
    };
    let found = shares(10, seeds, |seed| units(&simple.draw(seed).unwrap()));
    assert_near(&found, &even, seeds as f64);
    for interval in [Interval::Circular, Interval::Fractional] {
        let design = Systematic {
            population: 10,
            size: 3,
            interval,
        };
        let found = shares(10, seeds, |seed| units(&design.draw(seed).unwrap()));
        assert_near(&found, &even, seeds as f64);
    }
    let sizes = vec![1.0, 2.0, 3.0, 4.0];
    for replacement in [Replacement::With, Replacement::Without] {
        let design = ProportionalToSize {
            sizes: sizes.clone(),
            clusters: 2,
            replacement,
        };
        let found = shares(4, seeds, |seed| units(&design.draw(seed).unwrap()));
        assert_near(&found, &[0.2, 0.4, 0.6, 0.8], seeds as f64 / 2.0);
    }
}

/// Each pair of units of a simple random sample is as likely as any other: 10 pairs of 5 units.
#[test]
fn pairs_of_a_simple_random_sample() {
    let design = SimpleRandom {
        population: 5,
        size: 2,
    };
    let found = shares(25, 4000, |seed| {
        let drawn = units(&design.draw(seed).unwrap());
        vec![5 * drawn[0] + drawn[1]]
    });
    let pairs: Vec<f64> = found.into_iter().filter(|&share| share > 0.0).collect();
    assert_eq!(pairs.len(), 10);
    assert_near(&pairs, &[0.1; 10], 4000.0);
}

/// 95 % of the intervals of two-stage samples hold the mean, and the variances are those that the estimates have.
#[test]
fn intervals_of_two_stage_samples() {
    let sizes: Vec<u64> = (0..60).map(|i| 8 + i % 5).collect();
    let value = |cluster: u64, unit: u64| (cluster % 7) as f64 + ((unit * 5 + cluster) % 9) as f64;
    let all: Vec<f64> = (0..60)
        .flat_map(|i| (0..sizes[i as usize]).map(move |j| value(i, j)))
        .collect();
    let truth = all.iter().sum::<f64>() / all.len() as f64;
    let design = Clusters {
        sizes: sizes.clone(),
        clusters: 25,
        units: Some(4),
    };
    let seeds = 1000;
    let (mut covered, mut squares, mut variances) = (0, 0.0, 0.0);
    for seed in 0..seeds {
        let drawn = design.draw(seed).unwrap();
        let mut clusters: Vec<u64> = drawn.iter().map(|each| each.group).collect();
        clusters.dedup();
        let place = |group| clusters.iter().position(|&other| other == group).unwrap();
        let codes: Vec<usize> = drawn.iter().map(|each| place(each.group)).collect();
        let chosen: Vec<u64> = clusters.iter().map(|&i| sizes[i as usize]).collect();
        let sample = Sample::two_stage(&codes, &chosen, 60).unwrap();
        for (weight, each) in sample.weights().iter().zip(&drawn) {
            assert!((weight - each.weight).abs() < 1e-12);
        }
        let y: Vec<f64> = drawn
            .iter()
            .map(|each| value(each.group, each.unit))
            .collect();
        let mean = sample.mean(&y, None, Confidence::P95).unwrap();
        covered += u32::from(mean.lower <= truth && truth <= mean.upper);
        squares += (mean.value - truth).powi(2) / seeds as f64;
        variances += mean.standard_error.powi(2) / seeds as f64;
    }
    assert!((920..980).contains(&covered), "{covered}");
    assert!(
        (variances / squares - 1.0).abs() < 0.15,
        "{variances} {squares}"
    );
}

#[test]
fn equal_intervals_need_a_whole_step() {
    let design = Systematic {
        population: 12,
        size: 4,
        interval: Interval::Equal,
    };
    let drawn = units(&design.draw(3).unwrap());
    assert!(drawn.windows(2).all(|pair| pair[1] - pair[0] == 3) && drawn[0] < 3);
    let uneven = Systematic { size: 5, ..design };
    let error = uneven.draw(3).unwrap_err();
    assert_eq!((error.argument(), error.value()), ("size", Some("5")));
}

#[test]
fn a_cluster_that_would_come_twice() {
    let design = ProportionalToSize {
        sizes: vec![1.0, 6.0, 2.0],
        clusters: 2,
        replacement: Replacement::Without,
    };
    let error = design.draw(1).unwrap_err();
    assert_eq!((error.argument(), error.row()), ("sizes", Some(1)));
}

#[test]
fn a_factor_that_explains_too_much() {
    // The first item is the sum of all that the others have in common: a case of Heywood.
    let items: [&[f64]; 3] = [
        &[1.0, -1.0, 1.0, -1.0, 2.0, -2.0],
        &[1.0, -1.0, 0.5, -0.5, 2.0, -2.0],
        &[-1.0, 0.9, 1.0, -1.0, 0.1, 0.0],
    ];
    assert_eq!(reliability(&items, Confidence::P95).unwrap().omega, None);
}

proptest! {
    #[test]
    fn allocations_keep_their_bounds(
        strata in prop::collection::vec((1_u64..500, 0.0..9.0_f64, 0.1..9.0_f64), 1..12),
        share in 0.0..1.0_f64,
        minimum in 1_u64..5,
    ) {
        let strata: Vec<Stratum> = strata
            .into_iter()
            .map(|(population, deviation, cost)| Stratum { population, deviation, cost })
            .collect();
        let units: u64 = strata.iter().map(|stratum| stratum.population).sum();
        let least: u64 = strata.iter().map(|stratum| minimum.min(stratum.population)).sum();
        let size = least + ((units - least) as f64 * share) as u64;
        for allocation in [Allocation::Proportional, Allocation::Neyman, Allocation::Optimum] {
            let sizes = allocate(&strata, size, minimum, allocation).unwrap();
            prop_assert_eq!(sizes.iter().sum::<u64>(), size);
            for (n, stratum) in sizes.iter().zip(&strata) {
                prop_assert!((minimum.min(stratum.population)..=stratum.population).contains(n));
            }
            let populations = strata.iter().map(|stratum| stratum.population).collect();
            let drawn = Stratified { populations, sizes }.draw(size).unwrap();
            let total: f64 = drawn.iter().map(|each| each.weight).sum();
            prop_assert!((total / units as f64 - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn draws_are_distinct_ascending_and_repeat(population in 1_u64..400, share in 0.0..1.0_f64, seed: u64) {
        let size = 1 + ((population - 1) as f64 * share) as u64;
        let simple = SimpleRandom { population, size }.draw(seed).unwrap();
        prop_assert_eq!(&simple, &SimpleRandom { population, size }.draw(seed).unwrap());
        for interval in [Interval::Circular, Interval::Fractional] {
            let stepped = Systematic { population, size, interval }.draw(seed).unwrap();
            for drawn in [&simple, &stepped] {
                prop_assert_eq!(drawn.len() as u64, size);
                prop_assert!(drawn.windows(2).all(|pair| pair[0].unit < pair[1].unit));
                prop_assert!(drawn.iter().all(|each| each.unit < population));
            }
        }
    }

    #[test]
    fn trimmed_weights_keep_their_sum(
        weights in prop::collection::vec(0.01..100.0_f64, 1..40),
        smallest in 0.0..0.9_f64,
        largest in 1.1..5.0_f64,
    ) {
        let trimmed = trim(&weights, smallest, largest).unwrap();
        let sum: f64 = weights.iter().sum();
        let mean = sum / weights.len() as f64;
        prop_assert!((trimmed.iter().sum::<f64>() / sum - 1.0).abs() < 1e-9);
        for weight in trimmed {
            prop_assert!(weight >= smallest * mean * (1.0 - 1e-12));
            prop_assert!(weight <= largest * mean * (1.0 + 1e-12));
        }
    }

    /// The required size reaches the margin, and one answer less does not.
    #[test]
    fn size_and_margin_agree(deviation in 0.5..20.0_f64, margin in 0.2..2.0_f64, population in 50_u64..100_000) {
        let survey = SurveySize { population: Some(population), ..SurveySize::new(Target::Mean(deviation)) };
        let answers = survey.required(margin).unwrap().answers;
        prop_assert!(survey.margin(answers).unwrap() <= margin * (1.0 + 1e-6));
        if answers > 1 {
            prop_assert!(survey.margin(answers - 1).unwrap() >= margin * (1.0 - 1e-6));
        }
    }
}

/// A scale gives the same bits on any number of threads.
#[test]
fn any_number_of_threads() {
    let column = |j: u64| -> Vec<f64> {
        (0..20_000_u64)
            .map(|i| ((i * 37 + j * i % 11 + j) % (5 + j)) as f64)
            .collect()
    };
    let columns: Vec<Vec<f64>> = (1..5).map(column).collect();
    let items: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| reliability(&items, Confidence::P95).unwrap())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn successive_differences_see_a_trend() {
    let rows: Vec<f64> = (0..50).map(f64::from).collect();
    let error = |variance| {
        let sample = Sample::systematic(50, Some(500), variance).unwrap();
        sample
            .mean(&rows, None, Confidence::P95)
            .unwrap()
            .standard_error
    };
    assert!(
        error(SystematicVariance::SuccessiveDifferences)
            < 0.1 * error(SystematicVariance::SimpleRandom)
    );
}

#[test]
fn answers_that_are_no_numbers() {
    let sample = Sample::simple_random(3, None).unwrap();
    let error = sample
        .mean(&[1.0, 2.0, f64::NAN], None, Confidence::P95)
        .unwrap_err();
    assert_eq!((error.argument(), error.row()), ("values", Some(2)));
    let items: [&[f64]; 2] = [&[1.0, 2.0, 4.0], &[1.0, f64::INFINITY, 2.0]];
    let error = reliability(&items, Confidence::P95).unwrap_err();
    assert_eq!((error.argument(), error.row()), ("items", Some(1)));
}
