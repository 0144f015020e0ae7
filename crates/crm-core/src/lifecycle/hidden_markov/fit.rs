use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::blocks::{Block, blocks};
use super::emission::EmissionFamily;
use super::expectation::Expectations;
use super::start::Scale;
use super::{HiddenMarkov, Panel, check_states};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::units::{Label, Terms};

/// How a hidden Markov model is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EmOptions {
    /// Starts: the first one spreads the states evenly, the others are random. The likelihood has many maxima; the
    /// more starts, the surer the best of them is found. Default 8.
    pub starts: u32,
    /// Iterations of each start, after which the likeliest one goes on alone; default 20.
    pub trial_iterations: u32,
    /// Iterations at most from there on; default 1,000.
    pub max_iterations: u32,
    /// Gain of ln L in an iteration, per row that is known, at or below which the fit has converged; default 1e-9.
    pub tolerance: f64,
    /// Seed of the random starts; default 1.
    pub seed: u64,
}

impl Default for EmOptions {
    fn default() -> Self {
        EmOptions {
            starts: 8,
            trial_iterations: 20,
            max_iterations: 1_000,
            tolerance: 1e-9,
            seed: 1,
        }
    }
}

impl EmOptions {
    fn check(&self) -> Result<()> {
        for (argument, value) in [
            ("starts", self.starts),
            ("max_iterations", self.max_iterations),
        ] {
            if value == 0 {
                let rule = "must be 1 or more";
                return Err(Error::new(ErrorKind::OutOfRange, argument, rule).with_value(value));
            }
        }
        if Domain::NonNegative.contains(self.tolerance) {
            Ok(())
        } else {
            Err(Domain::NonNegative.refuse("tolerance", self.tolerance))
        }
    }
}

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum EmStatus {
    /// The likelihood no longer grows.
    Converged = 0,
    /// It still grew when the iterations were used up: the parameters are better than those before, not the best.
    IterationLimit = 1,
}

impl Label for EmStatus {
    const ALL: &'static [Self] = &[EmStatus::Converged, EmStatus::IterationLimit];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            EmStatus::Converged => ("converged", "Converged", "已收敛"),
            EmStatus::IterationLimit => ("iteration_limit", "Iteration limit", "达到迭代上限"),
        };
        Terms { name, en, zh }
    }
}

/// A fitted model and how the fit went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HiddenMarkovFit {
    /// The model; its states are in the order of their means.
    pub model: HiddenMarkov,
    /// ln L at the model.
    pub log_likelihood: f64,
    /// Rows whose value is known.
    pub observations: usize,
    /// Customers with a history.
    pub customers: usize,
    /// Iterations of the start that won.
    pub iterations: u32,
    /// Whether the likelihood had stopped growing.
    pub status: EmStatus,
    /// ln L that each start had reached when the likeliest was chosen.
    pub trials: Vec<f64>,
}

impl HiddenMarkovFit {
    /// Akaike's information criterion, 2k − 2 ln L with k parameters.
    #[must_use]
    pub fn aic(&self) -> f64 {
        2.0 * self.model.parameters() as f64 - 2.0 * self.log_likelihood
    }

    /// The Bayesian information criterion, k ln n − 2 ln L with n the known rows: of several numbers of states, that with
    /// the lowest is to be preferred.
    #[must_use]
    pub fn bic(&self) -> f64 {
        let n = self.observations as f64;
        self.model.parameters() as f64 * libm::log(n) - 2.0 * self.log_likelihood
    }
}

impl HiddenMarkov {
    /// The likeliest model of a panel with this many states, by EM (Baum–Welch): all histories' state probabilities by
    /// the scaled forward–backward recursions, then the parameters that are best for these. If the panel has
    /// covariates, transitions hang on them.
    ///
    /// What has no solution in closed form (logit coefficients, shapes) takes a step of Newton's method in each
    /// iteration (Lange 1995), halved while ln L would fall, so that ln L never does. The results are the same
    /// bits for any number of threads.
    ///
    /// # Errors
    /// `Empty` for no states or no known value, `OutOfRange` for an option, for more than 64 states, and with the row
    /// for a value that the family does not have; `NoSolution` if nobody buys, or all amounts are equal.
    pub fn fit(
        panel: &Panel,
        family: EmissionFamily,
        states: usize,
        options: &EmOptions,
    ) -> Result<HiddenMarkovFit> {
        let made = Self::fit_watched(
            panel,
            family,
            states,
            options,
            |_| ControlFlow::Continue(()),
        )?;
        made.ok_or_else(stopped)
    }

    /// The same, which tells `progress` how many iterations are done, of all starts together. Once that breaks,
    /// the result is `None`.
    ///
    /// # Errors
    /// As [`HiddenMarkov::fit`].
    pub fn fit_watched(
        panel: &Panel,
        family: EmissionFamily,
        states: usize,
        options: &EmOptions,
        progress: impl Fn(u32) -> ControlFlow<()>,
    ) -> Result<Option<HiddenMarkovFit>> {
        options.check()?;
        check_states(states)?;
        let scale = Scale::of(panel, family)?;
        let start = |number| scale.start(family, states, panel.width(), options.seed, number);
        start(0)?.check(panel)?;
        let search = Search::new(panel, family, options, scale, progress);
        let trial_iterations = if options.starts == 1 {
            0
        } else {
            options.trial_iterations
        };
        let (mut best, mut trials): (Option<Path>, Vec<f64>) = (None, Vec::new());
        for number in 0..options.starts {
            let mut path = search.begin(start(number)?);
            if search.climb(&mut path, trial_iterations)?.is_break() {
                return Ok(None);
            }
            trials.push(path.at.log_likelihood);
            if best
                .as_ref()
                .is_none_or(|best| path.at.log_likelihood > best.at.log_likelihood)
            {
                best = Some(path);
            }
        }
        match best {
            Some(path) => search.finish(path, trials),
            None => Ok(None),
        }
    }

