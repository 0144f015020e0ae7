/* Sizes, offsets and numbers that programs are compiled with: none of them may ever change. */
#include <crm_core.h>
#include <stddef.h>

_Static_assert(sizeof(crm_status) == 4, "an int32_t");
_Static_assert(CRM_STATUS_OK == 0, "");
_Static_assert(CRM_STATUS_NOT_FINITE == 1, "");
_Static_assert(CRM_STATUS_OUT_OF_RANGE == 2, "");
_Static_assert(CRM_STATUS_EMPTY == 3, "");
_Static_assert(CRM_STATUS_LENGTH_MISMATCH == 4, "");
_Static_assert(CRM_STATUS_NOT_STOCHASTIC == 5, "");
_Static_assert(CRM_STATUS_OVERFLOW == 6, "");
_Static_assert(CRM_STATUS_DIVERGENT == 7, "");
_Static_assert(CRM_STATUS_ILLEGAL_TRANSITION == 8, "");
_Static_assert(CRM_STATUS_NO_SOLUTION == 9, "");
_Static_assert(CRM_STATUS_NOT_CONVERGED == 10, "");
_Static_assert(CRM_STATUS_WRONG_TYPE == 11, "");
_Static_assert(CRM_STATUS_MIXED_TIME_ZONES == 12, "");
_Static_assert(CRM_STATUS_MISSING == 13, "");
_Static_assert(CRM_STATUS_UNREADABLE == 14, "");
_Static_assert(CRM_STATUS_NOT_FOUND == 15, "");
_Static_assert(CRM_STATUS_NULL_POINTER == 100, "");
_Static_assert(CRM_STATUS_PANIC == 101, "");
_Static_assert(CRM_STATUS_MISALIGNED_POINTER == 102, "");

_Static_assert(sizeof(crm_language) == 4, "an int32_t");
_Static_assert(CRM_LANGUAGE_EN == 0 && CRM_LANGUAGE_ZH == 1, "");

_Static_assert(sizeof(crm_decimal) == 16, "");
_Static_assert(offsetof(crm_decimal, lo) == 0, "");
_Static_assert(offsetof(crm_decimal, mid) == 4, "");
_Static_assert(offsetof(crm_decimal, hi) == 8, "");
_Static_assert(offsetof(crm_decimal, scale) == 12, "");
_Static_assert(offsetof(crm_decimal, negative) == 13, "");
_Static_assert(offsetof(crm_decimal, reserved) == 14, "");

_Static_assert(CRM_SHARE_RULE_SUM_TO_ONE == 0 && CRM_SHARE_RULE_ANY == 1, "");
_Static_assert(CRM_INFINITE_HORIZON == -1, "");
_Static_assert(sizeof(crm_spending) == 48 + 16 + 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_spending, contribution) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_spending, discount_rate) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_spending, horizon) == 72 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_switching_gradient) == 4 * sizeof(double), "");
_Static_assert(offsetof(crm_switching_gradient, value) == 0, "");
_Static_assert(offsetof(crm_switching_gradient, discount_rate) == 8, "");
_Static_assert(offsetof(crm_switching_gradient, purchases_per_period) == 16, "");
_Static_assert(offsetof(crm_switching_gradient, purchases) == 24, "");
_Static_assert(sizeof(crm_input_doubts) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_input_doubts, discount_rate_sd) == 0, "");
_Static_assert(offsetof(crm_input_doubts, shares_known_by) == 8, "");
_Static_assert(offsetof(crm_input_doubts, contribution_sd) == 16, "");
_Static_assert(sizeof(crm_standard_error) == 5 * sizeof(double), "");
_Static_assert(offsetof(crm_standard_error, value) == 0, "");
_Static_assert(offsetof(crm_standard_error, standard_error) == 8, "");
_Static_assert(offsetof(crm_standard_error, discount_rate_variance) == 16, "");
_Static_assert(offsetof(crm_standard_error, shares_variance) == 24, "");
_Static_assert(offsetof(crm_standard_error, contribution_variance) == 32, "");
_Static_assert(sizeof(crm_row_rank) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_row_rank, brand) == 0, "");
_Static_assert(offsetof(crm_row_rank, variance) == 8, "");
_Static_assert(offsetof(crm_row_rank, variance_share) == 16, "");
_Static_assert(offsetof(crm_row_rank, known_by) == 24, "");
_Static_assert(offsetof(crm_row_rank, variance_reduction) == 32, "");
_Static_assert(offsetof(crm_row_rank, error_reduction) == 40, "");
_Static_assert(sizeof(crm_entry_rank) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_entry_rank, from) == 0, "");
_Static_assert(offsetof(crm_entry_rank, to) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_entry_rank, variance) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_entry_rank, variance_share) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_entry_rank, elasticity) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_entry_rank, elasticity_along_simplex) == 40 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_share_rule) == 4, "an int32_t");

_Static_assert(sizeof(crm_ties) == 4, "an int32_t");
_Static_assert(CRM_TIES_REFUSE == 0 && CRM_TIES_ROW_ORDER == 1, "");
_Static_assert(CRM_NO_GAP == -1 && CRM_NONE == -1, "");

_Static_assert(sizeof(crm_chi_square_test) == 48, "");
_Static_assert(offsetof(crm_chi_square_test, likelihood_ratio) == 0, "");
_Static_assert(offsetof(crm_chi_square_test, pearson) == 8, "");
_Static_assert(offsetof(crm_chi_square_test, degrees_of_freedom) == 16, "");
_Static_assert(offsetof(crm_chi_square_test, likelihood_ratio_p) == 24, "");
_Static_assert(offsetof(crm_chi_square_test, pearson_p) == 32, "");
_Static_assert(offsetof(crm_chi_square_test, smallest_expected) == 40, "");

_Static_assert(sizeof(crm_markov_fit) == 40, "");
_Static_assert(offsetof(crm_markov_fit, log_likelihood) == 0, "");
_Static_assert(offsetof(crm_markov_fit, free_parameters) == 8, "");
_Static_assert(offsetof(crm_markov_fit, switches) == 16, "");
_Static_assert(offsetof(crm_markov_fit, aic) == 24, "");
_Static_assert(offsetof(crm_markov_fit, bic) == 32, "");

_Static_assert(sizeof(crm_share_fit) == 56, "");
_Static_assert(offsetof(crm_share_fit, sum_of_squares) == 0, "");
_Static_assert(offsetof(crm_share_fit, r_squared) == 8, "");
_Static_assert(offsetof(crm_share_fit, condition_number) == 16, "");
_Static_assert(offsetof(crm_share_fit, kkt_residual) == 24, "");
_Static_assert(offsetof(crm_share_fit, steps) == 32, "");
_Static_assert(offsetof(crm_share_fit, rank) == 40, "");
_Static_assert(offsetof(crm_share_fit, at_bound) == 48, "");

_Static_assert(sizeof(crm_logit_summary) == 72, "");
_Static_assert(offsetof(crm_logit_summary, log_likelihood) == 0, "");
_Static_assert(offsetof(crm_logit_summary, null_log_likelihood) == 8, "");
_Static_assert(offsetof(crm_logit_summary, shares_log_likelihood) == 16, "");
_Static_assert(offsetof(crm_logit_summary, mcfadden_r_squared) == 24, "");
_Static_assert(offsetof(crm_logit_summary, gradient_norm) == 32, "");
_Static_assert(offsetof(crm_logit_summary, least_information) == 40, "");
_Static_assert(offsetof(crm_logit_summary, customers) == 48, "");
_Static_assert(offsetof(crm_logit_summary, coefficients) == 56, "");
_Static_assert(offsetof(crm_logit_summary, iterations) == 64, "");

_Static_assert(sizeof(crm_logit_coefficient) == 48, "");
_Static_assert(offsetof(crm_logit_coefficient, brand) == 0, "");
_Static_assert(offsetof(crm_logit_coefficient, column) == 8, "");
_Static_assert(offsetof(crm_logit_coefficient, estimate) == 16, "");
_Static_assert(offsetof(crm_logit_coefficient, standard_error) == 24, "");
_Static_assert(offsetof(crm_logit_coefficient, z) == 32, "");
_Static_assert(offsetof(crm_logit_coefficient, p_value) == 40, "");

_Static_assert(sizeof(crm_direction) == 4, "an int32_t");
_Static_assert(CRM_DIRECTION_HIGHER_IS_BETTER == 0, "");
_Static_assert(CRM_DIRECTION_LOWER_IS_BETTER == 1, "");

_Static_assert(sizeof(crm_value_group) == 4, "an int32_t");
_Static_assert(CRM_VALUE_GROUP_VERY_LOW == 0, "");
_Static_assert(CRM_VALUE_GROUP_LOW == 1, "");
_Static_assert(CRM_VALUE_GROUP_MODERATE == 2, "");
_Static_assert(CRM_VALUE_GROUP_HIGH == 3, "");
_Static_assert(CRM_VALUE_GROUP_VERY_HIGH == 4, "");

_Static_assert(sizeof(crm_pyramid_tier) == 4, "an int32_t");
_Static_assert(CRM_PYRAMID_TIER_VIP == 0, "");
_Static_assert(CRM_PYRAMID_TIER_MAJOR == 1, "");
_Static_assert(CRM_PYRAMID_TIER_REGULAR == 2, "");
_Static_assert(CRM_PYRAMID_TIER_SMALL == 3, "");

_Static_assert(sizeof(crm_customer_type) == 4, "an int32_t");
_Static_assert(CRM_CUSTOMER_TYPE_GOLDEN == 0, "");
_Static_assert(CRM_CUSTOMER_TYPE_METEOR == 1, "");
_Static_assert(CRM_CUSTOMER_TYPE_STREAM == 2, "");
_Static_assert(CRM_CUSTOMER_TYPE_BURDEN == 3, "");

_Static_assert(sizeof(crm_rfm_segment) == 4, "an int32_t");
_Static_assert(CRM_RFM_SEGMENT_CHAMPIONS == 0, "");
_Static_assert(CRM_RFM_SEGMENT_LOYAL_CUSTOMERS == 1, "");
_Static_assert(CRM_RFM_SEGMENT_POTENTIAL_LOYALISTS == 2, "");
_Static_assert(CRM_RFM_SEGMENT_NEW_CUSTOMERS == 3, "");
_Static_assert(CRM_RFM_SEGMENT_PROMISING == 4, "");
_Static_assert(CRM_RFM_SEGMENT_NEED_ATTENTION == 5, "");
_Static_assert(CRM_RFM_SEGMENT_ABOUT_TO_SLEEP == 6, "");
_Static_assert(CRM_RFM_SEGMENT_AT_RISK == 7, "");
_Static_assert(CRM_RFM_SEGMENT_CANT_LOSE == 8, "");
_Static_assert(CRM_RFM_SEGMENT_HIBERNATING == 9, "");

_Static_assert(sizeof(crm_curve_point) == 16, "");
_Static_assert(offsetof(crm_curve_point, customers) == 0, "");
_Static_assert(offsetof(crm_curve_point, profit) == 8, "");

