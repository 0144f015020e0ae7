use super::Valuation;
use super::delta::{MatrixEstimate, deviations_over, square};
use crate::error::{Error, Result};

/// What one row of P, and more purchases of its brand, do to the standard error of V.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RowRank {
    /// a, the brand whose buyers the row follows.
    pub brand: usize,
    /// V_a, the part of the variance of V that the row brings.
    pub variance: f64,
    /// V_a / Σ_a V_a; 0 where there is no variance.
    pub variance_share: f64,
    /// m_a, the purchases that the row is known by.
    pub known_by: f64,
    /// −∂Var V / ∂m_a = V_a / m_a: the variance that one more observed purchase of the brand is
    /// expected to take away.
    pub variance_reduction: f64,
    /// −∂√Var V / ∂m_a = V_a / (2 · m_a · √Var V): the same for the standard error.
    pub error_reduction: f64,
}

/// What one entry of P does to V and to its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct EntryRank {
    /// a, the brand bought now.
    pub from: usize,
    /// b, the brand bought next.
    pub to: usize,
    /// V_ab = P_ab · (∂V/∂P_ab − Σ_c P_ac ∂V/∂P_ac)² / m_a: these sum to V_a over the row.
    pub variance: f64,
    /// V_ab / Σ_a V_a; 0 where there is no variance.
    pub variance_share: f64,
    /// (P_ab / V) · ∂V/∂P_ab, the entry alone: the percentage that V gains for one percent of P_ab; NaN
    /// where V is 0.
    pub elasticity: f64,
    /// (P_ab / V) · D_ab, along the simplex: the other entries of the row give way; NaN where V is 0.
    pub elasticity_along_simplex: f64,
}

/// Which part of P is worth measuring better: [`Valuation::ranking`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Ranking {
    /// √ of Σ_a V_a, the standard error of V that comes from P alone.
    pub standard_error: f64,
    /// All rows; the one of which another purchase tells most comes first.
    pub rows: Vec<RowRank>,
    /// All entries; the one with the largest part of the variance comes first.
    pub entries: Vec<EntryRank>,
}

impl Valuation {
    /// Ranks rows and entries of P by what they do to the standard error of V = Σ_j w_j · CLV(j).
    ///
    /// What can be observed more of are purchases of a brand, that is, a row. Another observed purchase
    /// of brand a takes V_a / m_a from the variance to first order, and for Dirichlet rows exactly so in
    /// expectation: the mean Σ_b P_ab g_b of any fixed g has the variance v/(A+1), of which v/(A+1)² goes into the
    /// change of the mean by the next purchase, and so is known after it.
    ///
    /// Source: Raiffa & Schlaifer 1961, "Applied Statistical Decision Theory" (preposterior analysis); the
    /// moments as for [`Valuation::standard_error`].
    ///
    /// ```
    /// use crm_core::clv::switching::estimate::TransitionPosterior;
    /// use crm_core::clv::switching::uncertainty::{MatrixEstimate, Valuation};
    /// use crm_core::clv::switching::{Discounting, Shares};
    /// use crm_core::units::Rate;
    ///
    /// // The buyers of brand 0 were watched 400 times, those of brand 1 only 20 times.
    /// let posterior = TransitionPosterior::new(&[[300.0, 100.0], [8.0, 12.0]])?;
    /// let market = Valuation::new(
    ///     &Shares::new([0.5, 0.5])?, 1.0, 100.0.into(), Discounting::new(Rate::try_from(0.1)?), 12.into(),
    /// )?;
    /// let estimate = MatrixEstimate::from_posterior(&posterior);
    /// let ranking = market.ranking(&estimate, &market.only(0)?)?;
    /// assert_eq!(ranking.rows[0].brand, 1);
    /// assert!(ranking.rows[0].variance_share > 0.9);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Valuation::gradient`].
    pub fn ranking(&self, estimate: &MatrixEstimate, weights: &[f64]) -> Result<Ranking> {
        let gradient = self.gradient(&estimate.matrix, weights)?;
        let states = self.brands();
        let relative = |p: f64, g: f64| {
            if gradient.value == 0.0 {
                f64::NAN
            } else {
                p * g / gradient.value
            }
        };
        let derivatives = gradient.transition.chunks_exact(states);
        let along_simplex = gradient.transition_along_simplex.chunks_exact(states);
        let rows = estimate.matrix.rows().zip(&estimate.known_by);
        let mut entries = Vec::with_capacity(states * states);
        for (from, (((p_row, known_by), g_row), d_row)) in
            rows.zip(derivatives).zip(along_simplex).enumerate()
        {
            let deviations = deviations_over(p_row, g_row);
            let cells = p_row.iter().zip(g_row).zip(d_row).zip(deviations);
            entries.extend(
                cells
                    .enumerate()
                    .map(|(to, (((&p, &g), &d), deviation))| EntryRank {
                        from,
                        to,
                        variance: p * square(deviation) / known_by,
                        variance_share: 0.0,
                        elasticity: relative(p, g),
                        elasticity_along_simplex: relative(p, d),
                    }),
            );
        }
        let variance: f64 = entries.iter().map(|entry| entry.variance).sum();
        if !variance.is_finite() {
            return Err(Error::overflow("clv"));
        }
        let share = |part: f64| if variance > 0.0 { part / variance } else { 0.0 };
        for entry in &mut entries {
            entry.variance_share = share(entry.variance);
        }
        let standard_error = variance.sqrt();
        let of_row = |(brand, (cells, &known_by)): (usize, (&[EntryRank], &f64))| {
            let variance: f64 = cells.iter().map(|entry| entry.variance).sum();
            let variance_reduction = variance / known_by;
            RowRank {
                brand,
                variance,
                variance_share: share(variance),
                known_by,
                variance_reduction,
                error_reduction: if standard_error > 0.0 {
                    variance_reduction / (2.0 * standard_error)
                } else {
                    0.0
                },
            }
        };
        let by_row = entries.chunks_exact(states).zip(&estimate.known_by);
        let mut rows: Vec<RowRank> = by_row.enumerate().map(of_row).collect();
        rows.sort_by(|a, b| b.variance_reduction.total_cmp(&a.variance_reduction));
        entries.sort_by(|a, b| b.variance.total_cmp(&a.variance));
        Ok(Ranking {
            standard_error,
            rows,
            entries,
        })
    }
}
