//! The stages by rules against the rules as they are written down: period by period, everything computed anew each time.
#![expect(
    clippy::indexing_slicing,
    reason = "a definition that panics is a failed test"
)]

use crm_core::ledger::PeriodSeries;
use crm_core::lifecycle::Stage;
use crm_core::lifecycle::inference::{
    Known, Population, Rule, RuleOptions, ShareTrend, current_stages, infer_stages,
};
use proptest::prelude::*;

/// One customer: period, purchases, value and share of wallet of each entry.
type Entry = (u32, u32, f64, f64);

/// A customer as the definition follows it.
struct Customer<'a> {
    entries: &'a [Entry],
    has_share: bool,
    options: &'a RuleOptions,
    population: Population,
    stage: Stage,
    rule: Rule,
    moves: Vec<(u32, Stage, Rule)>,
    pending: Option<(Stage, u32)>,
    /// Interpurchase times, and when the relationship began, or began anew.
    intervals: Vec<u32>,
    origin: u32,
    purchases_since_origin: u32,
    last_purchase: u32,
    peak: f64,
    trend: Option<Trend>,
}

struct Trend {
    period: u32,
    change: f64,
    slope: f64,
    p_rise: f64,
    p_fall: f64,
    level: f64,
    share: Option<ShareOf>,
}

struct ShareOf {
    change: f64,
    p_rise: f64,
    p_fall: f64,
}