_Static_assert(sizeof(crm_bootstrap) == 24, "");
_Static_assert(offsetof(crm_bootstrap, seed) == 0, "");
_Static_assert(offsetof(crm_bootstrap, level) == 8, "");
_Static_assert(offsetof(crm_bootstrap, replicates) == 16, "");
_Static_assert(offsetof(crm_bootstrap, reserved) == 20, "");

_Static_assert(sizeof(crm_interval) == 40, "");
_Static_assert(offsetof(crm_interval, estimate) == 0, "");
_Static_assert(offsetof(crm_interval, lower) == 8, "");
_Static_assert(offsetof(crm_interval, upper) == 16, "");
_Static_assert(offsetof(crm_interval, standard_error) == 24, "");
_Static_assert(offsetof(crm_interval, undefined) == 32, "");
_Static_assert(offsetof(crm_interval, reserved) == 36, "");

_Static_assert(sizeof(crm_group) == 40, "");
_Static_assert(offsetof(crm_group, customers) == 0, "");
_Static_assert(offsetof(crm_group, share_of_customers) == 8, "");
_Static_assert(offsetof(crm_group, profit) == 16, "");
_Static_assert(offsetof(crm_group, share_of_profit) == 24, "");
_Static_assert(offsetof(crm_group, mean_profit) == 32, "");

_Static_assert(sizeof(crm_segment_rule) == 16, "");
_Static_assert(offsetof(crm_segment_rule, segment) == 0, "");
_Static_assert(offsetof(crm_segment_rule, recency_from) == 8, "");
_Static_assert(offsetof(crm_segment_rule, recency_to) == 9, "");
_Static_assert(offsetof(crm_segment_rule, frequency_from) == 10, "");
_Static_assert(offsetof(crm_segment_rule, frequency_to) == 11, "");
_Static_assert(offsetof(crm_segment_rule, monetary_from) == 12, "");
_Static_assert(offsetof(crm_segment_rule, monetary_to) == 13, "");
_Static_assert(offsetof(crm_segment_rule, reserved) == 14, "");

_Static_assert(offsetof(crm_spending, purchases) == 0, "");
_Static_assert(offsetof(crm_spending, purchases_period_stride) == 8, "");
_Static_assert(offsetof(crm_spending, purchases_brand_stride) == 16, "");
_Static_assert(offsetof(crm_spending, contribution_period_stride) == 32, "");
_Static_assert(offsetof(crm_spending, contribution_brand_stride) == 40, "");
_Static_assert(offsetof(crm_spending, purchases_per_period) == 64, "");

_Static_assert(sizeof(crm_customer_spending) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_customer_spending, purchases) == 0, "");
_Static_assert(offsetof(crm_customer_spending, purchases_customer_stride) == 8, "");
_Static_assert(offsetof(crm_customer_spending, purchases_brand_stride) == 16, "");
_Static_assert(offsetof(crm_customer_spending, contribution) == 24, "");
_Static_assert(offsetof(crm_customer_spending, contribution_customer_stride) == 32, "");
_Static_assert(offsetof(crm_customer_spending, contribution_brand_stride) == 40, "");

_Static_assert(sizeof(crm_timing) == 4, "");
_Static_assert(sizeof(crm_basis) == 4, "");
_Static_assert(sizeof(crm_component) == 4, "");
_Static_assert(CRM_TIMING_START == 0, "");
_Static_assert(CRM_TIMING_END == 1, "");
_Static_assert(CRM_BASIS_REVENUE == 0, "");
_Static_assert(CRM_BASIS_PROFIT == 1, "");
_Static_assert(CRM_BASIS_PROFIT_CONTRIBUTION == 2, "");
_Static_assert(CRM_COMPONENT_BASE_PROFIT == 0, "");
_Static_assert(CRM_COMPONENT_REPEAT_PURCHASES == 1, "");
_Static_assert(CRM_COMPONENT_CROSS_SELLING == 2, "");
_Static_assert(CRM_COMPONENT_LOWER_COST_TO_SERVE == 3, "");
_Static_assert(CRM_COMPONENT_REFERRAL_INCOME == 4, "");
_Static_assert(CRM_COMPONENT_LOYALTY_PRICE_PREMIUM == 5, "");
_Static_assert(CRM_COMPONENT_CUSTOMER_COST == 6, "");
_Static_assert(CRM_COMPONENT_CHURN_COST == 7, "");
_Static_assert(CRM_COMPONENT_ACQUISITION_COST == 8, "");
_Static_assert(sizeof(crm_flow_entry) == 84, "");
_Static_assert(offsetof(crm_flow_entry, period) == 0, "");
_Static_assert(offsetof(crm_flow_entry, revenue) == 4, "");
_Static_assert(offsetof(crm_flow_entry, product_cost) == 20, "");
_Static_assert(offsetof(crm_flow_entry, service_cost) == 36, "");
_Static_assert(offsetof(crm_flow_entry, marketing_cost) == 52, "");
_Static_assert(offsetof(crm_flow_entry, refunds) == 68, "");
_Static_assert(sizeof(crm_breakdown) == 144, "");
_Static_assert(offsetof(crm_breakdown, base_profit) == 0, "");
_Static_assert(offsetof(crm_breakdown, repeat_purchases) == 16, "");
_Static_assert(offsetof(crm_breakdown, cross_selling) == 32, "");
_Static_assert(offsetof(crm_breakdown, lower_cost_to_serve) == 48, "");
_Static_assert(offsetof(crm_breakdown, referral_income) == 64, "");
_Static_assert(offsetof(crm_breakdown, loyalty_price_premium) == 80, "");
_Static_assert(offsetof(crm_breakdown, customer_cost) == 96, "");
_Static_assert(offsetof(crm_breakdown, churn_cost) == 112, "");
_Static_assert(offsetof(crm_breakdown, acquisition_cost) == 128, "");
_Static_assert(sizeof(crm_waterfall_bar) == 36, "");
_Static_assert(offsetof(crm_waterfall_bar, component) == 0, "");
_Static_assert(offsetof(crm_waterfall_bar, start) == 4, "");
_Static_assert(offsetof(crm_waterfall_bar, end) == 20, "");
_Static_assert(sizeof(crm_reading_shares) == 48, "");
_Static_assert(offsetof(crm_reading_shares, historic) == 0, "");
_Static_assert(offsetof(crm_reading_shares, current) == 16, "");
_Static_assert(offsetof(crm_reading_shares, potential) == 32, "");

_Static_assert(sizeof(crm_response_curve) == 32, "");
_Static_assert(offsetof(crm_response_curve, ceiling) == 0, "");
_Static_assert(offsetof(crm_response_curve, steepness) == 16, "");
_Static_assert(sizeof(crm_equity_model) == 96, "");
_Static_assert(offsetof(crm_equity_model, margin) == 0, "");
_Static_assert(offsetof(crm_equity_model, discount_rate) == 16, "");
_Static_assert(offsetof(crm_equity_model, acquisition) == 32, "");
_Static_assert(offsetof(crm_equity_model, retention) == 64, "");
_Static_assert(sizeof(crm_equity_spending) == 52, "");
_Static_assert(offsetof(crm_equity_spending, spend) == 0, "");
_Static_assert(offsetof(crm_equity_spending, rate) == 16, "");
_Static_assert(offsetof(crm_equity_spending, marginal_value) == 32, "");
_Static_assert(offsetof(crm_equity_spending, corner) == 48, "");
_Static_assert(sizeof(crm_equity_plan) == 168, "");
_Static_assert(offsetof(crm_equity_plan, acquisition) == 0, "");
_Static_assert(offsetof(crm_equity_plan, retention) == 52, "");
_Static_assert(offsetof(crm_equity_plan, customer_value) == 104, "");
_Static_assert(offsetof(crm_equity_plan, equity) == 120, "");
_Static_assert(offsetof(crm_equity_plan, outlay) == 136, "");
_Static_assert(offsetof(crm_equity_plan, budget_value) == 152, "");

_Static_assert(sizeof(crm_rate_outcome) == 4, "an int32_t");
_Static_assert(CRM_RATE_OUTCOME_UNIQUE == 0 && CRM_RATE_OUTCOME_NO_SIGN_CHANGE == 1, "");
_Static_assert(CRM_RATE_OUTCOME_SEVERAL_SIGN_CHANGES == 2 && CRM_RATE_OUTCOME_MISSING == 3, "");

_Static_assert(sizeof(crm_change_kind) == 4, "an int32_t");
_Static_assert(CRM_CHANGE_KIND_RELATIVE == 0 && CRM_CHANGE_KIND_ABSOLUTE == 1, "");
_Static_assert(sizeof(crm_factor) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_factor, argument) == 0, "");
_Static_assert(offsetof(crm_factor, amount) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_factor, kind) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_factor, reserved) == 28 || sizeof(void *) != 8, "");
_Static_assert(sizeof(crm_sensitivity) == 128, "");
_Static_assert(offsetof(crm_sensitivity, factor) == 0, "");
_Static_assert(offsetof(crm_sensitivity, clipped_low) == 4, "");
_Static_assert(offsetof(crm_sensitivity, clipped_high) == 8, "");
_Static_assert(offsetof(crm_sensitivity, has_elasticity) == 12, "");
_Static_assert(offsetof(crm_sensitivity, base) == 16, "");
_Static_assert(offsetof(crm_sensitivity, low) == 32, "");
_Static_assert(offsetof(crm_sensitivity, high) == 48, "");
_Static_assert(offsetof(crm_sensitivity, value_low) == 64, "");
_Static_assert(offsetof(crm_sensitivity, value_high) == 80, "");
_Static_assert(offsetof(crm_sensitivity, swing) == 96, "");
_Static_assert(offsetof(crm_sensitivity, elasticity) == 112, "");

_Static_assert(CRM_NO_DAY == INT32_MIN, "");

_Static_assert(sizeof(crm_period) == 4, "an int32_t");
_Static_assert(CRM_PERIOD_DAYS == 0, "");
_Static_assert(CRM_PERIOD_WEEKS == 1, "");
_Static_assert(CRM_PERIOD_MONTHS == 2, "");
_Static_assert(CRM_PERIOD_YEARS == 3, "");
_Static_assert(CRM_PERIOD_INSTANT == 4, "");

_Static_assert(sizeof(crm_returns) == 4, "an int32_t");
_Static_assert(CRM_RETURNS_REJECT == 0, "");
_Static_assert(CRM_RETURNS_DROP == 1, "");
_Static_assert(CRM_RETURNS_NET == 2, "");

_Static_assert(sizeof(crm_time_unit) == 4, "an int32_t");
_Static_assert(CRM_TIME_UNIT_SECOND == 0, "");
_Static_assert(CRM_TIME_UNIT_MILLISECOND == 1, "");
_Static_assert(CRM_TIME_UNIT_MICROSECOND == 2, "");
_Static_assert(CRM_TIME_UNIT_NANOSECOND == 3, "");

_Static_assert(sizeof(crm_time_zone) == 4, "an int32_t");
_Static_assert(CRM_TIME_ZONE_NAIVE == 0, "");
_Static_assert(CRM_TIME_ZONE_UTC == 1, "");

