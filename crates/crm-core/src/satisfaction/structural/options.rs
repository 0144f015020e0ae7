use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};

/// How the inner proxy of a construct weighs its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum InnerScheme {
    /// Drivers by their regression coefficients, what it drives by their correlations (Lohmöller 1989).
    #[default]
    Path = 0,
    /// By the sign of their correlations (Wold 1982).
    Centroid = 1,
    /// By their correlations (Lohmöller 1989).
    Factorial = 2,
}

impl Label for InnerScheme {
    const ALL: &'static [Self] = &[
        InnerScheme::Path,
        InnerScheme::Centroid,
        InnerScheme::Factorial,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            InnerScheme::Path => ("path", "Path weighting", "路径加权"),
            InnerScheme::Centroid => ("centroid", "Centroid", "形心加权"),
            InnerScheme::Factorial => ("factorial", "Factor weighting", "因子加权"),
        };
        Terms { name, en, zh }
    }
}

/// What stands for a missing answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Missing {
    /// The mean of the answers to the same question, of each resample anew.
    #[default]
    Mean = 0,
    /// Nothing: respondents with a missing answer are left out.
    Listwise = 1,
    /// What the other answers let expect: mean and covariance are those of the normal distribution of maximum likelihood, found by the EM
    /// algorithm (Dempster, Laird & Rubin 1977), of each resample anew.
    Em = 2,
}

impl Label for Missing {
    const ALL: &'static [Self] = &[Missing::Mean, Missing::Listwise, Missing::Em];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Missing::Mean => ("mean", "Mean replacement", "均值替换"),
            Missing::Listwise => ("listwise", "Listwise deletion", "列表删除"),
            Missing::Em => ("em", "EM algorithm", "EM算法"),
        };
        Terms { name, en, zh }
    }
}

/// What constructs are taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Estimator {
    /// Composites of their indicators: plain PLS.
    #[default]
    Plain = 0,
    /// Blocks in mode A with several indicators are common factors, whose correlations and loadings are freed of the indicators' errors:
    /// PLSc (Dijkstra & Henseler 2015).
    Consistent = 1,
}

impl Label for Estimator {
    const ALL: &'static [Self] = &[Estimator::Plain, Estimator::Consistent];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Estimator::Plain => ("plain", "PLS", "偏最小二乘"),
            Estimator::Consistent => ("consistent", "Consistent PLS (PLSc)", "一致性偏最小二乘"),
        };
        Terms { name, en, zh }
    }
}

/// What is estimated in the place of a construct that is measured by constructs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum HigherOrder {
    /// In the first stage its components take its paths; in the second one their indices measure it (the disjoint two-stage approach; Sarstedt, Hair,
    /// Cheah, Becker & Ringle 2019).
    #[default]
    TwoStage = 0,
    /// All indicators of its components measure it once more, and it drives its components, or in mode B they drive it (Wold 1982). Then no other
    /// construct should drive it: its components explain it whole.
    RepeatedIndicators = 1,
}

impl Label for HigherOrder {
    const ALL: &'static [Self] = &[HigherOrder::TwoStage, HigherOrder::RepeatedIndicators];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            HigherOrder::TwoStage => ("two_stage", "Two-stage approach", "两阶段法"),
            HigherOrder::RepeatedIndicators => {
                ("repeated_indicators", "Repeated indicators", "重复指标法")
            }
        };
        Terms { name, en, zh }
    }
}

/// How to fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlsOptions {
    /// Weights of the neighbours; default [`InnerScheme::Path`].
    pub scheme: InnerScheme,
    /// Composites or common factors; default [`Estimator::Plain`].
    pub estimator: Estimator,
    /// What stands for a missing answer; default [`Missing::Mean`].
    pub missing: Missing,
    /// Constructs of constructs; default [`HigherOrder::TwoStage`].
    pub higher_order: HigherOrder,
    /// The iteration stops when Σ|Δw| over all weights is below this; more than 0; default 1e-7.
    pub tolerance: f64,
    /// Iterations at most; 1 or more; default 300.
    pub max_iterations: u32,
}

impl Default for PlsOptions {
    fn default() -> Self {
        PlsOptions {
            scheme: InnerScheme::Path,
            estimator: Estimator::Plain,
            missing: Missing::Mean,
            higher_order: HigherOrder::TwoStage,
            tolerance: 1e-7,
            max_iterations: 300,
        }
    }
}

impl PlsOptions {
    pub(super) fn check(&self) -> Result<()> {
        if !self.tolerance.is_finite() {
            return Err(Error::not_finite("tolerance", self.tolerance));
        }
        if self.tolerance <= 0.0 {
            let error = Error::new(ErrorKind::OutOfRange, "tolerance", "must be more than 0");
            return Err(error.with_value(self.tolerance));
        }
        if self.max_iterations == 0 {
            let error = Error::new(ErrorKind::OutOfRange, "max_iterations", "must be 1 or more");
            return Err(error.with_value(0));
        }
        Ok(())
    }
}

/// How the iteration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum PlsStatus {
    /// The weights settled.
    Converged = 0,
    /// They had not settled after the last iteration allowed: what the fit says are the weights of that iteration. Allow more, or take another
    /// inner scheme; weights that go to and fro without end are a sign of a construct whose indicators hardly go together.
    IterationLimit = 1,
}

impl Label for PlsStatus {
    const ALL: &'static [Self] = &[PlsStatus::Converged, PlsStatus::IterationLimit];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            PlsStatus::Converged => ("converged", "Converged", "已收敛"),
            PlsStatus::IterationLimit => {
                ("iteration_limit", "Iteration limit reached", "达到迭代上限")
            }
        };
        Terms { name, en, zh }
    }
}
