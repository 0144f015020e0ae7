//! The rules, applied to one customer from the first purchase to the end of observation.
//!
//! Everything happens in the customer's own time. A purchase is looked at when it happens, a
//! silence when it reaches a threshold, and the trend once per own interpurchase time; so the
//! work grows with the number of purchases, not with the number of periods. What is said of a
//! period depends on nothing after it but the population's rhythm and a given P(alive).

use super::evidence::{Evidence, RhythmEvidence, Rule, ShareTrend, TrendEvidence};
use super::histories::StageHistories;
use super::options::{MOST_BLOCKS, RuleOptions};
use super::rhythm::{Rhythm, Rhythms};
use super::trend::{KendallTables, change, theil_sen};
use super::window::Window;
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

/// What hears of each move from stage to stage.
pub(super) trait Moves {
    /// Whether anybody asks for moves that a Termination has made meaningless.
    const ARE_KEPT: bool;

    fn enter(&mut self, period: u32, stage: Stage, rule: Rule);
}

impl Moves for StageHistories {
    const ARE_KEPT: bool = true;

    fn enter(&mut self, period: u32, stage: Stage, rule: Rule) {
        self.push(period, stage, rule);
    }
}

/// Nobody asks for the history.
pub(super) struct Forgotten;

impl Moves for Forgotten {
    const ARE_KEPT: bool = false;

    fn enter(&mut self, _: u32, _: Stage, _: Rule) {}
}

/// The walk through one customer's periods.
struct Walk<'a, M> {
    setting: &'a Setting<'a>,
    customer: Customer<'a>,
    history: &'a mut M,
    /// Of the last evaluation, or of nothing that counts any more.
    window: &'a mut Window,
    stage: Stage,
    /// The rule that holds the customer in the stage.
    rule: Rule,
    /// The period of the last move.
    moved: u32,
    pending: Option<(Stage, u32)>,
    /// Σ of the interpurchase times that make the rhythm.
    intervals: u32,
    rhythm: Rhythm,
    /// Where the relationship began, or began anew.
    origin: u32,
    /// Periods with a purchase, in all and since the origin.
    purchases: u32,
    purchases_since_origin: u32,
    last_purchase: u32,
    next_evaluation: u32,
    peak: f64,
    /// Entries up to the last evaluation.
    seen: usize,
    /// What the last evaluation saw.
    trend: Option<Trend>,
}

/// Trend and level at an evaluation, but for what the [`Window`] tells.
#[derive(Clone, Copy)]
struct Trend {
    period: u32,
    /// Periods in a block.
    block: u32,
    level: f64,
    share: Option<ShareTrend>,
}