    /// EM from this model on, by the tolerance and the iterations of the options alone.
    ///
    /// # Errors
    /// As [`HiddenMarkov::fit`]; `LengthMismatch` if the panel has not the covariates of the model; `NoSolution` if a
    /// history is impossible under it.
    pub fn refined(&self, panel: &Panel, options: &EmOptions) -> Result<HiddenMarkovFit> {
        options.check()?;
        self.check(panel)?;
        let family = self.emissions.family();
        let scale = Scale::of(panel, family)?;
        let on = |_| ControlFlow::Continue(());
        let search = Search::new(panel, family, options, scale, on);
        let path = search.begin(self.clone());
        if path.at.log_likelihood == f64::NEG_INFINITY {
            let reason = "are impossible under the model";
            return Err(Error::new(ErrorKind::NoSolution, "values", reason));
        }
        search.finish(path, Vec::new())?.ok_or_else(stopped)
    }
}

pub(super) fn stopped() -> Error {
    Error::new(ErrorKind::NotConverged, "options", "stopped the fit")
}

/// A step is halved this often at most.
const MOST_HALVINGS: u32 = 12;
/// A fall of ln L by less than this part of it is rounding.
const ROUNDING: f64 = 1e-13;

struct Search<'a, F> {
    panel: &'a Panel,
    blocks: Vec<Block>,
    options: &'a EmOptions,
    scale: Scale,
    observations: usize,
    progress: F,
    done: std::cell::Cell<u32>,
}

/// A model on its way up.
struct Path {
    model: HiddenMarkov,
    at: Expectations,
    iterations: u32,
    has_converged: bool,
}

impl<'a, F: Fn(u32) -> ControlFlow<()>> Search<'a, F> {
    fn new(
        panel: &'a Panel,
        family: EmissionFamily,
        options: &'a EmOptions,
        scale: Scale,
        progress: F,
    ) -> Self {
        Search {
            panel,
            blocks: blocks(panel, family),
            options,
            scale,
            observations: panel.observed(),
            progress,
            done: std::cell::Cell::new(0),
        }
    }

    fn begin(&self, model: HiddenMarkov) -> Path {
        Path {
            at: Expectations::of(&model, self.panel, &self.blocks),
            model,
            iterations: 0,
            has_converged: false,
        }
    }

    /// Iterates until the fit has converged, or at most so often.
    fn climb(&self, path: &mut Path, most: u32) -> Result<ControlFlow<()>> {
        let is_exact = path.model.emissions.is_exact() && path.model.transitions.covariates() == 0;
        for _ in 0..most {
            if path.has_converged {
                break;
            }
            let before = path.at.log_likelihood;
            let mut length = 1.0;
            for halving in 0..=MOST_HALVINGS {
                let next = path
                    .model
                    .maximised(&path.at, length, self.scale.least_deviation())?;
                let at = Expectations::of(&next, self.panel, &self.blocks);
                let floor = before - ROUNDING * before.abs();
                let falls = at.log_likelihood < floor || at.log_likelihood.is_nan();
                if !falls || is_exact {
                    (path.model, path.at) = (next, at);
                    break;
                }
                path.has_converged = halving == MOST_HALVINGS;
                length *= 0.5;
            }
            path.iterations += 1;
            let gain = path.at.log_likelihood - before;
            path.has_converged |= gain <= self.options.tolerance * self.observations as f64;
            self.done.set(self.done.get() + 1);
            if (self.progress)(self.done.get()).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn finish(&self, mut path: Path, trials: Vec<f64>) -> Result<Option<HiddenMarkovFit>> {
        if self
            .climb(&mut path, self.options.max_iterations)?
            .is_break()
        {
            return Ok(None);
        }
        let customers = self.blocks.iter().flat_map(|block| &block.packs);
        Ok(Some(HiddenMarkovFit {
            model: path.model.ordered()?,
            log_likelihood: path.at.log_likelihood,
            observations: self.observations,
            customers: customers.map(|pack| pack.used).sum(),
            iterations: path.iterations,
            status: if path.has_converged {
                EmStatus::Converged
            } else {
                EmStatus::IterationLimit
            },
            trials,
        }))
    }
}

impl HiddenMarkov {
    /// The M-step; see [`Emissions::maximised`](super::Emissions) for `length`.
    fn maximised(&self, at: &Expectations, length: f64, least_deviation: f64) -> Result<Self> {
        let customers: f64 = at.initial.iter().sum();
        Ok(HiddenMarkov {
            initial: at.initial.iter().map(|n| n / customers).collect(),
            transitions: self.transitions.maximised(&at.moves, length)?,
            emissions: self
                .emissions
                .maximised(&at.moments, length, least_deviation),
        })
    }
}
