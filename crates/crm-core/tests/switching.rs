//! The matrix CLV: reference vectors, and the laws that hold for any market.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use crm_core::clv::switching::{
    Amount, CustomerAmount, CustomerSpending, Discounting, Horizon, IndividualMatrixClv, MatrixClv,
    SegmentMatrixClv, SharePath, ShareRule, ShareSource, Shares, SpendingAllocation, Transition,
    TransitionMatrix,
};
use crm_core::kernels::Column;
use crm_core::units::{Probability, Rate, Share};
use crm_core::{Error, ErrorKind, Result};
use proptest::prelude::*;
use serde_json::Value;

mod switching_arguments;

use switching_arguments::{decimal, discounting, horizon, table, vector};

fn rule(value: &Value) -> ShareRule {
    serde_json::from_value(value.clone()).unwrap()
}

/// A number, one per brand, or rows by period of one number or one per brand.
fn amount(value: &Value) -> Amount {
    let Some(list) = value.as_array() else {
        return Amount::Constant(value.as_f64().unwrap());
    };
    if !list[0].is_array() {
        return Amount::PerBrand(vector(value));
    }
    let rows = table(value);
    if rows.iter().all(|row| row.len() == 1) {
        Amount::PerPeriod(rows.concat())
    } else {
        Amount::PerBrandAndPeriod(rows)
    }
}

fn transition(value: &Value) -> Result<Transition> {
    if value[0][0].is_array() {
        let matrices = value.as_array().unwrap().iter();
        let matrices: Result<_> = matrices.map(|m| TransitionMatrix::new(&table(m))).collect();
        Ok(Transition::ByPeriod(matrices?))
    } else {
        Ok(TransitionMatrix::new(&table(value))?.into())
    }
}

fn allocation(source: ShareSource, arguments: &Value) -> Result<Vec<f64>> {
    let discounting = discounting(arguments)?;
    let market = SpendingAllocation::new(
        source,
        amount(&arguments["purchases"]),
        amount(&arguments["contribution"]),
    )?;
    let horizon = horizon(&arguments["horizon"]);
    let clv = market.clv(discounting, horizon)?;
    if let Horizon::Periods(last) = horizon {
        let contributions = market.contributions(discounting, last)?;
        assert_eq!(contributions.rows().len(), last as usize + 1);
        for (j, &expected) in clv.iter().enumerate() {
            let total: f64 = contributions.rows().map(|row| row[j]).sum();
            assert_close(total, expected, 1e-12);
        }
    }
    Ok(clv)
}

fn run(function: &str, arguments: &Value) -> Result<Vec<f64>> {
    let shares = &arguments["shares"];
    match function {
        "retention_clv" => {
            let source = ShareSource::Retention {
                initial: Share::named("share", decimal(&arguments["share"]))?,
                retention: Probability::named("retention", decimal(&arguments["retention"]))?,
            };
            allocation(source, arguments)
        }
        "share_path_clv" => {
            let path = SharePath::new(&table(shares), rule(&arguments["rule"]))?;
            allocation(ShareSource::Path(path), arguments)
        }
        "switching_clv" => {
            let source = ShareSource::Switching {
                initial: Shares::new(vector(shares))?,
                transition: transition(&arguments["transition_matrix"])?,
            };
            allocation(source, arguments)
        }
        "matrix_clv" => {
            let matrix = TransitionMatrix::new(&table(&arguments["transition_matrix"]))?;
            let contribution = match &arguments["contribution"] {
                Value::Array(_) => vector(&arguments["contribution"]),
                one => vec![one.as_f64().unwrap(); matrix.states()],
            };
            let kernel = MatrixClv::new(
                &matrix,
                (&contribution).into(),
                discounting(arguments)?,
                horizon(&arguments["horizon"]),
            )?;
            let shares = table(shares).concat();
            let purchases = match &arguments["purchases"] {
                Value::Null => vec![1.0; shares.len() / matrix.states()],
                column => vector(column),
            };
            let mut out = vec![0.0; shares.len()];
            kernel.evaluate(
                &shares,
                (&purchases).into(),
                rule(&arguments["rule"]),
                &mut out,
            )?;
            Ok(out)
        }
        "individual_matrix_clv" => individual_matrix_clv(arguments),
        "segment_matrix_clv" => segment_matrix_clv(arguments),
        "matrix_clv_by_period" => {
            let Transition::ByPeriod(matrices) = transition(&arguments["transition_matrices"])?
            else {
                return Err(Error::empty("transition_matrix"));
            };
            let kernel = MatrixClv::by_period(
                &matrices,
                &amount(&arguments["purchases"]),
                &amount(&arguments["contribution"]),
                discounting(arguments)?,
            )?;
            let shares = table(shares).concat();
            let mut out = vec![0.0; shares.len()];
            let rule = rule(&arguments["rule"]);
            kernel.evaluate(&shares, 1.0.into(), rule, &mut out)?;
            Ok(out)
        }
        other => panic!("no such function: {other}"),
    }
}

