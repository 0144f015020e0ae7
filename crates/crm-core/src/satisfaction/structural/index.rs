//! Indices from 0 to 100.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators, constructs or rows"
)]

use super::composites::Plan;
use super::em::NoMaximum;
use super::fit::PlsFit;
use super::linear::inverse;
use super::moments::Moments;
use super::options::Missing;
use super::responses::Selected;
use super::{Indicator, Responses, Scale};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;

/// A driver on the importance–performance map.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Importance {
    /// Place of the driver among the constructs.
    pub construct: usize,
    /// Unstandardised total effect on the target: by how many points the target's index rises with one point of the driver's.
    pub importance: f64,
    /// The driver's index.
    pub performance: f64,
}

impl PlsFit {
    /// The index of every construct: 100 · Σ u_i (x̄_i − least_i) / Σ u_i (greatest_i − least_i) with the unstandardised weights u_i = w_i / s.d.; with
    /// one scale from 1 to 10 that is the index of the ACSI, 100 · (Σ u x̄ − Σ u) / (9 Σ u).
    ///
    /// It lies from 0 to 100 if no weight is negative: [`PlsFit::negative_weights`].
    ///
    /// Source: Fornell, Johnson, Anderson, Cha & Bryant 1996, "The American customer satisfaction index", Journal of Marketing 60, appendix.
    ///
    /// ```
    /// use crm_core::satisfaction::structural::{Construct, Mode, PlsOptions, Responses, StructuralModel};
    ///
    /// let model = StructuralModel::new(
    ///     vec![Construct::new("quality", Mode::A, ["q"]), Construct::new("satisfaction", Mode::A, ["s"])],
    ///     &[("quality", "satisfaction")],
    /// )?;
    /// let responses = Responses::new([("q", &[1.0, 4.0, 7.0][..]), ("s", &[4.0, 10.0, 7.0])])?;
    /// let fit = model.fit(&responses, &PlsOptions::default())?;
    /// // Of a single item it is the mean answer's place on the scale, which goes from 1 to 10.
    /// assert!((fit.index()[1] - 100.0 * (7.0 - 1.0) / 9.0).abs() < 1e-12);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    #[must_use]
    pub fn index(&self) -> Vec<f64> {
        self.index_formula().of(&self.moments.means)
    }

    /// Indicators with a negative weight: with them an index may leave its range, and a better answer lowers it.
    #[must_use]
    pub fn negative_weights(&self) -> Vec<usize> {
        let weights = self.weights().iter().enumerate();
        weights
            .filter(|(_, weight)| **weight < 0.0)
            .map(|(i, _)| i)
            .collect()
    }

    /// The index of every construct (column) for every respondent (row): the formula of [`PlsFit::index`] with the respondent's own answers.
    ///
    /// The weights are those of the fit; `responses` may be others than those. A missing answer is the mean of the fit, or with
    /// [`Missing::Em`] what the other answers let expect; with [`Missing::Listwise`] the respondent's constructs that need it are NaN.
    ///
    /// # Errors
    /// `NotFound` for an indicator without column; `NotFinite` with the row of an infinite answer.
    pub fn individual_index(&self, responses: &Responses<'_>) -> Result<Vec<f64>> {
        let formula = self.index_formula();
        self.for_each_respondent(responses, |answers, out| formula.write(answers, out))
    }

    /// The score of every construct (column) for every respondent (row): Σ w_i (x_i − x̄_i) / s.d., with variance 1 over the respondents of the fit.
    /// Missing answers as in [`PlsFit::individual_index`].
    ///
    /// # Errors
    /// `NotFound` for an indicator without column; `NotFinite` with the row of an infinite answer.
    pub fn scores(&self, responses: &Responses<'_>) -> Result<Vec<f64>> {
        let unstandardised = self.unstandardised_weights();
        self.for_each_respondent(responses, |answers, out| {
            for (block, out) in self.plan.blocks.iter().zip(out) {
                let deviation = |i: usize| answers[i] - self.moments.means[i];
                *out = block
                    .clone()
                    .map(|i| unstandardised[i] * deviation(i))
                    .sum();
            }
        })
    }

