/* Runners of tests/vectors/loyalty.json. */
#include "vectors.h"

#include <math.h>
#include <string.h>

static crm_loyalty_rules rules(const struct value *arguments) {
    crm_loyalty_rules made = {0.5, 0.1, 0.7, CRM_LATENT_ATTACHMENT_HIGH, 2, {0}};
    if (strcmp(as_text(get(arguments, "latent")), "low") == 0) {
        made.latent = CRM_LATENT_ATTACHMENT_LOW;
    }
    return made;
}

static crm_loyalty_evidence evidence(const struct value *arguments, size_t *rows) {
    const struct value *given = get(arguments, "evidence");
    crm_loyalty_evidence made = {as_numbers(get(given, "attachment"), rows),
                                 as_numbers(get(given, "repeat_purchase"), rows),
                                 as_numbers(get(given, "alternatives"), rows),
                                 as_numbers(get(given, "switching_effort"), rows),
                                 as_numbers(get(given, "convenience"), rows),
                                 as_numbers(get(given, "promotion_share"), rows),
                                 as_numbers(get(given, "reward_share"), rows),
                                 as_numbers(get(given, "constraint"), rows),
                                 1};
    return made;
}

static crm_status loyalty_classify(const struct value *arguments, struct answer *answer) {
    size_t rows;
    crm_loyalty_evidence known = evidence(arguments, &rows);
    crm_loyalty_rules given = rules(arguments);
    crm_loyalty_verdict *found = working_memory(rows, sizeof *found);
    crm_status status = crm_loyalty_classify(&known, rows, &given, found);
    for (size_t i = 0; status == CRM_STATUS_OK && i < rows; i++) {
        size_t listed = 0;
        answer_text(answer, crm_loyalty_outcome_name(found[i].outcome), "[%zu].outcome", i);
        answer_text(answer, crm_loyalty_category_name(found[i].best), "[%zu].best", i);
        answer_number(answer, found[i].fit, "[%zu].fit", i);
        answer_text(answer, crm_loyalty_category_name(found[i].next), "[%zu].next", i);
        answer_number(answer, found[i].margin, "[%zu].margin", i);
        answer_number(answer, found[i].known, "[%zu].known[0]", i);
        answer_number(answer, found[i].conditions, "[%zu].known[1]", i);
        for (crm_contradiction each = 0; crm_contradiction_name(each); each++) {
            if (found[i].contradictions >> each & 1) {
                answer_text(answer, crm_contradiction_name(each), "[%zu].contradictions[%zu]", i, listed++);
            }
        }
    }
    return status;
}

static crm_status loyalty_explain(const struct value *arguments, struct answer *answer) {
    size_t rows;
    char text[1024];
    crm_loyalty_evidence known = evidence(arguments, &rows);
    crm_loyalty_rules given = rules(arguments);
    int chinese = strcmp(as_text(get(arguments, "language")), "zh") == 0;
    crm_status status = crm_loyalty_explain(&known, &given, chinese ? CRM_LANGUAGE_ZH : CRM_LANGUAGE_EN, text, sizeof text);
    if (status == CRM_STATUS_OK) {
        answer_text(answer, text, "");
    }
    return status;
}

static crm_status loyalty_conditions(const struct value *arguments, struct answer *answer) {
    size_t rows, others, two;
    const double *attitude = as_numbers(get(arguments, "attitude"), &rows);
    const double *behaviour = as_numbers(get(arguments, "behaviour"), &others);
    const double *cuts = as_numbers(get(arguments, "cuts"), &two);
    crm_loyalty_condition *found = working_memory(rows, sizeof *found);
    if (others != rows || two != 2) {
        return inexpressible(answer);
    }
    crm_status status = crm_loyalty_conditions(attitude, behaviour, rows, cuts[0], cuts[1], found);
    for (size_t i = 0; status == CRM_STATUS_OK && i < rows; i++) {
        answer_text(answer, crm_loyalty_condition_name(found[i]), "[%zu]", i);
    }
    return status;
}