/// A number, one per customer, or rows of one per brand: for all customers, or of each.
fn of_customers<'a>(value: &Value, numbers: &'a mut Vec<f64>) -> CustomerAmount<'a> {
    *numbers = flat(value);
    match value.as_array() {
        None => CustomerAmount::from(numbers[0]),
        Some(list) if !list[0].is_array() => Column::Values(numbers).into(),
        Some(rows) if rows.len() == 1 => CustomerAmount::PerBrand(numbers),
        Some(_) => CustomerAmount::PerCustomerAndBrand(numbers),
    }
}

fn individual_matrix_clv(arguments: &Value) -> Result<Vec<f64>> {
    let (mut purchases, mut contribution) = (Vec::new(), Vec::new());
    let (matrices, shares) = (
        flat(&arguments["transition_matrices"]),
        &arguments["shares"],
    );
    let (states, shares) = (table(shares)[0].len(), flat(shares));
    let rates = flat(&arguments["discount_rate"]);
    let customers = IndividualMatrixClv {
        states,
        transition_matrices: &matrices,
        shares: &shares,
        rule: rule(&arguments["rule"]),
        spending: CustomerSpending {
            purchases: of_customers(&arguments["purchases"], &mut purchases),
            contribution: of_customers(&arguments["contribution"], &mut contribution),
        },
        discount_rate: match arguments["discount_rate"] {
            Value::Array(_) => (&rates).into(),
            _ => rates[0].into(),
        },
        purchases_per_period: arguments["purchases_per_period"].as_f64().unwrap_or(1.0),
        horizon: horizon(&arguments["horizon"]),
    };
    let mut out = vec![0.0; shares.len()];
    customers.evaluate(&mut out)?;
    Ok(out)
}

fn segment_matrix_clv(arguments: &Value) -> Result<Vec<f64>> {
    let (mut purchases, mut contribution) = (Vec::new(), Vec::new());
    let matrices = arguments["transition_matrices"].as_array().unwrap().iter();
    let contributions = table(&arguments["contribution"]);
    let kernels = matrices.zip(&contributions).map(|(matrix, contribution)| {
        MatrixClv::new(
            &TransitionMatrix::new(&table(matrix))?,
            contribution.into(),
            discounting(arguments)?,
            horizon(&arguments["horizon"]),
        )
    });
    let segments: Vec<u32> = serde_json::from_value(arguments["segments"].clone()).unwrap();
    let spending = CustomerSpending {
        purchases: of_customers(&arguments["customer_purchases"], &mut purchases),
        contribution: of_customers(&arguments["customer_contribution"], &mut contribution),
    };
    let shares = flat(&arguments["shares"]);
    let mut out = vec![0.0; shares.len()];
    let model = SegmentMatrixClv::new(kernels.collect::<Result<_>>()?)?;
    model.evaluate(
        &shares,
        &segments,
        spending,
        rule(&arguments["rule"]),
        &mut out,
    )?;
    Ok(out)
}

fn assert_close(found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs() / expected.abs().max(1.0);
    assert!(error <= tolerance, "{found} is not {expected}: {error:e}");
}

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(flat).collect(),
        value => vec![value.as_f64().unwrap()],
    }
}

#[test]
fn vectors() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/switching.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    for case in file["cases"].as_array().unwrap() {
        println!("{}", case["name"]);
        let found = run(case["function"].as_str().unwrap(), &case["arguments"]);
        let expected = &case["expected"];
        if let Some(kind) = expected.get("error") {
            let error = found.unwrap_err();
            assert_eq!(serde_json::to_value(error.kind()).unwrap(), *kind);
            assert_eq!(error.argument(), expected["argument"]);
            let row = expected
                .get("row")
                .map(|row| row.as_u64().unwrap() as usize);
            assert_eq!(error.row(), row);
        } else {
            let (found, expected) = (found.unwrap(), flat(expected));
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.into_iter().zip(expected) {
                assert_close(found, expected, case["tolerance"].as_f64().unwrap());
            }
        }
    }
}

