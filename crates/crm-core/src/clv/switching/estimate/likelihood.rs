use serde::Serialize;

use super::TransitionCounts;
use crate::clv::switching::TransitionMatrix;
use crate::error::Result;

/// The likeliest matrix for counted switches, with what is needed to judge it.
///
/// Counts must be counts: weights other than whole purchases make the standard errors, the likelihood
/// and the criteria speak of another amount of data than there was.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MarkovFit {
    /// P_ij = n_ij / n_i.
    pub transition_matrix: TransitionMatrix,
    /// √(P_ij (1 − P_ij) / n_i), row-major. It is 0 where all or none of a row went to one brand: the
    /// intervals of [`TransitionPosterior`](super::TransitionPosterior) say more there.
    pub standard_errors: Vec<f64>,
    /// Σ n_ij ln P_ij.
    pub log_likelihood: f64,
    /// k (k − 1), the free probabilities.
    pub free_parameters: usize,
    /// n, all switches.
    pub switches: f64,
    /// 2 k (k − 1) − 2 ln L (Akaike): less is better.
    pub aic: f64,
    /// k (k − 1) ln n − 2 ln L (Schwarz; Katz 1981 for Markov chains): less is better.
    pub bic: f64,
}

impl TransitionCounts {
    /// The matrix of [`maximum_likelihood`](TransitionCounts::maximum_likelihood) with standard errors
    /// and criteria.
    ///
    /// Source: Anderson & Goodman 1957, "Statistical inference about Markov chains", section 2; Katz 1981, "On
    /// some criteria for estimating the order of a Markov chain".
    ///
    /// ```
    /// use crm_core::clv::switching::estimate::TransitionCounts;
    ///
    /// let fit = TransitionCounts::new(&[[30.0, 10.0], [10.0, 50.0]])?.fit()?;
    /// assert_eq!(fit.transition_matrix.entries()[0], 0.75);
    /// assert!((fit.standard_errors[0] - (0.75 * 0.25 / 40.0_f64).sqrt()).abs() < 1e-15);
    /// assert_eq!((fit.free_parameters, fit.switches), (2, 100.0));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Empty` with the row of a brand from which no switch was seen.
    pub fn fit(&self) -> Result<MarkovFit> {
        let transition_matrix = self.maximum_likelihood()?;
        let (mut standard_errors, mut log_likelihood) = (Vec::new(), 0.0);
        let rows = transition_matrix.rows().zip(self.rows());
        for ((probabilities, counts), sum) in rows.zip(self.row_sums()) {
            for (&p, &count) in probabilities.iter().zip(counts) {
                standard_errors.push(libm::sqrt(p * (1.0 - p) / sum));
                if count > 0.0 {
                    log_likelihood += count * libm::log(p);
                }
            }
        }
        let (free_parameters, switches) = (self.states() * (self.states() - 1), self.total());
        let free = free_parameters as f64;
        Ok(MarkovFit {
            transition_matrix,
            standard_errors,
            log_likelihood,
            free_parameters,
            switches,
            aic: 2.0 * free - 2.0 * log_likelihood,
            bic: free * libm::log(switches) - 2.0 * log_likelihood,
        })
    }
}
