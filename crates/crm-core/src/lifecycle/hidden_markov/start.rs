//! Where a search for the likeliest model begins.

use super::emission::EmissionFamily;
use super::transitions::TransitionLogit;
use super::{Emissions, HiddenMarkov, Panel, StateTransitions};
use crate::clv::switching::TransitionMatrix;
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::math::sum::Sum;

/// What starts, and limits of the search, are measured by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    mean: f64,
    /// Rows above 0 among those that are known.
    purchase_probability: f64,
    log_mean: f64,
    log_deviation: f64,
}

/// The deviation of the logarithm in a state, as part of that over all, stays at or above this: the likelihood of a state of
/// one amount alone has no bound.
const LEAST_DEVIATION: f64 = 0.01;

impl Scale {
    /// # Errors
    /// `Empty` if no value is known, `NoSolution` if they tell nothing: nobody buys, or all amounts are equal.
    pub(super) fn of(panel: &Panel, family: EmissionFamily) -> Result<Self> {
        let known = || panel.values().iter().filter(|value| !value.is_nan());
        let bought = || known().filter(|&&value| value > 0.0);
        let (rows, purchases) = (known().count() as f64, bought().count() as f64);
        if rows == 0.0 {
            return Err(Error::empty("values"));
        }
        let unsolvable = |reason| Err(Error::new(ErrorKind::NoSolution, "values", reason));
        if purchases == 0.0 {
            return unsolvable("are all 0: there are no states to tell");
        }
        let mean = known().copied().collect::<Sum>().value() / rows;
        let (mut log_mean, mut log_deviation) = (0.0, 0.0);
        if family == EmissionFamily::ZeroInflatedLogNormal {
            let logarithms = || bought().map(|&value| libm::log(value));
            log_mean = logarithms().collect::<Sum>().value() / purchases;
            let squares = logarithms().map(|ln| (ln - log_mean) * (ln - log_mean));
            log_deviation = libm::sqrt(squares.collect::<Sum>().value() / purchases);
            if log_deviation < 1e-12 {
                return unsolvable(
                    "must differ: all amounts are equal, so that they have no density",
                );
            }
        }
        Ok(Scale {
            mean,
            purchase_probability: purchases / rows,
            log_mean,
            log_deviation,
        })
    }

    pub(super) fn least_deviation(&self) -> f64 {
        LEAST_DEVIATION * self.log_deviation
    }

    /// The start of this number: the first one spreads the states evenly, the others are random.
    pub(super) fn start(
        &self,
        family: EmissionFamily,
        states: usize,
        covariates: usize,
        seed: u64,
        number: u32,
    ) -> Result<HiddenMarkov> {
        let mut random = (number > 0).then(|| Stream::new(seed, u64::from(number)));
        let levels = levels(states, random.as_mut());
        let mut parameters = Vec::new();
        for level in levels {
            match family {
                EmissionFamily::Poisson => parameters.push(self.mean * libm::exp(level)),
                EmissionFamily::NegativeBinomial => {
                    let shape = random.as_mut().map_or(0.0, Stream::normal);
                    parameters.extend([self.mean * libm::exp(level), 2.0 * libm::exp(shape)]);
                }
                EmissionFamily::ZeroInflatedLogNormal => {
                    let odds = self.purchase_probability / (1.02 - self.purchase_probability);
                    let odds = odds * libm::exp(level);
                    let shift = 0.5 * level * self.log_deviation;
                    parameters.extend([
                        odds / (1.0 + odds),
                        self.log_mean + shift,
                        self.log_deviation,
                    ]);
                }
            }
        }
        let initial = match &mut random {
            Some(random) => random.dirichlet(&vec![2.0; states]),
            None => vec![1.0 / states as f64; states],
        };
        let matrix = persistent(states, random.as_mut())?;
        let transitions = if covariates == 0 {
            StateTransitions::Constant(matrix)
        } else {
            StateTransitions::Logit(TransitionLogit::constant(&matrix, covariates))
        };
        HiddenMarkov::new(initial, transitions, Emissions::new(family, parameters)?)
    }
}

/// How far the logarithm of the mean of each state is from that over all: from −ln 4 to ln 4 evenly, or at random.
fn levels(states: usize, random: Option<&mut Stream>) -> Vec<f64> {
    const WIDTH: f64 = 1.386_294_361_119_890_6;
    match random {
        Some(random) => {
            let mut levels: Vec<f64> = (0..states).map(|_| WIDTH * random.normal()).collect();
            levels.sort_unstable_by(f64::total_cmp);
            levels
        }
        None if states == 1 => vec![0.0],
        None => {
            let step = 2.0 * WIDTH / (states - 1) as f64;
            (0..states)
                .map(|state| state as f64 * step - WIDTH)
                .collect()
        }
    }
}

/// Transitions of customers who mostly stay where they are.
fn persistent(states: usize, mut random: Option<&mut Stream>) -> Result<TransitionMatrix> {
    if states == 1 {
        return TransitionMatrix::from_row_major(1, vec![1.0]);
    }
    let mut entries = Vec::with_capacity(states * states);
    for i in 0..states {
        let (stay, mut moves) = match &mut random {
            Some(random) => {
                let stay = 0.5 + 0.45 * random.uniform();
                (stay, random.dirichlet(&vec![1.0; states - 1]).into_iter())
            }
            None => (0.8, vec![1.0 / (states - 1) as f64; states - 1].into_iter()),
        };
        for j in 0..states {
            entries.push(if i == j {
                stay
            } else {
                (1.0 - stay) * moves.next().unwrap_or(0.0)
            });
        }
    }
    TransitionMatrix::from_row_major(states, entries)
}
