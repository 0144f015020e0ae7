use super::*;

pub(super) fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Logs of few customers and days, so that days and customers meet.
pub(super) fn logs() -> impl Strategy<Value = Log> {
    let row = (0_i64..8, -20_i32..60, -3_000_i64..20_000, 0_i64..10_000);
    let rows = prop::collection::vec(row, 1..80);
    (rows, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(rows, texts, exact, costs)| {
        let amounts = |cents: Vec<i64>| {
            if exact {
                Amounts::Cents(cents)
            } else {
                Amounts::Floats(cents.iter().map(|&c| c as f64 / 4.0).collect())
            }
        };
        Log {
            customers: if texts {
                Customers::Texts(rows.iter().map(|r| format!("c{}", r.0)).collect())
            } else {
                Customers::Integers(rows.iter().map(|r| r.0).collect())
            },
            times: Times::Dates(rows.iter().map(|r| r.1).collect()),
            amounts: amounts(rows.iter().map(|r| r.2).collect()),
            costs: costs.then(|| amounts(rows.iter().map(|r| r.3).collect())),
        }
    })
}

pub(super) fn options() -> impl Strategy<Value = SummaryOptions> {
    let periods = prop_oneof![
        Just(Period::DAY),
        Just(Period::days(10).unwrap()),
        Just(Period::Weeks),
        Just(Period::Months)
    ];
    let returns = prop_oneof![Just(Returns::Drop), Just(Returns::Net)];
    (periods, returns, any::<bool>(), -10_i32..50).prop_map(
        |(period, returns, include_first, end)| SummaryOptions {
            granularity: Granularity::Period(period),
            returns,
            include_first,
            start: Some(Date::from_days(-15).unwrap()),
            end: Some(Date::from_days(end).unwrap()),
            ..SummaryOptions::default()
        },
    )
}

fn permuted<T: Clone>(values: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|&row| values[row].clone()).collect()
}

impl Log {
    fn permuted(&self, order: &[usize]) -> Log {
        let amounts = |amounts: &Amounts| match amounts {
            Amounts::Floats(values) => Amounts::Floats(permuted(values, order)),
            Amounts::Cents(units) => Amounts::Cents(permuted(units, order)),
        };
        Log {
            customers: match &self.customers {
                Customers::Integers(ids) => Customers::Integers(permuted(ids, order)),
                Customers::Texts(ids) => Customers::Texts(permuted(ids, order)),
            },
            times: match &self.times {
                Times::Dates(days) => Times::Dates(permuted(days, order)),
                Times::Timestamps(ticks, unit, zone) => {
                    Times::Timestamps(permuted(ticks, order), *unit, *zone)
                }
            },
            amounts: amounts(&self.amounts),
            costs: self.costs.as_ref().map(amounts),
        }
    }
}

/// The rows of a summary, sorted by customer.
fn sorted<'l>(ledger: &'l Ledger, summary: &Summary) -> Vec<(CustomerId<'l>, [u64; 3], f64)> {
    let mut rows: Vec<_> = (0..summary.len())
        .map(|i| {
            let times = [summary.frequency[i], summary.recency[i], summary.age[i]];
            let id = ledger.id(summary.customer[i]).unwrap();
            (id, times.map(f64::to_bits), summary.mean_spend[i])
        })
        .collect();
    rows.sort_by_key(|row| format!("{:?}", row.0));
    rows
}