_Static_assert(sizeof(crm_drop_out) == 4, "an int32_t");
_Static_assert(CRM_DROP_OUT_BETA_GEOMETRIC == 0, "");
_Static_assert(CRM_DROP_OUT_GAMMA_EXPONENTIAL == 1, "");
_Static_assert(CRM_DROP_OUT_NEVER == 2, "");

_Static_assert(sizeof(crm_log) == 88 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, rows) == 0, "");
_Static_assert(offsetof(crm_log, customers) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, customer_texts) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, days) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, ticks) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, tick_unit) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, tick_zone) == 44 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, amounts) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, amount_units) == 56 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, costs) == 64 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, cost_units) == 72 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, scale) == 80 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_log, reserved) == 84 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_transaction_columns) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_transaction_columns, row) == 0, "");
_Static_assert(offsetof(crm_transaction_columns, day) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_transaction_columns, time) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_transaction_columns, amount) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_transaction_columns, cost) == 32 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_total_columns) == 80 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_total_columns, orders) == 0, "");
_Static_assert(offsetof(crm_total_columns, returns) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_total_columns, revenue) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_total_columns, returned) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_total_columns, cost) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_total_columns, first_day) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_total_columns, last_day) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_total_columns, revenue_exact) == 56 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_total_columns, returned_exact) == 64 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_total_columns, cost_exact) == 72 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_summary_options) == 40, "");
_Static_assert(offsetof(crm_summary_options, periods_per_unit) == 0, "");
_Static_assert(offsetof(crm_summary_options, period) == 8, "");
_Static_assert(offsetof(crm_summary_options, period_days) == 12, "");
_Static_assert(offsetof(crm_summary_options, start) == 16, "");
_Static_assert(offsetof(crm_summary_options, end) == 20, "");
_Static_assert(offsetof(crm_summary_options, returns) == 24, "");
_Static_assert(offsetof(crm_summary_options, include_first) == 28, "");
_Static_assert(offsetof(crm_summary_options, continuity_correction) == 32, "");
_Static_assert(offsetof(crm_summary_options, reserved) == 36, "");

_Static_assert(sizeof(crm_summary_columns) == 56 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_summary_columns, customer) == 0, "");
_Static_assert(offsetof(crm_summary_columns, first_row) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_summary_columns, frequency) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_summary_columns, recency) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_summary_columns, age) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_summary_columns, mean_spend) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_summary_columns, since_last) == 48 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_holdout_size) == 24, "");
_Static_assert(offsetof(crm_holdout_size, rows) == 0, "");
_Static_assert(offsetof(crm_holdout_size, newcomers) == 8, "");
_Static_assert(offsetof(crm_holdout_size, duration) == 16, "");

_Static_assert(sizeof(crm_holdout_columns) == 72 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_holdout_columns, customer) == 0, "");
_Static_assert(offsetof(crm_holdout_columns, first_row) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_holdout_columns, frequency) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_holdout_columns, recency) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_holdout_columns, age) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_holdout_columns, mean_spend) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_holdout_columns, holdout_frequency) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_holdout_columns, holdout_spend) == 56 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_holdout_columns, holdout_mean_spend) == 64 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_grouped_summary_columns) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_grouped_summary_columns, frequency) == 0, "");
_Static_assert(offsetof(crm_grouped_summary_columns, recency) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_grouped_summary_columns, age) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_grouped_summary_columns, weight) == 24 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_period_series_options) == 20, "");
_Static_assert(offsetof(crm_period_series_options, period) == 0, "");
_Static_assert(offsetof(crm_period_series_options, period_days) == 4, "");
_Static_assert(offsetof(crm_period_series_options, start) == 8, "");
_Static_assert(offsetof(crm_period_series_options, end) == 12, "");
_Static_assert(offsetof(crm_period_series_options, returns) == 16, "");

_Static_assert(sizeof(crm_period_series_columns) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_period_series_columns, offsets) == 0, "");
_Static_assert(offsetof(crm_period_series_columns, period) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_period_series_columns, purchases) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_period_series_columns, spend) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_period_series_columns, profit) == 32 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_period_series_size) == 24, "");
_Static_assert(offsetof(crm_period_series_size, customers) == 0, "");
_Static_assert(offsetof(crm_period_series_size, entries) == 8, "");
_Static_assert(offsetof(crm_period_series_size, observed) == 16, "");
_Static_assert(offsetof(crm_period_series_size, reserved) == 20, "");

_Static_assert(sizeof(crm_simulation) == 104, "");
_Static_assert(offsetof(crm_simulation, seed) == 0, "");
_Static_assert(offsetof(crm_simulation, r) == 8, "");
_Static_assert(offsetof(crm_simulation, alpha) == 16, "");
_Static_assert(offsetof(crm_simulation, drop_out_first) == 24, "");
_Static_assert(offsetof(crm_simulation, drop_out_second) == 32, "");
_Static_assert(offsetof(crm_simulation, p) == 40, "");
_Static_assert(offsetof(crm_simulation, q) == 48, "");
_Static_assert(offsetof(crm_simulation, gamma) == 56, "");
_Static_assert(offsetof(crm_simulation, return_probability) == 64, "");
_Static_assert(offsetof(crm_simulation, cost_share) == 72, "");
_Static_assert(offsetof(crm_simulation, customers) == 80, "");
_Static_assert(offsetof(crm_simulation, start) == 84, "");
_Static_assert(offsetof(crm_simulation, days) == 88, "");
_Static_assert(offsetof(crm_simulation, entry_days) == 92, "");
_Static_assert(offsetof(crm_simulation, drop_out) == 96, "");
_Static_assert(offsetof(crm_simulation, reserved) == 100, "");

_Static_assert(sizeof(crm_simulated_log_columns) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_simulated_log_columns, customer) == 0, "");
_Static_assert(offsetof(crm_simulated_log_columns, second) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_simulated_log_columns, amount_units) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_simulated_log_columns, cost_units) == 24 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_stage) == 4, "an int32_t");
_Static_assert(CRM_STAGE_POTENTIAL == 0, "");
_Static_assert(CRM_STAGE_DEVELOPMENT == 1, "");
_Static_assert(CRM_STAGE_GROWTH == 2, "");
_Static_assert(CRM_STAGE_MATURITY == 3, "");
_Static_assert(CRM_STAGE_DECLINE == 4, "");
_Static_assert(CRM_STAGE_TERMINATION == 5, "");
_Static_assert(CRM_STAGE_RECOVERY == 6, "");

_Static_assert(sizeof(crm_event) == 4, "an int32_t");
_Static_assert(CRM_EVENT_FIRST_CONTACT == 0, "");
_Static_assert(CRM_EVENT_FIRST_PURCHASE == 1, "");
_Static_assert(CRM_EVENT_REPEAT_PURCHASE == 2, "");
_Static_assert(CRM_EVENT_CROSS_PURCHASE == 3, "");
_Static_assert(CRM_EVENT_UPTURN == 4, "");
_Static_assert(CRM_EVENT_PLATEAU == 5, "");
_Static_assert(CRM_EVENT_DOWNTURN == 6, "");
_Static_assert(CRM_EVENT_CHURN == 7, "");
_Static_assert(CRM_EVENT_CLOSED == 8, "");
_Static_assert(CRM_EVENT_WIN_BACK == 9, "");
_Static_assert(CRM_EVENT_REACTIVATED == 10, "");

_Static_assert(sizeof(crm_mark) == 4, "an int32_t");
_Static_assert(CRM_MARK_NONE == 0, "");
_Static_assert(CRM_MARK_NEGATIVE == 1, "");
_Static_assert(CRM_MARK_LOW == 2, "");
_Static_assert(CRM_MARK_RISING == 3, "");
_Static_assert(CRM_MARK_MAXIMUM == 4, "");
_Static_assert(CRM_MARK_FALLING == 5, "");

_Static_assert(sizeof(crm_stage_rule) == 4, "an int32_t");
_Static_assert(CRM_STAGE_RULE_NEVER_BOUGHT == 0, "");
_Static_assert(CRM_STAGE_RULE_FIRST_PURCHASES == 1, "");
_Static_assert(CRM_STAGE_RULE_REPEAT_PURCHASES == 2, "");
_Static_assert(CRM_STAGE_RULE_RISING_VALUE == 3, "");
_Static_assert(CRM_STAGE_RULE_RISING_SHARE == 4, "");
_Static_assert(CRM_STAGE_RULE_PLATEAU == 5, "");
_Static_assert(CRM_STAGE_RULE_FALLING_VALUE == 6, "");
_Static_assert(CRM_STAGE_RULE_FALLING_SHARE == 7, "");
_Static_assert(CRM_STAGE_RULE_BELOW_PEAK == 8, "");
_Static_assert(CRM_STAGE_RULE_SILENCE == 9, "");
_Static_assert(CRM_STAGE_RULE_LIKELY_ENDED == 10, "");
_Static_assert(CRM_STAGE_RULE_BOUGHT_AGAIN == 11, "");
_Static_assert(CRM_STAGE_RULE_REACTIVATED == 12, "");

_Static_assert(sizeof(crm_stage_measure) == 4, "an int32_t");
_Static_assert(CRM_STAGE_MEASURE_SPEND == 0, "");
_Static_assert(CRM_STAGE_MEASURE_PROFIT == 1, "");

_Static_assert(sizeof(crm_churn) == 40, "");
_Static_assert(offsetof(crm_churn, at_start) == 0, "");
_Static_assert(offsetof(crm_churn, lost) == 8, "");
_Static_assert(offsetof(crm_churn, rate) == 16, "");
_Static_assert(offsetof(crm_churn, lower) == 24, "");
_Static_assert(offsetof(crm_churn, upper) == 32, "");

_Static_assert(sizeof(crm_survival_row) == 64, "");
_Static_assert(offsetof(crm_survival_row, time) == 0, "");
_Static_assert(offsetof(crm_survival_row, at_risk) == 8, "");
_Static_assert(offsetof(crm_survival_row, lost) == 16, "");
_Static_assert(offsetof(crm_survival_row, censored) == 24, "");
_Static_assert(offsetof(crm_survival_row, survival) == 32, "");
_Static_assert(offsetof(crm_survival_row, variance) == 40, "");
_Static_assert(offsetof(crm_survival_row, lower) == 48, "");
_Static_assert(offsetof(crm_survival_row, upper) == 56, "");

_Static_assert(sizeof(crm_restricted_mean) == 24, "");
_Static_assert(offsetof(crm_restricted_mean, mean) == 0, "");
_Static_assert(offsetof(crm_restricted_mean, standard_error) == 8, "");
_Static_assert(offsetof(crm_restricted_mean, horizon) == 16, "");

_Static_assert(sizeof(crm_stage_totals) == 40, "");
_Static_assert(offsetof(crm_stage_totals, customers) == 0, "");
_Static_assert(offsetof(crm_stage_totals, input) == 8, "");
_Static_assert(offsetof(crm_stage_totals, output) == 16, "");
_Static_assert(offsetof(crm_stage_totals, ratio) == 24, "");
_Static_assert(offsetof(crm_stage_totals, share_of_customer) == 32, "");

