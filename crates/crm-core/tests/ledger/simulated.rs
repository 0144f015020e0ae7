//! Logs of the generator: large enough that every task of the ledger has work.

use super::*;
use crm_core::ledger::{DropOut, SimulatedLog, Simulation};

fn simulation() -> Simulation {
    Simulation {
        customers: 10_000,
        seed: 42,
        r: 0.8,
        drop_out: DropOut::BetaGeometric { a: 0.2, b: 2.426 },
        return_probability: 0.02,
        ..Simulation::default()
    }
}

fn on_threads<R: Send>(threads: usize, task: impl FnOnce() -> R + Send) -> R {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.unwrap().install(task)
}

fn ledger(log: &SimulatedLog) -> Ledger {
    let mut builder = LedgerBuilder::new();
    builder.push(&log.chunk()).unwrap();
    builder.finish().unwrap()
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let run = || {
        let log = simulation().run().unwrap();
        let ledger = ledger(&log);
        let summary = SummaryOptions {
            granularity: Granularity::Instant,
            returns: Returns::Net,
            ..SummaryOptions::default()
        };
        let series = SeriesOptions {
            returns: Returns::Net,
            ..SeriesOptions::default()
        };
        let summary = ledger.summary(&summary).unwrap();
        let series = ledger.period_series(&series).unwrap();
        (log, summary, series, ledger.totals().unwrap())
    };
    let one = on_threads(1, run);
    assert!(one.0.len() > 100_000);
    for threads in [2, 7] {
        assert_eq!(one, on_threads(threads, run));
    }
}

/// The summary of a sorted scan over the rows, written without the ledger's tricks.
#[test]
fn equals_a_plain_scan() {
    let log = simulation().run().unwrap();
    let mut days: std::collections::BTreeMap<i64, std::collections::BTreeMap<i64, f64>> =
        Default::default();
    let mut order = Vec::new();
    for ((&customer, &time), &amount) in log.customer.iter().zip(&log.time).zip(&log.amount) {
        if amount >= 0 {
            let days = days.entry(customer).or_insert_with(|| {
                order.push(customer);
                Default::default()
            });
            *days.entry(time.div_euclid(86_400)).or_insert(0.0) += amount as f64;
        }
    }
    let options = SummaryOptions {
        returns: Returns::Drop,
        ..SummaryOptions::default()
    };
    let ledger = ledger(&log);
    let summary = ledger.summary(&options).unwrap();
    let end = log.time.iter().max().unwrap().div_euclid(86_400);
    assert_eq!(summary.len(), order.len());
    for (row, customer) in order.iter().enumerate() {
        let days = &days[customer];
        let (first, last) = (days.keys().next().unwrap(), days.keys().last().unwrap());
        let repeats = days.len() - 1;
        let spend: f64 = days.values().skip(1).sum();
        let mean = if repeats > 0 {
            spend / 100.0 / repeats as f64
        } else {
            0.0
        };
        assert_eq!(
            ledger.id(summary.customer[row]),
            Some(CustomerId::Integer(*customer))
        );
        assert_eq!(summary.frequency[row], repeats as f64);
        assert_eq!(summary.recency[row], (last - first) as f64);
        assert_eq!(summary.age[row], (end - first) as f64);
        assert_eq!(summary.mean_spend[row], mean);
    }
}

/// E[X(t)] of the BG/NBD needs the hypergeometric function; without drop-out it is r·t/α, and with
/// gamma-exponential drop-out r·β/(α(s−1))·(1 − (β/(β+t))^(s−1)) (Schmittlein et al. 1987, eq. 17).
#[test]
fn as_many_purchases_as_the_models_expect() {
    let (r, alpha, s, beta, days) = (0.8, 20.0, 1.5, 100.0, 365.0_f64);
    let repeats = |drop_out| {
        let log = Simulation {
            customers: 20_000,
            entry_days: 1,
            days: 365,
            r,
            alpha,
            drop_out,
            ..Simulation::default()
        };
        log.run().unwrap().len() as f64 / 20_000.0 - 1.0
    };
    let days = days - 0.5; // customers enter during the first day
    let all_stay = repeats(DropOut::Never);
    assert!(
        (all_stay / (r * days / alpha) - 1.0).abs() < 0.03,
        "{all_stay}"
    );
    let some_leave = repeats(DropOut::GammaExponential { s, beta });
    let expected = r * beta / (alpha * (s - 1.0)) * (1.0 - (beta / (beta + days)).powf(s - 1.0));
    assert!(
        (some_leave / expected - 1.0).abs() < 0.04,
        "{some_leave} {expected}"
    );
}

