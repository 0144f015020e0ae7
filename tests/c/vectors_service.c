/* Runners of tests/vectors/service.json. */
#include "vectors.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const char *action_name(int32_t number) { return crm_complaint_action_name((crm_complaint_action)number); }
static const char *step_name(int32_t number) { return crm_complaint_step_name((crm_complaint_step)number); }
static const char *cause_name(int32_t number) { return crm_loss_cause_name((crm_loss_cause)number); }

static crm_status read_complaint(const struct value *given, crm_complaint **out) {
    const struct value *actions = get(given, "actions");
    crm_status status = crm_complaint_new((int64_t)as_number(get(given, "received")), out);
    for (size_t i = 0; status == CRM_STATUS_OK && i < actions->count; i++) {
        const struct value *each = &actions->items[i];
        const struct value *said = get(each, "text");
        crm_complaint *before = *out;
        crm_complaint_action action = (crm_complaint_action)as_member(get(each, "action"), action_name);
        status = crm_complaint_apply_new(before, action, (int64_t)as_number(get(each, "at")),
                                         said->kind == VALUE_NULL ? NULL : as_text(said), out);
        crm_complaint_free(before);
    }
    return status;
}

static crm_status complaint(const struct value *arguments, struct answer *answer) {
    crm_complaint *made = NULL, *again = NULL;
    crm_complaint_state state;
    crm_complaint_step steps[32];
    char json[4096];
    int64_t seconds[10];
    crm_status status = read_complaint(arguments, &made);
    if (status == CRM_STATUS_OK) {
        status = crm_complaint_seconds_at_steps(made, (int64_t)as_number(get(arguments, "until")), seconds);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_complaint_to_json(made, json, sizeof json);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_complaint_from_json_new(json, &again);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_complaint_state_of(again, &state);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_complaint_steps(again, steps, state.actions + 1);
    }
    if (status == CRM_STATUS_OK) {
        for (size_t i = 0; i <= state.actions; i++) {
            answer_text(answer, crm_complaint_step_name(steps[i]), ".steps[%zu]", i);
        }
        if (state.is_open) {
            answer_number(answer, NAN, ".outcome");
        } else {
            answer_text(answer, crm_complaint_outcome_name(state.outcome), ".outcome");
        }
        for (size_t i = 0; i < 10; i++) {
            answer_number(answer, (double)seconds[i], ".seconds[%zu]", i);
        }
    }
    crm_complaint_free(again);
    crm_complaint_free(made);
    return status;
}

static void answer_rate(struct answer *answer, const crm_counted_rate *rate, const char *path) {
    answer_number(answer, (double)rate->count, "%s.count", path);
    answer_number(answer, (double)rate->base, "%s.base", path);
    answer_number(answer, rate->rate, "%s.rate", path);
    answer_number(answer, rate->lower, "%s.lower", path);
    answer_number(answer, rate->upper, "%s.upper", path);
}

static crm_status complaint_statistics(const struct value *arguments, struct answer *answer) {
    const struct value *given = get(arguments, "complaints"), *limits = get(arguments, "deadlines");
    const struct value *base = get(arguments, "customers");
    crm_complaint **made = working_memory(given->count, sizeof *made);
    crm_decimal confidence = as_decimal(get(arguments, "confidence"));
    crm_complaint_totals found;
    int64_t deadlines[10];
    for (int32_t step = 0; step < 10; step++) {
        const struct value *limit = find(limits, step_name(step));
        deadlines[step] = limit ? (int64_t)as_number(limit) : -1;
    }
    for (size_t i = 0; i < given->count; i++) {
        if (read_complaint(&given->items[i], &made[i]) != CRM_STATUS_OK) {
            return CRM_STATUS_PANIC;
        }
    }
    crm_status status = crm_complaint_statistics((const crm_complaint *const *)made, given->count,
                                                 (int64_t)as_number(get(arguments, "now")), deadlines,
                                                 base->kind == VALUE_NULL ? 0 : (uint64_t)as_number(base), &confidence,
                                                 &found);
    for (size_t i = 0; i < given->count; i++) {
        crm_complaint_free(made[i]);
    }
    if (status == CRM_STATUS_OK) {
        answer_number(answer, (double)found.received, ".received");
        answer_number(answer, (double)found.open, ".open");
        for (size_t i = 0; i < 10; i++) {
            answer_number(answer, (double)found.at_step[i], ".at_step[%zu]", i);
        }
        answer_number(answer, (double)found.overdue, ".overdue");
        answer_number(answer, found.per_customer, ".per_customer");
        answer_rate(answer, &found.founded, ".founded");
        answer_rate(answer, &found.accepted, ".accepted");
        answer_rate(answer, &found.resolved, ".resolved");
        answer_rate(answer, &found.escalated, ".escalated");
        answer_rate(answer, &found.in_time, ".in_time");
        answer_number(answer, found.mean_days, ".mean");
        answer_number(answer, found.median_days, ".median");
        answer_number(answer, found.ninth_decile_days, ".ninth_decile");
        answer_number(answer, found.median_days_of_all, ".median_of_all");
    }
    return status;
}