_Static_assert(sizeof(crm_rule_options) == 112, "");
_Static_assert(offsetof(crm_rule_options, measure) == 0, "");
_Static_assert(offsetof(crm_rule_options, development_purchases) == 4, "");
_Static_assert(offsetof(crm_rule_options, silence) == 8, "");
_Static_assert(offsetof(crm_rule_options, termination) == 16, "");
_Static_assert(offsetof(crm_rule_options, dropout_a) == 24, "");
_Static_assert(offsetof(crm_rule_options, dropout_b) == 32, "");
_Static_assert(offsetof(crm_rule_options, population_weight) == 40, "");
_Static_assert(offsetof(crm_rule_options, window) == 48, "");
_Static_assert(offsetof(crm_rule_options, least_blocks) == 52, "");
_Static_assert(offsetof(crm_rule_options, significance) == 56, "");
_Static_assert(offsetof(crm_rule_options, inclination) == 64, "");
_Static_assert(offsetof(crm_rule_options, least_change) == 72, "");
_Static_assert(offsetof(crm_rule_options, decline_level) == 80, "");
_Static_assert(offsetof(crm_rule_options, return_level) == 88, "");
_Static_assert(offsetof(crm_rule_options, level_blocks) == 96, "");
_Static_assert(offsetof(crm_rule_options, confirmations) == 100, "");
_Static_assert(offsetof(crm_rule_options, recovery_purchases) == 104, "");
_Static_assert(offsetof(crm_rule_options, reserved) == 108, "");

_Static_assert(sizeof(crm_stage_evidence) == 88, "");
_Static_assert(offsetof(crm_stage_evidence, rule) == 0, "");
_Static_assert(offsetof(crm_stage_evidence, pending) == 4, "");
_Static_assert(offsetof(crm_stage_evidence, purchases) == 8, "");
_Static_assert(offsetof(crm_stage_evidence, silence) == 12, "");
_Static_assert(offsetof(crm_stage_evidence, interpurchase_time) == 16, "");
_Static_assert(offsetof(crm_stage_evidence, p_alive) == 24, "");
_Static_assert(offsetof(crm_stage_evidence, blocks) == 32, "");
_Static_assert(offsetof(crm_stage_evidence, block_periods) == 36, "");
_Static_assert(offsetof(crm_stage_evidence, slope) == 40, "");
_Static_assert(offsetof(crm_stage_evidence, change) == 48, "");
_Static_assert(offsetof(crm_stage_evidence, p_rise) == 56, "");
_Static_assert(offsetof(crm_stage_evidence, p_fall) == 64, "");
_Static_assert(offsetof(crm_stage_evidence, level) == 72, "");
_Static_assert(offsetof(crm_stage_evidence, peak) == 80, "");

_Static_assert(sizeof(crm_rhythm) == 24, "");
_Static_assert(offsetof(crm_rhythm, interpurchase_time) == 0, "");
_Static_assert(offsetof(crm_rhythm, weight) == 8, "");
_Static_assert(offsetof(crm_rhythm, repeat_buyers) == 16, "");

_Static_assert(sizeof(crm_transition_economics) == 40, "");
_Static_assert(offsetof(crm_transition_economics, count) == 0, "");
_Static_assert(offsetof(crm_transition_economics, before) == 8, "");
_Static_assert(offsetof(crm_transition_economics, after) == 16, "");
_Static_assert(offsetof(crm_transition_economics, gain) == 24, "");
_Static_assert(offsetof(crm_transition_economics, total_gain) == 32, "");

_Static_assert(sizeof(crm_contact_timing) == 4, "");
_Static_assert(CRM_CONTACT_TIMING_START == 0, "");
_Static_assert(CRM_CONTACT_TIMING_MIDDLE == 1, "");
_Static_assert(CRM_CONTACT_TIMING_END == 2, "");

_Static_assert(sizeof(crm_migration_solver) == 16, "");
_Static_assert(offsetof(crm_migration_solver, tolerance) == 0, "");
_Static_assert(offsetof(crm_migration_solver, max_iterations) == 8, "");

_Static_assert(sizeof(crm_share_period) == 64, "");
_Static_assert(offsetof(crm_share_period, expected_purchases) == 0, "");
_Static_assert(offsetof(crm_share_period, expected_contacts) == 16, "");
_Static_assert(offsetof(crm_share_period, flow) == 32, "");
_Static_assert(offsetof(crm_share_period, present_value) == 48, "");

_Static_assert(sizeof(crm_purchase_model_kind) == 4, "an int32_t");
_Static_assert(CRM_PURCHASE_MODEL_KIND_BG_NBD == 0, "");
_Static_assert(CRM_PURCHASE_MODEL_KIND_MBG_NBD == 1, "");
_Static_assert(CRM_PURCHASE_MODEL_KIND_PARETO_NBD == 2, "");
_Static_assert(CRM_PURCHASE_MODEL_KIND_BG_BB == 3, "");

_Static_assert(sizeof(crm_fit_status) == 4, "an int32_t");
_Static_assert(CRM_FIT_STATUS_CONVERGED == 0, "");
_Static_assert(CRM_FIT_STATUS_BOUNDARY == 1, "");

_Static_assert(sizeof(crm_purchase_histories) == 56 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_histories, frequency) == 0 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_histories, frequency_stride) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_histories, recency) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_histories, recency_stride) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_histories, age) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_histories, age_stride) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_histories, customers) == 48 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_fit_options) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_fit_options, penalty) == 0 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_fit_options, prior_deviation) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_fit_options, prior_medians) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_fit_options, tolerance) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_fit_options, starts) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_fit_options, max_iterations) == 36 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_purchase_fit) == 208, "");
_Static_assert(offsetof(crm_purchase_fit, parameters) == 0, "");
_Static_assert(offsetof(crm_purchase_fit, log_covariance) == 32, "");
_Static_assert(offsetof(crm_purchase_fit, log_likelihood) == 160, "");
_Static_assert(offsetof(crm_purchase_fit, aic) == 168, "");
_Static_assert(offsetof(crm_purchase_fit, bic) == 176, "");
_Static_assert(offsetof(crm_purchase_fit, customers) == 184, "");
_Static_assert(offsetof(crm_purchase_fit, gradient_norm) == 192, "");
_Static_assert(offsetof(crm_purchase_fit, iterations) == 200, "");
_Static_assert(offsetof(crm_purchase_fit, status) == 204, "");

_Static_assert(sizeof(crm_purchase_holdout) == 88 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_holdout, histories) == 0 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_holdout, purchases) == 56 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_holdout, duration) == 64 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_holdout, duration_stride) == 72 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_purchase_holdout, weights) == 80 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_holdout_error) == 56, "");
_Static_assert(offsetof(crm_holdout_error, customers) == 0, "");
_Static_assert(offsetof(crm_holdout_error, actual) == 8, "");
_Static_assert(offsetof(crm_holdout_error, expected) == 16, "");
_Static_assert(offsetof(crm_holdout_error, bias) == 24, "");
_Static_assert(offsetof(crm_holdout_error, mean_absolute_error) == 32, "");
_Static_assert(offsetof(crm_holdout_error, root_mean_square_error) == 40, "");
_Static_assert(offsetof(crm_holdout_error, of_total) == 48, "");

_Static_assert(sizeof(crm_dropout_effect) == 4, "an int32_t");
_Static_assert(CRM_DROPOUT_EFFECT_SEPARATE == 0, "");
_Static_assert(CRM_DROPOUT_EFFECT_ODDS == 1, "");
_Static_assert(CRM_DROPOUT_EFFECT_COMMON == 2, "");

_Static_assert(sizeof(crm_covariates) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_covariates, purchase) == 0, "");
_Static_assert(offsetof(crm_covariates, purchase_count) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_covariates, dropout) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_covariates, dropout_count) == 24 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_covariate_fit) == 48, "");
_Static_assert(offsetof(crm_covariate_fit, log_likelihood) == 0, "");
_Static_assert(offsetof(crm_covariate_fit, aic) == 8, "");
_Static_assert(offsetof(crm_covariate_fit, bic) == 16, "");
_Static_assert(offsetof(crm_covariate_fit, customers) == 24, "");
_Static_assert(offsetof(crm_covariate_fit, gradient_norm) == 32, "");
_Static_assert(offsetof(crm_covariate_fit, iterations) == 40, "");
_Static_assert(offsetof(crm_covariate_fit, status) == 44, "");

_Static_assert(sizeof(crm_gamma_gamma) == 24, "");
_Static_assert(offsetof(crm_gamma_gamma, p) == 0, "");
_Static_assert(offsetof(crm_gamma_gamma, q) == 8, "");
_Static_assert(offsetof(crm_gamma_gamma, gamma) == 16, "");

_Static_assert(sizeof(crm_spend_columns) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_spend_columns, frequency) == 0, "");
_Static_assert(offsetof(crm_spend_columns, frequency_stride) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_spend_columns, mean_spend) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_spend_columns, mean_spend_stride) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_spend_columns, customers) == 32 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_gamma_gamma_report) == 176, "");
_Static_assert(offsetof(crm_gamma_gamma_report, model) == 0, "");
_Static_assert(offsetof(crm_gamma_gamma_report, standard_errors) == 24, "");
_Static_assert(offsetof(crm_gamma_gamma_report, log_covariance) == 48, "");
_Static_assert(offsetof(crm_gamma_gamma_report, log_likelihood) == 120, "");
_Static_assert(offsetof(crm_gamma_gamma_report, aic) == 128, "");
_Static_assert(offsetof(crm_gamma_gamma_report, bic) == 136, "");
_Static_assert(offsetof(crm_gamma_gamma_report, customers) == 144, "");
_Static_assert(offsetof(crm_gamma_gamma_report, gradient_norm) == 152, "");
_Static_assert(offsetof(crm_gamma_gamma_report, correlation) == 160, "");
_Static_assert(offsetof(crm_gamma_gamma_report, iterations) == 168, "");
_Static_assert(offsetof(crm_gamma_gamma_report, status) == 172, "");

_Static_assert(sizeof(crm_renewal_model) == 24, "");
_Static_assert(offsetof(crm_renewal_model, alpha) == 0, "");
_Static_assert(offsetof(crm_renewal_model, beta) == 8, "");
_Static_assert(offsetof(crm_renewal_model, c) == 16, "");

_Static_assert(sizeof(crm_renewal_report) == 168, "");
_Static_assert(offsetof(crm_renewal_report, model) == 0, "");
_Static_assert(offsetof(crm_renewal_report, standard_errors) == 24, "");
_Static_assert(offsetof(crm_renewal_report, log_covariance) == 48, "");
_Static_assert(offsetof(crm_renewal_report, log_likelihood) == 120, "");
_Static_assert(offsetof(crm_renewal_report, aic) == 128, "");
_Static_assert(offsetof(crm_renewal_report, bic) == 136, "");
_Static_assert(offsetof(crm_renewal_report, customers) == 144, "");
_Static_assert(offsetof(crm_renewal_report, gradient_norm) == 152, "");
_Static_assert(offsetof(crm_renewal_report, iterations) == 160, "");
_Static_assert(offsetof(crm_renewal_report, status) == 164, "");

