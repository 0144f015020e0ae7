//! The rules, applied to one customer from the first purchase to the end of observation.
//!
//! Everything happens in the customer's own time. A purchase is looked at when it happens, a
//! silence when it reaches a threshold, and the trend once per own interpurchase time; so the
//! work grows with the number of purchases, not with the number of periods. What is said of a
//! period depends on nothing after it but the population's rhythm and a given P(alive).

use super::evidence::{Evidence, RhythmEvidence, Rule, ShareTrend, TrendEvidence};
use super::histories::StageHistories;
use super::options::{MOST_BLOCKS, RuleOptions};
use super::rhythm::{Intervals, Rhythm, Rhythms};
use super::trend::{Direction, KendallTables, theil_sen};
use crate::lifecycle::Stage;

/// What is the same for all customers.
pub(super) struct Setting<'a> {
    pub(super) options: &'a RuleOptions,
    pub(super) rhythms: Rhythms<'a>,
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

/// What hears of each move from stage to stage.
pub(super) trait Moves {
    fn enter(&mut self, period: u32, stage: Stage, rule: Rule);
}

impl Moves for StageHistories {
    fn enter(&mut self, period: u32, stage: Stage, rule: Rule) {
        self.push(period, stage, rule);
    }
}

/// Nobody asks for the history.
pub(super) struct Forgotten;

impl Moves for Forgotten {
    fn enter(&mut self, _: u32, _: Stage, _: Rule) {}
}

/// The walk through one customer's periods.
struct Walk<'a, M> {
    setting: &'a Setting<'a>,
    customer: Customer<'a>,
    history: &'a mut M,
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
    /// The stage at the end and its evidence; the stages on the way are told to `history`.
    pub(super) fn walk(
        &self,
        customer: Customer<'_>,
        history: &mut impl Moves,
        scratch: &mut Scratch,
    ) -> (Stage, Evidence) {
        match self.through(customer, history, scratch) {
            Some(mut walk) => {
                let evidence = walk.evidence();
                (walk.stage, evidence)
            }
            None => (Stage::Potential, Evidence::NEVER_BOUGHT),
        }
    }

    /// The stage at the end, the rule that holds the customer there and how clear that is.
    pub(super) fn arrive(
        &self,
        customer: Customer<'_>,
        scratch: &mut Scratch,
    ) -> (Stage, Rule, f64) {
        let mut forgotten = Forgotten;
        let Some(walk) = self.through(customer, &mut forgotten, scratch) else {
            let confidence = Evidence::NEVER_BOUGHT.confidence(self.options);
            return (Stage::Potential, Rule::NeverBought, confidence);
        };
        let confidence = walk.what_decided().confidence(self.options);
        (walk.stage, walk.rule, confidence)
    }

    /// The walk at the end of observation; `None` for a customer who never bought.
    fn through<'a, M: Moves>(
        &'a self,
        customer: Customer<'a>,
        history: &'a mut M,
        scratch: &'a mut Scratch,
    ) -> Option<Walk<'a, M>> {
        let mut purchases = customer.purchase_periods();
        let Some(first) = purchases.next() else {
            history.enter(0, Stage::Potential, Rule::NeverBought);
            return None;
        };
        history.enter(first, Stage::Development, Rule::FirstPurchases);
        let intervals = Intervals::default();
        let rhythm = self.rhythms.after(intervals);
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
            next_evaluation: first_evaluation(first, rhythm),
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
        Some(walk)
    }
}

/// The end of the first block from `origin` on.
fn first_evaluation(origin: u32, rhythm: Rhythm) -> u64 {
    u64::from(origin) + u64::from(rhythm.block()) - 1
}

/// The least whole number that is not below a positive `x`.
fn whole_from(x: f64) -> u64 {
    let below = x as u64;
    below.saturating_add(u64::from((below as f64) < x))
}

