use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{CovariateColumns, CovariateCustomers};
use crate::error::{Error, ErrorKind, Result};
use crate::prediction::{AnyPurchaseModel, PurchaseModel, PurchaseModelKind};
use crate::units::{Label, Terms};

/// What covariates of dropout do to the probability p ~ Beta(a, b) of leaving after a purchase, in the
/// BG/NBD and the MBG/NBD. The Pareto/NBD has a rate of leaving and knows but one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum DropoutEffect {
    /// Coefficients of their own for both: aᵢ = a₀ e^(γ₂'z), bᵢ = b₀ e^(γ₃'z), the form of Fader & Hardie.
    #[default]
    Separate = 0,
    /// One coefficient per covariate: aᵢ = a₀ e^(γ₂'z), bᵢ = b₀. It multiplies the odds a/b of the mean of p, so that a
    /// positive one is of customers who leave sooner.
    Odds = 1,
    /// One coefficient per covariate, γ₂ = γ₃: aᵢ = a₀ e^(γ₂'z), bᵢ = b₀ e^(γ₂'z). The mean of p is the same for all; what
    /// differs is how alike customers are.
    Common = 2,
}

impl Label for DropoutEffect {
    const ALL: &'static [Self] = &[
        DropoutEffect::Separate,
        DropoutEffect::Odds,
        DropoutEffect::Common,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            DropoutEffect::Separate => ("separate", "Separate for a and b", "a 与 b 分别"),
            DropoutEffect::Odds => ("odds", "On the odds of leaving", "作用于流失几率"),
            DropoutEffect::Common => ("common", "Common to a and b", "a 与 b 共同"),
        };
        Terms { name, en, zh }
    }
}

/// The names of the covariates of a model. Purchases and dropout may hang on the same ones or on
/// different ones; either list may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Covariates {
    /// Of the rate of purchases.
    pub purchase: Vec<String>,
    /// Of dropout.
    pub dropout: Vec<String>,
    /// What those of dropout do.
    pub dropout_effect: DropoutEffect,
}

/// What covariates move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Purchase,
    Dropout,
}

/// A parameter that coefficients move: θᵢ = θ₀ exp(sign · γ'z).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Link {
    /// Its place in the parameters of the model.
    pub(super) parameter: usize,
    pub(super) sign: f64,
    /// Which covariates z are.
    pub(super) side: Side,
    /// The places of γ among the coefficients.
    pub(super) coefficients: Range<usize>,
}

impl Side {
    pub(super) const BOTH: [Side; 2] = [Side::Purchase, Side::Dropout];

    pub(super) fn argument(self) -> &'static str {
        match self {
            Side::Purchase => "purchase_covariates",
            Side::Dropout => "dropout_covariates",
        }
    }
}

impl Covariates {
    pub(super) fn names(&self, side: Side) -> &[String] {
        match side {
            Side::Purchase => &self.purchase,
            Side::Dropout => &self.dropout,
        }
    }

    /// What the covariates do in a model of this kind.
    pub(super) fn links(&self, kind: PurchaseModelKind) -> Vec<Link> {
        let (purchase, dropout) = (self.purchase.len(), self.dropout.len());
        let link = |parameter, sign, side, first| Link {
            parameter,
            sign,
            side,
            coefficients: first..first + self.names(side).len(),
        };
        let alpha = link(1, -1.0, Side::Purchase, 0);
        let second = |parameter, sign| link(parameter, sign, Side::Dropout, purchase);
        match (kind, self.dropout_effect) {
            (PurchaseModelKind::ParetoNbd, _) => vec![alpha, second(3, -1.0)],
            (_, DropoutEffect::Odds) => vec![alpha, second(2, 1.0)],
            (_, DropoutEffect::Common) => vec![alpha, second(2, 1.0), second(3, 1.0)],
            (_, DropoutEffect::Separate) => {
                let third = link(3, 1.0, Side::Dropout, purchase + dropout);
                vec![alpha, second(2, 1.0), third]
            }
        }
    }