/// E[Z] = p·γ/(q − 1) (Fader & Hardie 2013, note 025).
#[test]
fn spends_as_much_as_the_model_expects() {
    let simulation = Simulation {
        customers: 20_000,
        days: 1,
        entry_days: 1,
        ..Simulation::default()
    };
    let log = simulation.run().unwrap();
    let mean = log.amount.iter().sum::<i64>() as f64 / 100.0 / log.len() as f64;
    let expected = 6.25 * 15.4 / (3.74 - 1.0);
    assert!((mean / expected - 1.0).abs() < 0.03, "{mean} {expected}");
}

#[test]
fn more_customers_do_not_change_the_first() {
    let first = |customers| {
        let log = Simulation {
            customers,
            ..simulation()
        }
        .run()
        .unwrap();
        let rows = log.customer.iter().zip(&log.time).zip(&log.amount);
        rows.filter(|((customer, _), _)| **customer <= 10)
            .map(|((customer, time), amount)| (*customer, *time, *amount))
            .collect::<Vec<_>>()
    };
    assert_eq!(first(10), first(3_000));
}

/// Gammas of so small a shape are 0 in floats: 0/0 is no amount.
#[test]
fn every_amount_is_a_cent_or_more() {
    for (p, q, gamma) in [
        (1e-300, 1e-300, 15.4),
        (1e-300, 3.74, 1e-300),
        (6.25, 1e-300, 1e300),
    ] {
        let simulation = Simulation {
            p,
            q,
            gamma,
            customers: 100,
            ..Simulation::default()
        };
        let log = simulation.run().unwrap();
        assert!(log.amount.iter().all(|&amount| amount >= 1), "{p} {q}");
    }
}

#[test]
fn refuses_more_rows_than_memory_holds() {
    // 2^27 customers buy once each at least.
    for (customers, r) in [(1 << 27, 0.243), (1, 1e7), (u32::MAX, 1e-9)] {
        let simulation = Simulation {
            customers,
            r,
            ..Simulation::default()
        };
        let error = simulation.run().unwrap_err();
        assert_eq!(
            (error.kind(), error.argument()),
            (ErrorKind::Overflow, "customers")
        );
        assert!(error.to_string().contains("2^27"), "{error}");
    }
}

#[test]
fn refuses_what_no_population_has() {
    let refused = |simulation: Simulation| {
        let error = simulation.run().unwrap_err();
        (error.kind(), error.argument().to_owned())
    };
    let base = Simulation::default();
    let out = ErrorKind::OutOfRange;
    for (simulation, kind, argument) in [
        (Simulation { r: 0.0, ..base }, out, "r"),
        (
            Simulation {
                alpha: f64::NAN,
                ..base
            },
            ErrorKind::NotFinite,
            "alpha",
        ),
        (
            Simulation {
                customers: 0,
                ..base
            },
            out,
            "customers",
        ),
        (Simulation { days: 0, ..base }, out, "days"),
        (
            Simulation {
                days: u32::MAX,
                ..base
            },
            out,
            "days",
        ),
        (
            Simulation {
                entry_days: 547,
                ..base
            },
            out,
            "entry_days",
        ),
        (
            Simulation {
                return_probability: 1.5,
                ..base
            },
            out,
            "return_probability",
        ),
        (
            Simulation {
                cost_share: -0.1,
                ..base
            },
            out,
            "cost_share",
        ),
        (
            Simulation {
                alpha: 1e-12,
                ..base
            },
            ErrorKind::Overflow,
            "customers",
        ),
        (
            Simulation {
                drop_out: DropOut::BetaGeometric { a: 1.0, b: -1.0 },
                ..base
            },
            out,
            "b",
        ),
    ] {
        assert_eq!(refused(simulation), (kind, argument.to_owned()));
    }
}
