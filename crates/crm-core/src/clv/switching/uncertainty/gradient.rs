use super::Valuation;
use super::valuation::per_brand;
use crate::clv::switching::geometric::{discounted_purchases, power_sum};
use crate::clv::switching::{Discounting, Horizon, TransitionMatrix};
use crate::error::{Error, Result};
use crate::math::double_double::DoubleDouble;

/// Up to this many periods the recursion runs in plain `f64`, whose error grows by about one
/// rounding a period; beyond, sums are made by doubling in twice the precision.
const PLAIN_PERIODS: u32 = 256;

/// The derivatives of V = Σ_j w_j · CLV(j) with respect to every input.
///
/// In all of them δ = (1+r)^(−1/f), c_j = w_j · π_j, and y = Σ_t δ^t P^t c is the value of one purchase now of
/// each brand.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Gradient {
    /// V itself.
    pub value: f64,
    /// ∂V/∂P_ab, row-major: entry (a, b) alone changes, though its row then no longer sums to one.
    ///
    /// Σ_ab P_ab · ∂V/∂P_ab = Σ_t t · (the part of V that period t brings), since the term of period t is of
    /// degree t in P.
    pub transition: Vec<f64>,
    /// The derivative by P_ab along the simplex, row-major: what entry (a, b) gains, the other entries
    /// of row a lose in proportion to their size, so that the row still sums to one:
    ///
    /// D_ab = (∂V/∂P_ab − Σ_c P_ac · ∂V/∂P_ac) / (1 − P_ab), and so Σ_b P_ab · (1 − P_ab) · D_ab = 0.
    ///
    /// Where P_ab is 1 there is no proportion; the others then gain or lose alike. It is 0 where there
    /// is one brand only.
    pub transition_along_simplex: Vec<f64>,
    /// ∂V/∂r = −Σ_ab P_ab · ∂V/∂P_ab / (f · (1 + r)).
    pub discount_rate: f64,
    /// ∂V/∂f = ln(1 + r) · Σ_ab P_ab · ∂V/∂P_ab / f².
    pub purchases_per_period: f64,
    /// ∂V/∂S_0a = F · y_a, each share alone. Along the simplex they change the value by their
    /// differences.
    pub shares: Vec<f64>,
    /// ∂V/∂F = S_0 · y.
    pub purchases: f64,
    /// ∂V/∂π_j = w_j · F · Σ_t δ^t S_{j,t}.
    pub contribution: Vec<f64>,
}

