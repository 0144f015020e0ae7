//! The latest blocks of a customer's value.

use super::options::MOST_BLOCKS;
use super::trend::{change, mean_size, theil_sen};

/// Value per period of a customer's latest blocks, the oldest first, and Kendall's S of them: the pairs that rise less
/// the pairs that fall. A block that comes or goes changes S by its own pairs alone.
pub(super) struct Window {
    /// The blocks are `from..until`; they move along and are set back at the end of the room. What follows them is NaN, so
    /// that they can be looked at by [`LANES`] at once.
    room: [f64; ROOM],
    from: usize,
    until: usize,
    s: f64,
}

const LANES: usize = 8;

const ROOM: usize = 4 * MOST_BLOCKS;

impl Window {
    pub(super) fn new() -> Self {
        Window {
            room: [f64::NAN; ROOM],
            from: 0,
            until: 0,
            s: 0.0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.room
            .iter_mut()
            .take(self.until)
            .for_each(|v| *v = f64::NAN);
        (self.from, self.until, self.s) = (0, 0, 0.0);
    }

    pub(super) fn values(&self) -> &[f64] {
        self.room.get(self.from..self.until).unwrap_or_default()
    }

    pub(super) fn s(&self) -> f64 {
        self.s
    }

    /// Adds the latest block; of more than `most` the oldest one goes.
    pub(super) fn push(&mut self, value: f64, most: usize) {
        if self.until - self.from >= most
            && let Some(&oldest) = self.values().first()
        {
            self.from += 1;
            self.s -= self.above_less_below(oldest);
        }
        self.s -= self.above_less_below(value);
        if self.until + LANES == ROOM {
            self.room.copy_within(self.from.., 0);
            let blocks = self.until - self.from;
            self.room
                .iter_mut()
                .skip(blocks)
                .for_each(|v| *v = f64::NAN);
            (self.from, self.until) = (0, blocks);
        }
        if let Some(place) = self.room.get_mut(self.until) {
            *place = value;
            self.until += 1;
        }
    }

    /// How many values lie above y, less how many lie below.
    fn above_less_below(&self, y: f64) -> f64 {
        let signs = self.values().iter();
        let signs = signs.map(|&v| i32::from(v > y) - i32::from(v < y));
        f64::from(signs.sum::<i32>())
    }

    /// Σ f(v); f(NaN) is 0.
    #[inline]
    fn sum(&self, f: impl Fn(f64) -> f64) -> f64 {
        let mut sums = [0.0; LANES];
        for lanes in self.lanes() {
            for (sum, v) in sums.iter_mut().zip(lanes) {
                *sum += f(*v);
            }
        }
        let [a, b, c, d, e, f, g, h] = sums;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }

    /// The values, followed by NaN.
    fn lanes(&self) -> &[[f64; LANES]] {
        let blocks = self.until - self.from;
        let until = self.from + blocks.next_multiple_of(LANES);
        let lanes = self.room.get(self.from..until).unwrap_or_default();
        lanes.as_chunks().0
    }

    /// The mean of the latest blocks.
    pub(super) fn level(&self, blocks: usize) -> f64 {
        let latest = self.values().iter().rev().take(blocks);
        latest.sum::<f64>() / blocks as f64
    }

    /// The mean of all blocks but the best.
    pub(super) fn sustained(&self) -> f64 {
        let values = self.values();
        let larger = |best: f64, &value: &f64| if value > best { value } else { best };
        let best = values.iter().fold(0.0, larger);
        (values.iter().sum::<f64>() - best) / (values.len() - 1) as f64
    }

    /// Theil–Sen slope: change from one block to the next.
    pub(super) fn slope(&self) -> f64 {
        let points = self.values().iter().enumerate();
        theil_sen(points.map(|(block, value)| (block as f64, *value)))
    }

    /// The change over all blocks by that slope, as part of the mean of the absolute values; 0 where all are 0.
    pub(super) fn change(&self) -> f64 {
        change(self.slope(), self.values(), self.values().len())
    }

    pub(super) fn rises_by(&self, least: f64) -> bool {
        self.changes_by(least, 1.0)
    }

    pub(super) fn falls_by(&self, least: f64) -> bool {
        self.changes_by(least, -1.0)
    }

    /// Whether `sign` · [`change`](Self::change) ≥ `least`. The slope is the median over all pairs: where more than half of them are clearly
    /// steeper, or clearly flatter, it need not be found.
    fn changes_by(&self, least: f64, sign: f64) -> bool {
        const ROUNDING: f64 = 1e-12;
        let values = self.values();
        let slope = least * mean_size(values) / (values.len() - 1) as f64;
        let (mut steeper, mut not_flatter, mut pairs) = (0, 0, 0);
        for gap in 1..values.len() {
            let later = values.get(gap..).unwrap_or_default();
            let least = slope * gap as f64;
            let (above, below) = (least * (1.0 + ROUNDING), least * (1.0 - ROUNDING));
            for (later, earlier) in later.iter().zip(values) {
                let step = sign * (later - earlier);
                steeper += u32::from(step > above);
                not_flatter += u32::from(step >= below);
            }
            pairs += later.len() as u32;
        }
        if 2 * steeper > pairs {
            true
        } else if 2 * not_flatter < pairs {
            false
        } else {
            sign * self.change() >= least
        }
    }
}