/// The three published answers are ours, truncated to one decimal.
#[test]
fn published_exercise() {
    let slip = [[0.5, 0.3, 0.2], [0.43, 0.40, 0.20]];
    let market = SpendingAllocation::new(
        ShareSource::Path(SharePath::new(&slip, ShareRule::Any).unwrap()),
        1.0.into(),
        300.0.into(),
    )
    .unwrap();
    let discounting = Discounting::new(Rate::try_from(0.1).unwrap());
    let clv = market.clv(discounting, 1.into()).unwrap();
    let truncated: Vec<f64> = clv.iter().map(|v| (v * 10.0).trunc() / 10.0).collect();
    assert_eq!(truncated, [267.2, 199.0, 114.5]);

    let error = SharePath::new(&slip, ShareRule::SumToOne).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotStochastic);
    assert_eq!(error.row(), Some(1));
    assert_eq!(error.value(), Some("of sum 1.03"));

    let normalized = SharePath::normalized(&slip).unwrap();
    let market =
        SpendingAllocation::new(ShareSource::Path(normalized), 1.0.into(), 300.0.into()).unwrap();
    let total: f64 = market.clv(discounting, 1.into()).unwrap().iter().sum();
    assert_close(total, 300.0 * (1.0 + 1.0 / 1.1), 1e-15);
}

#[derive(Debug, Clone)]
struct Batch {
    matrix: TransitionMatrix,
    contribution: Vec<f64>,
    shares: Vec<f64>,
    rate: f64,
    horizon: u32,
}

impl Batch {
    fn discounting(&self) -> Discounting {
        Discounting::new(Rate::try_from(self.rate).unwrap())
    }

    fn kernel(&self, horizon: Horizon) -> MatrixClv {
        let contribution = (&self.contribution).into();
        MatrixClv::new(&self.matrix, contribution, self.discounting(), horizon).unwrap()
    }

    fn clv(&self, horizon: Horizon) -> Vec<f64> {
        let mut out = vec![0.0; self.shares.len()];
        self.kernel(horizon)
            .evaluate(&self.shares, 1.0.into(), ShareRule::SumToOne, &mut out)
            .unwrap();
        out
    }
}

fn stochastic(k: usize, rows: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    let weight = prop_oneof![3 => 0.0..1.0, 1 => Just(0.0), 1 => 1e-12..1e-9];
    let row = prop::collection::vec(weight, k).prop_map(|mut row| {
        row[0] += 1e-3;
        Shares::normalized(row).unwrap().into()
    });
    prop::collection::vec(row, rows)
}

fn batch(k: impl Strategy<Value = usize>) -> impl Strategy<Value = Batch> {
    (k, 0_usize..9).prop_flat_map(|(k, n)| {
        let contribution = prop::collection::vec(-100.0..1000.0, k);
        (
            stochastic(k, k),
            stochastic(k, n),
            contribution,
            1_u32..30,
            0_u32..40,
        )
            .prop_map(|(matrix, shares, contribution, percent, horizon)| Batch {
                matrix: TransitionMatrix::new(&matrix).unwrap(),
                contribution,
                shares: shares.concat(),
                rate: f64::from(percent) / 100.0,
                horizon,
            })
    })
}