impl Valuation {
    /// The value to the brands that `weights` choose, with its derivatives by every input: exact, by
    /// reverse mode, at the cost of about three values whatever the number of inputs.
    ///
    /// `weights` are w_j in V = Σ_j w_j · CLV(j): 1 for one brand and 0 for the others
    /// ([`Valuation::only`]) is the value to that brand, all 1 the value of the market.
    ///
    /// With λ_t = ∂V/∂S_t the recursion S_{t+1} = S_t P is run backwards, λ_t = δ^t c + P λ_{t+1}, and
    /// ∂V/∂P = Σ_{t<T} S_tᵀ λ_{t+1}ᵀ. Without end, ∂V/∂P = δ · xᵀ yᵀ with x = F · S_0 (I − δP)^(−1) and
    /// y = (I − δP)^(−1) c. Relative errors are below 1e-13, but of differences, such as those along
    /// the simplex, they are errors relative to what is subtracted.
    ///
    /// Source: Griewank & Walther 2008, "Evaluating derivatives", chapter 3 (reverse mode); Mathias 1996, "A
    /// chain rule for matrix functions", theorem 2.1 (more than 256 periods).
    ///
    /// ```
    /// use crm_core::clv::switching::uncertainty::Valuation;
    /// use crm_core::clv::switching::{Discounting, Shares, TransitionMatrix};
    /// use crm_core::units::Rate;
    ///
    /// let matrix = TransitionMatrix::new(&[[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])?;
    /// let customer = Valuation::new(
    ///     &Shares::new([0.5, 0.3, 0.2])?,
    ///     1.0,
    ///     300.0.into(),
    ///     Discounting::new(Rate::try_from(0.1)?),
    ///     1.into(),
    /// )?;
    /// let gradient = customer.gradient(&matrix, &customer.only(0)?)?;
    ///
    /// // CLV(A) = 300 · (0.5 + (0.5 P_AA + 0.3 P_BA + 0.2 P_CA) / 1.1)
    /// assert!((gradient.value - (150.0 + 126.0 / 1.1)).abs() < 1e-12);
    /// assert!((gradient.transition[0] - 150.0 / 1.1).abs() < 1e-12);
    /// assert!((gradient.discount_rate + 126.0 / 1.21).abs() < 1e-12);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `LengthMismatch` for a matrix or weights of another number of brands, `NotFinite`, `Divergent`
    /// for an infinite horizon and a discount rate of 0 or less, `Overflow`.
    pub fn gradient(&self, matrix: &TransitionMatrix, weights: &[f64]) -> Result<Gradient> {
        let states = self.brands();
        if matrix.states() != states {
            return Err(Error::length("transition_matrix", matrix.states(), states));
        }
        let weights = per_brand("weights", weights.into(), states)?;
        let target: Vec<f64> = weights
            .iter()
            .zip(&self.contribution)
            .map(|(weight, contribution)| weight * contribution)
            .collect();
        let start: Vec<f64> = self.shares.iter().map(|s| self.purchases * s).collect();
        let sums = match self.horizon {
            Horizon::Periods(last) if last <= PLAIN_PERIODS => {
                Sums::by_recursion(matrix, &start, &target, self.discounting, last)
            }
            Horizon::Periods(last) => {
                Sums::by_doubling(matrix, &start, &target, self.discounting, last)
            }
            Horizon::Infinite => Sums::without_end(matrix, &start, &target, self.discounting)?,
        };
        let by_duration = dot(matrix.entries(), &sums.transition);
        let f = self.discounting.purchases_per_period();
        let gradient = Gradient {
            value: dot(&sums.purchases, &target),
            transition_along_simplex: matrix
                .rows()
                .zip(sums.transition.chunks_exact(states))
                .flat_map(|(p, g)| along_simplex(p, g))
                .collect(),
            discount_rate: -by_duration / (f * (1.0 + self.discounting.rate().to_f64())),
            purchases_per_period: by_duration * self.discounting.log_growth() / f,
            shares: sums
                .worth
                .iter()
                .map(|worth| self.purchases * worth)
                .collect(),
            purchases: dot(&self.shares, &sums.worth),
            contribution: weights
                .iter()
                .zip(&sums.purchases)
                .map(|(w, d)| w * d)
                .collect(),
            transition: sums.transition,
        };
        if gradient.is_finite() {
            Ok(gradient)
        } else {
            Err(Error::overflow("clv"))
        }
    }
}

impl Gradient {
    fn is_finite(&self) -> bool {
        let scalars = [
            self.value,
            self.discount_rate,
            self.purchases_per_period,
            self.purchases,
        ];
        let columns = [
            &self.transition,
            &self.transition_along_simplex,
            &self.shares,
            &self.contribution,
        ];
        let mut all = scalars.iter().chain(columns.into_iter().flatten());
        all.all(|value| value.is_finite())
    }
}

/// What the derivatives are made of; a is F · S_0.
struct Sums {
    /// Σ_t δ^t a P^t, the discounted purchases of each brand.
    purchases: Vec<f64>,
    /// y = Σ_t δ^t P^t c.
    worth: Vec<f64>,
    /// ∂V/∂P, row-major.
    transition: Vec<f64>,
}

impl Sums {
    fn by_recursion(
        matrix: &TransitionMatrix,
        start: &[f64],
        target: &[f64],
        discounting: Discounting,
        last: u32,
    ) -> Self {
        let states = matrix.states();
        let factors: Vec<f64> = discounting.factors(last).collect();
        let mut path = vec![0.0; factors.len() * states];
        let mut purchases = vec![0.0; states];
        let mut now = start.to_vec();
        for (kept, &factor) in path.chunks_exact_mut(states).zip(&factors) {
            kept.copy_from_slice(&now);
            add_scaled(&mut purchases, factor, kept);
            now.fill(0.0);
            for (&share, row) in kept.iter().zip(matrix.rows()) {
                add_scaled(&mut now, share, row);
            }
        }
        let column = |b| matrix.rows().filter_map(move |row| row.get(b).copied());
        let columns: Vec<f64> = (0..states).flat_map(column).collect();
        let mut adjoints = vec![0.0; path.len()];
        let mut adjoint = vec![0.0; states];
        for (kept, &factor) in adjoints.rchunks_exact_mut(states).zip(factors.iter().rev()) {
            add_scaled(&mut adjoint, factor, target);
            kept.copy_from_slice(&adjoint);
            adjoint.fill(0.0);
            for (&later, column) in kept.iter().zip(columns.chunks_exact(states)) {
                add_scaled(&mut adjoint, later, column);
            }
        }
        let mut transition = vec![0.0; states * states];
        for (a, row) in transition.chunks_exact_mut(states).enumerate() {
            let shares = path.iter().skip(a).step_by(states);
            for (&share, later) in shares.zip(adjoints.chunks_exact(states).skip(1)) {
                add_scaled(row, share, later);
            }
        }
        adjoints.truncate(states);
        Sums {
            purchases,
            worth: adjoints,
            transition,
        }
    }

