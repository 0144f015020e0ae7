use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;

/// How a model is fitted. The defaults are plain maximum likelihood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FitOptions {
    /// λ of a ridge on the logarithms of the parameters: λ/2 · Σ (ln θ − ln θ₀)² is added to −ln L / N,
    /// with θ₀ the medians that [`Prior`] tells of; λ/2 · Σ γ² for coefficients of standardised covariates.
    /// Default 0.
    pub penalty: f64,
    /// Priors, for a maximum a posteriori; default none.
    pub prior: Option<Prior>,
    /// From how many starting points to search to the end: the best ones of several that the model
    /// proposes; default 1.
    pub starts: u32,
    /// Steps of one search at most; default 200.
    pub max_iterations: u32,
    /// Norm of the gradient of −ln L / N by the logarithms of the parameters at which a fit has
    /// converged; default 1e-9.
    pub tolerance: f64,
}

/// Independent log-normal priors: ln θ ~ Normal(ln θ₀, deviation²) for each positive parameter θ, and
/// γ ~ Normal(0, deviation²) for the coefficient of a standardised covariate.
///
/// Default medians θ₀ are 1 for shapes and, for rates, which have the unit of time, what the data
/// themselves say of its size: the same data in days and in weeks give the same fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prior {
    /// Medians θ₀ in the order of the parameters; default as above.
    pub medians: Option<Vec<f64>>,
    /// Standard deviation of the logarithms; default 2.
    pub deviation: f64,
}

impl Default for FitOptions {
    fn default() -> Self {
        FitOptions {
            penalty: 0.0,
            prior: None,
            starts: 1,
            max_iterations: 200,
            tolerance: 1e-9,
        }
    }
}

impl Default for Prior {
    fn default() -> Self {
        Prior {
            medians: None,
            deviation: 2.0,
        }
    }
}

impl FitOptions {
    /// # Errors
    /// `NotFinite` and `OutOfRange` for the first option that is not allowed.
    pub(super) fn check(&self) -> Result<()> {
        let require = |argument, domain: Domain, value: f64| {
            if domain.contains(value) {
                Ok(())
            } else {
                Err(domain.refuse(argument, value))
            }
        };
        require("penalty", Domain::NonNegative, self.penalty)?;
        require("tolerance", Domain::Positive, self.tolerance)?;
        for (argument, value) in [
            ("starts", self.starts),
            ("max_iterations", self.max_iterations),
        ] {
            if value == 0 {
                let rule = "must be 1 or more";
                return Err(Error::new(ErrorKind::OutOfRange, argument, rule).with_value(value));
            }
        }
        let Some(prior) = &self.prior else {
            return Ok(());
        };
        require("deviation", Domain::Positive, prior.deviation)?;
        let medians = prior.medians.as_deref().unwrap_or_default();
        for (row, &median) in medians.iter().enumerate() {
            require("medians", Domain::Positive, median).map_err(|error| error.at_row(row))?;
        }
        Ok(())
    }
}
