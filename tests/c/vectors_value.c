#include "vectors.h"

#include <math.h>

/* A column and the number of its rows; the columns of one call must agree. */
struct rows {
    const double *values;
    size_t count;
};

static struct rows column(const struct value *arguments, const char *name) {
    struct rows column;
    column.values = as_numbers(get(arguments, name), &column.count);
    return column;
}

static const uint8_t *codes(const struct value *arguments, const char *name, size_t *count) {
    const double *numbers = as_numbers(get(arguments, name), count);
    uint8_t *made = working_memory(*count, 1);
    for (size_t i = 0; i < *count; i++) {
        made[i] = (uint8_t)numbers[i];
    }
    return made;
}

static size_t whole(const struct value *arguments, const char *name) {
    return (size_t)as_number(get(arguments, name));
}

/* ---- concentration ---- */

typedef crm_status plain_measure(const crm_concentration *, double *);
typedef crm_status share_measure(const crm_concentration *, double, double *);

/* The handle of a case; NULL with *status set where it cannot be made. */
static crm_concentration *concentration(const struct value *arguments, struct answer *answer,
                                        crm_status *status) {
    struct rows profit = column(arguments, "profit"), weight = {NULL, profit.count};
    crm_concentration *made = NULL;
    if (find(arguments, "weight")) {
        weight = column(arguments, "weight");
    }
    *status = weight.count == profit.count
                  ? crm_concentration_new(profit.values, weight.values, profit.count, &made)
                  : inexpressible(answer);
    return made;
}

static crm_status plain(const struct value *arguments, struct answer *answer,
                        plain_measure *measure) {
    crm_status status;
    double out;
    crm_concentration *base = concentration(arguments, answer, &status);
    if (base && (status = measure(base, &out)) == CRM_STATUS_OK) {
        answer_number(answer, out, "");
    }
    crm_concentration_free(base);
    return status;
}

static crm_status of_share(const struct value *arguments, struct answer *answer,
                           share_measure *measure) {
    crm_status status;
    double out;
    crm_concentration *base = concentration(arguments, answer, &status);
    if (base && (status = measure(base, as_number(get(arguments, "share")), &out)) == CRM_STATUS_OK) {
        answer_number(answer, out, "");
    }
    crm_concentration_free(base);
    return status;
}

static crm_status mean(const struct value *arguments, struct answer *answer) {
    return plain(arguments, answer, crm_concentration_mean);
}

static crm_status gini(const struct value *arguments, struct answer *answer) {
    return plain(arguments, answer, crm_concentration_gini);
}

static crm_status gini_corrected(const struct value *arguments, struct answer *answer) {
    return plain(arguments, answer, crm_concentration_gini_corrected);
}

static crm_status top_share(const struct value *arguments, struct answer *answer) {
    return of_share(arguments, answer, crm_concentration_top_share);
}

static crm_status bottom_share(const struct value *arguments, struct answer *answer) {
    return of_share(arguments, answer, crm_concentration_bottom_share);
}

static crm_status smallest_share(const struct value *arguments, struct answer *answer) {
    return of_share(arguments, answer, crm_concentration_smallest_share);
}

static crm_status peak(const struct value *arguments, struct answer *answer) {
    crm_status status;
    crm_curve_point out;
    crm_concentration *base = concentration(arguments, answer, &status);
    if (base && (status = crm_concentration_peak(base, &out)) == CRM_STATUS_OK) {
        answer_number(answer, out.customers, ".customers");
        answer_number(answer, out.profit, ".profit");
    }
    crm_concentration_free(base);
    return status;
}

static crm_status lorenz(const struct value *arguments, struct answer *answer) {
    crm_status status;
    size_t points = whole(arguments, "points");
    crm_curve_point *out = working_memory(points, sizeof *out);
    crm_concentration *base = concentration(arguments, answer, &status);
    if (base && (status = crm_concentration_lorenz(base, points, out)) == CRM_STATUS_OK) {
        for (size_t i = 0; i < points; i++) {
            answer_number(answer, out[i].profit, "[%zu]", i);
        }
    }
    crm_concentration_free(base);
    return status;
}

/* ---- tiers ---- */

