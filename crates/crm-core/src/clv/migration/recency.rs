use super::super::switching::TransitionMatrix;
use super::decision::{Choice, DecisionProcess};
use super::model::MigrationModel;
use super::rewards::Rewards;
use crate::error::{Error, Result};
use crate::units::{Money, Probability};

/// Customers by recency, the number of periods since the last purchase (Pfeifer & Carraway 2000).
///
/// State j, from 0, holds customers of recency j + 1: those of state 0 have just bought. One who is contacted buys with
/// probability `repurchase[j]` and is in state 0 one period later, else in state j + 1. The last state holds those
/// who are lost: who has not bought for as many periods as the table has rows.
///
/// ```
/// use crm_core::clv::migration::RecencyChain;
/// use crm_core::clv::switching::Horizon;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let repurchase: Vec<_> = [0.30, 0.20, 0.15, 0.05].map(Probability::try_from).into_iter().collect::<Result<_, _>>()?;
/// let chain = RecencyChain::new(repurchase)?;
/// let (margin, contact_cost, rate) = (Money::from(40), Money::from(4), Rate::try_from(0.2)?);
///
/// // To contact every customer up to recency 4: the last contact costs more than it brings.
/// let everybody = chain.direct_mail(margin, contact_cost)?.value(rate, Horizon::Infinite)?;
/// assert_eq!(everybody.values.map_to_cents(), [5232, 555, 125, -182, 0]);
///
/// // It pays to contact customers of recency 1 to 3.
/// let best = chain.contact_decision(margin, contact_cost)?.policy_iteration(rate, None)?;
/// assert_eq!(best.policy, [1, 1, 1, 0, 0]);
/// # trait Cents { fn map_to_cents(&self) -> Vec<i64>; }
/// # impl Cents for Vec<f64> {
/// #     fn map_to_cents(&self) -> Vec<i64> { self.iter().map(|v| (v * 100.0).round() as i64).collect() }
/// # }
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecencyChain {
    repurchase: Vec<Probability>,
}

impl RecencyChain {
    /// The number of [`contact_decision`](Self::contact_decision)'s action not to contact a customer.
    pub const NO_CONTACT: u32 = 0;
    /// The number of its action to contact a customer.
    pub const CONTACT: u32 = 1;

    /// `repurchase[j]` is the probability that a customer of recency j + 1 who is contacted buys.
    ///
    /// # Errors
    /// `Empty` table.
    pub fn new(repurchase: impl Into<Vec<Probability>>) -> Result<Self> {
        let repurchase = repurchase.into();
        if repurchase.is_empty() {
            return Err(Error::empty("repurchase"));
        }
        Ok(RecencyChain { repurchase })
    }

    /// The number of states: the rows of the table, and lost.
    #[must_use]
    pub fn states(&self) -> usize {
        self.repurchase.len() + 1
    }

    /// P when every customer who is not lost is contacted.
    ///
    /// # Errors
    /// None, as probabilities are what they are.
    pub fn transition_matrix(&self) -> Result<TransitionMatrix> {
        let rows: Vec<Vec<f64>> = (0..self.states())
            .map(|state| self.contacted(state))
            .collect();
        TransitionMatrix::new(&rows)
    }

    /// The chain of direct mail to every customer who is not lost: state 0 brings `margin`, and all but the last
    /// cost `contact_cost`.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn direct_mail(&self, margin: Money, contact_cost: Money) -> Result<MigrationModel> {
        let cost = contact_cost.to_f64();
        let mut rewards = vec![-cost; self.states()];
        if let Some(just_bought) = rewards.first_mut() {
            *just_bought = margin.subtract(contact_cost)?.to_f64();
        }
        if let Some(lost) = rewards.last_mut() {
            *lost = 0.0;
        }
        MigrationModel::new(self.transition_matrix()?, Rewards::constant(rewards))
    }

    /// The decision whether to contact a customer of each recency: [`NO_CONTACT`](Self::NO_CONTACT) costs nothing, and
    /// the customer is lost; [`CONTACT`](Self::CONTACT) is as in [`direct_mail`](Self::direct_mail). The lost are not contacted.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn contact_decision(&self, margin: Money, contact_cost: Money) -> Result<DecisionProcess> {
        let lost = self.repurchase.len();
        let choices = |state: usize| -> Result<Vec<Choice>> {
            let brings = if state == 0 { margin } else { Money::ZERO };
            let mut leaving = vec![0.0; self.states()];
            leaving.iter_mut().skip(lost).for_each(|p| *p = 1.0);
            let without = Choice {
                action: Self::NO_CONTACT,
                reward: brings.to_f64(),
                probabilities: leaving,
            };
            if state == lost {
                return Ok(vec![without]);
            }
            let contact = Choice {
                action: Self::CONTACT,
                reward: brings.subtract(contact_cost)?.to_f64(),
                probabilities: self.contacted(state),
            };
            Ok(vec![without, contact])
        };
        DecisionProcess::new((0..self.states()).map(choices).collect::<Result<_>>()?)
    }

    /// Where a contacted customer is one period later.
    fn contacted(&self, state: usize) -> Vec<f64> {
        let buys = self
            .repurchase
            .get(state)
            .copied()
            .unwrap_or(Probability::ZERO);
        let next = (state + 1).min(self.repurchase.len());
        let mut row = vec![0.0; self.states()];
        for (to, probability) in [(0, buys), (next, buys.complement())] {
            if let Some(entry) = row.get_mut(to) {
                *entry += probability.to_f64();
            }
        }
        row
    }
}