fn quick(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        cases,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(quick(128))]

    /// Period by period, brand by brand, as the formula is written.
    #[test]
    fn kernel_equals_the_triple_loop(batch in batch(1_usize..=64)) {
        let k = batch.matrix.states();
        let found = batch.clv(Horizon::Periods(batch.horizon));
        for (start, clv) in batch.shares.chunks(k).zip(found.chunks(k)) {
            let (mut shares, mut expected) = (start.to_vec(), vec![0.0; k]);
            for t in 0..=batch.horizon {
                for j in 0..k {
                    let factor = (1.0 + batch.rate).powi(-t.cast_signed());
                    expected[j] += factor * shares[j] * batch.contribution[j];
                }
                let mut next = vec![0.0; k];
                for (share, row) in shares.iter().zip(batch.matrix.rows()) {
                    for (next, p) in next.iter_mut().zip(row) {
                        *next += share * p;
                    }
                }
                shares = next;
            }
            for (&found, expected) in clv.iter().zip(expected) {
                prop_assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1e-6));
            }
        }
    }

    /// A customer's row times M: each result is one chain of sums, whatever the instruction set.
    #[test]
    fn kernel_is_the_plain_product_bit_for_bit(batch in batch(1_usize..=64)) {
        let k = batch.matrix.states();
        let kernel = batch.kernel(Horizon::Infinite);
        let found = batch.clv(Horizon::Infinite);
        for (shares, clv) in batch.shares.chunks(k).zip(found.chunks(k)) {
            for (j, &found) in clv.iter().enumerate() {
                let column = kernel.values().iter().skip(j).step_by(k);
                let expected = shares.iter().zip(column).fold(0.0, |sum, (s, m)| sum + s * m);
                prop_assert_eq!(found.to_bits(), expected.to_bits());
            }
        }
    }

    /// Σ_j CLV(j) = Σ_t discount · π where π is common to all brands: switching moves value only.
    #[test]
    fn switching_conserves_value(mut batch in batch(1_usize..=12), infinite: bool) {
        let k = batch.matrix.states();
        batch.contribution = vec![300.0; k];
        let ratio = 1.0 / (1.0 + batch.rate);
        let (horizon, periods) = if infinite {
            (Horizon::Infinite, 1.0 / (1.0 - ratio))
        } else {
            let terms = batch.horizon.cast_signed() + 1;
            (Horizon::Periods(batch.horizon), (1.0 - ratio.powi(terms)) / (1.0 - ratio))
        };
        for clv in batch.clv(horizon).chunks(k) {
            let total: f64 = clv.iter().sum();
            prop_assert!((total - 300.0 * periods).abs() <= 1e-13 * total);
        }
    }

    /// A long finite horizon meets the infinite one: two algorithms, one value.
    #[test]
    fn long_horizons_approach_the_infinite_one(batch in batch(1_usize..=8)) {
        let (long, endless) = (batch.kernel(Horizon::Periods(u32::MAX)), batch.kernel(Horizon::Infinite));
        for (long, endless) in long.values().iter().zip(endless.values()) {
            prop_assert!((long - endless).abs() <= 1e-13 * endless.abs());
        }
    }

    /// The kernel for many customers and the model for one agree.
    #[test]
    fn kernel_equals_the_model(batch in batch(1_usize..=6)) {
        let k = batch.matrix.states();
        let horizon = Horizon::Periods(batch.horizon);
        let found = batch.clv(horizon);
        let periods = batch.horizon as usize;
        for (shares, clv) in batch.shares.chunks(k).zip(found.chunks(k)) {
            let market = |transition, purchases| {
                let initial = Shares::new(shares).unwrap();
                let source = ShareSource::Switching { initial, transition };
                let contribution = Amount::PerBrand(batch.contribution.clone());
                let market = SpendingAllocation::new(source, purchases, contribution).unwrap();
                market.clv(batch.discounting(), horizon).unwrap()
            };
            prop_assert_eq!(&market(batch.matrix.clone().into(), 1.0.into()), clv);
            let by_period = Transition::ByPeriod(vec![batch.matrix.clone(); periods]);
            let walked = market(by_period, Amount::PerPeriod(vec![1.0; periods + 1]));
            for (walked, &clv) in walked.into_iter().zip(clv) {
                prop_assert!((walked - clv).abs() <= 1e-13 * clv.abs().max(1e-9));
            }
        }
    }

    /// Serialised and read back, a value is the same; what the type forbids cannot be read.
    #[test]
    fn serde_keeps_values(batch in batch(1_usize..=5)) {
        let json = serde_json::to_string(&batch.matrix).unwrap();
        let back: TransitionMatrix = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(back, batch.matrix);
    }
}