    /// Importance and performance of every construct with an effect on `target`: b · s_target / s_driver with the total effect b and the standard
    /// deviations s of the indices, and the index.
    ///
    /// Source: Ringle & Sarstedt 2016, "Gain more insight from your PLS-SEM results", Industrial Management & Data Systems 116.
    ///
    /// # Errors
    /// `NotFound` for a target that is no construct.
    pub fn importance_performance(&self, target: &str) -> Result<Vec<Importance>> {
        let target = self.model.place(target)?;
        let index = self.index();
        let total = self.total_effects();
        let constructs = self.plan.constructs();
        // A composite has standard deviation 1, so its index has 100 / span.
        let spans = self.index_formula().spans;
        let drivers = (0..constructs).filter(|&j| total[j * constructs + target] != 0.0);
        Ok(drivers
            .map(|construct| Importance {
                construct,
                importance: total[construct * constructs + target] * spans[construct]
                    / spans[target],
                performance: index[construct],
            })
            .collect())
    }

    pub(super) fn index_formula(&self) -> IndexFormula<'_> {
        let deviations = self.moments.deviations();
        IndexFormula::new(&self.plan, self.weights(), &deviations, &self.scales())
    }

    pub(super) fn scales(&self) -> Vec<Scale> {
        self.model.questions().map(Indicator::scale).collect()
    }

    /// Rows of what `of_answers` makes of the answers of each respondent, none of them missing.
    fn for_each_respondent(
        &self,
        responses: &Responses<'_>,
        of_answers: impl Fn(&[f64], &mut [f64]) + Sync + Send,
    ) -> Result<Vec<f64>> {
        const ROWS_PER_TASK: usize = 1 << 12;
        let answers = responses.select(self.asked_model())?;
        let constructs = self.plan.constructs();
        let mut out = vec![0.0; answers.rows * constructs];
        let mut tasks: Vec<(&mut [f64], Result<()>)> = out
            .chunks_mut(ROWS_PER_TASK * constructs)
            .map(|rows| (rows, Ok(())))
            .collect();
        parallel::for_each_mut(&mut tasks, |task, (out, result)| {
            let mut row_answers = vec![0.0; self.asked_moments().indicators()];
            for (row, out) in out.chunks_exact_mut(constructs).enumerate() {
                let row = task * ROWS_PER_TASK + row;
                *result = self.read_row(&answers, row, &mut row_answers);
                if result.is_err() {
                    return;
                }
                match &self.lower {
                    None => of_answers(&row_answers, out),
                    Some(lower) => of_answers(&lower.lift.of_answers(&row_answers), out),
                }
            }
        });
        tasks.into_iter().try_for_each(|(_, result)| result)?;
        Ok(out)
    }

    /// The answers of a row, with what stands for missing ones.
    fn read_row(&self, answers: &Selected<'_>, row: usize, out: &mut [f64]) -> Result<()> {
        let mut is_complete = true;
        for (i, value) in out.iter_mut().enumerate() {
            *value = answers.value(i, row);
            if value.is_infinite() {
                let name = self.asked_model().indicators().nth(i).unwrap_or_default();
                let rule = "must hold finite numbers, or NaN for a missing answer";
                let error = Error::new(ErrorKind::NotFinite, "responses", rule);
                return Err(error
                    .with_value(format_args!("{value} in {name}"))
                    .at_row(row));
            }
            is_complete &= !value.is_nan();
        }
        if !is_complete {
            let model = self.asked_model();
            fill(self.asked_moments(), self.options.missing, out)
                .map_err(|indicator| NoMaximum::Singular { indicator }.error(model))?;
        }
        Ok(())
    }
}

/// What the index of every construct is made of.
pub(super) struct IndexFormula<'a> {
    plan: &'a Plan,
    least: Vec<f64>,
    unstandardised: Vec<f64>,
    /// Σ u_i (greatest_i − least_i) of every construct.
    pub(super) spans: Vec<f64>,
}