impl Customer<'_> {
    fn interpurchase_time(&self) -> f64 {
        let Population {
            interpurchase_time,
            weight,
            ..
        } = self.population;
        let sum: u32 = self.intervals.iter().sum();
        (weight * interpurchase_time + f64::from(sum)) / (weight + self.repetitions())
    }

    fn repetitions(&self) -> f64 {
        self.intervals.len() as f64
    }

    fn block(&self) -> u32 {
        self.interpurchase_time().round().max(1.0) as u32
    }

    fn p_alive(&self, silence: f64) -> f64 {
        let n = self.population.weight + self.repetitions();
        let odds = self.options.dropout_a / (self.options.dropout_b + self.repetitions());
        let gap = (1.0 + silence / (n * self.interpurchase_time())).powf(-n);
        1.0 / (1.0 + odds / gap)
    }

    fn enter(&mut self, period: u32, stage: Stage, rule: Rule) {
        self.moves.push((period, stage, rule));
        (self.stage, self.rule, self.pending) = (stage, rule, None);
    }

    fn buy(&mut self, period: u32) {
        if self.stage == Stage::Termination {
            (self.origin, self.purchases_since_origin) = (period, 1);
            (self.peak, self.trend) = (0.0, None);
            self.enter(period, Stage::Recovery, Rule::BoughtAgain);
        } else {
            self.intervals.push(period - self.last_purchase);
            self.purchases_since_origin += 1;
            let n = self.purchases_since_origin;
            if self.stage == Stage::Development && n >= self.options.development_purchases {
                self.enter(period, Stage::Growth, Rule::RepeatPurchases);
            } else if self.stage == Stage::Recovery && n >= self.options.recovery_purchases {
                self.enter(period, Stage::Maturity, Rule::Reactivated);
            }
        }
        self.last_purchase = period;
    }

    /// The entries of the block of this age; the latest block has age 0.
    fn of_block(&self, period: u32, age: u32) -> impl Iterator<Item = &Entry> {
        let block = self.block();
        let until = period - age * block;
        let entries = self.entries.iter();
        entries.filter(move |(p, ..)| *p <= until && p + block > until)
    }

    fn look(&mut self, period: u32) -> Option<(Stage, Rule)> {
        let options = *self.options;
        let blocks = ((period - self.origin + 1) / self.block()).min(options.window);
        if blocks < options.least_blocks {
            let again = self.stage == Stage::Decline
                && self.purchases_since_origin >= options.development_purchases;
            return again.then_some((Stage::Growth, Rule::RepeatPurchases));
        }
        let length = f64::from(self.block());
        let per_period = |age| {
            let values = self.of_block(period, age).map(|(_, _, v, _)| v);
            values.sum::<f64>() / length
        };
        let latest_first: Vec<f64> = (0..blocks).map(per_period).collect();
        let best = latest_first.iter().copied().fold(0.0, f64::max);
        let others = f64::from(blocks - 1);
        let sustained = (latest_first.iter().rev().sum::<f64>() - best) / others;
        self.peak = self.peak.max(sustained);
        let level_blocks = latest_first.iter().take(options.level_blocks as usize);
        let level = level_blocks.sum::<f64>() / f64::from(options.level_blocks);
        let points: Vec<(f64, f64)> = (0..blocks).map(f64::from).zip(latest_first).collect();
        let (slope, change, p_rise, p_fall) = trend(&points, blocks);
        let share = self.has_share.then(|| {
            let mean = |age| {
                let known = self
                    .of_block(period, age)
                    .filter(|(_, _, _, s)| !s.is_nan());
                let (sum, n) = known.fold((0.0, 0.0), |(sum, n), (_, _, _, s)| (sum + s, n + 1.0));
                (n > 0.0).then(|| (f64::from(age), sum / n))
            };
            let points: Vec<(f64, f64)> = (0..blocks).filter_map(mean).collect();
            let (_, change, p_rise, p_fall) = trend(&points, blocks);
            ShareOf {
                change,
                p_rise,
                p_fall,
            }
        });
        let peak = self.peak;
        let falls =
            |change: f64, p: f64| p <= options.significance && -change >= options.least_change;
        let rises = |change: f64, p: f64, at: f64| p <= at && change >= options.least_change;
        let share_of = share.as_ref();
        let found = if falls(change, p_fall) {
            Some((Stage::Decline, Rule::FallingValue))
        } else if share_of.is_some_and(|s| falls(s.change, s.p_fall)) {
            Some((Stage::Decline, Rule::FallingShare))
        } else if level <= options.decline_level * peak && p_fall <= options.inclination {
            Some((Stage::Decline, Rule::BelowPeak))
        } else if rises(change, p_rise, options.significance) {
            Some((Stage::Growth, Rule::RisingValue))
        } else if share_of.is_some_and(|s| rises(s.change, s.p_rise, options.significance)) {
            Some((Stage::Growth, Rule::RisingShare))
        } else if (self.stage == Stage::Growth && rises(change, p_rise, options.inclination))
            || (self.stage == Stage::Decline && level < options.return_level * peak)
        {
            None
        } else {
            Some((Stage::Maturity, Rule::Plateau))
        };
        self.trend = Some(Trend {
            period,
            change,
            slope,
            p_rise,
            p_fall,
            level,
            share,
        });
        found
    }

    fn evaluate(&mut self, period: u32) {
        if matches!(self.stage, Stage::Development | Stage::Recovery) {
            return;
        }
        match self.look(period) {
            Some((stage, rule)) if stage == self.stage => {
                (self.rule, self.pending) = (rule, None);
            }
            Some((stage, rule)) => {
                let before = self.pending.filter(|(waiting, _)| *waiting == stage);
                let seen = before.map_or(1, |(_, seen)| seen + 1);
                self.pending = Some((stage, seen));
                let moved = self.moves.last().map_or(0, |(moved, ..)| *moved);
                if seen >= self.options.confirmations && period > moved {
                    self.enter(period, stage, rule);
                }
            }
            None => self.pending = None,
        }
    }
}

/// Slope, change, and Kendall's p of a rise and of a fall, of points (age, value), the youngest first.
fn trend(points: &[(f64, f64)], blocks: u32) -> (f64, f64, f64, f64) {
    let mut slopes = Vec::new();
    let mut concordance = 0_i64;
    for (i, (young, late)) in points.iter().enumerate() {
        for (old, early) in &points[i + 1..] {
            slopes.push((late - early) / (old - young));
            concordance += i64::from(late > early) - i64::from(late < early);
        }
    }
    slopes.sort_by(f64::total_cmp);
    let middle = slopes.len() / 2;
    let slope = match slopes.len() {
        0 => 0.0,
        n if n % 2 == 1 => slopes[middle],
        _ => f64::midpoint(slopes[middle - 1], slopes[middle]),
    };
    let sizes = points.iter().rev().map(|(_, v)| v.abs());
    let mean = sizes.sum::<f64>() / points.len() as f64;
    let change = if mean > 0.0 {
        slope * f64::from(blocks - 1) / mean
    } else {
        0.0
    };
    let n = points.len();
    (
        slope,
        change,
        p_at_least(n, concordance),
        p_at_least(n, -concordance),
    )
}

