/* Runners of tests/vectors/clv.json for what is not a kernel. */
#include "vectors.h"

#include <math.h>
#include <string.h>

static crm_timing timing_of(const struct value *arguments) {
    return strcmp(as_text(get(arguments, "timing")), "start") == 0 ? CRM_TIMING_START : CRM_TIMING_END;
}

static int32_t day_of(const struct value *date) {
    int32_t day = 0;
    crm_date_parse(as_text(date), &day);
    return day;
}

/* What a call gave, as the answer under `path`. */
static crm_status answered(crm_status status, const crm_decimal *out, struct answer *answer, const char *path) {
    if (status == CRM_STATUS_OK) {
        answer_decimal(answer, out, path);
    }
    return status;
}

static crm_status present_value(const struct value *arguments, struct answer *answer) {
    size_t periods;
    const crm_decimal *flows = as_decimals(get(arguments, "flows"), &periods);
    crm_decimal rate = as_decimal(get(arguments, "discount_rate")), out;
    return answered(crm_present_value(flows, periods, &rate, timing_of(arguments), &out), &out, answer, "");
}

static crm_status present_value_varying(const struct value *arguments, struct answer *answer) {
    size_t periods, count;
    const crm_decimal *flows = as_decimals(get(arguments, "flows"), &periods);
    const crm_decimal *rates = as_decimals(get(arguments, "discount_rates"), &count);
    crm_decimal out;
    crm_status status = crm_present_value_varying(flows, periods, rates, count, timing_of(arguments), &out);
    return answered(status, &out, answer, "");
}

static crm_status present_value_dated(const struct value *arguments, struct answer *answer) {
    size_t count;
    const crm_decimal *amounts = as_decimals(get(arguments, "amounts"), &count);
    int32_t *dates = working_memory(count, sizeof *dates);
    for (size_t i = 0; i < count; i++) {
        dates[i] = day_of(&get(arguments, "dates")->items[i]);
    }
    crm_decimal rate = as_decimal(get(arguments, "yearly_rate")), out;
    crm_status status = crm_present_value_dated(dates, amounts, count, &rate, day_of(get(arguments, "now")), &out);
    return answered(status, &out, answer, "");
}

static crm_status payback(const struct value *arguments, struct answer *answer) {
    size_t periods;
    const crm_decimal *flows = as_decimals(get(arguments, "flows"), &periods);
    crm_decimal rate = as_decimal(get(arguments, "discount_rate")), out;
    int32_t pays_back;
    crm_status status = crm_payback(flows, periods, &rate, timing_of(arguments), &pays_back, &out);
    if (status == CRM_STATUS_OK && !pays_back) {
        answer_number(answer, NAN, "");
        return status;
    }
    return answered(status, &out, answer, "");
}

/* Infinity, never, is null in the file. */
static crm_status paybacks(const struct value *arguments, struct answer *answer) {
    size_t customers, periods, rates;
    const double *flows = as_table(get(arguments, "flows"), &customers, &periods);
    const double *rate = as_numbers(get(arguments, "discount_rate"), &rates);
    double *out = working_memory(customers, sizeof *out);
    crm_status status = crm_paybacks(customers, flows, periods, rate, 1, timing_of(arguments), out);
    for (size_t i = 0; status == CRM_STATUS_OK && i < customers; i++) {
        answer_number(answer, isinf(out[i]) ? NAN : out[i], "[%zu]", i);
    }
    return status;
}

static crm_status internal_rates(const struct value *arguments, struct answer *answer) {
    size_t customers, periods;
    const double *flows = as_table(get(arguments, "flows"), &customers, &periods);
    double *rates = working_memory(customers, sizeof *rates);
    crm_rate_outcome *outcomes = working_memory(customers, sizeof *outcomes);
    crm_status status = crm_internal_rates(customers, flows, periods, rates, outcomes);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, rates, customers, ".rates");
        for (size_t i = 0; i < customers; i++) {
            answer_text(answer, crm_rate_outcome_name(outcomes[i]), ".outcomes[%zu]", i);
        }
    }
    return status;
}

static crm_status internal_rate_of_return(const struct value *arguments, struct answer *answer) {
    size_t periods, sign_changes;
    const crm_decimal *flows = as_decimals(get(arguments, "flows"), &periods);
    crm_decimal out;
    crm_status status = crm_internal_rate_of_return(flows, periods, &sign_changes, &out);
    if (status == CRM_STATUS_OK && sign_changes > 1) {
        answer_number(answer, (double)sign_changes, ".sign_changes");
        return status;
    }
    return answered(status, &out, answer, "");
}

static crm_status curve_value(const struct value *arguments, struct answer *answer, crm_timing timing) {
    size_t periods;
    const crm_decimal *retention = as_decimals(get(arguments, "retention"), &periods);
    crm_decimal margin = as_decimal(get(arguments, "margin")), rate = as_decimal(get(arguments, "discount_rate"));
    crm_decimal growth = as_decimal(get(arguments, "growth")), out;
    crm_status status = timing == CRM_TIMING_START
                            ? crm_retention_curve_value(&margin, retention, periods, &rate, &growth, &out)
                            : crm_renewal_curve_value(&margin, retention, periods, &rate, &growth, &out);
    return answered(status, &out, answer, "");
}

