//! The rules, applied to one customer from the first purchase to the end of observation.
//!
//! Everything happens in the customer's own time. A purchase is looked at when it happens, a
//! silence when it reaches a threshold, and the trend once per own interpurchase time; so the
//! work grows with the number of purchases, not with the number of periods. What is said of a
//! period depends on nothing after it but the population's rhythm and a given P(alive).

use super::evidence::{Evidence, RhythmEvidence, Rule, ShareTrend, TrendEvidence};
use super::histories::StageHistories;
use super::options::{MOST_BLOCKS, RuleOptions};
use super::rhythm::{Intervals, Population, Rhythm};
use super::trend::{KendallTables, Trend};
use crate::lifecycle::Stage;

/// What is the same for all customers.
pub(super) struct Setting<'a> {
    pub(super) options: &'a RuleOptions,
    pub(super) population: Population,
    pub(super) kendall: KendallTables,
    pub(super) observed: u32,
}

/// What is known of one customer; slices have one element per active period.
#[derive(Clone, Copy)]
pub(super) struct Customer<'a> {
    pub(super) periods: &'a [u32],
    pub(super) purchases: &'a [u32],
    pub(super) value: &'a [f64],
    pub(super) share: Option<&'a [f64]>,
    /// P(alive) at the end of observation; NaN where it is not known.
    pub(super) p_alive: f64,
}

impl Customer<'_> {
    pub(super) fn purchase_periods(&self) -> impl Iterator<Item = u32> {
        let active = self.periods.iter().zip(self.purchases);
        active.filter(|(_, n)| **n > 0).map(|(period, _)| *period)
    }
}

/// Memory that is reused from customer to customer.
#[derive(Default)]
pub(super) struct Scratch {
    points: Vec<(f64, f64)>,
    slopes: Vec<f64>,
}

/// The walk through one customer's periods.
struct Walk<'a> {
    setting: &'a Setting<'a>,
    customer: Customer<'a>,
    history: &'a mut StageHistories,
    scratch: &'a mut Scratch,
    stage: Stage,
    /// The rule that holds the customer in the stage.
    rule: Rule,
    /// The period of the last move.
    moved: u32,
    pending: Option<(Stage, u32)>,
    intervals: Intervals,
    rhythm: Rhythm,
    /// Where the relationship began, or began anew.
    origin: u32,
    /// Periods with a purchase, in all and since the origin.
    purchases: u32,
    purchases_since_origin: u32,
    last_purchase: u32,
    next_evaluation: u64,
    peak: f64,
    trend: Option<TrendEvidence>,
}

impl Setting<'_> {
    /// The stage at the end and its evidence; the stages on the way are added to `history`.
    pub(super) fn walk(
        &self,
        customer: Customer<'_>,
        history: &mut StageHistories,
        scratch: &mut Scratch,
    ) -> (Stage, Evidence) {
        let mut purchases = customer.purchase_periods();
        let Some(first) = purchases.next() else {
            history.push(0, Stage::Potential, Rule::NeverBought);
            history.end_customer();
            let evidence = Evidence {
                rule: Rule::NeverBought,
                pending: None,
                rhythm: None,
                trend: None,
            };
            return (Stage::Potential, evidence);
        };
        history.push(first, Stage::Development, Rule::FirstPurchases);
        let intervals = Intervals::default();
        let rhythm = self.population.rhythm(intervals, self.options);
        let mut walk = Walk {
            setting: self,
            customer,
            history,
            scratch,
            stage: Stage::Development,
            rule: Rule::FirstPurchases,
            moved: first,
            pending: None,
            intervals,
            rhythm,
            origin: first,
            purchases: 1,
            purchases_since_origin: 1,
            last_purchase: first,
            next_evaluation: u64::from(first) + rhythm.block() - 1,
            peak: 0.0,
            trend: None,
        };
        for period in purchases {
            walk.pass_time(period, f64::NAN);
            walk.buy(period);
        }
        walk.pass_time(self.observed, customer.p_alive);
        walk.history.end_customer();
        (walk.stage, walk.evidence())
    }
}