/// P(S ≥ s), by counting the orders of n values by their inversions.
fn p_at_least(n: usize, s: i64) -> f64 {
    let mut orders = vec![1.0];
    for k in 2..=n {
        let mut more = vec![0.0; orders.len() + k - 1];
        for (inversions, count) in orders.iter().enumerate() {
            more[inversions..inversions + k]
                .iter_mut()
                .for_each(|cell| *cell += count);
        }
        orders = more;
    }
    let pairs = i64::try_from(n * n.saturating_sub(1) / 2).unwrap_or(i64::MAX);
    let all: f64 = orders.iter().sum();
    let reached = orders
        .iter()
        .zip(0..)
        .filter(|(_, inversions)| pairs - 2 * inversions >= s);
    reached.map(|(count, _)| count).sum::<f64>() / all
}

/// Follows a customer from period to period.
fn follow<'a>(
    entries: &'a [Entry],
    has_share: bool,
    p_alive: f64,
    observed: u32,
    options: &'a RuleOptions,
    population: Population,
) -> Option<Customer<'a>> {
    let bought = |period| entries.iter().any(|(p, n, ..)| *p == period && *n > 0);
    let first = (0..observed).find(|&period| bought(period))?;
    let last = (0..observed).rfind(|&period| bought(period))?;
    let mut customer = Customer {
        entries,
        has_share,
        options,
        population,
        stage: Stage::Development,
        rule: Rule::FirstPurchases,
        moves: vec![(first, Stage::Development, Rule::FirstPurchases)],
        pending: None,
        intervals: Vec::new(),
        origin: first,
        purchases_since_origin: 1,
        last_purchase: first,
        peak: 0.0,
        trend: None,
    };
    let mut evaluation = first + customer.block() - 1;
    for period in first..observed {
        if period > first && bought(period) {
            let returns = customer.stage == Stage::Termination;
            let block = customer.block();
            customer.buy(period);
            evaluation = if returns {
                period + block - 1
            } else {
                evaluation.max(period)
            };
        }
        let silence = f64::from(period - customer.last_purchase);
        let due = options.silence * customer.interpurchase_time();
        let has_ended = match customer.last_purchase == last {
            true if p_alive > options.termination => false,
            true if p_alive <= options.termination && period + 1 == observed => silence > 0.0,
            _ => silence >= due && customer.p_alive(silence) <= options.termination,
        };
        if has_ended {
            if customer.stage != Stage::Termination {
                customer.enter(period, Stage::Termination, Rule::LikelyEnded);
            }
        } else if silence >= due {
            if customer.stage != Stage::Decline {
                customer.enter(period, Stage::Decline, Rule::Silence);
            }
        } else if period == evaluation {
            evaluation += customer.block();
            customer.evaluate(period);
        }
    }
    Some(customer)
}

fn customers() -> impl Strategy<Value = Vec<Vec<Entry>>> {
    let entry = (
        prop_oneof![8 => 1..4_u32, 2 => 4..20_u32, 1 => 20..60_u32],
        prop_oneof![9 => Just(1_u32), 1 => 0..4_u32],
        prop_oneof![3 => -20.0..200.0, 1 => Just(50.0)],
        prop_oneof![3 => 0.0..1.0, 1 => Just(f64::NAN)],
    );
    let customer = proptest::collection::vec(entry, 0..50).prop_map(|gaps| {
        let mut period = 0;
        let place = |(gap, purchases, value, share)| {
            period += gap;
            (period, purchases, value, share)
        };
        gaps.into_iter().map(place).collect::<Vec<Entry>>()
    });
    proptest::collection::vec(customer, 1..8)
}