_Static_assert(sizeof(crm_renewal_columns) == 56 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_renewal_columns, renewals) == 0, "");
_Static_assert(offsetof(crm_renewal_columns, renewals_stride) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_renewal_columns, horizon) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_renewal_columns, horizon_stride) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_renewal_columns, discount_rate) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_renewal_columns, discount_rate_stride) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_renewal_columns, customers) == 48 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_kano_answer) == 4, "an int32_t");
_Static_assert(CRM_KANO_ANSWER_LIKE == 0 && CRM_KANO_ANSWER_MUST_BE == 1, "");
_Static_assert(CRM_KANO_ANSWER_NEUTRAL == 2 && CRM_KANO_ANSWER_LIVE_WITH == 3, "");
_Static_assert(CRM_KANO_ANSWER_DISLIKE == 4, "");
_Static_assert(sizeof(crm_kano_category) == 4, "an int32_t");
_Static_assert(CRM_KANO_CATEGORY_MUST_BE == 0 && CRM_KANO_CATEGORY_ONE_DIMENSIONAL == 1, "");
_Static_assert(CRM_KANO_CATEGORY_ATTRACTIVE == 2 && CRM_KANO_CATEGORY_INDIFFERENT == 3, "");
_Static_assert(CRM_KANO_CATEGORY_REVERSE == 4 && CRM_KANO_CATEGORY_QUESTIONABLE == 5, "");

_Static_assert(sizeof(crm_kano_cell) == 32, "");
_Static_assert(offsetof(crm_kano_cell, respondents) == 0, "");
_Static_assert(offsetof(crm_kano_cell, stated) == 8, "");
_Static_assert(offsetof(crm_kano_cell, importance) == 16, "");
_Static_assert(offsetof(crm_kano_cell, importance_squares) == 24, "");

_Static_assert(sizeof(crm_kano_tally) == 808, "");
_Static_assert(offsetof(crm_kano_tally, cells) == 0, "");
_Static_assert(offsetof(crm_kano_tally, missing) == 800, "");

_Static_assert(sizeof(crm_kano_counts) == 48, "");
_Static_assert(offsetof(crm_kano_counts, must_be) == 0, "");
_Static_assert(offsetof(crm_kano_counts, one_dimensional) == 8, "");
_Static_assert(offsetof(crm_kano_counts, attractive) == 16, "");
_Static_assert(offsetof(crm_kano_counts, indifferent) == 24, "");
_Static_assert(offsetof(crm_kano_counts, reverse) == 32, "");
_Static_assert(offsetof(crm_kano_counts, questionable) == 40, "");

_Static_assert(sizeof(crm_kano_rules) == 32, "");
_Static_assert(offsetof(crm_kano_rules, confidence) == 0, "");
_Static_assert(offsetof(crm_kano_rules, blend) == 8, "");
_Static_assert(offsetof(crm_kano_rules, better_line) == 16, "");
_Static_assert(offsetof(crm_kano_rules, worse_line) == 24, "");

_Static_assert(sizeof(crm_rate_estimate) == 48, "");
_Static_assert(offsetof(crm_rate_estimate, count) == 0, "");
_Static_assert(offsetof(crm_rate_estimate, base) == 8, "");
_Static_assert(offsetof(crm_rate_estimate, rate) == 16, "");
_Static_assert(offsetof(crm_rate_estimate, standard_error) == 24, "");
_Static_assert(offsetof(crm_rate_estimate, lower) == 32, "");
_Static_assert(offsetof(crm_rate_estimate, upper) == 40, "");

_Static_assert(sizeof(crm_fong) == 40, "");
_Static_assert(offsetof(crm_fong, difference) == 0, "");
_Static_assert(offsetof(crm_fong, critical) == 8, "");
_Static_assert(offsetof(crm_fong, z) == 16, "");
_Static_assert(offsetof(crm_fong, p_value) == 24, "");
_Static_assert(offsetof(crm_fong, significant) == 32, "");
_Static_assert(offsetof(crm_fong, reserved) == 36, "");

_Static_assert(sizeof(crm_kano_profile) == 224, "");
_Static_assert(offsetof(crm_kano_profile, respondents) == 0, "");
_Static_assert(offsetof(crm_kano_profile, category_strength) == 8, "");
_Static_assert(offsetof(crm_kano_profile, total_strength) == 16, "");
_Static_assert(offsetof(crm_kano_profile, better) == 64, "");
_Static_assert(offsetof(crm_kano_profile, worse) == 112, "");
_Static_assert(offsetof(crm_kano_profile, fong) == 160, "");
_Static_assert(offsetof(crm_kano_profile, category) == 200, "");
_Static_assert(offsetof(crm_kano_profile, runner_up) == 204, "");
_Static_assert(offsetof(crm_kano_profile, grouped_category) == 208, "");
_Static_assert(offsetof(crm_kano_profile, quadrant) == 212, "");
_Static_assert(offsetof(crm_kano_profile, tied) == 216, "");
_Static_assert(offsetof(crm_kano_profile, blended) == 220, "");

_Static_assert(sizeof(crm_mean_estimate) == 48, "");
_Static_assert(offsetof(crm_mean_estimate, count) == 0, "");
_Static_assert(offsetof(crm_mean_estimate, mean) == 8, "");
_Static_assert(offsetof(crm_mean_estimate, standard_deviation) == 16, "");
_Static_assert(offsetof(crm_mean_estimate, standard_error) == 24, "");
_Static_assert(offsetof(crm_mean_estimate, lower) == 32, "");
_Static_assert(offsetof(crm_mean_estimate, upper) == 40, "");

_Static_assert(sizeof(crm_kano_position) == 256, "");
_Static_assert(offsetof(crm_kano_position, functional) == 0, "");
_Static_assert(offsetof(crm_kano_position, dysfunctional) == 48, "");
_Static_assert(offsetof(crm_kano_position, stated) == 96, "");
_Static_assert(offsetof(crm_kano_position, weighted_functional) == 144, "");
_Static_assert(offsetof(crm_kano_position, weighted_dysfunctional) == 192, "");
_Static_assert(offsetof(crm_kano_position, unstated) == 240, "");
_Static_assert(offsetof(crm_kano_position, category) == 248, "");
_Static_assert(offsetof(crm_kano_position, weighted_category) == 252, "");
_Static_assert(sizeof(crm_measurement_mode) == 4, "an int32_t");
_Static_assert(CRM_MEASUREMENT_MODE_A == 0, "");
_Static_assert(CRM_MEASUREMENT_MODE_B == 1, "");
_Static_assert(CRM_MEASUREMENT_MODE_SINGLE_ITEM == 2, "");

_Static_assert(sizeof(crm_expected_sign) == 4, "an int32_t");
_Static_assert(CRM_EXPECTED_SIGN_POSITIVE == 0, "");
_Static_assert(CRM_EXPECTED_SIGN_NEGATIVE == 1, "");
_Static_assert(CRM_EXPECTED_SIGN_EITHER == 2, "");

_Static_assert(sizeof(crm_index_preset) == 4, "an int32_t");
_Static_assert(CRM_INDEX_PRESET_SCSB == 0, "");
_Static_assert(CRM_INDEX_PRESET_ACSI == 1, "");
_Static_assert(CRM_INDEX_PRESET_ECSI == 2, "");
_Static_assert(CRM_INDEX_PRESET_CCSI == 3, "");

_Static_assert(sizeof(crm_inner_scheme) == 4, "an int32_t");
_Static_assert(CRM_INNER_SCHEME_PATH == 0, "");
_Static_assert(CRM_INNER_SCHEME_CENTROID == 1, "");
_Static_assert(CRM_INNER_SCHEME_FACTORIAL == 2, "");

_Static_assert(sizeof(crm_missing_answers) == 4, "an int32_t");
_Static_assert(CRM_MISSING_ANSWERS_MEAN == 0, "");
_Static_assert(CRM_MISSING_ANSWERS_LISTWISE == 1, "");
_Static_assert(CRM_MISSING_ANSWERS_EM == 2, "");

_Static_assert(sizeof(crm_estimator) == 4, "an int32_t");
_Static_assert(CRM_ESTIMATOR_PLAIN == 0, "");
_Static_assert(CRM_ESTIMATOR_CONSISTENT == 1, "");

_Static_assert(sizeof(crm_pls_status) == 4, "an int32_t");
_Static_assert(CRM_PLS_STATUS_CONVERGED == 0, "");
_Static_assert(CRM_PLS_STATUS_ITERATION_LIMIT == 1, "");

_Static_assert(sizeof(crm_structural_size) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_structural_size, constructs) == 0, "");
_Static_assert(offsetof(crm_structural_size, indicators) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_structural_size, paths) == 16 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_structural_path) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_structural_path, from) == 0, "");
_Static_assert(offsetof(crm_structural_path, to) == 8 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_pls_options) == 24, "");
_Static_assert(offsetof(crm_pls_options, tolerance) == 0, "");
_Static_assert(offsetof(crm_pls_options, max_iterations) == 8, "");
_Static_assert(offsetof(crm_pls_options, scheme) == 12, "");
_Static_assert(offsetof(crm_pls_options, estimator) == 16, "");
_Static_assert(offsetof(crm_pls_options, missing) == 20, "");

_Static_assert(sizeof(crm_survey_answers) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_survey_answers, columns) == 0, "");
_Static_assert(offsetof(crm_survey_answers, rows) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_survey_answers, weights) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_survey_answers, are_frequencies) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_survey_answers, reserved) == 28 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_pls_report) == 64 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_pls_report, observations) == 0, "");
_Static_assert(offsetof(crm_pls_report, rows_used) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_pls_report, rows_dropped) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_pls_report, last_change) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_pls_report, gof) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_pls_report, srmr_saturated) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_pls_report, srmr_estimated) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_pls_report, iterations) == 56 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_pls_report, status) == 60 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_indicator_estimate) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_indicator_estimate, mean) == 0, "");
_Static_assert(offsetof(crm_indicator_estimate, standard_deviation) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_indicator_estimate, weight) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_indicator_estimate, unstandardised_weight) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_indicator_estimate, loading) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_indicator_estimate, missing) == 40 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_construct_estimate) == 64, "");
_Static_assert(offsetof(crm_construct_estimate, index) == 0, "");
_Static_assert(offsetof(crm_construct_estimate, r_squared) == 8, "");
_Static_assert(offsetof(crm_construct_estimate, adjusted_r_squared) == 16, "");
_Static_assert(offsetof(crm_construct_estimate, alpha) == 24, "");
_Static_assert(offsetof(crm_construct_estimate, standardised_alpha) == 32, "");
_Static_assert(offsetof(crm_construct_estimate, rho_a) == 40, "");
_Static_assert(offsetof(crm_construct_estimate, rho_c) == 48, "");
_Static_assert(offsetof(crm_construct_estimate, ave) == 56, "");

