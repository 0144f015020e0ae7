"""When will a customer buy again, and is it still one? Buy-till-you-die models.

A model is fitted to what :meth:`crm_core.ledger.Ledger.summary` tells of each customer: frequency x (repeat purchases),
recency t_x (time from the first to the last purchase) and age T (time from the first purchase to the end of
observation).

==================  =========================================================  =======================================
model               setting                                                    a customer leaves
==================  =========================================================  =======================================
:class:`BgNbd`      no contract, any time                                      after a repeat purchase
:class:`MbgNbd`     no contract, any time                                      after a purchase, the first one too
:class:`ParetoNbd`  no contract, any time                                      at any time
:class:`BgBb`       no contract, discrete opportunities                        before an opportunity
==================  =========================================================  =======================================

Fitted models say how sure they are: ``predict(..., interval=0.95)`` and ``interval`` for each customer, ``total``
for all together, ``draws`` of the parameters, ``bootstrap``, and ``simulate`` for customers as the model has them.
:class:`LifetimeValueModel` joins purchases and spend.

In a :class:`CovariateModel` the rates of the first three hang on what else is known of a customer. Beside them stand
:class:`GammaGamma` for what customers spend per purchase, which with discounted purchases gives lifetime values, and
:class:`Sbg` and :class:`Bdw` for customers under contract, who renew or leave at known times.

>>> from crm_core.ledger import Ledger, simulate
>>> log = simulate(2000, seed=1, library="polars")
>>> customers = Ledger(log, customer="customer", time="time", amount="amount").summary(periods_per_unit=7)
>>> model = BgNbd().fit(customers)
>>> model.status_
<FitStatus.CONVERGED: 'converged'>
>>> predictions = model.predict(customers, horizon=52)
>>> predictions.columns[-2:]
['probability_alive', 'expected_purchases']

For who comes from the package lifetimes:

=====================================================================  =========================================
lifetimes                                                              here
=====================================================================  =========================================
``BetaGeoFitter``, ``ModifiedBetaGeoFitter``                           :class:`BgNbd`, :class:`MbgNbd`
``ParetoNBDFitter``, ``BetaGeoBetaBinomFitter``                        :class:`ParetoNbd`, :class:`BgBb`
``GammaGammaFitter``                                                   :class:`GammaGamma`
``summary_data_from_transaction_data(log, …)``                         ``Ledger.summary``
``calibration_and_holdout_data(log, …)``                               ``Ledger.calibration_and_holdout``
``fit(frequency, recency, T, weights)``                                ``fit(table, weights="weight")``
``Fitter(penalizer_coef)``                                             ``FitOptions(penalty=…)``
``params_``, ``summary``                                               ``parameters``, ``summary()``
``variance_matrix_``, ``confidence_intervals_``                        ``covariance()``, ``estimates()``
``conditional_expected_number_of_purchases_up_to_time(t, x, t_x, T)``  ``expected_purchases(t, x, t_x, T)``
``expected_number_of_purchases_up_to_time(t)``                         ``expected_purchases(t)``
``expected_number_of_transactions_in_first_n_periods(n)``              ``frequency_histogram(table)``
``conditional_probability_alive(x, t_x, T)``                           ``probability_alive(x, t_x, T)``
``probability_of_n_purchases_up_to_time(t, n)``                        ``purchase_probability(n, t)``
``conditional_probability_of_n_purchases_up_to_time(n, t, …)``         ``purchase_probability(n, t, x, t_x, T)``
``conditional_expected_average_profit(x, m)``                          ``expected_spend(x, m)``
``customer_lifetime_value(transaction_model, …)``                      ``lifetime_value(discounted, x, m)``
``expected_cumulative_transactions(…)``                                ``expected_tracking(starts, periods)``
``calculate_alive_path(…)``                                            ``probability_alive_history``
``conditional_probability_alive_matrix()``                             ``plot_probability_alive_matrix(age)``
``plot_period_transactions``                                           ``plot_frequency``
``plot_calibration_purchases_vs_holdout_purchases``                    ``plot_conditional_expectation``
``plot_frequency_recency_matrix``                                      ``plot_expected_purchases_matrix``
``plot_probability_alive_matrix``                                      ``plot_probability_alive_matrix``
``plot_expected_repeat_purchases``                                     ``expected_tracking(…)``
``plot_history_alive``                                                 ``plot_history``
``plot_incremental_…``, ``plot_cumulative_transactions``               ``plot_tracking(…)``, ``cumulative=True``
``plot_transaction_rate_…``, ``plot_dropout_rate_heterogeneity``       none
``beta_geometric_nbd_model_transactional_data``                        :func:`crm_core.ledger.simulate`
``save_model``, ``load_model``                                         ``save``, ``load``
=====================================================================  =========================================
"""

from crm_core.prediction._checking import ConditionalExpectation, ExpectedTracking, FrequencyHistogram, HoldoutError
from crm_core.prediction._cohorts import CohortModels, fit_cohorts
from crm_core.prediction._contractual import Bdw, RenewalModel, Sbg
from crm_core.prediction._covariates import CovariateModel, DropoutEffect
from crm_core.prediction._fitted import Estimate, FitOptions, FitStatus, Prior
from crm_core.prediction._gamma_gamma import GammaGamma
from crm_core.prediction._lifetime_value import LifetimeValueModel
from crm_core.prediction._purchases import BgBb, BgNbd, MbgNbd, ParetoNbd, PurchaseModel
from crm_core.prediction._uncertainty import Bootstrap, Intervals, PurchasePrediction, RenewalPrediction

__all__ = [
    "Bdw",
    "BgBb",
    "BgNbd",
    "Bootstrap",
    "CohortModels",
    "ConditionalExpectation",
    "CovariateModel",
    "DropoutEffect",
    "Estimate",
    "ExpectedTracking",
    "FitOptions",
    "FitStatus",
    "FrequencyHistogram",
    "GammaGamma",
    "HoldoutError",
    "Intervals",
    "LifetimeValueModel",
    "MbgNbd",
    "ParetoNbd",
    "Prior",
    "PurchaseModel",
    "PurchasePrediction",
    "RenewalModel",
    "RenewalPrediction",
    "Sbg",
    "fit_cohorts",
]