    /// The derivative of Σ_t δ^t P^t in the direction E is the upper right block of the same sum of
    /// [[P, E], [0, P]]; with E_ab = c_a · a_b it is the transpose of ∂V/∂P.
    fn by_doubling(
        matrix: &TransitionMatrix,
        start: &[f64],
        target: &[f64],
        discounting: Discounting,
        last: u32,
    ) -> Self {
        let states = matrix.states();
        let exact = matrix.exact_entries();
        let zeros = vec![DoubleDouble::ZERO; states];
        let upper = exact
            .chunks_exact(states)
            .zip(target)
            .flat_map(|(row, &c)| {
                let direction = start.iter().map(move |&a| DoubleDouble::from(c) * a.into());
                row.iter().copied().chain(direction)
            });
        let lower = exact
            .chunks_exact(states)
            .flat_map(|row| zeros.iter().chain(row).copied());
        let block: Vec<DoubleDouble> = upper.chain(lower).collect();
        let sum = power_sum(&block, 2 * states, discounting, u64::from(last) + 1);
        let (values, directions): (Vec<&[f64]>, Vec<&[f64]>) = sum
            .chunks_exact(2 * states)
            .take(states)
            .map(|row| row.split_at(states))
            .unzip();
        let column = |b: usize| directions.iter().filter_map(move |row| row.get(b).copied());
        Sums {
            purchases: left_product(start, &values),
            worth: values.iter().map(|row| dot(row, target)).collect(),
            transition: (0..states).flat_map(column).collect(),
        }
    }

    fn without_end(
        matrix: &TransitionMatrix,
        start: &[f64],
        target: &[f64],
        discounting: Discounting,
    ) -> Result<Self> {
        let resolvent = discounted_purchases(matrix, discounting, Horizon::Infinite)?;
        let rows: Vec<&[f64]> = resolvent.chunks_exact(matrix.states()).collect();
        let purchases = left_product(start, &rows);
        let worth: Vec<f64> = rows.iter().map(|row| dot(row, target)).collect();
        let factor = discounting.factor(1);
        let row = |&x: &f64| worth.iter().map(move |y| factor * x * y);
        Ok(Sums {
            transition: purchases.iter().flat_map(row).collect(),
            purchases,
            worth,
        })
    }
}

/// sums + factor · terms.
#[inline]
pub(super) fn add_scaled(sums: &mut [f64], factor: f64, terms: &[f64]) {
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += factor * term;
    }
}

/// x · M for the rows of M.
fn left_product(x: &[f64], rows: &[&[f64]]) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for (&x, row) in x.iter().zip(rows) {
        add_scaled(&mut out, x, row);
    }
    out
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// g_b − Σ_{c≠b} p_c · g_c / Σ_{c≠b} p_c of a row p: sums without b, as 1 − p_b would cancel.
pub(super) fn along_simplex(p: &[f64], g: &[f64]) -> Vec<f64> {
    // Only differences matter: of numbers near 0 they are exact.
    let level = g.first().copied().unwrap_or(0.0);
    let centred: Vec<f64> = g.iter().map(|g| g - level).collect();
    let weighted: Vec<f64> = p.iter().zip(&centred).map(|(p, g)| p * g).collect();
    let (mass, moved) = (sums_without_each(p), sums_without_each(&weighted));
    let others = (centred.len() - 1).max(1) as f64;
    let alike = sums_without_each(&centred)
        .into_iter()
        .map(|sum| sum / others);
    let entries = centred.iter().zip(mass).zip(moved).zip(alike);
    entries
        .map(|(((g, mass), moved), alike)| g - if mass > 0.0 { moved / mass } else { alike })
        .collect()
}

/// The sum of all terms but one, for each.
fn sums_without_each(terms: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; terms.len()];
    let mut before = 0.0;
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum = before;
        before += term;
    }
    let mut after = 0.0;
    for (sum, term) in sums.iter_mut().zip(terms).rev() {
        *sum += after;
        after += term;
    }
    sums
}