static crm_status retention_curve_value(const struct value *arguments, struct answer *answer) {
    return curve_value(arguments, answer, CRM_TIMING_START);
}

static crm_status renewal_curve_value(const struct value *arguments, struct answer *answer) {
    return curve_value(arguments, answer, CRM_TIMING_END);
}

static crm_status migration_value(const struct value *arguments, struct answer *answer) {
    size_t recencies;
    const crm_decimal *repurchase = as_decimals(get(arguments, "repurchase"), &recencies);
    crm_decimal margin = as_decimal(get(arguments, "gross_contribution")), out;
    crm_decimal cost = as_decimal(get(arguments, "promotion_cost")), rate = as_decimal(get(arguments, "discount_rate"));
    uint64_t years = (uint64_t)as_number(get(arguments, "years"));
    crm_status status = crm_migration_value(&margin, &cost, repurchase, recencies, &rate, years, &out);
    return answered(status, &out, answer, "");
}

static crm_status component_present_values(const struct value *arguments, struct answer *answer) {
    enum { COMPONENTS = CRM_COMPONENT_ACQUISITION_COST + 1 };
    const struct value *given = get(arguments, "flows");
    size_t periods = 0;
    for (size_t i = 0; i < given->count; i++) {
        periods = given->items[i].count > periods ? given->items[i].count : periods;
    }
    crm_decimal *flows = working_memory(COMPONENTS * periods, sizeof *flows);
    for (int component = 0; component < COMPONENTS; component++) {
        size_t count;
        const struct value *row = get(given, crm_component_name((crm_component)component));
        const crm_decimal *amounts = as_decimals(row, &count);
        memcpy(flows + (size_t)component * periods, amounts, count * sizeof *flows);
    }
    crm_decimal rate = as_decimal(get(arguments, "discount_rate")), total;
    crm_breakdown out;
    crm_status status = crm_component_present_values(flows, periods, &rate, timing_of(arguments), &out);
    if (status == CRM_STATUS_OK) {
        status = crm_breakdown_total(&out, &total);
    }
    if (status == CRM_STATUS_OK) {
        answer_decimal(answer, &out.base_profit, ".base_profit");
        answer_decimal(answer, &out.repeat_purchases, ".repeat_purchases");
        answer_decimal(answer, &out.cross_selling, ".cross_selling");
        answer_decimal(answer, &out.lower_cost_to_serve, ".lower_cost_to_serve");
        answer_decimal(answer, &out.referral_income, ".referral_income");
        answer_decimal(answer, &out.loyalty_price_premium, ".loyalty_price_premium");
        answer_decimal(answer, &out.customer_cost, ".customer_cost");
        answer_decimal(answer, &out.churn_cost, ".churn_cost");
        answer_decimal(answer, &out.acquisition_cost, ".acquisition_cost");
        answer_decimal(answer, &total, ".total");
    }
    return status;
}

static crm_status word_of_mouth_effect(const struct value *arguments, struct answer *answer) {
    int64_t out;
    crm_status status = crm_word_of_mouth_effect((uint64_t)as_number(get(arguments, "satisfied")),
                                                 (uint64_t)as_number(get(arguments, "unsatisfied")), &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, (double)out, "");
    }
    return status;
}

static crm_status historic_value(const struct value *arguments, struct answer *answer) {
    size_t periods;
    const crm_decimal *flows = as_decimals(get(arguments, "flows"), &periods);
    crm_decimal rate = as_decimal(get(arguments, "rate")), out;
    return answered(crm_historic_value(flows, periods, &rate, timing_of(arguments), &out), &out, answer, "");
}

static crm_status reading_split(const struct value *arguments, struct answer *answer) {
    crm_decimal historic = as_decimal(get(arguments, "historic")), current = as_decimal(get(arguments, "current"));
    crm_decimal potential = as_decimal(get(arguments, "potential"));
    crm_reading_shares out;
    crm_status status = crm_reading_split(&historic, &current, &potential, &out);
    if (status == CRM_STATUS_OK) {
        answer_decimal(answer, &out.historic, "[0]");
        answer_decimal(answer, &out.current, "[1]");
        answer_decimal(answer, &out.potential, "[2]");
    }
    return status;
}

const struct runner clv_runners[] = {
    {"present_value", present_value},
    {"present_value_varying", present_value_varying},
    {"present_value_dated", present_value_dated},
    {"payback", payback},
    {"paybacks", paybacks},
    {"internal_rates", internal_rates},
    {"internal_rate_of_return", internal_rate_of_return},
    {"retention_curve_value", retention_curve_value},
    {"renewal_curve_value", renewal_curve_value},
    {"migration_value", migration_value},
    {"component_present_values", component_present_values},
    {"word_of_mouth_effect", word_of_mouth_effect},
    {"historic_value", historic_value},
    {"reading_split", reading_split},
    {NULL, NULL},
};