pub(super) fn sizes(log: &Log, cuts: &[usize]) -> Vec<usize> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| (*cut).min(log.rows())).collect();
    cuts.sort_unstable();
    (0..cuts.len())
        .map(|i| cuts[i] - if i == 0 { 0 } else { cuts[i - 1] })
        .collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_order_of_rows_gives_the_same_summary(
        (log, order) in logs().prop_flat_map(|log| {
            let order: Vec<usize> = (0..log.rows()).collect();
            (Just(log), Just(order).prop_shuffle())
        }),
        options in options(),
    ) {
        let other = log.permuted(&order).ledger(&[]).unwrap();
        let ledger = log.ledger(&[]).unwrap();
        let (a, b) = (ledger.summary(&options).unwrap(), other.summary(&options).unwrap());
        let (a, b) = (sorted(&ledger, &a), sorted(&other, &b));
        prop_assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(&b) {
            prop_assert_eq!((a.0, a.1), (b.0, b.1));
            prop_assert!((a.2 - b.2).abs() <= 1e-9, "{} {}", a.2, b.2);
        }
    }

    #[test]
    fn any_chunks_give_the_same_ledger(
        log in logs(),
        cuts in prop::collection::vec(0_usize..80, 0..5),
        options in options(),
    ) {
        let (one, many) = (log.ledger(&[]).unwrap(), log.ledger(&sizes(&log, &cuts)).unwrap());
        prop_assert_eq!(one.summary(&options).unwrap(), many.summary(&options).unwrap());
        let end = Date::from_days(-12).unwrap();
        prop_assert_eq!(
            one.calibration_and_holdout(&options, end).ok(),
            many.calibration_and_holdout(&options, end).ok()
        );
        prop_assert_eq!(one.totals().unwrap(), many.totals().unwrap());
        let series = SeriesOptions { returns: Returns::Net, ..SeriesOptions::default() };
        prop_assert_eq!(one.period_series(&series).unwrap(), many.period_series(&series).unwrap());
    }

    #[test]
    fn any_parts_merge_to_the_summary_of_the_whole(
        log in logs(),
        cuts in prop::collection::vec(0_usize..80, 1..5),
        options in options(),
        calibration_end in -15_i32..50,
    ) {
        let whole = log.ledger(&[]).unwrap();
        let parts = log.partials(&sizes(&log, &cuts), &options).unwrap();
        let merged = merged(&parts.iter().collect::<Vec<_>>());
        prop_assert_eq!(merged.rows(), whole.rows());
        let of_parts = merged.summary().unwrap();
        let of_whole = whole.summary(&options).unwrap();
        prop_assert_eq!(&of_parts.customer, &of_whole.customer);
        prop_assert_eq!(&of_parts.first_row, &of_whole.first_row);
        prop_assert_eq!(&of_parts.frequency, &of_whole.frequency);
        prop_assert_eq!(&of_parts.recency, &of_whole.recency);
        prop_assert_eq!(&of_parts.age, &of_whole.age);
        // Quarters add up without rounding, and so do cents: the same bits.
        prop_assert_eq!(&of_parts.mean_spend, &of_whole.mean_spend);
        for customer in 0..whole.customers() {
            prop_assert_eq!(merged.id(customer), whole.id(customer));
        }
        let end = Date::from_days(calibration_end).unwrap();
        match (merged.calibration_and_holdout(end), whole.calibration_and_holdout(&options, end)) {
            (Ok(parts), Ok(whole)) => prop_assert_eq!(parts, whole),
            (parts, whole) => prop_assert_eq!(parts.unwrap_err(), whole.unwrap_err()),
        }
    }

    #[test]
    fn merging_is_associative_and_survives_writing(
        log in logs(),
        cuts in prop::collection::vec(0_usize..80, 2..4),
        options in options(),
    ) {
        let parts = log.partials(&sizes(&log, &cuts), &options).unwrap();
        prop_assume!(parts.len() >= 3);
        let (a, b, c) = (&parts[0], &parts[1], &parts[2]);
        let left = merged(&[&merged(&[a, b]), c]);
        let right = merged(&[a, &merged(&[b, c])]);
        let text = serde_json::to_string(&left).unwrap();
        prop_assert_eq!(&text, &serde_json::to_string(&right).unwrap());
        let read: PartialSummary = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
        prop_assert_eq!(read.summary().unwrap(), left.summary().unwrap());
    }

    #[test]
    fn the_calibration_is_the_summary_to_its_end(
        log in logs(),
        options in options(),
        calibration_end in -15_i32..50,
    ) {
        let ledger = log.ledger(&[]).unwrap();
        let end = Date::from_days(calibration_end).unwrap();
        let Ok(split) = ledger.calibration_and_holdout(&options, end) else {
            return Ok(());
        };
        let to_end = SummaryOptions { end: Some(end), ..options };
        prop_assert_eq!(&split.calibration, &ledger.summary(&to_end).unwrap());
        prop_assert!(split.duration > 0.0);
        let all = SummaryOptions { returns: Returns::Drop, ..options };
        let split = ledger.calibration_and_holdout(&all, end).unwrap();
        let whole = ledger.summary(&all).unwrap();
        prop_assert_eq!(whole.len(), split.calibration.len() + split.newcomers);
        for (row, customer) in split.calibration.customer.iter().enumerate() {
            let of_whole = whole.customer.iter().position(|c| c == customer).unwrap();
            prop_assert_eq!(
                split.calibration.frequency[row] + split.holdout_frequency[row],
                whole.frequency[of_whole]
            );
            prop_assert_eq!(split.calibration.age[row] + split.duration, whole.age[of_whole]);
        }
    }

    #[test]
    fn nothing_is_lost(log in logs()) {
        let ledger = log.ledger(&[]).unwrap();
        let totals = ledger.totals().unwrap();
        prop_assert_eq!(
            totals.orders.iter().chain(&totals.returns).sum::<u32>() as usize,
            log.rows()
        );
        let mut rows: Vec<usize> = (0..ledger.customers())
            .flat_map(|customer| ledger.transactions(customer))
            .map(|transaction| transaction.row)
            .collect();
        rows.sort_unstable();
        prop_assert!(rows.iter().copied().eq(0..log.rows()));

        let logged: f64 = match &log.amounts {
            Amounts::Floats(values) => values.iter().sum(),
            Amounts::Cents(units) => units.iter().sum::<i64>() as f64 / 100.0,
        };
        let net = totals.revenue.iter().sum::<f64>() - totals.returned.iter().sum::<f64>();
        prop_assert!((net - logged).abs() <= 1e-9 * logged.abs().max(1e4));
        let series = ledger
            .period_series(&SeriesOptions { returns: Returns::Net, ..SeriesOptions::default() })
            .unwrap();
        prop_assert!((series.spend().iter().sum::<f64>() - logged).abs() <= 1e-6);
        prop_assert_eq!(series.purchases().iter().sum::<u32>(), totals.orders.iter().sum::<u32>());
        prop_assert!(ledger.customers() == series.customers());
    }

    #[test]
    fn summaries_are_possible(log in logs(), options in options()) {
        let summary = log.ledger(&[]).unwrap().summary(&options).unwrap();
        for i in 0..summary.len() {
            let (x, t_x, t) = (summary.frequency[i], summary.recency[i], summary.age[i]);
            prop_assert!(0.0 <= t_x && t_x <= t);
            prop_assert!(x <= t_x, "each repeat purchase has its own period");
            prop_assert_eq!(x == 0.0, t_x == 0.0);
        }
        let grouped = summary.grouped();
        prop_assert_eq!(grouped.weight.iter().sum::<f64>(), summary.len() as f64);
        for (i, &group) in grouped.group.iter().enumerate() {
            prop_assert_eq!(grouped.frequency[group], summary.frequency[i]);
            prop_assert_eq!(grouped.recency[group], summary.recency[i]);
            prop_assert_eq!(grouped.age[group], summary.age[i]);
        }
    }
}