_Static_assert(sizeof(crm_path_estimate) == 64 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_path_estimate, from) == 0, "");
_Static_assert(offsetof(crm_path_estimate, to) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_path_estimate, coefficient) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_path_estimate, standard_error) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_path_estimate, t) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_path_estimate, p_value) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_path_estimate, f_squared) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_path_estimate, vif) == 56 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_importance) == 16, "");
_Static_assert(offsetof(crm_importance, importance) == 0, "");
_Static_assert(offsetof(crm_importance, performance) == 8, "");
_Static_assert(sizeof(crm_purchase_prediction) == 4, "an int32_t");
_Static_assert(CRM_PURCHASE_PREDICTION_PROBABILITY_ALIVE == 0, "");
_Static_assert(CRM_PURCHASE_PREDICTION_EXPECTED_PURCHASES == 1, "");
_Static_assert(CRM_PURCHASE_PREDICTION_PURCHASE_PROBABILITY == 2, "");
_Static_assert(CRM_PURCHASE_PREDICTION_TAIL_PROBABILITY == 3, "");
_Static_assert(CRM_PURCHASE_PREDICTION_DISCOUNTED_PURCHASES == 4, "");

_Static_assert(sizeof(crm_renewal_prediction) == 4, "an int32_t");
_Static_assert(CRM_RENEWAL_PREDICTION_CONDITIONAL_SURVIVAL == 0, "");
_Static_assert(CRM_RENEWAL_PREDICTION_RETENTION_RATE == 1, "");
_Static_assert(CRM_RENEWAL_PREDICTION_CHURN_PROBABILITY == 2, "");
_Static_assert(CRM_RENEWAL_PREDICTION_DISCOUNTED_LIFETIME == 3, "");
_Static_assert(CRM_RENEWAL_PREDICTION_DISCOUNTED_RESIDUAL_LIFETIME == 4, "");
_Static_assert(CRM_RENEWAL_PREDICTION_EXPECTED_RESIDUAL_LIFETIME == 5, "");

_Static_assert(sizeof(crm_prediction_interval) == 32, "");
_Static_assert(offsetof(crm_prediction_interval, estimate) == 0, "");
_Static_assert(offsetof(crm_prediction_interval, standard_error) == 8, "");
_Static_assert(offsetof(crm_prediction_interval, lower) == 16, "");
_Static_assert(offsetof(crm_prediction_interval, upper) == 24, "");

_Static_assert(sizeof(crm_prediction_numbers) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_prediction_numbers, horizon) == 0 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_prediction_numbers, horizon_stride) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_prediction_numbers, purchases) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_prediction_numbers, purchases_stride) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_prediction_numbers, discount_rate) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_prediction_numbers, discount_rate_stride) == 40 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_lifetime_value_columns) == 136 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, histories) == 0 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, spend_frequency) == 56 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, spend_frequency_stride) == 64 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, mean_spend) == 72 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, mean_spend_stride) == 80 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, horizon) == 88 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, horizon_stride) == 96 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, discount_rate) == 104 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, discount_rate_stride) == 112 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, margin) == 120 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_lifetime_value_columns, margin_stride) == 128 || sizeof(void *) != 8, "");

_Static_assert(sizeof(crm_quadrant) == 4, "an int32_t");
_Static_assert(CRM_QUADRANT_URGENT_IMPROVEMENT == 0, "");
_Static_assert(CRM_QUADRANT_COMPETITIVE_ADVANTAGE == 1, "");
_Static_assert(CRM_QUADRANT_SECONDARY_IMPROVEMENT == 2, "");
_Static_assert(CRM_QUADRANT_SURPLUS == 3, "");
_Static_assert(sizeof(crm_derived_importance) == 4, "an int32_t");
_Static_assert(CRM_DERIVED_IMPORTANCE_CORRELATION == 0, "");
_Static_assert(CRM_DERIVED_IMPORTANCE_STANDARDIZED_REGRESSION == 1, "");
_Static_assert(CRM_DERIVED_IMPORTANCE_SHAPLEY == 2, "");
_Static_assert(sizeof(crm_regression_method) == 4, "an int32_t");
_Static_assert(CRM_REGRESSION_METHOD_LEAST_SQUARES == 0, "");
_Static_assert(CRM_REGRESSION_METHOD_GIVEN_COMPONENTS == 1, "");
_Static_assert(CRM_REGRESSION_METHOD_SHARE_OF_VARIANCE == 2, "");
_Static_assert(CRM_REGRESSION_METHOD_KAISER == 3, "");
_Static_assert(CRM_REGRESSION_METHOD_CROSS_VALIDATED == 4, "");
_Static_assert(CRM_REGRESSION_METHOD_RIDGE == 5, "");
_Static_assert(CRM_REGRESSION_METHOD_PARTIAL_LEAST_SQUARES == 6, "");
_Static_assert(sizeof(crm_positive_weights) == 4, "an int32_t");
_Static_assert(CRM_POSITIVE_WEIGHTS_REFUSED == 0, "");
_Static_assert(CRM_POSITIVE_WEIGHTS_TRUNCATED == 1, "");
_Static_assert(CRM_POSITIVE_WEIGHTS_ABSOLUTE == 2, "");
_Static_assert(sizeof(crm_systematic_interval) == 4, "an int32_t");
_Static_assert(CRM_SYSTEMATIC_INTERVAL_EQUAL == 0, "");
_Static_assert(CRM_SYSTEMATIC_INTERVAL_CIRCULAR == 1, "");
_Static_assert(CRM_SYSTEMATIC_INTERVAL_FRACTIONAL == 2, "");
_Static_assert(sizeof(crm_allocation) == 4, "an int32_t");
_Static_assert(CRM_ALLOCATION_PROPORTIONAL == 0, "");
_Static_assert(CRM_ALLOCATION_NEYMAN == 1, "");
_Static_assert(CRM_ALLOCATION_OPTIMUM == 2, "");
_Static_assert(sizeof(crm_replacement) == 4, "an int32_t");
_Static_assert(CRM_REPLACEMENT_WITH == 0, "");
_Static_assert(CRM_REPLACEMENT_WITHOUT == 1, "");
_Static_assert(sizeof(crm_systematic_variance) == 4, "an int32_t");
_Static_assert(CRM_SYSTEMATIC_VARIANCE_SIMPLE_RANDOM == 0, "");
_Static_assert(CRM_SYSTEMATIC_VARIANCE_SUCCESSIVE_DIFFERENCES == 1, "");
_Static_assert(sizeof(crm_attribute_fit) == 32, "");
_Static_assert(offsetof(crm_attribute_fit, intercept) == 0, "");
_Static_assert(offsetof(crm_attribute_fit, r_squared) == 8, "");
_Static_assert(offsetof(crm_attribute_fit, root_mean_square_error) == 16, "");
_Static_assert(offsetof(crm_attribute_fit, components) == 24, "");
_Static_assert(sizeof(crm_coefficient_interval) == 32, "");
_Static_assert(offsetof(crm_coefficient_interval, estimate) == 0, "");
_Static_assert(offsetof(crm_coefficient_interval, standard_error) == 8, "");
_Static_assert(offsetof(crm_coefficient_interval, lower) == 16, "");
_Static_assert(offsetof(crm_coefficient_interval, upper) == 24, "");
_Static_assert(sizeof(crm_drawn) == 24, "");
_Static_assert(offsetof(crm_drawn, unit) == 0, "");
_Static_assert(offsetof(crm_drawn, group) == 8, "");
_Static_assert(offsetof(crm_drawn, weight) == 16, "");
_Static_assert(sizeof(crm_stratum) == 24, "");
_Static_assert(offsetof(crm_stratum, population) == 0, "");
_Static_assert(offsetof(crm_stratum, deviation) == 8, "");
_Static_assert(offsetof(crm_stratum, cost) == 16, "");
_Static_assert(sizeof(crm_survey_estimate) == 56, "");
_Static_assert(offsetof(crm_survey_estimate, value) == 0, "");
_Static_assert(offsetof(crm_survey_estimate, standard_error) == 8, "");
_Static_assert(offsetof(crm_survey_estimate, lower) == 16, "");
_Static_assert(offsetof(crm_survey_estimate, upper) == 24, "");
_Static_assert(offsetof(crm_survey_estimate, design_effect) == 32, "");
_Static_assert(offsetof(crm_survey_estimate, degrees) == 40, "");
_Static_assert(offsetof(crm_survey_estimate, rows) == 48, "");
_Static_assert(sizeof(crm_reliability) == 48, "");
_Static_assert(offsetof(crm_reliability, alpha) == 0, "");
_Static_assert(offsetof(crm_reliability, alpha_lower) == 8, "");
_Static_assert(offsetof(crm_reliability, alpha_upper) == 16, "");
_Static_assert(offsetof(crm_reliability, standardized_alpha) == 24, "");
_Static_assert(offsetof(crm_reliability, mean_correlation) == 32, "");
_Static_assert(offsetof(crm_reliability, omega) == 40, "");
_Static_assert(sizeof(crm_scale_item) == 48, "");
_Static_assert(offsetof(crm_scale_item, mean) == 0, "");
_Static_assert(offsetof(crm_scale_item, standard_deviation) == 8, "");
_Static_assert(offsetof(crm_scale_item, item_total) == 16, "");
_Static_assert(offsetof(crm_scale_item, item_rest) == 24, "");
_Static_assert(offsetof(crm_scale_item, alpha_if_deleted) == 32, "");
_Static_assert(offsetof(crm_scale_item, loading) == 40, "");
_Static_assert(sizeof(crm_survey_plan) == 48, "");
_Static_assert(offsetof(crm_survey_plan, spread) == 0, "");
_Static_assert(offsetof(crm_survey_plan, confidence) == 8, "");
_Static_assert(offsetof(crm_survey_plan, response_rate) == 16, "");
_Static_assert(offsetof(crm_survey_plan, design_effect) == 24, "");
_Static_assert(offsetof(crm_survey_plan, population) == 32, "");
_Static_assert(offsetof(crm_survey_plan, is_proportion) == 40, "");
_Static_assert(offsetof(crm_survey_plan, reserved) == 44, "");
_Static_assert(sizeof(crm_required_size) == 16, "");
_Static_assert(offsetof(crm_required_size, answers) == 0, "");
_Static_assert(offsetof(crm_required_size, invitations) == 8, "");
_Static_assert(sizeof(crm_survey_cost) == 24, "");
_Static_assert(offsetof(crm_survey_cost, fixed) == 0, "");
_Static_assert(offsetof(crm_survey_cost, per_invitation) == 8, "");
_Static_assert(offsetof(crm_survey_cost, per_answer) == 16, "");
_Static_assert(sizeof(crm_affordable_size) == 24, "");
_Static_assert(offsetof(crm_affordable_size, invitations) == 0, "");
_Static_assert(offsetof(crm_affordable_size, answers) == 8, "");
_Static_assert(offsetof(crm_affordable_size, margin) == 16, "");
_Static_assert(sizeof(crm_raking) == 16, "");
_Static_assert(offsetof(crm_raking, largest_error) == 0, "");
_Static_assert(offsetof(crm_raking, iterations) == 8, "");
_Static_assert(offsetof(crm_raking, converged) == 12, "");
_Static_assert(sizeof(crm_weight_effect) == 16, "");
_Static_assert(offsetof(crm_weight_effect, effective_size) == 0, "");
_Static_assert(offsetof(crm_weight_effect, design_effect) == 8, "");
_Static_assert(sizeof(crm_satisfaction_verdict) == 4, "an int32_t");
_Static_assert(CRM_SATISFACTION_VERDICT_DISSATISFIED == 0 && CRM_SATISFACTION_VERDICT_MET == 1, "");
_Static_assert(CRM_SATISFACTION_VERDICT_EXCEEDED == 2, "");
_Static_assert(sizeof(crm_satisfaction_facet) == 4, "an int32_t");
_Static_assert(CRM_SATISFACTION_FACET_PRODUCT == 0 && CRM_SATISFACTION_FACET_SERVICE == 1, "");
_Static_assert(CRM_SATISFACTION_FACET_VISUAL == 2 && CRM_SATISFACTION_FACET_BEHAVIOUR == 3, "");
_Static_assert(CRM_SATISFACTION_FACET_IDEA == 4, "");
_Static_assert(sizeof(crm_behavioural_measure) == 4, "an int32_t");
_Static_assert(CRM_BEHAVIOURAL_MEASURE_FAVOURABILITY == 0 && CRM_BEHAVIOURAL_MEASURE_NAMED_BRAND == 1, "");
_Static_assert(CRM_BEHAVIOURAL_MEASURE_REPEAT == 2 && CRM_BEHAVIOURAL_MEASURE_COMPLAINT == 3, "");
_Static_assert(CRM_BEHAVIOURAL_MEASURE_SERVICE_COMPLAINT == 4 && CRM_BEHAVIOURAL_MEASURE_OMISSION == 5, "");
_Static_assert(CRM_BEHAVIOURAL_MEASURE_DISSATISFACTION == 6, "");
_Static_assert(sizeof(crm_inconsistent_prices) == 4, "an int32_t");
_Static_assert(CRM_INCONSISTENT_PRICES_EXCLUDE == 0 && CRM_INCONSISTENT_PRICES_KEEP == 1, "");
_Static_assert(sizeof(crm_price_range) == 4, "an int32_t");
_Static_assert(CRM_PRICE_RANGE_ORIGINAL == 0 && CRM_PRICE_RANGE_NARROWER == 1, "");
_Static_assert(sizeof(crm_delivered_value_item) == 4, "an int32_t");
_Static_assert(CRM_DELIVERED_VALUE_ITEM_PRODUCT == 0 && CRM_DELIVERED_VALUE_ITEM_SERVICE == 1, "");
_Static_assert(CRM_DELIVERED_VALUE_ITEM_PERSONNEL == 2 && CRM_DELIVERED_VALUE_ITEM_IMAGE == 3, "");
_Static_assert(CRM_DELIVERED_VALUE_ITEM_MONEY == 4 && CRM_DELIVERED_VALUE_ITEM_TIME == 5, "");
_Static_assert(CRM_DELIVERED_VALUE_ITEM_ENERGY == 6 && CRM_DELIVERED_VALUE_ITEM_PHYSICAL == 7, "");
_Static_assert(sizeof(crm_satisfaction_factor) == 4, "an int32_t");
_Static_assert(CRM_SATISFACTION_FACTOR_BASIC == 0 && CRM_SATISFACTION_FACTOR_PERFORMANCE == 1, "");
_Static_assert(CRM_SATISFACTION_FACTOR_EXCITEMENT == 2 && CRM_SATISFACTION_FACTOR_NEITHER == 3, "");