impl Walk<'_> {
    /// The periods from the last purchase up to `until` (not included), without a purchase.
    fn pass_time(&mut self, until: u32, p_alive: f64) {
        let options = self.setting.options;
        let last = u64::from(self.last_purchase);
        let until = u64::from(until);
        let silence = options.silence * self.rhythm.interpurchase_time;
        let decline = last.saturating_add(libm::ceil(silence) as u64);
        let by_rhythm = self.rhythm.silence_at(options.termination).max(silence);
        let mut end = last.saturating_add(libm::ceil(by_rhythm) as u64);
        if p_alive > options.termination {
            end = u64::MAX;
        } else if p_alive <= options.termination {
            end = end.min(until.saturating_sub(1)).max(last + 1);
        }
        while self.next_evaluation < until.min(decline).min(end) {
            self.evaluate();
        }
        if decline < until.min(end) && self.stage != Stage::Decline {
            self.move_to(decline, Stage::Decline, Rule::Silence);
        }
        if end < until {
            self.move_to(end, Stage::Termination, Rule::LikelyEnded);
        }
    }

    fn buy(&mut self, period: u32) {
        let options = self.setting.options;
        self.purchases += 1;
        if self.stage == Stage::Termination {
            self.origin = period;
            self.purchases_since_origin = 1;
            self.peak = 0.0;
            self.trend = None;
            self.next_evaluation = u64::from(period) + self.rhythm.block() - 1;
            self.move_to(u64::from(period), Stage::Recovery, Rule::BoughtAgain);
        } else {
            let interval = period - self.last_purchase;
            self.intervals.add(f64::from(interval));
            self.rhythm = self.setting.population.rhythm(self.intervals, options);
            self.purchases_since_origin += 1;
            self.next_evaluation = self.next_evaluation.max(u64::from(period));
            let n = self.purchases_since_origin;
            if self.stage == Stage::Development && n >= options.development_purchases {
                self.move_to(u64::from(period), Stage::Growth, Rule::RepeatPurchases);
            } else if self.stage == Stage::Recovery && n >= options.recovery_purchases {
                self.move_to(u64::from(period), Stage::Maturity, Rule::Reactivated);
            }
        }
        self.last_purchase = period;
    }

    fn move_to(&mut self, period: u64, stage: Stage, rule: Rule) {
        let period = u32::try_from(period).unwrap_or(u32::MAX);
        self.history.push(period, stage, rule);
        self.stage = stage;
        self.rule = rule;
        self.moved = period;
        self.pending = None;
    }

    /// Looks at trend and level in the period `next_evaluation`.
    fn evaluate(&mut self) {
        let period = self.next_evaluation;
        self.next_evaluation = period + self.rhythm.block();
        if matches!(self.stage, Stage::Development | Stage::Recovery) {
            return;
        }
        let period = u32::try_from(period).unwrap_or(u32::MAX);
        match self.candidate(period) {
            Some((stage, rule)) if stage == self.stage => {
                self.rule = rule;
                self.pending = None;
            }
            Some((stage, rule)) => {
                let seen = match self.pending {
                    Some((pending, seen)) if pending == stage => seen + 1,
                    _ => 1,
                };
                self.pending = Some((stage, seen));
                if seen >= self.setting.options.confirmations && period > self.moved {
                    self.move_to(u64::from(period), stage, rule);
                }
            }
            None => self.pending = None,
        }
    }

    /// The stage that trend and level speak for; `None` if for none.
    fn candidate(&mut self, period: u32) -> Option<(Stage, Rule)> {
        let options = self.setting.options;
        let block = self.rhythm.block();
        let complete = (u64::from(period - self.origin) + 1) / block;
        let blocks = complete.min(u64::from(options.window)) as usize;
        if blocks < options.least_blocks as usize {
            let resumed = self.stage == Stage::Decline
                && self.purchases_since_origin >= options.development_purchases;
            return resumed.then_some((Stage::Growth, Rule::RepeatPurchases));
        }
        let trend = self.trend(period, block, blocks);
        self.trend = Some(trend);
        let share = trend.share;
        let moves = |change: f64, p: f64, level: f64| p <= level && change >= options.least_change;
        let level = options.significance;
        if moves(-trend.change, trend.p_fall, level) {
            Some((Stage::Decline, Rule::FallingValue))
        } else if share.is_some_and(|s| moves(-s.change, s.p_fall, level)) {
            Some((Stage::Decline, Rule::FallingShare))
        } else if trend.level <= options.decline_level * trend.peak
            && trend.p_fall <= options.inclination
        {
            Some((Stage::Decline, Rule::BelowPeak))
        } else if moves(trend.change, trend.p_rise, level) {
            Some((Stage::Growth, Rule::RisingValue))
        } else if share.is_some_and(|s| moves(s.change, s.p_rise, level)) {
            Some((Stage::Growth, Rule::RisingShare))
        } else {
            let stays = match self.stage {
                Stage::Growth => moves(trend.change, trend.p_rise, options.inclination),
                Stage::Decline => trend.level < options.return_level * trend.peak,
                _ => false,
            };
            (!stays).then_some((Stage::Maturity, Rule::Plateau))
        }
    }

    /// Trend and level over the `blocks` blocks of `block` periods that end with `period`.
    fn trend(&mut self, period: u32, block: u64, blocks: usize) -> TrendEvidence {
        let options = self.setting.options;
        let mut value = [0.0; MOST_BLOCKS];
        let mut share = [(0.0, 0_u32); MOST_BLOCKS];
        let known = self.customer.periods.partition_point(|&p| p <= period);
        for entry in (0..known).rev() {
            let Some(&active) = self.customer.periods.get(entry) else {
                break;
            };
            let age = (u64::from(period - active) / block) as usize;
            if age >= blocks {
                break;
            }
            if let (Some(sum), Some(v)) = (value.get_mut(age), self.customer.value.get(entry)) {
                *sum += v / block as f64;
            }
            let known = self.customer.share.and_then(|share| share.get(entry));
            if let (Some((sum, n)), Some(s)) = (share.get_mut(age), known.filter(|s| !s.is_nan())) {
                *sum += s;
                *n += 1;
            }
        }
        let mean = |n: usize| value.iter().take(n).sum::<f64>() / n as f64;
        let best = value.iter().take(blocks).copied().fold(0.0, f64::max);
        let sustained = (mean(blocks) * blocks as f64 - best) / (blocks - 1) as f64;
        self.peak = self.peak.max(sustained);

        let Scratch { points, slopes } = &mut *self.scratch;
        points.clear();
        let by_age = value.iter().take(blocks).enumerate();
        points.extend(by_age.rev().map(|(age, v)| (-(age as f64), *v)));
        let of_value = self.setting.kendall.trend(points, slopes);
        let value_change = change(of_value, points, blocks);

        let share = self.customer.share.map(|_| {
            points.clear();
            let by_age = share.iter().take(blocks).enumerate();
            let known = by_age.rev().filter(|(_, (_, n))| *n > 0);
            points.extend(known.map(|(age, (s, n))| (-(age as f64), s / f64::from(*n))));
            let trend = self.setting.kendall.trend(points, slopes);
            ShareTrend {
                slope: trend.slope,
                change: change(trend, points, blocks),
                p_rise: trend.p_rise,
                p_fall: trend.p_fall,
            }
        });
        TrendEvidence {
            period,
            blocks: blocks as u32,
            block_periods: u32::try_from(block).unwrap_or(u32::MAX),
            slope: of_value.slope,
            change: value_change,
            p_rise: of_value.p_rise,
            p_fall: of_value.p_fall,
            level: mean(options.level_blocks as usize),
            peak: self.peak,
            share,
        }
    }

    fn evidence(&self) -> Evidence {
        let silence = self.setting.observed.saturating_sub(1) - self.last_purchase;
        let given = Some(self.customer.p_alive).filter(|p| !p.is_nan());
        let by_rhythm = || self.rhythm.p_alive(f64::from(silence));
        Evidence {
            rule: self.rule,
            pending: self.pending.map(|(stage, _)| stage),
            rhythm: Some(RhythmEvidence {
                purchases: self.purchases,
                silence,
                interpurchase_time: self.rhythm.interpurchase_time,
                p_alive: given.unwrap_or_else(by_rhythm),
            }),
            trend: self.trend,
        }
    }
}

/// The change over all blocks, as part of the mean of the absolute values; 0 where all are 0.
fn change(trend: Trend, points: &[(f64, f64)], blocks: usize) -> f64 {
    let mean = points.iter().map(|(_, v)| v.abs()).sum::<f64>() / points.len() as f64;
    if mean > 0.0 {
        trend.slope * (blocks - 1) as f64 / mean
    } else {
        0.0
    }
}
