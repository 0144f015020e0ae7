//! The summary of a log that is not copied is that of its ledger.

use super::laws::{config, logs, options, sizes};
use super::*;

/// The customers of some rows by entries of a dictionary that has each text twice, the second time for odd rows, and one
/// that no row has.
fn dictionary(texts: &[&str]) -> (Vec<u32>, Vec<String>) {
    let mut entries: Vec<String> = texts.iter().map(ToString::to_string).collect();
    entries.sort();
    entries.dedup();
    let half = entries.len();
    let codes = texts.iter().enumerate().map(|(row, text)| {
        let entry = entries.iter().position(|entry| entry == text).unwrap();
        (entry + if row % 2 == 1 { half + 1 } else { 0 }) as u32
    });
    let codes = codes.collect();
    let twice = [entries.clone(), vec!["nobody".into()], entries].concat();
    (codes, twice)
}

/// Seconds instead of days, so that there are instants within them.
fn as_timestamps(log: &Log) -> Log {
    let Times::Dates(days) = &log.times else {
        return log.clone();
    };
    let hours = [0, 2, 4, 6, 8].into_iter().cycle();
    let tick = |(&day, hour): (&i32, i64)| i64::from(day) * 86_400 + hour * 3_600;
    let ticks = days.iter().zip(hours).map(tick).collect();
    Log {
        times: Times::Timestamps(ticks, TimeUnit::Second, TimeZone::Naive),
        ..log.clone()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_log_in_memory_has_the_summary_of_its_ledger(
        log in logs(),
        cuts in prop::collection::vec(0_usize..80, 0..4),
        options in options(),
        (instants, refused, observed) in any::<(bool, bool, bool)>(),
    ) {
        let log = if instants { as_timestamps(&log) } else { log };
        let options = SummaryOptions {
            granularity: if instants { Granularity::Instant } else { options.granularity },
            returns: if refused { Returns::Reject } else { options.returns },
            start: options.start.filter(|_| observed),
            end: options.end.filter(|_| observed),
            ..options
        };
        let sizes = sizes(&log, &cuts);
        let rest = log.rows() - sizes.iter().sum::<usize>();
        let ends: Vec<usize> = sizes.iter().chain([&rest]).scan(0, |sum, size| {
            *sum += size;
            Some(*sum)
        }).collect();
        let starts: Vec<usize> = [0].into_iter().chain(ends.iter().copied()).collect();
        let parts: Vec<_> = starts.iter().zip(&ends).map(|(&from, &to)| {
            let texts = log.texts(from, to);
            (from, to, dictionary(&texts), texts)
        }).collect();

        let (mut plain, mut coded) = (crm_core::ledger::Log::new(), crm_core::ledger::Log::new());
        let mut builder = LedgerBuilder::new();
        for (from, to, (codes, entries), texts) in &parts {
            let chunk = log.chunk(*from, *to, texts);
            plain.push(chunk).unwrap();
            let customers = match chunk.customers {
                CustomerColumn::Texts(_) => CustomerColumn::Dictionary { codes, texts: entries },
                integers => integers,
            };
            let chunk = Chunk { customers, ..chunk };
            coded.push(chunk).unwrap();
            builder.push(&chunk).unwrap();
        }
        let ledger = log.ledger(&[]).unwrap();
        let expected = ledger.summary(&options);
        prop_assert_eq!(&plain.summary(&options), &expected);
        prop_assert_eq!(&coded.summary(&options), &expected);
        prop_assert_eq!(&builder.finish().unwrap().summary(&options), &expected);
        for customer in 0..ledger.customers() {
            let row = ledger.first_row(customer).unwrap();
            prop_assert_eq!(plain.id(row), ledger.id(customer));
            prop_assert_eq!(coded.id(row), ledger.id(customer));
        }
    }
}

#[test]
fn rows_of_many_blocks_and_any_number_of_threads() {
    let simulated = crm_core::ledger::Simulation {
        customers: 40_000,
        ..Default::default()
    };
    let log = simulated.run().unwrap();
    let chunk = log.chunk();
    let mut builder = LedgerBuilder::new();
    builder.push(&chunk).unwrap();
    let options = SummaryOptions::default();
    let expected = builder.finish().unwrap().summary(&options).unwrap();
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let found = pool.unwrap().install(|| {
            let mut whole = crm_core::ledger::Log::new();
            whole.push(chunk)?;
            whole.summary(&options)
        });
        assert_eq!(found.unwrap(), expected);
    }
}

#[test]
fn what_a_ledger_refuses_is_refused() {
    let mut log = crm_core::ledger::Log::new();
    let empty = log.summary(&SummaryOptions::default()).unwrap_err();
    assert_eq!((empty.kind(), empty.argument()), (ErrorKind::Empty, "log"));
    let chunk = |amounts| Chunk {
        customers: CustomerColumn::Integers(&[1, 2]),
        times: TimeColumn::Dates(&[0, 3]),
        amounts: AmountColumn::Floats(amounts),
        costs: None,
    };
    log.push(chunk(&[1.0, 2.0])).unwrap();
    let infinite = log.push(chunk(&[1.0, f64::INFINITY])).unwrap_err();
    assert_eq!(
        (infinite.kind(), infinite.row()),
        (ErrorKind::NotFinite, Some(3))
    );
    assert_eq!(log.rows(), 2);
    log.push(chunk(&[1.0, -2.5])).unwrap();
    let returned = log.summary(&SummaryOptions::default()).unwrap_err();
    assert_eq!(
        (returned.kind(), returned.row()),
        (ErrorKind::OutOfRange, Some(3))
    );
    assert_eq!(returned.value(), Some("-2.5"));
}
