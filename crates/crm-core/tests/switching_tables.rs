//! The matrix CLV of tables of customers: the laws that hold for a matrix of all, of a segment, of a
//! period and of each customer.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crm_core::clv::switching::{
    Amount, CustomerAmount, CustomerSpending, Discounting, Horizon, IndividualMatrixClv, MatrixClv,
    SegmentMatrixClv, ShareRule, ShareSource, Shares, SpendingAllocation, Transition,
    TransitionMatrix,
};
use crm_core::kernels::Column;
use crm_core::units::Rate;
use crm_core::{Error, ErrorKind};
use proptest::prelude::*;

/// Customers with all that may be their own.
#[derive(Debug, Clone)]
struct Table {
    k: usize,
    matrices: Vec<f64>,
    shares: Vec<f64>,
    purchases: Vec<f64>,
    contribution: Vec<f64>,
    rates: Vec<f64>,
}

impl Table {
    fn customers(&self) -> usize {
        self.rates.len()
    }

    fn spending(&self) -> CustomerSpending<'_> {
        CustomerSpending {
            purchases: Column::from(&self.purchases).into(),
            contribution: CustomerAmount::PerCustomerAndBrand(&self.contribution),
        }
    }

    fn individuals(&self, horizon: Horizon) -> IndividualMatrixClv<'_> {
        IndividualMatrixClv {
            states: self.k,
            transition_matrices: &self.matrices,
            shares: &self.shares,
            rule: ShareRule::SumToOne,
            spending: self.spending(),
            discount_rate: (&self.rates).into(),
            purchases_per_period: 1.0,
            horizon,
        }
    }

    fn clv(&self, horizon: Horizon) -> Vec<f64> {
        evaluate(&self.individuals(horizon))
    }

    fn matrix(&self, customer: usize) -> TransitionMatrix {
        let length = self.k * self.k;
        let entries = self.matrices[customer * length..(customer + 1) * length].to_vec();
        TransitionMatrix::from_row_major(self.k, entries).unwrap()
    }

    /// The kernel of one customer, at the customer's discount rate.
    fn kernel(&self, customer: usize, horizon: Horizon) -> MatrixClv {
        let discounting = discounting(self.rates[customer]);
        MatrixClv::new(&self.matrix(customer), 1.0.into(), discounting, horizon).unwrap()
    }
}

fn discounting(rate: f64) -> Discounting {
    Discounting::new(Rate::try_from(rate).unwrap())
}

fn evaluate(customers: &IndividualMatrixClv<'_>) -> Vec<f64> {
    let mut out = vec![f64::NAN; customers.shares.len()];
    customers.evaluate(&mut out).unwrap();
    out
}

fn rows(k: usize, count: usize) -> impl Strategy<Value = Vec<f64>> {
    let weight = prop_oneof![4 => 0.0..1.0, 1 => Just(0.0), 1 => 1e-12..1e-9];
    let row = prop::collection::vec(weight, k).prop_map(|mut row| {
        row[0] += 1e-3;
        Vec::from(Shares::normalized(row).unwrap())
    });
    prop::collection::vec(row, count).prop_map(|rows| rows.concat())
}

fn table(k: impl Strategy<Value = usize>) -> impl Strategy<Value = Table> {
    (k, 0_usize..12).prop_flat_map(|(k, n)| {
        let amounts = (
            prop::collection::vec(0.0..20.0, n),
            prop::collection::vec(-100.0..1000.0, n * k),
            prop::collection::vec(1e-4..0.3, n),
        );
        (rows(k, n * k), rows(k, n), amounts).prop_map(
            move |(matrices, shares, (purchases, contribution, rates))| Table {
                k,
                matrices,
                shares,
                purchases,
                contribution,
                rates,
            },
        )
    })
}

fn horizons() -> impl Strategy<Value = Horizon> {
    prop_oneof![
        4 => (0_u32..300).prop_map(Horizon::Periods),
        1 => any::<u32>().prop_map(Horizon::Periods),
        2 => Just(Horizon::Infinite),
    ]
}

/// Period by period, brand by brand, as the formula is written.
fn triple_loop(start: &[f64], matrix: &TransitionMatrix, rate: f64, horizon: u32) -> Vec<f64> {
    let (mut shares, mut sums) = (start.to_vec(), vec![0.0; start.len()]);
    for t in 0..=horizon {
        for (sum, share) in sums.iter_mut().zip(&shares) {
            *sum += (1.0 + rate).powi(-t.cast_signed()) * share;
        }
        let mut next = vec![0.0; start.len()];
        for (share, row) in shares.iter().zip(matrix.rows()) {
            for (next, p) in next.iter_mut().zip(row) {
                *next += share * p;
            }
        }
        shares = next;
    }
    sums
}