static crm_status loss_status(const struct value *arguments, struct answer *answer) {
    const struct value *cause = get(arguments, "cause");
    crm_loss_status found;
    crm_status status =
        crm_loss_status_of(as_number(get(arguments, "p_alive")),
                           cause->kind == VALUE_NULL ? CRM_LOSS_CAUSE_UNKNOWN : as_member(cause, cause_name),
                           as_number(get(arguments, "lost_below")), as_number(get(arguments, "active_from")), &found);
    if (status == CRM_STATUS_OK) {
        answer_text(answer, crm_loss_status_name(found), "");
    }
    return status;
}

static crm_status win_back_ranking(const struct value *arguments, struct answer *answer) {
    size_t rows, others, count;
    const double *value = as_numbers(get(arguments, "second_lifetime_value"), &rows);
    const double *success = as_numbers(get(arguments, "success"), &others);
    const double *cost = as_numbers(get(arguments, "cost"), &others);
    crm_win_back_candidate *found = working_memory(rows, sizeof *found);
    crm_status status =
        crm_win_back_ranking(value, success, cost, rows, as_number(get(arguments, "budget")), found, &count);
    for (size_t i = 0; status == CRM_STATUS_OK && i < count; i++) {
        answer_number(answer, (double)found[i].row, "[%zu].row", i);
        answer_number(answer, found[i].worth, "[%zu].worth", i);
        answer_number(answer, found[i].cumulative_cost, "[%zu].cumulative_cost", i);
        answer_number(answer, found[i].cumulative_worth, "[%zu].cumulative_worth", i);
    }
    return status;
}

static crm_status fit_logistic(const struct value *arguments, struct answer *answer) {
    const struct value *indicators = get(arguments, "indicators");
    size_t count = indicators->count, rows;
    const uint8_t *lost = as_flags(get(arguments, "lost"), &rows);
    const double **columns = working_memory(count, sizeof *columns);
    double *coefficients = working_memory(count + 1, sizeof *coefficients);
    double *errors = working_memory(count + 1, sizeof *errors);
    crm_logistic_model *model = NULL;
    crm_logistic_summary summary;
    for (size_t i = 0; i < count; i++) {
        columns[i] = as_numbers(&indicators->items[i], &rows);
    }
    crm_status status = crm_logistic_model_new(columns, count, lost, rows,
                                               as_number(get(arguments, "penalty")), &model);
    if (status == CRM_STATUS_OK) {
        status = crm_logistic_model_summary(model, &summary);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_logistic_model_coefficients(model, coefficients, errors, count + 1);
    }
    if (status == CRM_STATUS_OK) {
        answer_number(answer, coefficients[0], ".intercept");
        answer_numbers(answer, coefficients + 1, count, ".coefficients");
        answer_numbers(answer, errors, count + 1, ".standard_errors");
        answer_number(answer, summary.log_likelihood, ".log_likelihood");
        answer_number(answer, summary.null_log_likelihood, ".null_log_likelihood");
    }
    crm_logistic_model_free(model);
    return status;
}

static crm_status calibration(const struct value *arguments, struct answer *answer) {
    size_t rows, bins = (size_t)as_number(get(arguments, "bins"));
    const double *predicted = as_numbers(get(arguments, "predicted"), &rows);
    const uint8_t *lost = as_flags(get(arguments, "lost"), &rows);
    crm_decimal confidence = as_decimal(get(arguments, "confidence"));
    crm_calibration_bin *groups = working_memory(bins, sizeof *groups);
    crm_calibration_summary found;
    crm_status status =
        crm_calibration(predicted, lost, rows, bins, &confidence, &found, groups);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, found.brier_score, ".brier_score");
        answer_number(answer, found.log_loss, ".log_loss");
        answer_number(answer, found.area_under_curve, ".area_under_curve");
        answer_number(answer, found.expected_error, ".expected_error");
        for (size_t i = 0; i < found.bins; i++) {
            answer_number(answer, groups[i].predicted, ".bins[%zu].predicted", i);
            answer_number(answer, (double)groups[i].lost.count, ".bins[%zu].count", i);
            answer_number(answer, (double)groups[i].lost.base, ".bins[%zu].base", i);
            answer_number(answer, groups[i].lost.rate, ".bins[%zu].rate", i);
            answer_number(answer, groups[i].lost.lower, ".bins[%zu].lower", i);
            answer_number(answer, groups[i].lost.upper, ".bins[%zu].upper", i);
        }
    }
    return status;
}

static crm_status recalibrate(const struct value *arguments, struct answer *answer) {
    size_t rows;
    const double *predicted = as_numbers(get(arguments, "predicted"), &rows);
    const uint8_t *lost = as_flags(get(arguments, "lost"), &rows);
    double intercept, slope;
    crm_status status = crm_recalibrate(predicted, lost, rows, &intercept, &slope);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, intercept, ".intercept");
        answer_number(answer, slope, ".slope");
    }
    return status;
}

const struct runner service_runners[] = {
    {"complaint", complaint},
    {"complaint_statistics", complaint_statistics},
    {"loss_status", loss_status},
    {"win_back_ranking", win_back_ranking},
    {"fit_logistic", fit_logistic},
    {"calibration", calibration},
    {"recalibrate", recalibrate},
    {NULL, NULL},
};