static crm_status net_promoter_score(const struct value *arguments, struct answer *answer) {
    size_t respondents;
    const double *answers = as_numbers(get(arguments, "answers"), &respondents);
    crm_decimal confidence = as_decimal(get(arguments, "confidence"));
    crm_promoter_score found;
    crm_status status = crm_net_promoter_score(answers, respondents, &confidence, &found);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, (double)found.promoters, ".promoters");
        answer_number(answer, (double)found.passives, ".passives");
        answer_number(answer, (double)found.detractors, ".detractors");
        answer_number(answer, found.score, ".score");
        answer_number(answer, found.standard_error, ".standard_error");
        answer_number(answer, found.lower, ".lower");
        answer_number(answer, found.upper, ".upper");
    }
    return status;
}

static crm_status wallet_allocation(const struct value *arguments, struct answer *answer) {
    size_t brands;
    const double *ratings = as_numbers(get(arguments, "ratings"), &brands);
    double *found = working_memory(brands, sizeof *found);
    crm_status status = crm_wallet_allocation(ratings, brands, found);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, found, brands, "");
    }
    return status;
}

static crm_status size_of_prize(const struct value *arguments, struct answer *answer) {
    size_t brands;
    const double *ratings = as_numbers(get(arguments, "ratings"), &brands);
    double *found = working_memory(brands, sizeof *found);
    crm_status status = crm_size_of_prize(ratings, brands, as_number(get(arguments, "category_spend")), found);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, found, brands, "");
    }
    return status;
}

static crm_status dirichlet_fit(const struct value *arguments, struct answer *answer) {
    size_t brands, others;
    const double *shares = as_numbers(get(arguments, "shares"), &brands);
    const double *penetrations = as_numbers(get(arguments, "penetrations"), &others);
    crm_dirichlet_parameters found;
    if (others != brands) {
        return inexpressible(answer);
    }
    crm_status status = crm_dirichlet_fit(as_number(get(arguments, "penetration")),
                                          as_number(get(arguments, "purchases_per_buyer")), shares, penetrations,
                                          brands, &found);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, found.mean, ".mean");
        answer_number(answer, found.exponent, ".exponent");
        answer_number(answer, found.diversity, ".diversity");
    }
    return status;
}

static crm_status dirichlet_norms(const struct value *arguments, struct answer *answer) {
    size_t brands;
    const double *shares = as_numbers(get(arguments, "shares"), &brands);
    crm_dirichlet_parameters parameters = {as_number(get(arguments, "mean")), as_number(get(arguments, "exponent")),
                                           as_number(get(arguments, "diversity"))};
    crm_brand_norms *found = working_memory(brands, sizeof *found);
    crm_status status = crm_dirichlet_norms(&parameters, shares, brands, as_number(get(arguments, "periods")), found);
    for (size_t i = 0; status == CRM_STATUS_OK && i < brands; i++) {
        answer_number(answer, found[i].share, "[%zu].share", i);
        answer_number(answer, found[i].penetration, "[%zu].penetration", i);
        answer_number(answer, found[i].purchases_per_buyer, "[%zu].purchases_per_buyer", i);
        answer_number(answer, found[i].category_purchases_per_buyer, "[%zu].category_purchases_per_buyer", i);
        answer_number(answer, found[i].share_of_requirements, "[%zu].share_of_requirements", i);
        answer_number(answer, found[i].sole_buyers, "[%zu].sole_buyers", i);
        answer_number(answer, found[i].repeat_rate, "[%zu].repeat_rate", i);
    }
    return status;
}

static crm_status bond_strength(const struct value *arguments, struct answer *answer) {
    size_t bonds;
    const double *strengths = as_numbers(get(arguments, "strengths"), &bonds);
    crm_bond_strength found;
    crm_status status = crm_bond_strength_of(strengths, bonds, &found);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, found.strength, ".strength");
        answer_number(answer, found.external, ".external");
        answer_number(answer, found.internal, ".internal");
    }
    return status;
}

static void answer_profit(struct answer *answer, const crm_loyalty_year *found, size_t years, int64_t even) {
    for (size_t i = 0; i <= years; i++) {
        answer_number(answer, (double)i, ".years[%zu].year", i);
        answer_decimal(answer, &found[i].acquisition, ".years[%zu].acquisition", i);
        for (size_t effect = 0; effect < 5; effect++) {
            answer_decimal(answer, &found[i].effects[effect], ".years[%zu].effects[%zu]", i, effect);
        }
        answer_decimal(answer, &found[i].total, ".years[%zu].total", i);
        answer_decimal(answer, &found[i].cumulative, ".years[%zu].cumulative", i);
    }
    answer_number(answer, even < 0 ? NAN : (double)even, ".break_even_year");
}