fn quick(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        cases,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(quick(64))]

    #[test]
    fn individual_matrices_equal_the_triple_loop(table in table(1_usize..=64), horizon in 0_u32..150) {
        let found = table.clv(Horizon::Periods(horizon));
        for (i, clv) in found.chunks(table.k).enumerate() {
            let start = &table.shares[i * table.k..][..table.k];
            let sums = triple_loop(start, &table.matrix(i), table.rates[i], horizon);
            for (j, (&found, sum)) in clv.iter().zip(sums).enumerate() {
                let expected = sum * table.purchases[i] * table.contribution[i * table.k + j];
                prop_assert!((found - expected).abs() <= 1e-12 * expected.abs());
            }
        }
    }

    /// One algorithm in vectors of customers, another one in twice the precision.
    #[test]
    fn individual_matrices_equal_the_kernel_of_each(table in table(1_usize..=24), horizon in horizons()) {
        let found = table.clv(horizon);
        for (i, clv) in found.chunks(table.k).enumerate() {
            let row = i * table.k..(i + 1) * table.k;
            let mut expected = vec![0.0; table.k];
            let spending = CustomerSpending {
                purchases: table.purchases[i].into(),
                contribution: CustomerAmount::PerBrand(&table.contribution[row.clone()]),
            };
            let kernel = table.kernel(i, horizon);
            kernel.evaluate(&table.shares[row], spending, ShareRule::SumToOne, &mut expected).unwrap();
            for (found, expected) in clv.iter().zip(expected) {
                prop_assert!((found - expected).abs() <= 1e-13 * expected.abs(), "{found} {expected}");
            }
        }
    }

    /// Whoever stands beside a customer in a vector, the bits are the same.
    #[test]
    fn a_customer_has_the_same_bits_alone(table in table(1_usize..=18), horizon in horizons()) {
        let together = table.clv(horizon);
        for i in 0..table.customers() {
            let (row, length) = (i * table.k, table.k * table.k);
            let alone = Table {
                k: table.k,
                matrices: table.matrices[i * length..][..length].to_vec(),
                shares: table.shares[row..][..table.k].to_vec(),
                purchases: vec![table.purchases[i]],
                contribution: table.contribution[row..][..table.k].to_vec(),
                rates: vec![table.rates[i]],
            };
            prop_assert_eq!(&alone.clv(horizon), &together[row..][..table.k]);
        }
    }

    /// Σ_j CLV(j) = F · π · Σ_t discount where π is common to all brands: switching moves value only.
    #[test]
    fn switching_conserves_value(mut table in table(1_usize..=20), horizon in horizons()) {
        table.contribution.fill(300.0);
        for (i, clv) in table.clv(horizon).chunks(table.k).enumerate() {
            let rate = table.rates[i];
            let periods = match horizon {
                Horizon::Infinite => (1.0 + rate) / rate,
                Horizon::Periods(last) => {
                    let log_factor = -rate.ln_1p();
                    (log_factor * (f64::from(last) + 1.0)).exp_m1() / log_factor.exp_m1()
                }
            };
            let expected = 300.0 * table.purchases[i] * periods;
            let total: f64 = clv.iter().sum();
            prop_assert!((total - expected).abs() <= 1e-13 * expected, "{total} {expected}");
        }
    }

    #[test]
    fn long_horizons_approach_the_infinite_one(table in table(1_usize..=12)) {
        let (long, endless) = (table.clv(Horizon::Periods(u32::MAX)), table.clv(Horizon::Infinite));
        for (long, endless) in long.iter().zip(endless) {
            prop_assert!((long - endless).abs() <= 1e-13 * endless.abs(), "{long} {endless}");
        }
    }

    /// Each shape of purchases and contribution is a table of one number for each customer and brand.
    #[test]
    fn amounts_of_every_shape(table in table(2_usize..=9), shape in 0..3) {
        let (n, k) = (table.customers(), table.k);
        let of_all = [3.0, -7.5];
        let of_brands: Vec<f64> = (0..k).map(|j| 1.0 + j as f64).collect();
        let (purchases, contribution, factor): (CustomerAmount<'_>, CustomerAmount<'_>, _) = match shape {
            0 => (of_all[0].into(), of_all[1].into(), of_all[0] * of_all[1]),
            1 => (CustomerAmount::PerBrand(&of_brands), Column::from(&table.purchases).into(), f64::NAN),
            _ => (Column::Strided(&table.contribution, k).into(), CustomerAmount::PerBrand(&of_brands), f64::NAN),
        };
        let expected = |i: usize, j: usize| match shape {
            0 => factor,
            1 => of_brands[j] * table.purchases[i],
            _ => table.contribution[i * k] * of_brands[j],
        };
        prop_assume!(shape < 2 || (0..n).all(|i| table.contribution[i * k] >= 0.0));
        let mut customers = table.individuals(Horizon::Periods(9));
        customers.spending = 1.0.into();
        let plain = evaluate(&customers);
        customers.spending = CustomerSpending { purchases, contribution };
        for (place, found) in evaluate(&customers).into_iter().enumerate() {
            let expected = plain[place] * expected(place / k, place % k);
            prop_assert!((found - expected).abs() <= 1e-15 * expected.abs() * 2.0);
        }
    }

    /// The matrix of a segment is that of its customers.
    #[test]
    fn segments_are_kernels_side_by_side(table in table(1_usize..=20), horizon in horizons()) {
        prop_assume!(table.customers() > 0);
        let rate = table.rates[0];
        let kernels: Vec<MatrixClv> = (0..table.customers().min(3))
            .map(|i| MatrixClv::new(&table.matrix(i), 2.0.into(), discounting(rate), horizon).unwrap())
            .collect();
        let segments: Vec<u32> = (0_u32..).map(|i| i * 7 % kernels.len() as u32).take(table.customers()).collect();
        let model = SegmentMatrixClv::new(kernels.clone()).unwrap();
        let mut found = vec![0.0; table.shares.len()];
        model.evaluate(&table.shares, &segments, table.spending(), ShareRule::SumToOne, &mut found).unwrap();
        for (i, &segment) in segments.iter().enumerate() {
            let mut all = vec![0.0; table.shares.len()];
            let kernel = &kernels[segment as usize];
            kernel.evaluate(&table.shares, table.spending(), ShareRule::SumToOne, &mut all).unwrap();
            let row = i * table.k..(i + 1) * table.k;
            prop_assert_eq!(&found[row.clone()], &all[row]);
        }
    }

    /// Matrices, purchases and contribution by period are those of the model of one market.
    #[test]
    fn by_period_equals_the_model(table in table(1_usize..=6)) {
        prop_assume!(table.customers() > 0);
        let matrices: Vec<TransitionMatrix> = (0..table.customers()).map(|i| table.matrix(i)).collect();
        let mut purchases = table.purchases.clone();
        purchases.push(2.0);
        let mut contribution: Vec<Vec<f64>> = table.contribution.chunks(table.k).map(<[f64]>::to_vec).collect();
        contribution.push(vec![1.0; table.k]);
        let (purchases, contribution) = (Amount::PerPeriod(purchases), Amount::PerBrandAndPeriod(contribution));
        let discounting = discounting(table.rates[0]);
        let kernel = MatrixClv::by_period(&matrices, &purchases, &contribution, discounting).unwrap();
        let mut found = vec![0.0; table.shares.len()];
        kernel.evaluate(&table.shares, 1.0.into(), ShareRule::SumToOne, &mut found).unwrap();
        for (shares, clv) in table.shares.chunks(table.k).zip(found.chunks(table.k)) {
            let source = ShareSource::Switching {
                initial: Shares::new(shares).unwrap(),
                transition: Transition::ByPeriod(matrices.clone()),
            };
            let market = SpendingAllocation::new(source, purchases.clone(), contribution.clone()).unwrap();
            let expected = market.clv(discounting, Horizon::Periods(matrices.len() as u32)).unwrap();
            // Contributions of both signs may cancel.
            for (found, expected) in clv.iter().zip(expected) {
                prop_assert!((found - expected).abs() <= 1e-13 * expected.abs().max(1e4));
            }
        }
    }
}

