//! `crm_core._core`: the private, compiled part of the Python package.
//!
//! Every function converts, calls one function of the core, and converts back. `README.md` beside
//! this crate says how to add one.
#![deny(unsafe_code)]

mod acquisition;
mod buffers;
mod capability;
mod categories;
mod classification;
mod clv;
mod error;
mod estimation;
mod identify;
mod idic;
mod kernels;
mod ledger;
mod lifecycle;
mod loyalty;
mod migration;
mod numbers;
mod prediction;
mod profiles;
mod pseudonyms;
mod returns;
mod satisfaction;
mod sensitivity;
mod service;
mod structural;
mod survey;
mod switching;
mod switching_uncertainty;
mod tables;
mod value;

#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use super::acquisition::{equity_at, equity_optimum};
    #[pymodule_export]
    use super::buffers::Numbers;
    #[pymodule_export]
    use super::capability::{
        ahp_group, ahp_priorities, crm_capability_tree, grade_scale_five, index_tree_checked,
        index_tree_evaluate, index_tree_with_weights, membership_from_measure,
        membership_from_votes, rank_acceptability,
    };
    #[pymodule_export]
    use super::categories::{categories, category_terms};
    #[pymodule_export]
    use super::classification::PyClassification;
    #[pymodule_export]
    use super::clv::{
        aggregate_components, breakdown_sum, breakdown_total, breakdown_waterfall,
        component_present_values, component_totals, flows, historic_value, internal_rate_between,
        internal_rate_of_return, migration_value, payback, present_value, present_value_dated,
        present_value_varying, present_values, present_values_dated, present_values_varying,
        reading_split, reading_splits, renewal_curve_value, retention_curve_value,
        retention_curve_values, survival, word_of_mouth_effect,
    };
    #[pymodule_export]
    use super::error::error_kinds;
    #[pymodule_export]
    use super::estimation::{
        PyLogit, PyPanel, PyPosterior, check_counts, homogeneity_test, independence_test,
        pair_counts, posterior_parameters, share_inference, share_regression, transition_fit,
    };
    #[pymodule_export]
    use super::identify::{
        PyResolution, PySchema, damerau_levenshtein, jaro, jaro_winkler, levenshtein,
        normalise_text, osa, token_set,
    };
    #[pymodule_export]
    use super::idic::choice::PyActionChooser;
    #[pymodule_export]
    use super::idic::customize::{choices_fit, offers_assigned, ratings_fit, shares_of_choices};
    #[pymodule_export]
    use super::idic::differentiate::{
        category_silhouettes, cluster_counts, crossed, k_means_groups, k_modes_groups, mode_counts,
        silhouettes,
    };
    #[pymodule_export]
    use super::idic::interact::{
        contact_refusal, memory_belief, memory_checked, memory_new, memory_observe,
        policy_evaluation, specifications_checked, specifications_read, specifications_remember,
        uplift,
    };
    #[pymodule_export]
    use super::idic::process::PyIdic;
    #[pymodule_export]
    use super::kernels::{evaluate, evaluate_columns, kernels};
    #[pymodule_export]
    use super::ledger::{PyLedger, PyPartialSummary, simulate, summary};
    #[pymodule_export]
    use super::lifecycle::economics::{py_return_on_spend, py_stage_economics};
    #[pymodule_export]
    use super::lifecycle::hidden_markov::{PyHiddenMarkov, StatePanel};
    #[pymodule_export]
    use super::lifecycle::inference::{
        current_ledger_stages, current_stages, infer_ledger_stages, infer_stages, rule_options,
    };
    #[pymodule_export]
    use super::lifecycle::stage_values::{stage_values_of_moves, stage_values_of_rows};
    #[pymodule_export]
    use super::lifecycle::stages::{
        history_apply, history_check, history_days_in_stages, history_move_to, history_opened,
        history_recoveries, history_stage_on, stage_after, stage_check_move, stage_marks,
        stage_opened_by, stage_transitions,
    };
    #[pymodule_export]
    use super::lifecycle::tenure::{PyKaplanMeier, churn_rate, churn_rates};
    #[pymodule_export]
    use super::loyalty::{
        bond_strength, dirichlet_fit, dirichlet_norms, external_bonds, loyalty_category_texts,
        loyalty_classify, loyalty_conditions, loyalty_profit, loyalty_profit_from_ledger,
        loyalty_tenure_years, net_promoter_score, relationship_instruments, size_of_prize,
        wallet_allocation,
    };
    #[pymodule_export]
    use super::migration::{
        PyDecisionProcess, PyMigrationModel, always_a_share, always_a_share_values, recency_matrix,
    };
    #[pymodule_export]
    use super::prediction::bootstrap::{
        Bootstrap, bdw_bootstrap, covariate_model_bootstrap, gamma_gamma_bootstrap,
        purchase_model_bootstrap, purchase_model_simulate, renewal_simulate, sbg_bootstrap,
    };
    #[pymodule_export]
    use super::prediction::checking::{
        PyCohortFits, conditional_expectation, expected_tracking, frequency_histogram,
        holdout_error, probability_alive_history,
    };
    #[pymodule_export]
    use super::prediction::contractual::{
        PyRenewals, renewal_check, renewal_churn_probability, renewal_conditional_survival,
        renewal_discounted_lifetime, renewal_discounted_residual_lifetime,
        renewal_expected_residual_lifetime, renewal_retention_rate,
    };
    #[pymodule_export]
    use super::prediction::covariates::WithCovariates;
    #[pymodule_export]
    use super::prediction::fit::Report;
    #[pymodule_export]
    use super::prediction::gamma_gamma::{
        gamma_gamma_check, gamma_gamma_expected_spend, gamma_gamma_fit, gamma_gamma_lifetime_value,
        gamma_gamma_log_density, gamma_gamma_simulate, gamma_gamma_spend_interval,
    };
    #[pymodule_export]
    use super::prediction::purchases::Model;
    #[pymodule_export]
    use super::prediction::uncertainty::{
        UncertainCovariateLifetimeValue, UncertainCovariates, UncertainLifetimeValue,
        UncertainPurchases, UncertainRenewals, UncertainSpend, covariate_lifetime_value,
        gamma_gamma_expected_spend_density, lifetime_value,
    };
    #[pymodule_export]
    use super::profiles::PyProfileStore;
    #[pymodule_export]
    use super::pseudonyms::{PyPseudonymKey, freshness, hmac_sha256};
    #[pymodule_export]
    use super::returns::{internal_rates, paybacks};
    #[pymodule_export]
    use super::satisfaction::attributes::{
        attribute_intervals, attribute_regression, py_derive_importance, py_importance_intervals,
        py_importance_satisfaction, py_index_weights,
    };
    #[pymodule_export]
    use super::satisfaction::kano::{
        PyKanoTally, answer_codes, kano_evaluate, kano_profile, kano_tallies,
    };
    #[pymodule_export]
    use super::satisfaction::measure::{
        behavioural_rate, delivered_value_effects, expectation_curve, expectation_optimum,
        purchase_amount, satisfaction, satisfaction_by_facet, satisfaction_verdict,
        weighted_degrees,
    };
    #[pymodule_export]
    use super::satisfaction::price::PyPriceSensitivity;
    #[pymodule_export]
    use super::satisfaction::study::PyStudy;
    #[pymodule_export]
    use super::satisfaction::two_factor::penalty_reward_contrast;
    #[pymodule_export]
    use super::sensitivity::{kernel_tornado, tornado};
    #[pymodule_export]
    use super::service::{
        PyComplaint, calibration_of, complaint_totals, complaint_transitions, logistic_fit,
        logistic_predict, loss_cause_segment, loss_segment_measure, loss_status_of, recalibration,
        win_back_order,
    };
    #[pymodule_export]
    use super::structural::bootstrap::Bootstrap as PlsBootstrap;
    #[pymodule_export]
    use super::structural::fit::Fit as PlsFit;
    #[pymodule_export]
    use super::structural::model::Model as StructuralModel;
    #[pymodule_export]
    use super::survey::{
        PySample, allocate_sample, draw_clusters, draw_proportional_to_size, draw_simple_random,
        draw_stratified, draw_systematic, scale_reliability, scale_reliability_intervals,
        survey_size_affordable, survey_size_margin, survey_size_required, weights_effect,
        weights_for_nonresponse, weights_raked, weights_trimmed,
    };
    #[pymodule_export]
    use super::switching::{Allocation, Kernel, Segments, individual_matrix_clv, normalize_shares};
    #[pymodule_export]
    use super::switching_uncertainty::{Drawn, Estimate, PyValuation, normal_interval_of};
    #[pymodule_export]
    use super::tables::OutTable;
    #[pymodule_export]
    use super::value::concentration::Concentration;
    #[pymodule_export]
    use super::value::cuts::{cuts_assign, cuts_equal_parts, cuts_quantiles};
    #[pymodule_export]
    use super::value::index::CompositeIndex;
    #[pymodule_export]
    use super::value::indicators::{
        contact_indicators, discipline_profile, discipline_promises, financial_indicators,
        indicator_catalogue, transaction_indicators,
    };
    #[pymodule_export]
    use super::value::rfm::{Rfm, rfm_grid};
    #[pymodule_export]
    use super::value::tiers::{
        group_table, pyramid_assign, pyramid_thresholds, tier_migration, value_group_assign,
        value_group_thresholds,
    };
    #[pymodule_export]
    use super::value::types::{
        customer_type_strategies, customer_types, k_means_cut, otsu_cut, quantile_cut,
    };
}