_Static_assert(sizeof(crm_satisfaction_summary) == 256, "");
_Static_assert(offsetof(crm_satisfaction_summary, missing) == 0, "");
_Static_assert(offsetof(crm_satisfaction_summary, degree) == 8, "");
_Static_assert(offsetof(crm_satisfaction_summary, gap) == 56, "");
_Static_assert(offsetof(crm_satisfaction_summary, dissatisfied) == 104, "");
_Static_assert(offsetof(crm_satisfaction_summary, met) == 152, "");
_Static_assert(offsetof(crm_satisfaction_summary, exceeded) == 200, "");
_Static_assert(offsetof(crm_satisfaction_summary, verdict) == 248, "");
_Static_assert(offsetof(crm_satisfaction_summary, reserved) == 252, "");

_Static_assert(sizeof(crm_delivered_value_effect) == 32, "");
_Static_assert(offsetof(crm_delivered_value_effect, contribution) == 0, "");
_Static_assert(offsetof(crm_delivered_value_effect, net_derivative) == 8, "");
_Static_assert(offsetof(crm_delivered_value_effect, ratio_derivative) == 16, "");
_Static_assert(offsetof(crm_delivered_value_effect, ratio_elasticity) == 24, "");

_Static_assert(sizeof(crm_delivered_value_summary) == 288, "");
_Static_assert(offsetof(crm_delivered_value_summary, benefits) == 0, "");
_Static_assert(offsetof(crm_delivered_value_summary, costs) == 8, "");
_Static_assert(offsetof(crm_delivered_value_summary, net) == 16, "");
_Static_assert(offsetof(crm_delivered_value_summary, ratio) == 24, "");
_Static_assert(offsetof(crm_delivered_value_summary, effects) == 32, "");

_Static_assert(sizeof(crm_logistic_response) == 24, "");
_Static_assert(offsetof(crm_logistic_response, ceiling) == 0, "");
_Static_assert(offsetof(crm_logistic_response, midpoint) == 8, "");
_Static_assert(offsetof(crm_logistic_response, steepness) == 16, "");

_Static_assert(sizeof(crm_expectation_model) == 80, "");
_Static_assert(offsetof(crm_expectation_model, market) == 0, "");
_Static_assert(offsetof(crm_expectation_model, perceived) == 8, "");
_Static_assert(offsetof(crm_expectation_model, purchase) == 16, "");
_Static_assert(offsetof(crm_expectation_model, repeat) == 40, "");
_Static_assert(offsetof(crm_expectation_model, lowest) == 64, "");
_Static_assert(offsetof(crm_expectation_model, highest) == 72, "");

_Static_assert(sizeof(crm_expectation_point) == 40, "");
_Static_assert(offsetof(crm_expectation_point, expectation) == 0, "");
_Static_assert(offsetof(crm_expectation_point, degree) == 8, "");
_Static_assert(offsetof(crm_expectation_point, buyers) == 16, "");
_Static_assert(offsetof(crm_expectation_point, repeat_rate) == 24, "");
_Static_assert(offsetof(crm_expectation_point, repeat_sales) == 32, "");

_Static_assert(sizeof(crm_price_points) == 56, "");
_Static_assert(offsetof(crm_price_points, respondents) == 0, "");
_Static_assert(offsetof(crm_price_points, inconsistent) == 8, "");
_Static_assert(offsetof(crm_price_points, missing) == 16, "");
_Static_assert(offsetof(crm_price_points, marginal_cheapness) == 24, "");
_Static_assert(offsetof(crm_price_points, marginal_expensiveness) == 32, "");
_Static_assert(offsetof(crm_price_points, indifference) == 40, "");
_Static_assert(offsetof(crm_price_points, optimal) == 48, "");

_Static_assert(sizeof(crm_price_interval) == 32, "");
_Static_assert(offsetof(crm_price_interval, estimate) == 0, "");
_Static_assert(offsetof(crm_price_interval, standard_error) == 8, "");
_Static_assert(offsetof(crm_price_interval, lower) == 16, "");
_Static_assert(offsetof(crm_price_interval, upper) == 24, "");

_Static_assert(sizeof(crm_price_intervals) == 136, "");
_Static_assert(offsetof(crm_price_intervals, marginal_cheapness) == 0, "");
_Static_assert(offsetof(crm_price_intervals, marginal_expensiveness) == 32, "");
_Static_assert(offsetof(crm_price_intervals, indifference) == 64, "");
_Static_assert(offsetof(crm_price_intervals, optimal) == 96, "");
_Static_assert(offsetof(crm_price_intervals, undefined) == 128, "");
_Static_assert(offsetof(crm_price_intervals, reserved) == 132, "");

_Static_assert(sizeof(crm_contrast_rules) == 32, "");
_Static_assert(offsetof(crm_contrast_rules, poor) == 0, "");
_Static_assert(offsetof(crm_contrast_rules, good) == 8, "");
_Static_assert(offsetof(crm_contrast_rules, significance) == 16, "");
_Static_assert(offsetof(crm_contrast_rules, confidence) == 24, "");

_Static_assert(sizeof(crm_contrast_effect) == 48, "");
_Static_assert(offsetof(crm_contrast_effect, estimate) == 0, "");
_Static_assert(offsetof(crm_contrast_effect, standard_error) == 8, "");
_Static_assert(offsetof(crm_contrast_effect, t) == 16, "");
_Static_assert(offsetof(crm_contrast_effect, p_value) == 24, "");
_Static_assert(offsetof(crm_contrast_effect, lower) == 32, "");
_Static_assert(offsetof(crm_contrast_effect, upper) == 40, "");

_Static_assert(sizeof(crm_contrast_fit) == 96, "");
_Static_assert(offsetof(crm_contrast_fit, respondents) == 0, "");
_Static_assert(offsetof(crm_contrast_fit, missing) == 8, "");
_Static_assert(offsetof(crm_contrast_fit, degrees_of_freedom) == 16, "");
_Static_assert(offsetof(crm_contrast_fit, intercept) == 24, "");
_Static_assert(offsetof(crm_contrast_fit, r_squared) == 72, "");
_Static_assert(offsetof(crm_contrast_fit, adjusted_r_squared) == 80, "");
_Static_assert(offsetof(crm_contrast_fit, residual_standard_error) == 88, "");

_Static_assert(sizeof(crm_contrast_attribute) == 168, "");
_Static_assert(offsetof(crm_contrast_attribute, poor) == 0, "");
_Static_assert(offsetof(crm_contrast_attribute, good) == 8, "");
_Static_assert(offsetof(crm_contrast_attribute, penalty) == 16, "");
_Static_assert(offsetof(crm_contrast_attribute, reward) == 64, "");
_Static_assert(offsetof(crm_contrast_attribute, asymmetry) == 112, "");
_Static_assert(offsetof(crm_contrast_attribute, factor) == 160, "");
_Static_assert(offsetof(crm_contrast_attribute, reserved) == 164, "");

int main(void) {
    return crm_abi_version() == CRM_ABI_VERSION ? 0 : 1;
}