fn three(count: usize) -> Table {
    let (k, n) = (3, count);
    Table {
        k,
        matrices: [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.25, 0.25, 0.5].repeat(n),
        shares: [0.5, 0.25, 0.25].repeat(n),
        purchases: vec![1.0; n],
        contribution: vec![30.0; n * k],
        rates: vec![0.1; n],
    }
}

/// Many more customers than a task of a thread has.
const MANY: usize = 20_001;

#[test]
fn threads_change_no_bit() {
    let mut table = three(MANY);
    for (i, rate) in table.rates.iter_mut().enumerate() {
        *rate = 0.01 + i as f64 / 1e5;
    }
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let clv = |horizon| pool.as_ref().unwrap().install(|| table.clv(horizon));
        [clv(Horizon::Periods(60)), clv(Horizon::Infinite)]
    };
    assert_eq!(on(1), on(4));
}

#[test]
fn not_a_number_in_gives_not_a_number_out() {
    for horizon in [Horizon::Periods(0), Horizon::Periods(1), Horizon::Infinite] {
        let mut table = three(12);
        table.matrices[2 * 9 + 4] = f64::NAN;
        table.shares[4 * 3 + 1] = f64::NAN;
        table.purchases[6] = f64::NAN;
        table.contribution[8 * 3 + 2] = f64::NAN;
        table.rates[10] = f64::NAN;
        for (i, clv) in table.clv(horizon).chunks(3).enumerate() {
            let is_nan = i % 2 == 0 && i > 0;
            assert!(
                clv.iter().all(|value| value.is_nan() == is_nan),
                "{i} {clv:?}"
            );
        }
    }
}