impl<'a> IndexFormula<'a> {
    /// With outer weights of indicators that have these standard deviations.
    pub(super) fn new(
        plan: &'a Plan,
        weights: &[f64],
        deviations: &[f64],
        scales: &[Scale],
    ) -> Self {
        let weights = weights.iter().zip(deviations);
        let unstandardised: Vec<f64> = weights.map(|(w, deviation)| w / deviation).collect();
        let span = |i: usize| unstandardised[i] * (scales[i].greatest() - scales[i].least());
        let blocks = plan.blocks.iter();
        IndexFormula {
            plan,
            least: scales.iter().map(|scale| scale.least()).collect(),
            spans: blocks.map(|block| block.clone().map(span).sum()).collect(),
            unstandardised,
        }
    }

    /// Of answers, or means of answers, to all questions.
    pub(super) fn of(&self, answers: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.spans.len()];
        self.write(answers, &mut out);
        out
    }

    /// The index of a construct as a constant and factors of indicators.
    pub(super) fn linear(&self, construct: usize) -> (f64, Vec<(usize, f64)>) {
        let block = self.plan.blocks[construct].clone();
        let scale = 100.0 / self.spans[construct];
        let least = block
            .clone()
            .map(|i| self.unstandardised[i] * self.least[i]);
        let constant = -scale * least.sum::<f64>();
        let factors = block.map(|i| (i, scale * self.unstandardised[i]));
        (constant, factors.collect())
    }

    fn write(&self, answers: &[f64], out: &mut [f64]) {
        for ((block, span), out) in self.plan.blocks.iter().zip(&self.spans).zip(out) {
            let terms = block
                .clone()
                .map(|i| self.unstandardised[i] * (answers[i] - self.least[i]));
            *out = 100.0 * terms.sum::<f64>() / span;
        }
    }
}

/// Puts what stands for them in the place of missing answers.
///
/// # Errors
/// The indicator that depends linearly on others.
pub(super) fn fill(
    moments: &Moments,
    missing: Missing,
    answers: &mut [f64],
) -> std::result::Result<(), usize> {
    match missing {
        Missing::Listwise => Ok(()),
        Missing::Mean => {
            fill_with_means(moments, answers);
            Ok(())
        }
        Missing::Em => fill_with_expectations(moments, answers),
    }
}

fn fill_with_means(moments: &Moments, answers: &mut [f64]) {
    for (value, mean) in answers.iter_mut().zip(&moments.means) {
        if value.is_nan() {
            *value = *mean;
        }
    }
}

/// μ_m + Σ_mo Σ_oo⁻¹ (x_o − μ_o).
///
/// # Errors
/// The indicator that depends linearly on others.
fn fill_with_expectations(
    moments: &Moments,
    answers: &mut [f64],
) -> std::result::Result<(), usize> {
    let size = moments.indicators();
    let correlation = moments.correlation();
    let deviations = moments.deviations();
    let observed: Vec<usize> = (0..size).filter(|&i| !answers[i].is_nan()).collect();
    let among = observed
        .iter()
        .flat_map(|i| observed.iter().map(move |k| i * size + k));
    let among = among.map(|place| correlation[place]).collect();
    let inverse = inverse(among, observed.len()).map_err(|place| observed[place])?;
    let standardised = |&i: &usize| (answers[i] - moments.means[i]) / deviations[i];
    let z: Vec<f64> = observed.iter().map(standardised).collect();
    let solved: Vec<f64> = inverse
        .chunks_exact(observed.len().max(1))
        .map(|row| row.iter().zip(&z).map(|(a, z)| a * z).sum())
        .collect();
    for i in 0..size {
        if answers[i].is_nan() {
            let terms = observed
                .iter()
                .zip(&solved)
                .map(|(k, z)| correlation[i * size + k] * z);
            answers[i] = moments.means[i] + deviations[i] * terms.sum::<f64>();
        }
    }
    Ok(())
}