static crm_status pyramid(const struct value *arguments, struct answer *answer) {
    struct rows profit = column(arguments, "profit"), shares = column(arguments, "shares");
    double thresholds[3];
    uint8_t *tiers = working_memory(profit.count, 1);
    crm_status status = crm_pyramid_thresholds(profit.values, profit.count, shares.values, thresholds);
    if (status == CRM_STATUS_OK) {
        status = crm_pyramid_assign(profit.values, profit.count, thresholds, tiers);
    }
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, thresholds, 3, ".thresholds");
        for (size_t i = 0; i < profit.count; i++) {
            answer_text(answer, crm_pyramid_tier_name((crm_pyramid_tier)tiers[i]), ".tiers[%zu]", i);
        }
    }
    return status;
}

static crm_status value_groups(const struct value *arguments, struct answer *answer) {
    struct rows profit = column(arguments, "profit"), thresholds = column(arguments, "thresholds");
    uint8_t *groups = working_memory(profit.count, 1);
    crm_status status =
        crm_value_group_assign(profit.values, profit.count, thresholds.values, groups);
    for (size_t i = 0; status == CRM_STATUS_OK && i < profit.count; i++) {
        answer_text(answer, crm_value_group_name((crm_value_group)groups[i]), "[%zu]", i);
    }
    return status;
}

static crm_status value_group_fifths(const struct value *arguments, struct answer *answer) {
    struct rows profit = column(arguments, "profit");
    double thresholds[4];
    crm_status status = crm_value_group_thresholds(profit.values, profit.count, NULL, thresholds);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, thresholds, 4, "");
    }
    return status;
}

static crm_status tier_migration(const struct value *arguments, struct answer *answer) {
    size_t customers, others, tiers = whole(arguments, "tiers");
    const uint8_t *before = codes(arguments, "before", &customers);
    const uint8_t *after = codes(arguments, "after", &others);
    uint64_t *counts = working_memory(tiers * tiers, sizeof *counts);
    double *rates = working_memory(tiers * tiers, sizeof *rates);
    if (customers != others) {
        return inexpressible(answer);
    }
    crm_status status = crm_tier_migration(before, after, customers, tiers, counts, rates);
    for (size_t from = 0; status == CRM_STATUS_OK && from < tiers; from++) {
        for (size_t to = 0; to < tiers; to++) {
            answer_number(answer, (double)counts[from * tiers + to], ".counts[%zu][%zu]", from, to);
            if (!isnan(rates[from * tiers + to])) {
                answer_number(answer, rates[from * tiers + to], ".rates[%zu][%zu]", from, to);
            }
        }
        if (isnan(rates[from * tiers])) {
            answer_number(answer, NAN, ".rates[%zu]", from);
        }
    }
    return status;
}

static crm_status group_table(const struct value *arguments, struct answer *answer) {
    struct rows profit = column(arguments, "profit");
    size_t customers, groups = whole(arguments, "groups");
    const uint8_t *code = codes(arguments, "codes", &customers);
    crm_group *out = working_memory(groups, sizeof *out);
    crm_status status = crm_group_table(code, profit.values, customers, groups, out);
    for (size_t i = 0; status == CRM_STATUS_OK && i < groups; i++) {
        answer_number(answer, (double)out[i].customers, "[%zu].customers", i);
        answer_number(answer, out[i].share_of_customers, "[%zu].share_of_customers", i);
        answer_number(answer, out[i].profit, "[%zu].profit", i);
        answer_number(answer, out[i].share_of_profit, "[%zu].share_of_profit", i);
        answer_number(answer, out[i].mean_profit, "[%zu].mean_profit", i);
    }
    return status;
}

/* ---- types ---- */

static crm_status k_means_cut(const struct value *arguments, struct answer *answer) {
    struct rows values = column(arguments, "values");
    double out;
    crm_status status = crm_k_means_cut(values.values, values.count, &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, out, "");
    }
    return status;
}

static crm_status otsu_cut(const struct value *arguments, struct answer *answer) {
    struct rows values = column(arguments, "values");
    double out;
    crm_status status =
        crm_otsu_cut(values.values, values.count, (uint32_t)whole(arguments, "bins"), &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, out, "");
    }
    return status;
}

static crm_status quantile_cut(const struct value *arguments, struct answer *answer) {
    struct rows values = column(arguments, "values");
    double out;
    crm_status status = crm_quantile_cut(values.values, values.count,
                                         as_number(get(arguments, "share")), &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, out, "");
    }
    return status;
}