fn refused(change: impl Fn(&mut Table)) -> Error {
    let mut table = three(MANY);
    change(&mut table);
    let mut out = vec![0.0; table.shares.len()];
    table
        .individuals(Horizon::Infinite)
        .evaluate(&mut out)
        .unwrap_err()
}

/// The first refused customer is named, wherever it stands in the tasks of the threads.
#[test]
fn the_first_refused_customer_is_named() {
    let error = refused(|table| {
        table.matrices[15_000 * 9 + 5] = 0.0;
        table.purchases[15_001] = -1.0;
    });
    assert_eq!(
        error.to_string(),
        "transition_matrices (row 15000) is of sum 0.9 in row 1 of the matrix: must sum to 1; \
         normalize it, or say that it need not"
    );
    let says = |change: &dyn Fn(&mut Table)| refused(change).to_string();
    assert_eq!(
        says(&|table| table.matrices[20_000 * 9 + 8] = 1.5),
        "transition_matrices (row 20000) is 1.5 in row 2 of the matrix: must be between 0 and 1"
    );
    assert_eq!(
        says(&|table| table.matrices[9] = f64::INFINITY),
        "transition_matrices (row 1) is inf in row 0 of the matrix: must be a finite number"
    );
    assert_eq!(
        says(&|table| table.shares[9] = -0.5),
        "shares (row 3) is -0.5: must be between 0 and 1"
    );
    assert_eq!(
        says(&|table| table.purchases[5] = -1.0),
        "purchases (row 5) is -1: must be 0 or more"
    );
    assert_eq!(
        says(&|table| table.contribution[17] = f64::INFINITY),
        "contribution (row 5) is inf: must be a finite number"
    );
    assert_eq!(
        says(&|table| table.rates[7] = -1.0),
        "discount_rate (row 7) is -1: must be greater than -1"
    );
    assert_eq!(
        says(&|table| table.rates[7] = 0.0),
        "discount_rate (row 7) is 0: must be greater than 0 for a finite value over an infinite horizon"
    );
    let error = refused(|table| {
        table.purchases[19_999] = f64::MAX;
        table.contribution[19_999 * 3] = f64::MAX;
    });
    assert_eq!(
        (error.kind(), error.row()),
        (ErrorKind::Overflow, Some(19_999))
    );
}