static crm_status loyalty_profit(const struct value *arguments, struct answer *answer) {
    const struct value *effects = get(arguments, "effects");
    crm_decimal cost = as_decimal(get(arguments, "acquisition_cost"));
    size_t years = 0;
    for (size_t i = 0; i < 5; i++) {
        years = effects->items[i].count > years ? effects->items[i].count : years;
    }
    crm_decimal *amounts = working_memory(5 * years, sizeof *amounts);
    for (size_t i = 0; i < 5; i++) {
        for (size_t year = 0; year < effects->items[i].count; year++) {
            amounts[i * years + year] = as_decimal(&effects->items[i].items[year]);
        }
    }
    crm_loyalty_year *found = working_memory(years + 1, sizeof *found);
    int64_t even;
    crm_status status = crm_loyalty_profit(&cost, amounts, years, found, &even);
    if (status == CRM_STATUS_OK) {
        answer_profit(answer, found, years, even);
    }
    return status;
}

static crm_status ledger(const struct value *arguments, crm_ledger **made) {
    size_t rows;
    const double *customers = as_numbers(get(arguments, "customer"), &rows);
    const double *days = as_numbers(get(arguments, "day"), &rows);
    int64_t *ids = working_memory(rows, sizeof *ids);
    int32_t *dates = working_memory(rows, sizeof *dates);
    for (size_t i = 0; i < rows; i++) {
        ids[i] = (int64_t)customers[i];
        dates[i] = (int32_t)days[i];
    }
    crm_log log = {.rows = rows,
                   .customers = ids,
                   .days = dates,
                   .amounts = as_numbers(get(arguments, "amount"), &rows),
                   .costs = as_numbers(get(arguments, "cost"), &rows)};
    return crm_ledger_new(&log, 1, made);
}

enum { ROOM = 8 };

static crm_status tenure_years(const struct value *arguments, struct answer *answer) {
    crm_ledger *log = NULL;
    crm_tenure_year found[ROOM];
    size_t years = 0;
    crm_status status = ledger(arguments, &log);
    if (status == CRM_STATUS_OK) {
        int32_t end = (int32_t)as_number(get(arguments, "observation_end"));
        status = crm_loyalty_tenure_years(log, end, ROOM, found, &years);
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < years; i++) {
        answer_number(answer, (double)i + 1, "[%zu].year", i);
        answer_number(answer, (double)found[i].observed, "[%zu].observed", i);
        answer_number(answer, (double)found[i].active, "[%zu].active", i);
        answer_number(answer, found[i].revenue, "[%zu].revenue", i);
        answer_number(answer, found[i].profit, "[%zu].profit", i);
    }
    crm_ledger_free(log);
    return status;
}

static crm_status loyalty_profit_from_ledger(const struct value *arguments, struct answer *answer) {
    crm_ledger *log = NULL;
    crm_decimal cost = as_decimal(get(arguments, "acquisition_cost"));
    int32_t end = (int32_t)as_number(get(arguments, "observation_end"));
    crm_loyalty_year found[ROOM + 1];
    size_t years = 0;
    int64_t even;
    crm_status status = ledger(arguments, &log);
    if (status == CRM_STATUS_OK) {
        status = crm_loyalty_tenure_years(log, end, 0, NULL, &years);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_loyalty_profit_from_ledger(log, end, &cost, years, found, &even);
    }
    if (status == CRM_STATUS_OK) {
        answer_profit(answer, found, years, even);
    }
    crm_ledger_free(log);
    return status;
}

const struct runner loyalty_runners[] = {
    {"loyalty_classify", loyalty_classify},
    {"loyalty_explain", loyalty_explain},
    {"loyalty_conditions", loyalty_conditions},
    {"net_promoter_score", net_promoter_score},
    {"wallet_allocation", wallet_allocation},
    {"size_of_prize", size_of_prize},
    {"dirichlet_fit", dirichlet_fit},
    {"dirichlet_norms", dirichlet_norms},
    {"bond_strength", bond_strength},
    {"loyalty_profit", loyalty_profit},
    {"tenure_years", tenure_years},
    {"loyalty_profit_from_ledger", loyalty_profit_from_ledger},
    {NULL, NULL},
};