static crm_status customer_types(const struct value *arguments, struct answer *answer) {
    struct rows current = column(arguments, "current"), potential = column(arguments, "potential");
    uint8_t *types = working_memory(current.count, 1);
    crm_status status = crm_customer_types(current.values, potential.values, current.count,
                                           as_number(get(arguments, "current_cut")),
                                           as_number(get(arguments, "potential_cut")), types);
    for (size_t i = 0; status == CRM_STATUS_OK && i < current.count; i++) {
        answer_text(answer, crm_customer_type_name((crm_customer_type)types[i]), "[%zu]", i);
    }
    return status;
}

/* ---- RFM ---- */

static void answer_codes(struct answer *answer, const uint8_t *scores, size_t count,
                         const char *name) {
    for (size_t i = 0; i < count; i++) {
        answer_number(answer, scores[i], ".%s[%zu]", name, i);
    }
}

static crm_status rfm(const struct value *arguments, struct answer *answer) {
    struct rows recency = column(arguments, "recency"), frequency = column(arguments, "frequency"),
                monetary = column(arguments, "monetary");
    size_t n = recency.count, scores = whole(arguments, "scores"), segment_count;
    crm_rfm *made = NULL;
    if (frequency.count != n || monetary.count != n) {
        return inexpressible(answer);
    }
    uint8_t *r = working_memory(n, 1), *f = working_memory(n, 1), *m = working_memory(n, 1),
            *segments = working_memory(n, 1);
    double thresholds[3][8];
    crm_status status =
        crm_rfm_new(recency.values, frequency.values, monetary.values, n, scores,
                    CRM_DIRECTION_LOWER_IS_BETTER, NULL, 0, &made);
    if (status == CRM_STATUS_OK) {
        status = crm_rfm_segment_count(made, &segment_count);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_rfm_thresholds(made, scores - 1, thresholds[0], thresholds[1], thresholds[2]);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_rfm_score(made, recency.values, frequency.values, monetary.values, n, r, f, m,
                               segment_count ? segments : NULL);
    }
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, thresholds[0], scores - 1, ".thresholds.recency");
        answer_numbers(answer, thresholds[1], scores - 1, ".thresholds.frequency");
        answer_numbers(answer, thresholds[2], scores - 1, ".thresholds.monetary");
        answer_codes(answer, r, n, "recency");
        answer_codes(answer, f, n, "frequency");
        answer_codes(answer, m, n, "monetary");
        for (size_t i = 0; segment_count && i < n; i++) {
            answer_text(answer, crm_rfm_segment_at(made, segments[i]), ".segment[%zu]", i);
        }
    }
    crm_rfm_free(made);
    return status;
}

static crm_status rfm_grid(const struct value *arguments, struct answer *answer) {
    size_t n, others, scores = whole(arguments, "scores");
    const uint8_t *recency = codes(arguments, "recency", &n);
    const uint8_t *frequency = codes(arguments, "frequency", &others);
    struct rows revenue = column(arguments, "revenue");
    uint64_t *customers = working_memory(scores * scores, sizeof *customers);
    double *sums = working_memory(scores * scores, sizeof *sums);
    if (others != n || revenue.count != n) {
        return inexpressible(answer);
    }
    crm_status status =
        crm_rfm_grid(recency, frequency, revenue.values, n, scores, customers, sums);
    for (size_t i = 0; status == CRM_STATUS_OK && i < scores * scores; i++) {
        answer_number(answer, (double)customers[i], ".customers[%zu]", i);
        answer_number(answer, sums[i], ".revenue[%zu]", i);
    }
    return status;
}

const struct runner value_runners[] = {
    {"mean", mean},
    {"gini", gini},
    {"gini_corrected", gini_corrected},
    {"top_share", top_share},
    {"bottom_share", bottom_share},
    {"smallest_share", smallest_share},
    {"peak", peak},
    {"lorenz", lorenz},
    {"pyramid", pyramid},
    {"value_groups", value_groups},
    {"value_group_fifths", value_group_fifths},
    {"tier_migration", tier_migration},
    {"group_table", group_table},
    {"k_means_cut", k_means_cut},
    {"otsu_cut", otsu_cut},
    {"quantile_cut", quantile_cut},
    {"customer_types", customer_types},
    {"rfm", rfm},
    {"rfm_grid", rfm_grid},
    {NULL, NULL},
};