    /// The names of the coefficients: `purchase.region`; `dropout.region`, or `dropout_a.region` and `dropout_b.region` where
    /// a and b have their own.
    #[must_use]
    pub fn coefficient_names(&self, kind: PurchaseModelKind) -> Vec<String> {
        let named = |prefix: &'static str, names: &[String]| -> Vec<String> {
            let name = |name: &String| format!("{prefix}.{name}");
            names.iter().map(name).collect()
        };
        let separate =
            kind != PurchaseModelKind::ParetoNbd && self.dropout_effect == DropoutEffect::Separate;
        let dropout = if separate {
            let of_a = named("dropout_a", &self.dropout);
            [of_a, named("dropout_b", &self.dropout)].concat()
        } else {
            named("dropout", &self.dropout)
        };
        [named("purchase", &self.purchase), dropout].concat()
    }
}

/// A model of purchases in which each customer has the parameters that its covariates z give it:
///
/// ```text
/// Pareto/NBD            αᵢ = α₀ exp(−γ₁'z₁)   βᵢ = β₀ exp(−γ₂'z₂)
/// BG/NBD and MBG/NBD    αᵢ = α₀ exp(−γ₁'z₁)   aᵢ = a₀ exp(γ₂'z₂)   bᵢ = b₀ exp(γ₃'z₂)
/// ```
///
/// Mean rates are r/α and s/β, so that a positive coefficient of purchases is of customers who buy more
/// often, by the factor e^γ for each unit of the covariate, and one of dropout of the Pareto/NBD of customers
/// who leave sooner. γ₂ and γ₃ of the other models are separate unless [`DropoutEffect`] says else. The parameters
/// α₀, β₀, a₀, b₀ are those of a customer whose covariates are all 0.
///
/// With these parameters a customer's model is the plain one, and so are all its predictions: see
/// [`customers`](Self::customers).
///
/// Source: Fader & Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models"
/// (note 019). The R package CLVTools has the same Pareto/NBD, and the BG/NBD with [`DropoutEffect::Common`];
/// PyMC-Marketing has both, with [`DropoutEffect::Separate`].
///
/// ```
/// use crm_core::prediction::{
///     AnyPurchaseModel, CovariateColumns, CovariateModel, Covariates, HistoryColumns, PurchaseModelKind,
///     expected_purchases_into,
/// };
///
/// let base = AnyPurchaseModel::new(PurchaseModelKind::ParetoNbd, [0.55, 10.6, 0.61, 11.7])?;
/// let covariates = Covariates { purchase: vec!["online".into()], ..Covariates::default() };
/// let model = CovariateModel::new(base, covariates, &[0.7])?;
/// let online = [0.0, 1.0];
/// let columns = CovariateColumns { purchase: &[(&online[..]).into()], dropout: &[] };
/// let mut expected = [0.0; 2];
/// expected_purchases_into(&model.customers(columns)?, HistoryColumns::NEW, 52.0.into(), &mut expected)?;
/// assert!((expected[1] / expected[0] - 0.7_f64.exp()).abs() < 1e-12); // a new customer's purchases ~ 1/α
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateModel {
    base: AnyPurchaseModel,
    covariates: Covariates,
    coefficients: Vec<f64>,
}

impl CovariateModel {
    /// A model with known parameters: `base` is the model of a customer whose covariates are all 0, and
    /// `coefficients` are in the order of [`Covariates::coefficient_names`].
    ///
    /// # Errors
    /// `OutOfRange` for a model of discrete time; `LengthMismatch`; `NotFinite` for a coefficient, with its
    /// place as the row.
    pub fn new(
        base: AnyPurchaseModel,
        covariates: Covariates,
        coefficients: &[f64],
    ) -> Result<Self> {
        base.scored()?;
        let expected = covariates.coefficient_names(base.kind()).len();
        if coefficients.len() != expected {
            return Err(Error::length("coefficients", coefficients.len(), expected));
        }
        for (row, &coefficient) in coefficients.iter().enumerate() {
            if !coefficient.is_finite() {
                return Err(Error::not_finite("coefficients", coefficient).at_row(row));
            }
        }
        Ok(CovariateModel {
            base,
            covariates,
            coefficients: coefficients.to_vec(),
        })
    }

