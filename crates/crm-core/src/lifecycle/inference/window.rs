//! The latest blocks of a customer's value.

use super::options::MOST_BLOCKS;
use super::trend::{above_less_below, change, mean_size, theil_sen};

/// Value per period of a customer's latest blocks, the oldest first, and Kendall's S of them: the pairs that rise less
/// the pairs that fall. A block that comes or goes changes S by its own pairs alone.
pub(super) struct Window {
    /// The blocks are `from..until`; they move along, and are set back at the end of the room.
    room: [f64; ROOM],
    from: usize,
    until: usize,
    s: i32,
    /// Memory for the slopes of all pairs.
    slopes: Vec<f64>,
}

const ROOM: usize = 4 * MOST_BLOCKS;

impl Window {
    pub(super) fn new() -> Self {
        Window {
            room: [0.0; ROOM],
            from: 0,
            until: 0,
            s: 0,
            slopes: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        (self.from, self.until, self.s) = (0, 0, 0);
    }

    pub(super) fn values(&self) -> &[f64] {
        self.room.get(self.from..self.until).unwrap_or_default()
    }

    pub(super) fn s(&self) -> i32 {
        self.s
    }

    /// Adds the latest block; of more than `most` the oldest one goes.
    pub(super) fn push(&mut self, value: f64, most: usize) {
        if self.until - self.from >= most
            && let Some(&oldest) = self.values().first()
        {
            self.from += 1;
            self.s -= above_less_below(self.values(), oldest);
        }
        self.s -= above_less_below(self.values(), value);
        if self.until == ROOM {
            self.room.copy_within(self.from.., 0);
            (self.from, self.until) = (0, self.until - self.from);
        }
        if let Some(place) = self.room.get_mut(self.until) {
            *place = value;
            self.until += 1;
        }
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
    pub(super) fn slope(&mut self) -> f64 {
        let values = self.room.get(self.from..self.until).unwrap_or_default();
        let points = values.iter().enumerate();
        let points = points.map(|(block, value)| (block as f64, *value));
        theil_sen(points, &mut self.slopes)
    }

    /// The change over all blocks by such a slope, as part of the mean of the absolute values; 0 where all are 0.
    pub(super) fn change(&self, slope: f64) -> f64 {
        change(slope, self.values(), self.values().len())
    }

    pub(super) fn rises_by(&mut self, least: f64) -> bool {
        self.changes_by(least, 1.0)
    }

    pub(super) fn falls_by(&mut self, least: f64) -> bool {
        self.changes_by(least, -1.0)
    }

    /// Whether `sign` · [`change`](Self::change) of the [`slope`](Self::slope) is `least` or more. The slope is the median over all pairs: where more than half of them are clearly
    /// steeper, or clearly flatter, it need not be found.
    fn changes_by(&mut self, least: f64, sign: f64) -> bool {
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
            let slope = self.slope();
            sign * self.change(slope) >= least
        }
    }
}
