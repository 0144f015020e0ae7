/* Runners of tests/vectors/acquisition.json for what is not a kernel. */
#include "vectors.h"

static crm_response_curve curve_of(const struct value *curve) {
    crm_response_curve made = {as_decimal(get(curve, "ceiling")), as_decimal(get(curve, "steepness"))};
    return made;
}

static crm_equity_model model_of(const struct value *arguments) {
    crm_equity_model model = {as_decimal(get(arguments, "margin")), as_decimal(get(arguments, "discount_rate")),
                              curve_of(get(arguments, "acquisition")), curve_of(get(arguments, "retention"))};
    return model;
}

static void answer_spending(struct answer *answer, const crm_equity_spending *spending, const char *name) {
    answer_decimal(answer, &spending->spend, ".%s.spend", name);
    answer_decimal(answer, &spending->rate, ".%s.rate", name);
    answer_decimal(answer, &spending->marginal_value, ".%s.marginal_value", name);
    answer_number(answer, spending->corner, ".%s.corner", name);
}

static crm_status answered(crm_status status, const crm_equity_plan *plan, struct answer *answer) {
    if (status == CRM_STATUS_OK) {
        answer_spending(answer, &plan->acquisition, "acquisition");
        answer_spending(answer, &plan->retention, "retention");
        answer_decimal(answer, &plan->customer_value, ".customer_value");
        answer_decimal(answer, &plan->equity, ".equity");
        answer_decimal(answer, &plan->outlay, ".outlay");
        answer_decimal(answer, &plan->budget_value, ".budget_value");
    }
    return status;
}

static crm_status equity_at(const struct value *arguments, struct answer *answer) {
    crm_equity_model model = model_of(arguments);
    crm_decimal acquisition = as_decimal(get(arguments, "acquisition_spend"));
    crm_decimal retention = as_decimal(get(arguments, "retention_spend"));
    crm_equity_plan plan;
    return answered(crm_equity_at(&model, &acquisition, &retention, &plan), &plan, answer);
}

static crm_status equity_optimum(const struct value *arguments, struct answer *answer) {
    crm_equity_model model = model_of(arguments);
    const struct value *given = find(arguments, "budget");
    crm_equity_plan plan;
    if (!given) {
        return answered(crm_equity_optimum(&model, &plan), &plan, answer);
    }
    crm_decimal budget = as_decimal(given);
    return answered(crm_equity_optimum_within(&model, &budget, &plan), &plan, answer);
}

const struct runner acquisition_runners[] = {
    {"equity_at", equity_at},
    {"equity_optimum", equity_optimum},
    {NULL, NULL},
};
