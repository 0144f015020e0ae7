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
use super::trend::{KendallTables, theil_sen};
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
    /// Entries up to the last evaluation.
    seen: usize,
    /// At the last evaluation; its slope is NaN while nobody has asked for it.
    trend: Option<TrendEvidence>,
    /// What that trend is of: value per period of each block, the latest one first.
    values: [f64; MOST_BLOCKS],
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
            seen: 0,
            trend: None,
            values: [0.0; MOST_BLOCKS],
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
        let mut trend = self.trend(period, block, blocks);
        // A change is looked at only where the test speaks for one.
        if trend.p_rise.min(trend.p_fall) <= options.significance.max(options.inclination) {
            self.measure(&mut trend);
        }
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

    /// Trend and level over the `blocks` blocks of `block` periods that end with `period`, but for the slope.
    fn trend(&mut self, period: u32, block: u64, blocks: usize) -> TrendEvidence {
        let options = self.setting.options;
        let mut value = [0.0; MOST_BLOCKS];
        let mut share = [(0.0, 0_u32); MOST_BLOCKS];
        let later = self.customer.periods.get(self.seen..).unwrap_or_default();
        self.seen += later.iter().take_while(|&&p| p <= period).count();
        let (mut age, mut end) = (0, block);
        for entry in (0..self.seen).rev() {
            let Some(&active) = self.customer.periods.get(entry) else {
                break;
            };
            while u64::from(period - active) >= end {
                age += 1;
                end += block;
            }
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
        let level = mean(options.level_blocks as usize);
        self.values = value;

        let mut oldest_first = value;
        let oldest_first = oldest_first.get_mut(..blocks).unwrap_or_default();
        oldest_first.reverse();
        let direction = self.setting.kendall.direction(oldest_first);
        TrendEvidence {
            period,
            blocks: blocks as u32,
            block_periods: u32::try_from(block).unwrap_or(u32::MAX),
            slope: f64::NAN,
            change: f64::NAN,
            p_rise: direction.p_rise,
            p_fall: direction.p_fall,
            level,
            peak: self.peak,
            share: self
                .customer
                .share
                .map(|_| self.share_trend(&share, blocks)),
        }
    }

    /// Of the mean share of wallet in each block, the latest one first; blocks in which it is not known are left out.
    fn share_trend(&mut self, share: &[(f64, u32)], blocks: usize) -> ShareTrend {
        let by_age = share.iter().take(blocks).enumerate().rev();
        let known = by_age.filter(|(_, (_, n))| *n > 0);
        let points: Vec<(f64, f64)> = known
            .map(|(age, (sum, n))| (-(age as f64), sum / f64::from(*n)))
            .collect();
        let shares: Vec<f64> = points.iter().map(|(_, share)| *share).collect();
        let direction = self.setting.kendall.direction(&shares);
        let slope = theil_sen(points.into_iter(), &mut self.scratch.slopes);
        ShareTrend {
            slope,
            change: change(slope, &shares, blocks),
            p_rise: direction.p_rise,
            p_fall: direction.p_fall,
        }
    }

    /// Fills in the slope of the last evaluation.
    fn measure(&mut self, trend: &mut TrendEvidence) {
        let blocks = trend.blocks as usize;
        let values = self.values.get(..blocks).unwrap_or_default();
        let points = values.iter().enumerate().rev();
        let points = points.map(|(age, v)| (-(age as f64), *v));
        trend.slope = theil_sen(points, &mut self.scratch.slopes);
        trend.change = change(trend.slope, values, blocks);
    }

    fn evidence(&mut self) -> Evidence {
        if let Some(mut trend) = self.trend.filter(|trend| trend.slope.is_nan()) {
            self.measure(&mut trend);
            self.trend = Some(trend);
        }
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
fn change(slope: f64, values: &[f64], blocks: usize) -> f64 {
    let mean = values.iter().map(|v| v.abs()).sum::<f64>() / values.len() as f64;
    if mean > 0.0 {
        slope * (blocks - 1) as f64 / mean
    } else {
        0.0
    }
}