    /// The model of a customer whose covariates are all 0.
    #[must_use]
    pub fn base(&self) -> &AnyPurchaseModel {
        &self.base
    }

    /// The names of the covariates.
    #[must_use]
    pub fn covariates(&self) -> &Covariates {
        &self.covariates
    }

    /// γ, in the order of [`Covariates::coefficient_names`].
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The names of all parameters: those of the plain model, then the coefficients.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let plain = self.base.names().map(str::to_owned);
        let coefficients = self.covariates.coefficient_names(self.base.kind());
        plain.into_iter().chain(coefficients).collect()
    }

    /// All parameters, in the order of [`names`](Self::names).
    #[must_use]
    pub fn parameters(&self) -> Vec<f64> {
        [self.base.parameters().as_slice(), &self.coefficients].concat()
    }

    /// The same model with other parameters, as many.
    ///
    /// # Errors
    /// `LengthMismatch`; `NotFinite`; `OutOfRange` for a parameter of the plain model that is not positive.
    pub fn with_parameters(&self, parameters: &[f64]) -> Result<Self> {
        Self::of(self.base.kind(), self.covariates.clone(), parameters)
    }

    /// The model of this kind with all its parameters, in the order of [`names`](Self::names).
    ///
    /// # Errors
    /// Those of [`new`](Self::new) and of the plain model's parameters.
    pub fn of(kind: PurchaseModelKind, covariates: Covariates, parameters: &[f64]) -> Result<Self> {
        let Some((plain, coefficients)) = parameters.split_first_chunk::<4>() else {
            let expected = covariates.coefficient_names(kind).len() + 4;
            return Err(Error::length("parameters", parameters.len(), expected));
        };
        let base = AnyPurchaseModel::new(kind, *plain)?;
        Self::new(base, covariates, coefficients)
    }

    /// The model of each customer. It stands where a plain model does:
    /// [`expected_purchases_into`](crate::prediction::expected_purchases_into) and its like take it.
    ///
    /// # Errors
    /// `LengthMismatch` for another number of columns than covariates.
    pub fn customers<'a>(&self, columns: CovariateColumns<'a>) -> Result<CovariateCustomers<'a>> {
        columns.require(&self.covariates)?;
        let links = self.covariates.links(self.base.kind());
        Ok(CovariateCustomers::new(
            self.base,
            links,
            self.coefficients.clone(),
            columns,
        ))
    }
}

/// `parameters`, moved as the links say; `sum` gives γ'z.
pub(super) fn moved(
    mut parameters: [f64; 4],
    links: &[Link],
    coefficients: &[f64],
    sum: impl Fn(Side, &[f64]) -> f64,
) -> [f64; 4] {
    for link in links {
        let gamma = coefficients.get(link.coefficients.clone());
        if let (Some(value), Some(gamma)) = (parameters.get_mut(link.parameter), gamma) {
            *value *= libm::exp(link.sign * sum(link.side, gamma));
        }
    }
    parameters
}

/// Refuses another number of columns than there are covariates.
pub(super) fn require_columns(side: Side, found: usize, covariates: &Covariates) -> Result<()> {
    let expected = covariates.names(side).len();
    if found == expected {
        return Ok(());
    }
    let rule = format!("must be {expected} columns");
    let error = Error::new(ErrorKind::LengthMismatch, side.argument(), rule);
    Err(error.with_value(format_args!("of {found}")))
}