#[test]
fn serde_refuses_what_the_types_forbid() {
    assert!(serde_json::from_str::<TransitionMatrix>("[[0.5, 0.4], [0.5, 0.5]]").is_err());
    assert!(serde_json::from_str::<TransitionMatrix>("[[1.0], [1.0]]").is_err());
    assert!(serde_json::from_str::<Shares>("[0.5, 0.6]").is_err());
    assert!(serde_json::from_str::<SharePath>(r#"{"rows": [[0.5, 0.6]]}"#).is_err());
    assert!(serde_json::from_str::<SharePath>(r#"{"rows": [[0.5, 0.6]], "rule": "any"}"#).is_ok());
    assert!(serde_json::from_str::<Discounting>(r#"{"rate": 0.1}"#).is_ok());
    let no_purchases = r#"{"rate": 0.1, "purchases_per_period": 0}"#;
    assert!(serde_json::from_str::<Discounting>(no_purchases).is_err());
    let market = r#"{"shares": {"switching": {"initial": [1.0], "transition": {"constant": [[1.0]]}}},
        "purchases": {"constant": 1.0}, "contribution": {"per_brand": [1.0, 2.0]}}"#;
    assert!(serde_json::from_str::<SpendingAllocation>(market).is_err());
    let market = market.replace(", 2.0", "");
    assert!(serde_json::from_str::<SpendingAllocation>(&market).is_ok());
}

#[test]
fn not_a_number_in_gives_not_a_number_out() {
    let matrix = TransitionMatrix::new(&[[0.9, 0.1], [0.4, 0.6]]).unwrap();
    let discounting = Discounting::new(Rate::try_from(0.1).unwrap());
    let kernel = MatrixClv::new(&matrix, 1.0.into(), discounting, Horizon::Infinite).unwrap();
    let shares = [1.0, 0.0, f64::NAN, 0.5, 0.5, 0.5, 0.0, 1.0];
    let purchases = [1.0, 1.0, f64::NAN, 2.0];
    let mut out = [0.0; 8];
    kernel
        .evaluate(
            &shares,
            purchases.as_slice().into(),
            ShareRule::SumToOne,
            &mut out,
        )
        .unwrap();
    let is_nan = out.map(f64::is_nan);
    assert_eq!(is_nan, [false, false, true, true, true, true, false, false]);
}

fn refused(shares: &[f64], purchases: Column<'_>, rule: ShareRule, out: usize) -> Error {
    let matrix = TransitionMatrix::new(&[[0.9, 0.1], [0.4, 0.6]]).unwrap();
    let discounting = Discounting::new(Rate::try_from(0.1).unwrap());
    let kernel = MatrixClv::new(&matrix, 1.0.into(), discounting, Horizon::Infinite).unwrap();
    kernel
        .evaluate(shares, purchases.into(), rule, &mut vec![0.0; out])
        .unwrap_err()
}

/// The first refused customer is named, wherever it stands in the chunks of the threads.
#[test]
fn the_first_refused_customer_is_named() {
    let mut shares = [0.5, 0.5].repeat(200_000);
    shares[300_001] = 0.6;
    shares[399_998] = -0.5;
    let error = refused(&shares, 1.0.into(), ShareRule::SumToOne, 400_000);
    assert_eq!(
        error.to_string(),
        "shares (row 150000) is of sum 1.1: must sum to 1; normalize it, or say that it need not"
    );
    let error = refused(&shares, 1.0.into(), ShareRule::Any, 400_000);
    assert_eq!(
        error.to_string(),
        "shares (row 199999) is -0.5: must be between 0 and 1"
    );
    let mut purchases = vec![1.0; 200_000];
    purchases[100_000] = f64::INFINITY;
    let error = refused(&shares, (&purchases).into(), ShareRule::SumToOne, 400_000);
    assert_eq!(
        error.to_string(),
        "purchases (row 100000) is inf: must be a finite number"
    );
    purchases[100_000] = f64::MAX;
    let error = refused(&shares, (&purchases).into(), ShareRule::SumToOne, 400_000);
    assert_eq!(
        (error.kind(), error.row()),
        (ErrorKind::Overflow, Some(100_000))
    );
}

#[test]
fn shapes_that_do_not_match_are_refused() {
    let rule = ShareRule::SumToOne;
    let kind = |error: Error| (error.kind(), error.argument().to_owned());
    let mismatch = |argument: &str| (ErrorKind::LengthMismatch, argument.to_owned());
    assert_eq!(
        kind(refused(&[1.0, 0.0, 1.0], 1.0.into(), rule, 3)),
        mismatch("shares")
    );
    assert_eq!(
        kind(refused(&[1.0, 0.0], 1.0.into(), rule, 4)),
        mismatch("out")
    );
    let purchases = [1.0, 1.0];
    assert_eq!(
        kind(refused(&[1.0, 0.0], purchases.as_slice().into(), rule, 2)),
        mismatch("purchases")
    );
    assert!(TransitionMatrix::from_row_major(usize::MAX, vec![1.0]).is_err());
    assert!(TransitionMatrix::from_row_major(0, vec![]).is_err());
}

/// A horizon as long as the type allows costs thirty-two doublings, or is refused as a table.
#[test]
fn absurd_horizons_are_answered() {
    let source = ShareSource::Switching {
        initial: Shares::new([0.5, 0.5]).unwrap(),
        transition: TransitionMatrix::new(&[[0.9, 0.1], [0.1, 0.9]])
            .unwrap()
            .into(),
    };
    let market = SpendingAllocation::new(source, 1.0.into(), 1.0.into()).unwrap();
    let undiscounted = Discounting::new(Rate::ZERO);
    let clv = market
        .clv(undiscounted, Horizon::Periods(u32::MAX))
        .unwrap();
    assert_eq!(clv, [2_147_483_648.0; 2]);
    let error = market.contributions(undiscounted, u32::MAX).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfRange);
    let growth = Discounting::new(Rate::try_from(-0.5).unwrap());
    let error = market.clv(growth, Horizon::Periods(5000)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overflow);
}