_Static_assert(sizeof(crm_random_index) == 4, "an int32_t");
_Static_assert(CRM_RANDOM_INDEX_SAATY1980 == 0 && CRM_RANDOM_INDEX_SAATY2005 == 1, "");
_Static_assert(CRM_RANDOM_INDEX_ALONSO_LAMATA2006 == 2, "");
_Static_assert(sizeof(crm_composition) == 4, "an int32_t");
_Static_assert(CRM_COMPOSITION_WEIGHTED_AVERAGE == 0 && CRM_COMPOSITION_MAX_MIN == 1, "");
_Static_assert(CRM_COMPOSITION_MAX_PRODUCT == 2, "");
_Static_assert(sizeof(crm_influencing_factor) == 4, "an int32_t");
_Static_assert(CRM_INFLUENCING_FACTOR_INFORMATION_TECHNOLOGY == 0, "");
_Static_assert(CRM_INFLUENCING_FACTOR_LEADERSHIP == 1 && CRM_INFLUENCING_FACTOR_CULTURE == 2, "");
_Static_assert(CRM_INFLUENCING_FACTOR_PEOPLE == 3 && CRM_INFLUENCING_FACTOR_ORGANISATION == 4, "");
_Static_assert(CRM_INFLUENCING_FACTOR_SUPPLY_CHAIN_PARTNERS == 5, "");
_Static_assert(sizeof(crm_ahp_consistency) == 56, "");
_Static_assert(offsetof(crm_ahp_consistency, lambda_max) == 0, "");
_Static_assert(offsetof(crm_ahp_consistency, consistency_index) == 8, "");
_Static_assert(offsetof(crm_ahp_consistency, consistency_ratio) == 16, "");
_Static_assert(offsetof(crm_ahp_consistency, worst_row) == 24, "");
_Static_assert(offsetof(crm_ahp_consistency, worst_column) == 32, "");
_Static_assert(offsetof(crm_ahp_consistency, worst_given) == 40, "");
_Static_assert(offsetof(crm_ahp_consistency, worst_implied) == 48, "");
_Static_assert(sizeof(crm_index) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_index, name) == 0, "");
_Static_assert(offsetof(crm_index, en) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_index, zh) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_index, weight) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_index, parts) == 32 || sizeof(void *) != 8, "");
_Static_assert(sizeof(crm_evaluated_index) == 48, "");
_Static_assert(offsetof(crm_evaluated_index, share) == 0, "");
_Static_assert(offsetof(crm_evaluated_index, score) == 8, "");
_Static_assert(offsetof(crm_evaluated_index, grade) == 16, "");
_Static_assert(offsetof(crm_evaluated_index, degree) == 24, "");
_Static_assert(offsetof(crm_evaluated_index, margin) == 32, "");
_Static_assert(offsetof(crm_evaluated_index, sensitivity) == 40, "");

_Static_assert(sizeof(crm_loyalty_category) == 4, "an int32_t");
_Static_assert(CRM_LOYALTY_CATEGORY_MONOPOLY == 0 && CRM_LOYALTY_CATEGORY_INERTIA == 1, "");
_Static_assert(CRM_LOYALTY_CATEGORY_LATENT == 2 && CRM_LOYALTY_CATEGORY_CONVENIENCE == 3, "");
_Static_assert(CRM_LOYALTY_CATEGORY_PRICE == 4 && CRM_LOYALTY_CATEGORY_INCENTIVE == 5, "");
_Static_assert(CRM_LOYALTY_CATEGORY_PREMIUM == 6, "");
_Static_assert(sizeof(crm_loyalty_outcome) == 4, "an int32_t");
_Static_assert(CRM_LOYALTY_OUTCOME_DECIDED == 0 && CRM_LOYALTY_OUTCOME_AMBIGUOUS == 1, "");
_Static_assert(CRM_LOYALTY_OUTCOME_NO_LOYALTY == 2, "");
_Static_assert(sizeof(crm_latent_attachment) == 4, "an int32_t");
_Static_assert(CRM_LATENT_ATTACHMENT_HIGH == 0 && CRM_LATENT_ATTACHMENT_LOW == 1, "");
_Static_assert(sizeof(crm_clue) == 4, "an int32_t");
_Static_assert(CRM_CLUE_ATTACHMENT == 0 && CRM_CLUE_REPEAT_PURCHASE == 1, "");
_Static_assert(CRM_CLUE_ALTERNATIVES == 2 && CRM_CLUE_SWITCHING_EFFORT == 3, "");
_Static_assert(CRM_CLUE_CONVENIENCE == 4 && CRM_CLUE_PROMOTION_SHARE == 5, "");
_Static_assert(CRM_CLUE_REWARD_SHARE == 6 && CRM_CLUE_CONSTRAINT == 7, "");
_Static_assert(sizeof(crm_contradiction) == 4, "an int32_t");
_Static_assert(CRM_CONTRADICTION_ATTACHED_FOR_THE_PRICE == 0 && CRM_CONTRADICTION_CAPTIVE_AND_AWAY == 1, "");
_Static_assert(CRM_CONTRADICTION_CONSTRAINED_AND_BUYING == 2 && CRM_CONTRADICTION_SEVERAL_DRIVERS == 3, "");
_Static_assert(sizeof(crm_loyalty_condition) == 4, "an int32_t");
_Static_assert(CRM_LOYALTY_CONDITION_TRUE == 0 && CRM_LOYALTY_CONDITION_LATENT == 1, "");
_Static_assert(CRM_LOYALTY_CONDITION_SPURIOUS == 2 && CRM_LOYALTY_CONDITION_NONE == 3, "");
_Static_assert(sizeof(crm_loyalty_effect) == 4, "an int32_t");
_Static_assert(CRM_LOYALTY_EFFECT_BASE_PROFIT == 0 && CRM_LOYALTY_EFFECT_INCREASED_PURCHASES == 1, "");
_Static_assert(CRM_LOYALTY_EFFECT_REDUCED_OPERATING_COST == 2 && CRM_LOYALTY_EFFECT_REFERRALS == 3, "");
_Static_assert(CRM_LOYALTY_EFFECT_PRICE_PREMIUM == 4, "");
_Static_assert(sizeof(crm_bond) == 4, "an int32_t");
_Static_assert(CRM_BOND_LEGAL == 0 && CRM_BOND_ECONOMIC == 1, "");
_Static_assert(CRM_BOND_TECHNICAL == 2 && CRM_BOND_GEOGRAPHIC == 3, "");
_Static_assert(CRM_BOND_TEMPORAL == 4 && CRM_BOND_KNOWLEDGE == 5, "");
_Static_assert(CRM_BOND_SOCIAL == 6 && CRM_BOND_CULTURAL == 7, "");
_Static_assert(CRM_BOND_VALUE == 8 && CRM_BOND_PSYCHOLOGICAL == 9, "");
_Static_assert(sizeof(crm_relationship_level) == 4, "an int32_t");
_Static_assert(CRM_RELATIONSHIP_LEVEL_FINANCIAL == 0 && CRM_RELATIONSHIP_LEVEL_SOCIAL == 1, "");
_Static_assert(CRM_RELATIONSHIP_LEVEL_STRUCTURAL == 2, "");
_Static_assert(sizeof(crm_loyalty_evidence) == 72 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_loyalty_evidence, attachment) == 0, "");
_Static_assert(offsetof(crm_loyalty_evidence, repeat_purchase) == 8 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_loyalty_evidence, alternatives) == 16 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_loyalty_evidence, switching_effort) == 24 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_loyalty_evidence, convenience) == 32 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_loyalty_evidence, promotion_share) == 40 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_loyalty_evidence, reward_share) == 48 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_loyalty_evidence, constraint) == 56 || sizeof(void *) != 8, "");
_Static_assert(offsetof(crm_loyalty_evidence, stride) == 64 || sizeof(void *) != 8, "");
_Static_assert(sizeof(crm_loyalty_rules) == 32, "");
_Static_assert(offsetof(crm_loyalty_rules, least_fit) == 0, "");
_Static_assert(offsetof(crm_loyalty_rules, least_margin) == 8, "");
_Static_assert(offsetof(crm_loyalty_rules, high) == 16, "");
_Static_assert(offsetof(crm_loyalty_rules, latent) == 24, "");
_Static_assert(offsetof(crm_loyalty_rules, reserved) == 28, "");
_Static_assert(sizeof(crm_loyalty_verdict) == 32, "");
_Static_assert(offsetof(crm_loyalty_verdict, fit) == 0, "");
_Static_assert(offsetof(crm_loyalty_verdict, margin) == 8, "");
_Static_assert(offsetof(crm_loyalty_verdict, outcome) == 16, "");
_Static_assert(offsetof(crm_loyalty_verdict, best) == 20, "");
_Static_assert(offsetof(crm_loyalty_verdict, next) == 24, "");
_Static_assert(offsetof(crm_loyalty_verdict, known) == 28, "");
_Static_assert(offsetof(crm_loyalty_verdict, conditions) == 29, "");
_Static_assert(offsetof(crm_loyalty_verdict, contradictions) == 30, "");
_Static_assert(offsetof(crm_loyalty_verdict, reserved) == 31, "");
_Static_assert(sizeof(crm_promoter_score) == 56, "");
_Static_assert(offsetof(crm_promoter_score, promoters) == 0, "");
_Static_assert(offsetof(crm_promoter_score, passives) == 8, "");
_Static_assert(offsetof(crm_promoter_score, detractors) == 16, "");
_Static_assert(offsetof(crm_promoter_score, score) == 24, "");
_Static_assert(offsetof(crm_promoter_score, standard_error) == 32, "");
_Static_assert(offsetof(crm_promoter_score, lower) == 40, "");
_Static_assert(offsetof(crm_promoter_score, upper) == 48, "");
_Static_assert(sizeof(crm_dirichlet_parameters) == 24, "");
_Static_assert(offsetof(crm_dirichlet_parameters, mean) == 0, "");
_Static_assert(offsetof(crm_dirichlet_parameters, exponent) == 8, "");
_Static_assert(offsetof(crm_dirichlet_parameters, diversity) == 16, "");
_Static_assert(sizeof(crm_brand_norms) == 56, "");
_Static_assert(offsetof(crm_brand_norms, share) == 0, "");
_Static_assert(offsetof(crm_brand_norms, penetration) == 8, "");
_Static_assert(offsetof(crm_brand_norms, purchases_per_buyer) == 16, "");
_Static_assert(offsetof(crm_brand_norms, category_purchases_per_buyer) == 24, "");
_Static_assert(offsetof(crm_brand_norms, share_of_requirements) == 32, "");
_Static_assert(offsetof(crm_brand_norms, sole_buyers) == 40, "");
_Static_assert(offsetof(crm_brand_norms, repeat_rate) == 48, "");
_Static_assert(sizeof(crm_bond_strength) == 24, "");
_Static_assert(offsetof(crm_bond_strength, strength) == 0, "");
_Static_assert(offsetof(crm_bond_strength, external) == 8, "");
_Static_assert(offsetof(crm_bond_strength, internal) == 16, "");
_Static_assert(sizeof(crm_loyalty_year) == 128, "");
_Static_assert(offsetof(crm_loyalty_year, acquisition) == 0, "");
_Static_assert(offsetof(crm_loyalty_year, effects) == 16, "");
_Static_assert(offsetof(crm_loyalty_year, total) == 96, "");
_Static_assert(offsetof(crm_loyalty_year, cumulative) == 112, "");
_Static_assert(sizeof(crm_tenure_year) == 32, "");
_Static_assert(offsetof(crm_tenure_year, observed) == 0, "");
_Static_assert(offsetof(crm_tenure_year, active) == 8, "");
_Static_assert(offsetof(crm_tenure_year, revenue) == 16, "");
_Static_assert(offsetof(crm_tenure_year, profit) == 24, "");