fn options() -> impl Strategy<Value = RuleOptions> {
    let counts = (2..5_u32, 4..12_u32, 1..4_u32, 2..4_u32, 2..4_u32);
    let levels = (0.3..3.0, 0.02..0.7, 0.01..0.4, 0.0..0.5, 0.3..0.6);
    (counts, levels).prop_map(|(counts, levels)| {
        let (development_purchases, window, confirmations, recovery_purchases, least) = counts;
        let (silence, termination, significance, least_change, decline_level) = levels;
        RuleOptions {
            development_purchases,
            window,
            confirmations,
            recovery_purchases,
            least_blocks: least,
            level_blocks: least - 1,
            silence,
            termination,
            significance,
            least_change,
            decline_level,
            ..RuleOptions::default()
        }
    })
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn stages_are_those_of_the_definition(
        customers in customers(),
        options in prop_oneof![Just(RuleOptions::default()), options()],
        knows_share in any::<bool>(),
        given in proptest::collection::vec(prop_oneof![2 => Just(f64::NAN), 1 => 0.0..1.0], 8),
    ) {
        let mut offsets = vec![0];
        offsets.extend(customers.iter().scan(0, |rows, entries| { *rows += entries.len(); Some(*rows) }));
        let entries = customers.concat();
        let observed = entries.iter().map(|(period, ..)| period + 3).max().unwrap_or(3);
        let series = PeriodSeries::new(
            offsets,
            entries.iter().map(|e| e.0).collect(),
            entries.iter().map(|e| e.1).collect(),
            entries.iter().map(|e| e.2).collect(),
            None,
            observed,
        ).unwrap();
        let share: Vec<f64> = entries.iter().map(|e| e.3).collect();
        let known = Known {
            share_of_wallet: knows_share.then_some(&share[..]),
            p_alive: Some(&given[..customers.len()]),
        };
        let found = infer_stages(&series, known, &options).unwrap();
        let current = current_stages(&series, known, &options).unwrap();
        prop_assert_eq!(&current.stages, &found.stages);
        prop_assert_eq!(&current.confidence, &found.confidence);
        prop_assert_eq!(current.population, found.population);
        for (i, (entries, history)) in customers.iter().zip(found.histories.iter()).enumerate() {
            let evidence = found.evidence[i];
            prop_assert_eq!(current.rules[i], evidence.rule);
            let expected = follow(entries, knows_share, given[i], observed, &options, found.population);
            let Some(expected) = expected else {
                prop_assert_eq!((found.stages[i], evidence.rule), (Stage::Potential, Rule::NeverBought));
                continue;
            };
            let moves = history.periods.iter().zip(history.stages).zip(history.rules);
            let moves: Vec<_> = moves.map(|((period, stage), rule)| (*period, *stage, *rule)).collect();
            prop_assert_eq!(&moves, &expected.moves);
            prop_assert_eq!((found.stages[i], evidence.rule), (expected.stage, expected.rule));
            prop_assert_eq!(evidence.pending, expected.pending.map(|(stage, _)| stage));
            let rhythm = evidence.rhythm.unwrap();
            let silence = observed - 1 - expected.last_purchase;
            let alive = if given[i].is_nan() { expected.p_alive(f64::from(silence)) } else { given[i] };
            prop_assert_eq!((rhythm.purchases as usize, rhythm.silence), (bought(entries), silence));
            prop_assert!(close(rhythm.interpurchase_time, expected.interpurchase_time()));
            prop_assert!(close(rhythm.p_alive, alive), "{} {alive}", rhythm.p_alive);
            prop_assert_eq!(evidence.trend.map(|t| t.period), expected.trend.as_ref().map(|t| t.period));
            if let (Some(trend), Some(of)) = (evidence.trend, &expected.trend) {
                let numbers = [
                    (trend.slope, of.slope),
                    (trend.change, of.change),
                    (trend.p_rise, of.p_rise),
                    (trend.p_fall, of.p_fall),
                    (trend.level, of.level),
                    (trend.peak, expected.peak),
                ];
                prop_assert!(numbers.iter().all(|(a, b)| close(*a, *b)), "{numbers:?}");
                prop_assert_eq!(trend.share.is_some(), of.share.is_some());
                if let (Some(ShareTrend { change, p_rise, p_fall, .. }), Some(of)) = (trend.share, &of.share) {
                    prop_assert!(close(change, of.change) && close(p_rise, of.p_rise) && close(p_fall, of.p_fall));
                }
            }
        }
    }
}

fn bought(entries: &[Entry]) -> usize {
    entries.iter().filter(|(_, n, ..)| *n > 0).count()
}