impl Setting<'_> {
    /// The stage at the end and its evidence; the stages on the way are told to `history`.
    pub(super) fn walk(
        &self,
        customer: Customer<'_>,
        history: &mut impl Moves,
        window: &mut Window,
    ) -> (Stage, Evidence) {
        match self.through(customer, history, window) {
            Some(mut walk) => (walk.stage, walk.evidence()),
            None => (Stage::Potential, Evidence::NEVER_BOUGHT),
        }
    }

    /// The stage at the end, the rule that holds the customer there and how clear that is.
    pub(super) fn arrive(&self, customer: Customer<'_>, window: &mut Window) -> (Stage, Rule, f64) {
        let mut forgotten = Forgotten;
        let Some(walk) = self.through(customer, &mut forgotten, window) else {
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
        window: &'a mut Window,
    ) -> Option<Walk<'a, M>> {
        let mut purchases = customer.purchase_periods();
        let Some(first) = purchases.next() else {
            history.enter(0, Stage::Potential, Rule::NeverBought);
            return None;
        };
        history.enter(first, Stage::Development, Rule::FirstPurchases);
        let rhythm = self.rhythms.after(0.0, 0.0);
        let mut walk = Walk {
            setting: self,
            customer,
            history,
            window,
            stage: Stage::Development,
            rule: Rule::FirstPurchases,
            moved: first,
            pending: None,
            intervals: 0,
            rhythm,
            origin: first,
            purchases: 1,
            purchases_since_origin: 1,
            last_purchase: first,
            next_evaluation: first_evaluation(first, rhythm),
            peak: 0.0,
            seen: 0,
            trend: None,
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
fn first_evaluation(origin: u32, rhythm: Rhythm) -> u32 {
    origin.saturating_add(rhythm.block - 1)
}

/// The least whole number that is not below a positive `x`.
fn whole_from(x: f64) -> u32 {
    let below = x as u32;
    below.saturating_add(u32::from(f64::from(below) < x))
}

impl<M: Moves> Walk<'_, M> {
    /// The periods from the last purchase up to `until` (not included), without a purchase.
    fn pass_time(&mut self, until: u32, p_alive: f64) {
        let options = self.setting.options;
        let last = self.last_purchase;
        let silence = options.silence * self.rhythm.interpurchase_time;
        let has_ended = p_alive <= options.termination;
        if f64::from(until - last) <= silence && !has_ended {
            return self.evaluate_before(until);
        }
        let decline = last.saturating_add(whole_from(silence));
        let mut end = u32::MAX;
        let is_alive = p_alive > options.termination;
        // By the rhythm nothing ends before Decline.
        if decline < until && !is_alive {
            let rhythms = &self.setting.rhythms;
            let by_rhythm = rhythms.silence_at_termination(self.rhythm).max(silence);
            end = last.saturating_add(whole_from(by_rhythm));
        }
        if has_ended {
            end = end.min(until.saturating_sub(1)).max(last + 1);
        }
        if end >= until || M::ARE_KEPT {
            self.evaluate_before(until.min(decline).min(end));
            if decline < until.min(end) && self.stage != Stage::Decline {
                self.move_to(decline, Stage::Decline, Rule::Silence);
            }
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
            self.move_to(period, Stage::Recovery, Rule::BoughtAgain);
        } else {
            self.intervals += period - self.last_purchase;
            let repetitions = self.rhythm.repetitions + 1.0;
            let rhythms = &self.setting.rhythms;
            self.rhythm = rhythms.after(repetitions, f64::from(self.intervals));
            self.purchases_since_origin += 1;
            self.next_evaluation = self.next_evaluation.max(period);
            let n = self.purchases_since_origin;
            if self.stage == Stage::Development && n >= options.development_purchases {
                self.move_to(period, Stage::Growth, Rule::RepeatPurchases);
            } else if self.stage == Stage::Recovery && n >= options.recovery_purchases {
                self.move_to(period, Stage::Maturity, Rule::Reactivated);
            }
        }
        self.last_purchase = period;
    }

    fn move_to(&mut self, period: u32, stage: Stage, rule: Rule) {
        self.history.enter(period, stage, rule);
        self.stage = stage;
        self.rule = rule;
        self.moved = period;
        self.pending = None;
    }

    /// Looks at trend and level once per own interpurchase time, but not in stages that only purchases and silence end.
    fn evaluate_before(&mut self, until: u32) {
        let block = self.rhythm.block;
        if matches!(self.stage, Stage::Development | Stage::Recovery) {
            let missed = until.saturating_sub(self.next_evaluation).div_ceil(block);
            self.next_evaluation += missed * block;
        }
        while self.next_evaluation < until {
            let period = self.next_evaluation;
            self.next_evaluation += block;
            self.evaluate(period);
        }
    }

    fn evaluate(&mut self, period: u32) {
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
                    self.move_to(period, stage, rule);
                }
            }
            None => self.pending = None,
        }
    }

    /// The stage that trend and level speak for; `None` if for none.
    fn candidate(&mut self, period: u32) -> Option<(Stage, Rule)> {
        let options = self.setting.options;
        let block = self.rhythm.block;
        let blocks = ((period - self.origin + 1) / block).min(options.window);
        if blocks < options.least_blocks {
            let resumed = self.stage == Stage::Decline
                && self.purchases_since_origin >= options.development_purchases;
            return resumed.then_some((Stage::Growth, Rule::RepeatPurchases));
        }
        let trend = self.look(period, block, blocks);
        self.trend = Some(trend);
        let (level, share) = (trend.level, trend.share);
        let (rise, kendall) = (self.window.s(), &self.setting.kendall);
        let significant = kendall.significant(blocks as usize);
        let inclined = kendall.inclined(blocks as usize);
        let least = options.least_change;
        if -rise >= significant && self.window.falls_by(least) {
            Some((Stage::Decline, Rule::FallingValue))
        } else if share.is_some_and(|s| s.p_fall <= options.significance && -s.change >= least) {
            Some((Stage::Decline, Rule::FallingShare))
        } else if -rise >= inclined && level <= options.decline_level * self.peak {
            Some((Stage::Decline, Rule::BelowPeak))
        } else if rise >= significant && self.window.rises_by(least) {
            Some((Stage::Growth, Rule::RisingValue))
        } else if share.is_some_and(|s| s.p_rise <= options.significance && s.change >= least) {
            Some((Stage::Growth, Rule::RisingShare))
        } else {
            let stays = match self.stage {
                Stage::Growth => rise >= inclined && self.window.rises_by(least),
                Stage::Decline => level < options.return_level * self.peak,
                _ => false,
            };
            (!stays).then_some((Stage::Maturity, Rule::Plateau))
        }
    }

    /// Looks at the `blocks` blocks of `block` periods that end with `period`.
    fn look(&mut self, period: u32, block: u32, blocks: u32) -> Trend {
        let options = self.setting.options;
        let known = self.seen;
        let later = self.customer.periods.get(known..).unwrap_or_default();
        self.seen += later.iter().take_while(|&&p| p <= period).count();
        let latest = Blocks {
            end: period,
            length: block,
            count: blocks,
        };
        let follows = |last: Trend| last.block == block && last.period + block == period;
        if self.trend.is_some_and(follows) {
            let value = self.customer.value.get(known..self.seen);
            let sum: f64 = value.unwrap_or_default().iter().sum();
            self.window
                .push(sum / f64::from(block), options.window as usize);
        } else {
            let periods = self.customer.periods.get(..self.seen).unwrap_or_default();
            latest.fill(self.window, periods, self.customer.value);
        }
        let share = self.customer.share;
        self.peak = self.peak.max(self.window.sustained());
        Trend {
            period,
            block,
            level: self.window.level(options.level_blocks as usize),
            share: share.map(|share| self.share_trend(latest, share)),
        }
    }

    /// Of the mean share of wallet in each block; blocks in which it is not known are left out.
    fn share_trend(&self, latest: Blocks, share: &[f64]) -> ShareTrend {
        let mut shares = [(0.0, 0_u32); MOST_BLOCKS];
        let periods = self.customer.periods.get(..self.seen).unwrap_or_default();
        for (age, known) in latest.entries(periods, share).filter(|(_, s)| !s.is_nan()) {
            if let Some((sum, n)) = shares.get_mut(age) {
                *sum += known;
                *n += 1;
            }
        }
        let by_age = shares.iter().take(latest.count as usize).enumerate().rev();
        let known = by_age.filter(|(_, (_, n))| *n > 0);
        let points: Vec<(f64, f64)> = known
            .map(|(age, (sum, n))| (-(age as f64), sum / f64::from(*n)))
            .collect();
        let shares: Vec<f64> = points.iter().map(|(_, share)| *share).collect();
        let direction = self.setting.kendall.direction(&shares);
        let slope = theil_sen(points.into_iter(), &mut Vec::new());
        ShareTrend {
            slope,
            change: change(slope, &shares, latest.count as usize),
            p_rise: direction.p_rise,
            p_fall: direction.p_fall,
        }
    }

    fn evidence(&mut self) -> Evidence {
        let mut evidence = self.what_decided();
        if let Some(rhythm) = evidence.rhythm.as_mut().filter(|r| r.p_alive.is_nan()) {
            rhythm.p_alive = self.p_alive();
        }
        if let Some(trend) = evidence.trend.as_mut() {
            trend.slope = self.window.slope();
            trend.change = self.window.change(trend.slope);
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
            trend: self.trend.map(|trend| {
                let blocks = self.window.values().len();
                let direction = self.setting.kendall.of(blocks, self.window.s());
                TrendEvidence {
                    period: trend.period,
                    blocks: blocks as u32,
                    block_periods: trend.block,
                    slope: f64::NAN,
                    change: f64::NAN,
                    p_rise: direction.p_rise,
                    p_fall: direction.p_fall,
                    level: trend.level,
                    peak: self.peak,
                    share: trend.share,
                }
            }),
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

/// Blocks of a customer's own time.
#[derive(Clone, Copy)]
struct Blocks {
    /// The last period of the latest block.
    end: u32,
    /// Periods in a block.
    length: u32,
    count: u32,
}

impl Blocks {
    /// Value per period of each block, from entries of which none lies after the blocks.
    fn fill(self, window: &mut Window, periods: &[u32], values: &[f64]) {
        let mut sums = [0.0; MOST_BLOCKS];
        for (age, value) in self.entries(periods, values) {
            if let Some(sum) = sums.get_mut(age) {
                *sum += value;
            }
        }
        window.clear();
        for sum in sums.iter().take(self.count as usize).rev() {
            window.push(sum / f64::from(self.length), MOST_BLOCKS);
        }
    }

    /// The numbers of the entries that lie in the blocks, each with the age of its block: the latest block has age 0. No entry of
    /// `periods` lies after the blocks.
    fn entries<'a>(
        self,
        periods: &'a [u32],
        numbers: &'a [f64],
    ) -> impl Iterator<Item = (usize, f64)> + 'a {
        let first = self.end + 1 - self.count * self.length;
        let inside = periods.iter().rev().take_while(|p| **p >= first).count();
        let entries = periods.iter().zip(numbers).skip(periods.len() - inside);
        entries.map(move |(p, number)| (((self.end - p) / self.length) as usize, *number))
    }
}