#[test]
fn what_is_said_for_all_customers_is_refused_without_a_row() {
    let table = three(2);
    let kind = |change: &dyn Fn(&mut IndividualMatrixClv<'_>)| {
        let mut customers = table.individuals(Horizon::Infinite);
        change(&mut customers);
        let error = customers.evaluate(&mut [0.0; 6]).unwrap_err();
        (error.kind(), error.argument().to_owned(), error.row())
    };
    let says = |kind, argument: &str| (kind, argument.to_owned(), None);
    use ErrorKind::{Divergent, Empty, LengthMismatch, NotFinite, OutOfRange};
    assert_eq!(
        kind(&|c| c.discount_rate = 0.0.into()),
        says(Divergent, "discount_rate")
    );
    assert_eq!(
        kind(&|c| c.discount_rate = f64::NAN.into()),
        says(NotFinite, "discount_rate")
    );
    assert_eq!(
        kind(&|c| c.discount_rate = Column::Values(&[0.1])),
        says(LengthMismatch, "discount_rate")
    );
    assert_eq!(
        kind(&|c| c.purchases_per_period = 0.0),
        says(OutOfRange, "purchases_per_period")
    );
    assert_eq!(
        kind(&|c| c.spending = (-1.0).into()),
        says(OutOfRange, "purchases")
    );
    assert_eq!(
        kind(&|c| c.spending = [1.0].as_slice().into()),
        says(LengthMismatch, "purchases")
    );
    assert_eq!(
        kind(&|c| c.shares = &[1.0; 5]),
        says(LengthMismatch, "shares")
    );
    assert_eq!(
        kind(&|c| c.transition_matrices = &[1.0]),
        says(LengthMismatch, "transition_matrices")
    );
    assert_eq!(kind(&|c| c.states = 0), says(Empty, "transition_matrices"));
    let brands = CustomerAmount::PerBrand(&[1.0, f64::INFINITY, 1.0]);
    let of_brand = kind(&|c| c.spending.contribution = brands);
    assert_eq!(of_brand, (NotFinite, "contribution".to_owned(), Some(1)));
}

#[test]
fn no_customers_are_no_work() {
    let table = three(0);
    let nobody = IndividualMatrixClv {
        states: usize::MAX,
        ..table.individuals(Horizon::Infinite)
    };
    assert_eq!(nobody.evaluate(&mut []), Ok(()));
}

#[test]
fn segments_are_refused_by_name() {
    let table = three(2);
    let kernel = table.kernel(0, Horizon::Infinite);
    let model = SegmentMatrixClv::new(vec![kernel.clone(), kernel.clone()]).unwrap();
    let evaluate = |segments: &[u32]| {
        let (spending, rule) = (1.0.into(), ShareRule::SumToOne);
        model.evaluate(&table.shares, segments, spending, rule, &mut [0.0; 6])
    };
    assert_eq!(
        evaluate(&[1, 2]).unwrap_err().to_string(),
        "segments (row 1) is 2: must be below 2, the number of segments"
    );
    assert_eq!(evaluate(&[1]).unwrap_err().argument(), "segments");
    assert_eq!(
        SegmentMatrixClv::new(vec![]).unwrap_err().kind(),
        ErrorKind::Empty
    );
    let one = TransitionMatrix::new(&[[1.0]]).unwrap();
    let of_one = MatrixClv::new(&one, 1.0.into(), discounting(0.1), 1.into()).unwrap();
    let error = SegmentMatrixClv::new(vec![kernel, of_one]).unwrap_err();
    assert_eq!((error.argument(), error.row()), ("kernels", Some(1)));
}

#[test]
fn periods_are_refused_by_name() {
    let (table, flat) = (three(2), Amount::Constant(1.0));
    let matrices = [table.matrix(0), table.matrix(1)];
    let by_period = |matrices: &[TransitionMatrix], purchases: &Amount, contribution: &Amount| {
        let made = MatrixClv::by_period(matrices, purchases, contribution, discounting(0.1));
        let error = made.unwrap_err();
        (error.kind(), error.argument().to_owned(), error.row())
    };
    let says = |kind, argument: &str, row| (kind, argument.to_owned(), row);
    use ErrorKind::{Empty, LengthMismatch, OutOfRange};
    assert_eq!(
        by_period(&[], &flat, &flat),
        says(Empty, "transition_matrix", None)
    );
    let one = TransitionMatrix::new(&[[1.0]]).unwrap();
    let mixed = [matrices[0].clone(), one];
    assert_eq!(
        by_period(&mixed, &flat, &flat),
        says(LengthMismatch, "transition_matrix", Some(1))
    );
    let short = Amount::PerPeriod(vec![1.0; 2]);
    assert_eq!(
        by_period(&matrices, &short, &flat),
        says(LengthMismatch, "purchases", None)
    );
    assert_eq!(
        by_period(&matrices, &flat, &short),
        says(LengthMismatch, "contribution", None)
    );
    let negative = Amount::PerPeriod(vec![1.0, -1.0, 1.0]);
    assert_eq!(
        by_period(&matrices, &negative, &flat),
        says(OutOfRange, "purchases", None)
    );
}
