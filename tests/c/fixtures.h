/*
 * Plausible arguments for the generated pointer test. For a new handle or parameter struct
 * crm_<thing>, add `static const crm_<thing> *fixture_crm_<thing>(void)`; free it in end_fixtures.
 */
#ifndef FIXTURES_H
#define FIXTURES_H

#include "check.h"

#include <stdint.h>

#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-function"
#endif

static const double halves[16] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5,
                                  0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
static const double ones[4] = {1, 1, 1, 1};
static const double *const columns[] = {halves, halves, halves, halves};
static const size_t strides[] = {0, 0, 0, 0};
static const size_t sizes[] = {0, 1, 1, 1};
static const int64_t ones_64[] = {1, 1, 1, 1};
static const uint64_t ones_u64[] = {1, 1, 1, 1};
static const int32_t ones_32[] = {1, 1, 1, 1};
static const uint32_t zeros_u32[] = {0, 0, 0, 0};
static const uint8_t bytes[] = {1, 1, 1, 1};
static const uint8_t ten_bytes[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
static const int64_t ten_64[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
static const uint32_t *const code_columns[] = {zeros_u32, zeros_u32, zeros_u32, zeros_u32};
static const char *const texts[] = {"1", "1", "1", "1"};
/* 0.5 each */
#define HALF {5, 0, 0, 1, 0, {0, 0}}
static const crm_decimal decimals[] = {HALF, HALF, HALF, HALF, HALF, HALF, HALF, HALF,
                                       HALF, HALF, HALF, HALF, HALF, HALF, HALF, HALF};

/* Room for any output, and a pointer into it that is aligned for nothing but bytes. */
static union {
    double number;
    void *pointer;
    unsigned char room[4096];
} outputs;
#define scratch ((void *)&outputs)
#define odd ((void *)(outputs.room + 1))

static struct ArrowArrayStream *released_stream(void) {
    static struct ArrowArrayStream stream;
    memset(&stream, 0, sizeof stream);
    return &stream;
}

static const crm_kernel *fixture_crm_kernel(void) {
    const crm_kernel *kernel = NULL;
    CHECK(crm_kernel_find("lost_for_good", &kernel) == CRM_STATUS_OK);
    return kernel;
}

static crm_concentration *concentration;

static const crm_concentration *fixture_crm_concentration(void) {
    if (!concentration) {
        CHECK(crm_concentration_new(halves, NULL, 2, &concentration) == CRM_STATUS_OK);
    }
    return concentration;
}

static const crm_bootstrap *fixture_crm_bootstrap(void) {
    static const crm_bootstrap bootstrap = {1, 0.95, 10, 0};
    return &bootstrap;
}

static crm_rfm *rfm;

static const crm_rfm *fixture_crm_rfm(void) {
    if (!rfm) {
        CHECK(crm_rfm_new(halves, halves, halves, 2, 5, CRM_DIRECTION_LOWER_IS_BETTER, NULL, 0,
                          &rfm) == CRM_STATUS_OK);
    }
    return rfm;
}

static const crm_segment_rule *fixture_crm_segment_rule(void) { return NULL; }

static const crm_flow_entry *fixture_crm_flow_entry(void) {
    static const crm_flow_entry entry = {0};
    return &entry;
}

static const crm_breakdown *fixture_crm_breakdown(void) {
    static const crm_breakdown breakdown = {0};
    return &breakdown;
}

static const crm_equity_model *fixture_crm_equity_model(void) {
    static const crm_equity_model model = {HALF, HALF, {HALF, HALF}, {HALF, HALF}};
    return &model;
}

static const crm_factor *fixture_crm_factor(void) {
    static const crm_factor factor = {"margin", HALF, CRM_CHANGE_KIND_RELATIVE, {0}};
    return &factor;
}

static const crm_spending *fixture_crm_spending(void) {
    static crm_spending spending;
    spending.purchases = spending.contribution = ones;
    spending.discount_rate = decimals[0];
    spending.purchases_per_period = 1;
    return &spending;
}

static const crm_spending *fixture_spending_of_two_periods(void) {
    static crm_spending spending;
    spending = *fixture_crm_spending();
    spending.horizon = 1;
    return &spending;
}

static crm_matrix_clv *matrix_clv;

static const crm_matrix_clv *fixture_crm_matrix_clv(void) {
    if (!matrix_clv) {
        CHECK(crm_matrix_clv_new(ones, 1, ones, 0, decimals, 1.0, 1, &matrix_clv) ==
              CRM_STATUS_OK);
    }
    return matrix_clv;
}

static const crm_customer_spending *fixture_crm_customer_spending(void) {
    static crm_customer_spending spending;
    spending.purchases = spending.contribution = ones;
    return &spending;
}

static const crm_matrix_clv *const *fixture_matrix_clv_list(void) {
    static const crm_matrix_clv *kernels[1];
    kernels[0] = fixture_crm_matrix_clv();
    return kernels;
}

static crm_segment_matrix_clv *segment_matrix_clv;

static const crm_segment_matrix_clv *fixture_crm_segment_matrix_clv(void) {
    if (!segment_matrix_clv) {
        CHECK(crm_segment_matrix_clv_new(fixture_matrix_clv_list(), 1, &segment_matrix_clv) ==
              CRM_STATUS_OK);
    }
    return segment_matrix_clv;
}

static const crm_migration_solver *fixture_crm_migration_solver(void) { return NULL; }

static crm_migration_model *migration_model;

static const crm_migration_model *fixture_crm_migration_model(void) {
    if (!migration_model) {
        CHECK(crm_migration_model_new(ones, 1, ones, 0, NULL, &migration_model) == CRM_STATUS_OK);
    }
    return migration_model;
}

static crm_decision_process *decision_process;

static const crm_decision_process *fixture_crm_decision_process(void) {
    if (!decision_process) {
        CHECK(crm_decision_process_new(ones, ones, NULL, 1, 1, &decision_process) == CRM_STATUS_OK);
    }
    return decision_process;
}

static crm_switching_valuation *valuation;

static const crm_switching_valuation *fixture_crm_switching_valuation(void) {
    if (!valuation) {
        CHECK(crm_switching_valuation_new(ones, 1, 1.0, ones, 0, decimals, 1.0, 1, &valuation) ==
              CRM_STATUS_OK);
    }
    return valuation;
}

static crm_matrix_estimate *matrix_estimate;

static const crm_matrix_estimate *fixture_crm_matrix_estimate(void) {
    if (!matrix_estimate) {
        CHECK(crm_matrix_estimate_from_counts_new(ones, 1, &matrix_estimate) == CRM_STATUS_OK);
    }
    return matrix_estimate;
}

static const crm_input_doubts *fixture_crm_input_doubts(void) {
    static const crm_input_doubts doubts = {0};
    return &doubts;
}

static crm_drawn_values *drawn_values;

static const crm_drawn_values *fixture_crm_drawn_values(void) {
    if (!drawn_values) {
        CHECK(crm_switching_valuation_simulate(fixture_crm_switching_valuation(), ones, 1,
                                               fixture_crm_input_doubts(), 2, 1,
                                               &drawn_values) == CRM_STATUS_OK);
    }
    return drawn_values;
}

static const uint32_t codes_32[] = {0, 1, 0, 1, 0, 1, 1, 0};
static crm_purchase_panel *purchase_panel;

static const crm_purchase_panel *fixture_crm_purchase_panel(void) {
    if (!purchase_panel) {
        CHECK(crm_purchase_panel_new(ones_64, ones_64, codes_32, 1, 1, CRM_TIES_REFUSE, CRM_NO_GAP,
                                     &purchase_panel) == CRM_STATUS_OK);
    }
    return purchase_panel;
}

static crm_share_inference *share_inference;

static const crm_share_inference *fixture_crm_share_inference(void) {
    static const double shares[] = {0.9, 0.1, 0.74, 0.26, 0.67, 0.33, 0.645, 0.355, 0.61, 0.39};
    static const size_t periods = 5;
    if (!share_inference) {
        CHECK(crm_share_inference_new(shares, &periods, 1, 2, NULL, NULL, 0,
                                      CRM_COVARIANCE_ESTIMATOR_HC1, &share_inference) == CRM_STATUS_OK);
    }
    return share_inference;
}

static crm_inertia_logit *inertia_logit;

static const crm_inertia_logit *fixture_crm_inertia_logit(void) {
    static const uint32_t next[] = {0, 0, 1, 1, 0, 0, 1, 1};
    if (!inertia_logit) {
        CHECK(crm_inertia_logit_new(codes_32, next, 8, 2, NULL, 0, NULL, 0, &inertia_logit) ==
              CRM_STATUS_OK);
    }
    return inertia_logit;
}

/* One customer with one transaction. */
static const crm_log *fixture_crm_log(void) {
    static const crm_log log = {
        .rows = 1, .customers = ones_64, .days = ones_32, .amounts = halves, .costs = halves};
    return &log;
}

static crm_ledger *ledger;

static const crm_ledger *fixture_crm_ledger(void) {
    if (!ledger) {
        CHECK(crm_ledger_new(fixture_crm_log(), 1, &ledger) == CRM_STATUS_OK);
    }
    return ledger;
}

static const crm_transaction_columns *fixture_crm_transaction_columns(void) { return scratch; }

static const crm_total_columns *fixture_crm_total_columns(void) { return scratch; }

static const crm_summary_options *fixture_crm_summary_options(void) { return NULL; }

static const crm_summary_columns *fixture_crm_summary_columns(void) { return scratch; }

static crm_summary *summary;

static const crm_summary *fixture_crm_summary(void) {
    if (!summary) {
        CHECK(crm_summary_new(fixture_crm_ledger(), NULL, &summary) == CRM_STATUS_OK);
    }
    return summary;
}

static crm_holdout_summary *holdout;

static const crm_holdout_summary *fixture_crm_holdout_summary(void) {
    if (!holdout) {
        crm_summary_options options;
        CHECK(crm_summary_options_default(&options) == CRM_STATUS_OK);
        options.end = 5;
        CHECK(crm_holdout_summary_new(fixture_crm_ledger(), &options, 2, &holdout) ==
              CRM_STATUS_OK);
    }
    return holdout;
}

static const crm_holdout_columns *fixture_crm_holdout_columns(void) { return scratch; }

static crm_partial_summary *partial;

static const crm_partial_summary *fixture_crm_partial_summary(void) {
    if (!partial) {
        CHECK(crm_partial_summary_new(fixture_crm_ledger(), NULL, &partial) == CRM_STATUS_OK);
    }
    return partial;
}

static crm_grouped_summary *grouped;

static const crm_grouped_summary *fixture_crm_grouped_summary(void) {
    if (!grouped) {
        CHECK(crm_grouped_summary_new(fixture_crm_summary(), NULL, 1, &grouped) == CRM_STATUS_OK);
    }
    return grouped;
}

static const crm_grouped_summary_columns *fixture_crm_grouped_summary_columns(void) {
    return scratch;
}

static const crm_period_series_options *fixture_crm_period_series_options(void) { return NULL; }

static const crm_period_series_columns *fixture_crm_period_series_columns(void) { return scratch; }

static crm_period_series *series;

static const crm_period_series *fixture_crm_period_series(void) {
    if (!series) {
        CHECK(crm_period_series_new(fixture_crm_ledger(), NULL, &series) == CRM_STATUS_OK);
    }
    return series;
}

static const crm_simulation *fixture_crm_simulation(void) {
    static crm_simulation simulation;
    CHECK(crm_simulation_default(&simulation) == CRM_STATUS_OK);
    return &simulation;
}

static crm_simulated_log *simulated_log;

static const crm_simulated_log *fixture_crm_simulated_log(void) {
    if (!simulated_log) {
        CHECK(crm_simulated_log_new(fixture_crm_simulation(), &simulated_log) == CRM_STATUS_OK);
    }
    return simulated_log;
}

static const crm_simulated_log_columns *fixture_crm_simulated_log_columns(void) { return scratch; }

static crm_history *history;

static const crm_history *fixture_crm_history(void) {
    if (!history) {
        CHECK(crm_history_from_events_new(bytes, ones_32, 1, &history) == CRM_STATUS_OK);
    }
    return history;
}

static crm_kaplan_meier *kaplan_meier;

static const crm_kaplan_meier *fixture_crm_kaplan_meier(void) {
    if (!kaplan_meier) {
        CHECK(crm_kaplan_meier_new(halves, bytes, NULL, 2, 0.5, &kaplan_meier) == CRM_STATUS_OK);
    }
    return kaplan_meier;
}

static const uint32_t zeros_32[] = {0, 0, 0, 0};
static crm_stage_curve *stage_curve;

static const crm_stage_curve *fixture_crm_stage_curve(void) {
    if (!stage_curve) {
        CHECK(crm_stage_curve_new(zeros_32, bytes, halves, halves, NULL, 2, &stage_curve) ==
              CRM_STATUS_OK);
    }
    return stage_curve;
}

static const crm_rule_options *fixture_crm_rule_options(void) {
    static crm_rule_options options;
    CHECK(crm_rule_options_default(&options) == CRM_STATUS_OK);
    return &options;
}

static crm_stage_inference *inference;

static const crm_stage_inference *fixture_crm_stage_inference(void) {
    if (!inference) {
        CHECK(crm_stage_inference_new(sizes, 1, zeros_32, zeros_32 + 1, halves, NULL, NULL, 1, 1, NULL,
                                      fixture_crm_rule_options(), &inference) == CRM_STATUS_OK);
    }
    return inference;
}

static const crm_state_panel *fixture_crm_state_panel(void) {
    static const crm_state_panel panel = {sizes, 1, ones, 1, NULL, 0};
    return &panel;
}

static const crm_em_options *fixture_crm_em_options(void) { return NULL; }

static crm_hidden_markov *hidden_markov;

static const crm_hidden_markov *fixture_crm_hidden_markov(void) {
    if (!hidden_markov) {
        CHECK(crm_hidden_markov_new(CRM_EMISSION_FAMILY_POISSON, 2, halves, halves, NULL, 0, ones, 2,
                                    &hidden_markov) == CRM_STATUS_OK);
    }
    return hidden_markov;
}

static crm_hidden_markov_uncertainty *hidden_markov_uncertainty;

static const crm_hidden_markov_uncertainty *fixture_crm_hidden_markov_uncertainty(void) {
    if (!hidden_markov_uncertainty) {
        static const size_t whole[] = {0, 3};
        static const double counts[] = {2.0, 3.0, 1.0}, mean[] = {2.0};
        const crm_state_panel panel = {whole, 1, counts, 3, NULL, 0};
        crm_hidden_markov *model = NULL;
        CHECK(crm_hidden_markov_new(CRM_EMISSION_FAMILY_POISSON, 1, ones, ones, NULL, 0, mean, 1, &model) ==
              CRM_STATUS_OK);
        CHECK(crm_hidden_markov_uncertainty_new(model, &panel, NULL, NULL, &hidden_markov_uncertainty) ==
              CRM_STATUS_OK);
        crm_hidden_markov_free(model);
    }
    return hidden_markov_uncertainty;
}

static const crm_purchase_histories *fixture_crm_purchase_histories(void) {
    static const crm_purchase_histories histories = {ones, 1, halves, 1, ones, 1, 1};
    return &histories;
}

static const crm_fit_options *fixture_crm_fit_options(void) { return NULL; }

static crm_purchase_model *purchase_model;

static const crm_purchase_model *fixture_crm_purchase_model(void) {
    if (!purchase_model) {
        CHECK(crm_purchase_model_new(CRM_PURCHASE_MODEL_KIND_BG_NBD, halves, &purchase_model) ==
              CRM_STATUS_OK);
    }
    return purchase_model;
}

static const crm_purchase_holdout *fixture_crm_purchase_holdout(void) {
    static const crm_purchase_holdout holdout = {
        {ones, 1, halves, 1, ones, 1, 1}, ones, ones, 0, NULL};
    return &holdout;
}

static crm_purchase_cohorts *purchase_cohorts;

static const crm_purchase_cohorts *fixture_crm_purchase_cohorts(void) {
    static const double x[] = {0, 1, 4, 0}, tx[] = {0, 3, 30, 0}, age[] = {39, 38, 36, 30};
    static const crm_purchase_histories histories = {x, 1, tx, 1, age, 1, 4};
    if (!purchase_cohorts) {
        CHECK(crm_purchase_cohorts_fit(CRM_PURCHASE_MODEL_KIND_BG_NBD, &histories, zeros_u32, 2,
                                       NULL, NULL, &purchase_cohorts) == CRM_STATUS_OK);
    }
    return purchase_cohorts;
}

static crm_repeat_purchases *repeat_purchases;

static const crm_repeat_purchases *fixture_crm_repeat_purchases(void) {
    if (!repeat_purchases) {
        CHECK(crm_repeat_purchases_new(fixture_crm_ledger(), NULL, 1, &repeat_purchases) ==
              CRM_STATUS_OK);
    }
    return repeat_purchases;
}

static const crm_covariates *fixture_crm_covariates(void) {
    static const crm_covariates covariates = {columns, 1, columns, 1};
    return &covariates;
}

static crm_covariate_model *covariate_model;

static const crm_covariate_model *fixture_crm_covariate_model(void) {
    if (!covariate_model) {
        CHECK(crm_covariate_model_new(CRM_PURCHASE_MODEL_KIND_PARETO_NBD, 1, 1,
                                      CRM_DROPOUT_EFFECT_SEPARATE, halves, 6,
                                      &covariate_model) == CRM_STATUS_OK);
    }
    return covariate_model;
}

static const crm_gamma_gamma *fixture_crm_gamma_gamma(void) {
    static const crm_gamma_gamma model = {6.25, 3.74, 15.44};
    return &model;
}

static const crm_spend_columns *fixture_crm_spend_columns(void) {
    static const crm_spend_columns spend = {ones, 1, ones, 1, 1};
    return &spend;
}

static const crm_renewal_model *fixture_crm_renewal_model(void) {
    static const crm_renewal_model model = {0.7, 1.2, 1};
    return &model;
}

static const crm_renewal_columns *fixture_crm_renewal_columns(void) {
    static const crm_renewal_columns customers = {ones, 1, ones, 1, halves, 1, 1};
    return &customers;
}

static const crm_prediction_numbers *fixture_crm_prediction_numbers(void) {
    static const crm_prediction_numbers numbers = {ones, 1, ones, 1, halves, 1};
    return &numbers;
}

static const crm_lifetime_value_columns *fixture_crm_lifetime_value_columns(void) {
    static const crm_lifetime_value_columns customers = {
        {ones, 1, halves, 1, ones, 1, 1}, ones, 1, ones, 1, ones, 1, halves, 1, halves, 1};
    return &customers;
}

static crm_renewals *renewals;

static const crm_renewals *fixture_crm_renewals(void) {
    static const double survivors[] = {10, 6, 4};
    if (!renewals) {
        CHECK(crm_renewals_new(survivors, 3, &renewals) == CRM_STATUS_OK);
    }
    return renewals;
}

static const crm_loyalty_evidence *fixture_crm_loyalty_evidence(void) {
    static const crm_loyalty_evidence evidence = {halves, halves, ones, halves, halves, halves, halves, ones, 1};
    return &evidence;
}

static const crm_loyalty_rules *fixture_crm_loyalty_rules(void) {
    static const crm_loyalty_rules rules = {0.5, 0.1, 0.7, CRM_LATENT_ATTACHMENT_HIGH, 2, {0}};
    return &rules;
}

static const crm_dirichlet_parameters *fixture_crm_dirichlet_parameters(void) {
    static const crm_dirichlet_parameters parameters = {1.5, 0.8, 1.5};
    return &parameters;
}

static const crm_record_field *fixture_crm_record_field(void) {
    static const crm_record_field field = {"name", 0, CRM_FIELD_KIND_NAME, 1, 0, 0, CRM_DATA_SENSITIVITY_PERSONAL, 0};
    return &field;
}

static crm_profile_store *profile_store;

static const crm_profile_store *fixture_crm_profile_store(void) {
    static const char *const names[] = {"ann", "bob", "ann"};
    if (!profile_store) {
        CHECK(crm_profile_store_new(fixture_crm_record_field(), 1, names, 3, 86, 0.5, 1, &profile_store) ==
              CRM_STATUS_OK);
    }
    return profile_store;
}

static crm_index_tree *index_tree;

static const crm_index_tree *fixture_crm_index_tree(void) {
    if (!index_tree) {
        CHECK(crm_index_tree_crm_capability_new(&index_tree) == CRM_STATUS_OK);
    }
    return index_tree;
}

static const crm_kano_tally *fixture_crm_kano_tally(void) {
    static crm_kano_tally tally;
    tally.cells[4].respondents = 1;
    return &tally;
}

static const crm_kano_counts *fixture_crm_kano_counts(void) {
    static const crm_kano_counts counts = {1, 1, 1, 1, 0, 0};
    return &counts;
}

static const crm_kano_rules *fixture_crm_kano_rules(void) { return NULL; }

static crm_structural_model *structural_model;

static const crm_structural_model *fixture_crm_structural_model(void) {
    if (!structural_model) {
        CHECK(crm_structural_model_new("a =~ x\nb =~ y\nb ~ a", &structural_model) == CRM_STATUS_OK);
    }
    return structural_model;
}

static const crm_survey_answers *fixture_crm_survey_answers(void) {
    static const double x[] = {1, 2, 3, 4}, y[] = {2, 1, 4, 3};
    static const double *const both[] = {x, y};
    static const crm_survey_answers answers = {.columns = both, .rows = 4};
    return &answers;
}

static const crm_pls_options *fixture_crm_pls_options(void) {
    static crm_pls_options options;
    CHECK(crm_pls_options_default(&options) == CRM_STATUS_OK);
    return &options;
}

static crm_pls_fit *pls_fit;

static const crm_pls_fit *fixture_crm_pls_fit(void) {
    if (!pls_fit) {
        CHECK(crm_pls_fit_new(fixture_crm_structural_model(), fixture_crm_survey_answers(), NULL,
                              &pls_fit) == CRM_STATUS_OK);
    }
    return pls_fit;
}

static const crm_survey_respondents *fixture_crm_survey_respondents(void) {
    static const crm_survey_respondents nothing_known = {0};
    return &nothing_known;
}

static crm_pls_bootstrap *pls_bootstrap;

static const crm_pls_bootstrap *fixture_crm_pls_bootstrap(void) {
    if (!pls_bootstrap) {
        CHECK(crm_pls_bootstrap_new(fixture_crm_pls_fit(), fixture_crm_survey_answers(), NULL, 100,
                                    1, NULL, NULL, &pls_bootstrap) == CRM_STATUS_OK);
    }
    return pls_bootstrap;
}

static crm_group_comparison *group_comparison;

static const crm_group_comparison *fixture_crm_group_comparison(void) {
    if (!group_comparison) {
        static const double x[] = {1, 2, 3, 4, 2, 5, 6, 1}, y[] = {2, 1, 4, 3, 6, 1, 2, 2};
        static const double *const both[] = {x, y};
        static const uint8_t in_second[] = {0, 0, 0, 0, 1, 1, 1, 1};
        const crm_survey_answers answers = {.columns = both, .rows = 8};
        crm_pls_fit *fit = NULL;
        CHECK(crm_pls_fit_new(fixture_crm_structural_model(), &answers, NULL, &fit) == CRM_STATUS_OK);
        CHECK(crm_group_comparison_new(fit, &answers, in_second, 20, 1, NULL, NULL,
                                       &group_comparison) == CRM_STATUS_OK);
        crm_pls_fit_free(fit);
    }
    return group_comparison;
}

static crm_draw *draw;

static const crm_draw *fixture_crm_draw(void) {
    if (!draw) {
        CHECK(crm_draw_simple_random_new(1, 1, 1, &draw) == CRM_STATUS_OK);
    }
    return draw;
}

static crm_survey_sample *survey_sample;

static const crm_survey_sample *fixture_crm_survey_sample(void) {
    if (!survey_sample) {
        CHECK(crm_survey_sample_simple_random_new(2, 4, &survey_sample) == CRM_STATUS_OK);
    }
    return survey_sample;
}

static const crm_survey_plan *fixture_crm_survey_plan(void) {
    static const crm_survey_plan plan = {0.5, 0.95, 1, 1, 0, 1, {0}};
    return &plan;
}

static const crm_survey_cost *fixture_crm_survey_cost(void) {
    static const crm_survey_cost cost = {0, 0.1, 0};
    return &cost;
}

static const crm_stratum *fixture_crm_stratum(void) {
    static const crm_stratum stratum = {4, 1, 1};
    return &stratum;
}

static const crm_expectation_model *fixture_crm_expectation_model(void) {
    static const crm_expectation_model model = {1, 1, {1, 1, 1}, {1, 1, 1}, 1, 2};
    return &model;
}

static crm_price_sensitivity *price_sensitivity;

static const crm_price_sensitivity *fixture_crm_price_sensitivity(void) {
    static const double prices[] = {1, 2, 3, 4};
    if (!price_sensitivity) {
        CHECK(crm_price_sensitivity_new(prices, prices + 1, prices + 2, prices + 3, 1,
                                        CRM_INCONSISTENT_PRICES_EXCLUDE, CRM_PRICE_RANGE_ORIGINAL,
                                        &price_sensitivity) == CRM_STATUS_OK);
    }
    return price_sensitivity;
}

static const crm_contrast_rules *fixture_crm_contrast_rules(void) {
    static const crm_contrast_rules rules = {2, 4, 0.05, 0.95};
    return &rules;
}

static crm_composite_index *composite_index;

static const crm_composite_index *fixture_crm_composite_index(void) {
    static const double rising[] = {0, 1};
    static const uint8_t higher[] = {0};
    if (!composite_index) {
        CHECK(crm_composite_index_new(rising, 1, 2, higher, CRM_NORMALISATION_MIN_MAX, CRM_WEIGHTING_ENTROPY, NULL,
                                      &composite_index) == CRM_STATUS_OK);
    }
    return composite_index;
}

static crm_study *study;

static const crm_study *fixture_crm_study(void) {
    if (!study) {
        CHECK(crm_study_new(
                  "{\"steps\": [{\"step\": \"define_indicators\", \"title\": {\"en\": \"A\"}, \"target\": \"b\","
                  " \"model\": {\"constructs\": [{\"name\": \"a\", \"indicators\": [\"x\"]},"
                  " {\"name\": \"b\", \"indicators\": [\"y\"]}], \"paths\": [{\"from\": \"a\", \"to\": \"b\"}]}}]}",
                  &study) == CRM_STATUS_OK);
    }
    return study;
}

static crm_complaint *complaint_made;

static const crm_complaint *fixture_crm_complaint(void) {
    if (!complaint_made) {
        CHECK(crm_complaint_new(0, &complaint_made) == CRM_STATUS_OK);
    }
    return complaint_made;
}

static const crm_complaint *const *fixture_complaint_list(void) {
    static const crm_complaint *list[4];
    for (size_t i = 0; i < 4; i++) {
        list[i] = fixture_crm_complaint();
    }
    return list;
}

static crm_logistic_model *logistic_model;

static const crm_logistic_model *fixture_crm_logistic_model(void) {
    static const double months[] = {1, 2, 3, 4, 5, 6};
    static const double *const indicators[] = {months};
    static const uint8_t lost[] = {0, 1, 0, 1, 0, 1};
    if (!logistic_model) {
        CHECK(crm_logistic_model_new(indicators, 1, lost, 6, 1.0, &logistic_model) == CRM_STATUS_OK);
    }
    return logistic_model;
}

static crm_contact_policy *contact_policy;

static const crm_contact_policy *fixture_crm_contact_policy(void) {
    if (!contact_policy) {
        CHECK(crm_contact_policy_new("{}", &contact_policy) == CRM_STATUS_OK);
    }
    return contact_policy;
}

static const crm_contact *fixture_crm_contact(void) {
    static const crm_contact contact = {0, CRM_CHANNEL_EMAIL, CRM_CONTACT_DIRECTION_OUTBOUND, CRM_CONTACT_PURPOSE_SALES,
                                        CRM_CONTACT_OUTCOME_DELIVERED};
    return &contact;
}

static crm_preference_memory *preference_memory;

static crm_preference_memory *fixture_preference_memory(void) {
    if (!preference_memory) {
        CHECK(crm_preference_memory_new(2, 1.0, 30.0, &preference_memory) == CRM_STATUS_OK);
    }
    return preference_memory;
}

static const crm_preference_memory *fixture_crm_preference_memory(void) { return fixture_preference_memory(); }

static crm_specifications *specifications;

static crm_specifications *fixture_specifications(void) {
    if (!specifications) {
        CHECK(crm_specifications_new(&specifications) == CRM_STATUS_OK);
        CHECK(crm_specifications_remember(specifications, "size", "M", 0, NULL) == CRM_STATUS_OK);
    }
    return specifications;
}

static const crm_specifications *fixture_crm_specifications(void) { return fixture_specifications(); }

static crm_action_chooser *action_chooser;

static crm_action_chooser *fixture_action_chooser(void) {
    if (!action_chooser) {
        CHECK(crm_action_chooser_new("{\"actions\": [{\"name\": \"call\"}], \"features\": [\"orders\"]}",
                                     &action_chooser) == CRM_STATUS_OK);
    }
    return action_chooser;
}

static const crm_action_chooser *fixture_crm_action_chooser(void) { return fixture_action_chooser(); }

static const crm_logged_decisions *fixture_crm_logged_decisions(void) {
    static const crm_logged_decisions log = {halves, halves, halves, NULL, NULL, 10, 2};
    return &log;
}

static const crm_offer *fixture_crm_offer(void) {
    static const crm_offer offers[4] = {{1, -1}, {1, -1}, {1, -1}, {1, -1}};
    return offers;
}

static const crm_cluster_options *fixture_crm_cluster_options(void) {
    static const crm_cluster_options options = {0, 1, 10};
    return &options;
}

static crm_idic *idic;

static const crm_idic *fixture_crm_idic(void) {
    if (!idic) {
        CHECK(crm_idic_new(fixture_crm_record_field(), 1, 86,
                           "{\"actions\": [{\"name\": \"call\", \"channel\": \"phone\", \"purpose\": \"sales\"}]}",
                           &idic) == CRM_STATUS_OK);
    }
    return idic;
}

static const crm_idic_records *fixture_crm_idic_records(void) {
    static const crm_idic_records records = {NULL, NULL, NULL, NULL, 0};
    return &records;
}

static const crm_idic_history *fixture_crm_idic_history(void) {
    static const crm_idic_history history = {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, CRM_NO_DAY, {0}};
    return &history;
}

static const crm_idic_told *fixture_crm_idic_told(void) {
    static const crm_idic_told told = {0, NULL, NULL, 0, NULL, NULL, 0, NULL, NULL, 0};
    return &told;
}

static const crm_decision_outcome *fixture_crm_decision_outcome(void) {
    static const crm_decision_outcome outcome = {0, 0, 1, CRM_NO_CONTACT, {0}};
    return &outcome;
}

static const crm_customer_table *fixture_crm_customer_table(void) {
    static const crm_customer_table table = {1, halves, halves, NULL, NULL, NULL, NULL, NULL};
    return &table;
}

static const crm_classification_rules *fixture_crm_classification_rules(void) { return NULL; }

static crm_classification *classification;

static const crm_classification *fixture_crm_classification(void) {
    if (!classification) {
        CHECK(crm_classification_new(fixture_crm_customer_table(), NULL, &classification) == CRM_STATUS_OK);
    }
    return classification;
}

static void end_fixtures(void) {
    crm_classification_free(classification);
    crm_composite_index_free(composite_index);
    crm_study_free(study);
    crm_price_sensitivity_free(price_sensitivity);
    crm_draw_free(draw);
    crm_survey_sample_free(survey_sample);
    crm_index_tree_free(index_tree);
    crm_profile_store_free(profile_store);
    crm_group_comparison_free(group_comparison);
    crm_pls_bootstrap_free(pls_bootstrap);
    crm_pls_fit_free(pls_fit);
    crm_structural_model_free(structural_model);
    crm_renewals_free(renewals);
    crm_purchase_model_free(purchase_model);
    crm_purchase_cohorts_free(purchase_cohorts);
    crm_repeat_purchases_free(repeat_purchases);
    crm_covariate_model_free(covariate_model);
    crm_simulated_log_free(simulated_log);
    crm_period_series_free(series);
    crm_grouped_summary_free(grouped);
    crm_partial_summary_free(partial);
    crm_holdout_summary_free(holdout);
    crm_summary_free(summary);
    crm_ledger_free(ledger);
    crm_concentration_free(concentration);
    crm_rfm_free(rfm);
    crm_matrix_clv_free(matrix_clv);
    crm_segment_matrix_clv_free(segment_matrix_clv);
    crm_migration_model_free(migration_model);
    crm_decision_process_free(decision_process);
    crm_switching_valuation_free(valuation);
    crm_matrix_estimate_free(matrix_estimate);
    crm_drawn_values_free(drawn_values);
    crm_purchase_panel_free(purchase_panel);
    crm_inertia_logit_free(inertia_logit);
    crm_share_inference_free(share_inference);
    crm_history_free(history);
    crm_kaplan_meier_free(kaplan_meier);
    crm_stage_curve_free(stage_curve);
    crm_stage_inference_free(inference);
    crm_hidden_markov_free(hidden_markov);
    crm_hidden_markov_uncertainty_free(hidden_markov_uncertainty);
    crm_complaint_free(complaint_made);
    crm_logistic_model_free(logistic_model);
    crm_contact_policy_free(contact_policy);
    crm_preference_memory_free(preference_memory);
    crm_action_chooser_free(action_chooser);
    crm_specifications_free(specifications);
    crm_idic_free(idic);
}

static void expect(crm_status found, crm_status expected, const char *function, const char *name) {
    if (found != expected || strcmp(crm_last_error_argument(), name) != 0) {
        failures++;
        fprintf(stderr, "%s, %s: status %d instead of %d (%s)\n", function, name, (int)found,
                (int)expected, crm_last_error_message());
    }
}

#endif
