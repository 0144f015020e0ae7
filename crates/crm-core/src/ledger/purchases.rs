use std::ops::Range;

use super::summary::SummaryOptions;
use super::window::{Activity, Booking, Returns, Window};
use super::{Ledger, Segment};
use crate::parallel;

/// What the periods of one customer add up to, visited oldest first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Purchases {
    count: u32,
    first: i64,
    last: i64,
    first_spend: f64,
    repeat_spend: f64,
}

/// Frequency x, recency t_x, age T and mean spend of one customer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Behaviour {
    pub(super) frequency: f64,
    pub(super) recency: f64,
    pub(super) age: f64,
    pub(super) mean_spend: f64,
}

/// From numbers of periods to units of time, and from units of amounts to amounts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    numbers_per_period: f64,
    periods_per_unit: f64,
    units_per_one: f64,
    include_first: bool,
    /// Deducted from times for each repeat purchase.
    correction: f64,
}

/// Something about customer number `customer`, who comes first in row `first_row` of the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct CustomerRow<T> {
    pub(super) customer: usize,
    pub(super) first_row: usize,
    pub(super) value: T,
}

/// Customers that one task gathers.
const CUSTOMERS_PER_TASK: usize = 1 << 11;
/// Tasks whose results are held at the same time, beside what becomes of them.
const TASKS_PER_ROUND: usize = 16;

impl Purchases {
    pub(super) const EMPTY: Purchases = Purchases {
        count: 0,
        first: 0,
        last: 0,
        first_spend: 0.0,
        repeat_spend: 0.0,
    };

    /// What a customer bought within the window.
    pub(super) fn observed(
        bookings: impl Iterator<Item = Booking>,
        window: &Window,
        returns: Returns,
    ) -> Self {
        let mut purchases = Purchases::EMPTY;
        window.visit(bookings, returns, |activity| purchases.add(&activity));
        purchases
    }

    pub(super) fn add(&mut self, activity: &Activity) {
        if activity.is_purchase() {
            if self.count == 0 {
                self.first = activity.period;
            }
            self.last = activity.period;
            self.count += 1;
        }
        match self.count {
            0 => {}
            1 => self.first_spend += activity.net,
            _ => self.repeat_spend += activity.net,
        }
    }

    /// How the customer behaved until `end`; none without a purchase.
    pub(super) fn behaviour(&self, scale: &Scale, end: i64) -> Option<Behaviour> {
        let frequency = f64::from(self.count.checked_sub(1)?);
        let (spend, spent_on) = if scale.include_first {
            (self.first_spend + self.repeat_spend, frequency + 1.0)
        } else {
            (self.repeat_spend, frequency)
        };
        let mean_spend = if spent_on > 0.0 {
            scale.amount(spend) / spent_on
        } else {
            0.0
        };
        let correction = scale.correction * frequency;
        Some(Behaviour {
            frequency,
            recency: scale.time(self.first, self.last) - correction,
            age: scale.time(self.first, end) - correction,
            mean_spend,
        })
    }

    /// The time from the number `beginning` to the first purchase; none without a purchase.
    pub(super) fn start(&self, scale: &Scale, beginning: i64) -> Option<f64> {
        (self.count > 0).then(|| scale.time(beginning, self.first))
    }

    /// How many purchases there were.
    pub(super) fn count(&self) -> f64 {
        f64::from(self.count)
    }

    /// What all of them brought.
    pub(super) fn spend(&self, scale: &Scale) -> f64 {
        scale.amount(self.first_spend + self.repeat_spend)
    }

    /// What each of them brought in the mean; 0 if there are none.
    pub(super) fn mean_spend(&self, scale: &Scale) -> f64 {
        if self.count > 0 {
            self.spend(scale) / self.count()
        } else {
            0.0
        }
    }
}

impl Scale {
    pub(super) fn new(options: &SummaryOptions, window: &Window, units_per_one: f64) -> Self {
        Scale {
            numbers_per_period: window.numbers_per_period(),
            periods_per_unit: options.periods_per_unit,
            units_per_one,
            include_first: options.include_first,
            correction: if options.continuity_correction && window.has_periods() {
                0.5 / options.periods_per_unit
            } else {
                0.0
            },
        }
    }

    pub(super) fn time(&self, from: i64, to: i64) -> f64 {
        (to - from) as f64 / self.numbers_per_period / self.periods_per_unit
    }

    fn amount(&self, units: f64) -> f64 {
        units / self.units_per_one
    }
}

impl Ledger {
    /// What `task` makes of each customer's transactions, where it makes something, in the order of
    /// customers: `take` gets it in parts that `collect` has brought into a form.
    pub(super) fn per_customer<T, R: Send>(
        &self,
        task: impl Fn(&Segment, Range<usize>) -> Option<T> + Sync + Send,
        collect: impl Fn(&[CustomerRow<T>]) -> R + Sync + Send,
        take: impl FnMut(R),
    ) {
        let row = |customer| {
            let (segment, place) = self.place(customer)?;
            Some(CustomerRow {
                customer,
                first_row: place.first_row as usize,
                value: task(segment, segment.range(place.code))?,
            })
        };
        per_customer(self.customers(), row, collect, take);
    }
}

/// The rows of the first `customers` customers, where they have one: `take` gets them in parts that `collect` has
/// brought into a form.
pub(super) fn per_customer<T, R: Send>(
    customers: usize,
    row: impl Fn(usize) -> Option<CustomerRow<T>> + Sync + Send,
    collect: impl Fn(&[CustomerRow<T>]) -> R + Sync + Send,
    mut take: impl FnMut(R),
) {
    let tasks = customers.div_ceil(CUSTOMERS_PER_TASK);
    for round in (0..tasks).step_by(TASKS_PER_ROUND) {
        let parts = parallel::map_range(TASKS_PER_ROUND.min(tasks - round), |number| {
            let start = (round + number) * CUSTOMERS_PER_TASK;
            let mut rows = Vec::with_capacity(CUSTOMERS_PER_TASK);
            rows.extend((start..customers.min(start + CUSTOMERS_PER_TASK)).filter_map(&row));
            collect(&rows)
        });
        parts.into_iter().for_each(&mut take);
    }
}