impl<M: Moves> Walk<'_, M> {
    /// The periods from the last purchase up to `until` (not included), without a purchase.
    fn pass_time(&mut self, until: u32, p_alive: f64) {
        let options = self.setting.options;
        let last = u64::from(self.last_purchase);
        let until = u64::from(until);
        let silence = options.silence * self.rhythm.interpurchase_time;
        let decline = last.saturating_add(whole_from(silence));
        let mut end = u64::MAX;
        let is_alive = p_alive > options.termination;
        // By the rhythm nothing ends before Decline.
        if decline < until && !is_alive {
            let rhythms = &self.setting.rhythms;
            let by_rhythm = rhythms.silence_at_termination(self.rhythm).max(silence);
            end = last.saturating_add(whole_from(by_rhythm));
        }
        if p_alive <= options.termination {
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
            self.next_evaluation = first_evaluation(period, self.rhythm);
            self.move_to(u64::from(period), Stage::Recovery, Rule::BoughtAgain);
        } else {
            let interval = period - self.last_purchase;
            self.intervals.add(f64::from(interval));
            self.rhythm = self.setting.rhythms.after(self.intervals);
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
        self.history.enter(period, stage, rule);
        self.stage = stage;
        self.rule = rule;
        self.moved = period;
        self.pending = None;
    }

    /// Looks at trend and level in the period `next_evaluation`.
    fn evaluate(&mut self) {
        let period = self.next_evaluation;
        self.next_evaluation = period + u64::from(self.rhythm.block());
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
        let blocks = ((period - self.origin + 1) / block).min(options.window) as usize;
        if blocks < options.least_blocks as usize {
            let resumed = self.stage == Stage::Decline
                && self.purchases_since_origin >= options.development_purchases;
            return resumed.then_some((Stage::Growth, Rule::RepeatPurchases));
        }
        let trend = self.trend(period, block, blocks);
        self.trend = Some(trend);
        let share = trend.share;
        let least = options.least_change;
        let level = options.significance;
        // The slope is looked at only where the test speaks for a change.
        if trend.p_fall <= level && -self.change() >= least {
            Some((Stage::Decline, Rule::FallingValue))
        } else if share.is_some_and(|s| s.p_fall <= level && -s.change >= least) {
            Some((Stage::Decline, Rule::FallingShare))
        } else if trend.level <= options.decline_level * trend.peak
            && trend.p_fall <= options.inclination
        {
            Some((Stage::Decline, Rule::BelowPeak))
        } else if trend.p_rise <= level && self.change() >= least {
            Some((Stage::Growth, Rule::RisingValue))
        } else if share.is_some_and(|s| s.p_rise <= level && s.change >= least) {
            Some((Stage::Growth, Rule::RisingShare))
        } else {
            let stays = match self.stage {
                Stage::Growth => trend.p_rise <= options.inclination && self.change() >= least,
                Stage::Decline => trend.level < options.return_level * trend.peak,
                _ => false,
            };
            (!stays).then_some((Stage::Maturity, Rule::Plateau))
        }
    }

    /// Trend and level over the `blocks` blocks of `block` periods that end with `period`, but for the slope.
    fn trend(&mut self, period: u32, block: u32, blocks: usize) -> TrendEvidence {
        let options = self.setting.options;
        let last = self.trend.map(|last| (last.period, last.block_periods));
        let known = self.seen;
        let later = self.customer.periods.get(known..).unwrap_or_default();
        self.seen += later.iter().take_while(|&&p| p <= period).count();
        let seen = self.customer.periods.get(..self.seen).unwrap_or_default();
        let latest = Blocks {
            end: period,
            length: block,
            count: blocks,
        };
        if last == Some((period - block, block)) {
            // All blocks are one older.
            self.values.copy_within(..blocks - 1, 1);
            let new = self.customer.value.get(known..self.seen);
            let new = new.unwrap_or_default().iter().rev();
            self.values[0] = new.fold(0.0, |sum, value| sum + value / f64::from(block));
        } else {
            self.values = [0.0; MOST_BLOCKS];
            for (age, value) in latest.entries(seen, self.customer.value) {
                if let Some(sum) = self.values.get_mut(age) {
                    *sum += value / f64::from(block);
                }
            }
        }
        let values = self.values.get(..blocks).unwrap_or_default();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let best = values.iter().copied().fold(0.0, f64::max);
        let sustained = (mean(values) * blocks as f64 - best) / (blocks - 1) as f64;
        self.peak = self.peak.max(sustained);
        let level = mean(
            values
                .get(..options.level_blocks as usize)
                .unwrap_or(values),
        );
        // The latest is the first: what rises falls along the slice.
        let Direction {
            p_rise: p_fall,
            p_fall: p_rise,
        } = self.setting.kendall.direction(values);
        let share = self.customer.share;
        TrendEvidence {
            period,
            blocks: blocks as u32,
            block_periods: block,
            slope: f64::NAN,
            change: f64::NAN,
            p_rise,
            p_fall,
            level,
            peak: self.peak,
            share: share.map(|share| self.share_trend(latest.entries(seen, share), blocks)),
        }
    }

    /// Of the mean share of wallet in each block; blocks in which it is not known are left out.
    fn share_trend(
        &self,
        entries: impl Iterator<Item = (usize, f64)>,
        blocks: usize,
    ) -> ShareTrend {
        let mut share = [(0.0, 0_u32); MOST_BLOCKS];
        for (age, known) in entries.filter(|(_, share)| !share.is_nan()) {
            if let Some((sum, n)) = share.get_mut(age) {
                *sum += known;
                *n += 1;
            }
        }
        let by_age = share.iter().take(blocks).enumerate().rev();
        let known = by_age.filter(|(_, (_, n))| *n > 0);
        let points: Vec<(f64, f64)> = known
            .map(|(age, (sum, n))| (-(age as f64), sum / f64::from(*n)))
            .collect();
        let shares: Vec<f64> = points.iter().map(|(_, share)| *share).collect();
        let direction = self.setting.kendall.direction(&shares);
        let slope = theil_sen(points.into_iter(), &mut Vec::new());
        ShareTrend {
            slope,
            change: change(slope, &shares, blocks),
            p_rise: direction.p_rise,
            p_fall: direction.p_fall,
        }
    }

    /// The change of value over the blocks of the last evaluation.
    fn change(&mut self) -> f64 {
        let Some(trend) = &mut self.trend else {
            return f64::NAN;
        };
        if trend.slope.is_nan() {
            let blocks = trend.blocks as usize;
            let values = self.values.get(..blocks).unwrap_or_default();
            let points = values.iter().enumerate().rev();
            let points = points.map(|(age, v)| (-(age as f64), *v));
            trend.slope = theil_sen(points, &mut self.scratch.slopes);
            trend.change = change(trend.slope, values, blocks);
        }
        trend.change
    }

    fn evidence(&mut self) -> Evidence {
        self.change();
        let mut evidence = self.what_decided();
        if let Some(rhythm) = evidence.rhythm.as_mut().filter(|r| r.p_alive.is_nan()) {
            rhythm.p_alive = self.p_alive();
        }
        evidence
    }

    /// The evidence without what the stage does not hang on: P(alive) unless the relationship has ended, and the slope.
    fn what_decided(&self) -> Evidence {
        Evidence {
            rule: self.rule,
            pending: self.pending.map(|(stage, _)| stage),
            rhythm: Some(RhythmEvidence {
                purchases: self.purchases,
                silence: self.silence(),
                interpurchase_time: self.rhythm.interpurchase_time,
                p_alive: match self.rule {
                    Rule::LikelyEnded => self.p_alive(),
                    _ => f64::NAN,
                },
            }),
            trend: self.trend,
        }
    }

    /// Periods without a purchase at the end of observation.
    fn silence(&self) -> u32 {
        self.setting.observed.saturating_sub(1) - self.last_purchase
    }

    /// As given, else by the rhythm.
    fn p_alive(&self) -> f64 {
        if !self.customer.p_alive.is_nan() {
            return self.customer.p_alive;
        }
        let silence = f64::from(self.silence());
        self.setting.rhythms.p_alive(self.rhythm, silence)
    }
}

/// Blocks of a customer's own time, counted back from a period; the latest has age 0.
#[derive(Clone, Copy)]
struct Blocks {
    /// The last period of the latest block.
    end: u32,
    /// Periods in a block.
    length: u32,
    count: usize,
}

impl Blocks {
    /// The numbers of the entries that lie in the blocks, each with the age of its block, the latest first. No entry of `periods` lies
    /// after the blocks.
    fn entries<'a>(
        self,
        periods: &'a [u32],
        numbers: &'a [f64],
    ) -> impl Iterator<Item = (usize, f64)> + 'a {
        let (mut age, mut next) = (0, u64::from(self.length));
        let entries = periods.iter().zip(numbers).rev();
        let aged = entries.map(move |(&period, &number)| {
            while u64::from(self.end - period) >= next {
                age += 1;
                next += u64::from(self.length);
            }
            (age, number)
        });
        aged.take_while(move |(age, _)| *age < self.count)
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
