/* Runners of tests/vectors/sensitivity.json. */
#include "vectors.h"

#include <math.h>
#include <string.h>

static crm_status kernel_tornado(const struct value *arguments, struct answer *answer) {
    const struct value *given = get(arguments, "factors");
    const crm_kernel *kernel;
    crm_status status = crm_kernel_find(as_text(get(arguments, "kernel")), &kernel);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    size_t count = crm_kernel_argument_count(kernel);
    crm_decimal *values = working_memory(count, sizeof *values), base_value;
    for (size_t i = 0; i < count; i++) {
        values[i] = as_decimal(get(get(arguments, "values"), crm_kernel_argument_name(kernel, i)));
    }
    crm_factor *factors = working_memory(given->count, sizeof *factors);
    for (size_t i = 0; i < given->count; i++) {
        const char *kind = as_text(get(&given->items[i], "kind"));
        factors[i].argument = as_text(get(&given->items[i], "name"));
        factors[i].kind = strcmp(kind, "relative") == 0 ? CRM_CHANGE_KIND_RELATIVE : CRM_CHANGE_KIND_ABSOLUTE;
        factors[i].amount = as_decimal(get(&given->items[i], "amount"));
    }
    crm_sensitivity *rows = working_memory(given->count, sizeof *rows);
    status = crm_kernel_tornado(kernel, values, count, factors, given->count, rows, &base_value);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    answer_decimal(answer, &base_value, ".base_value");
    for (size_t i = 0; i < given->count; i++) {
        const crm_sensitivity *row = &rows[i];
        answer_text(answer, factors[row->factor].argument, ".sensitivities[%zu].name", i);
        answer_decimal(answer, &row->base, ".sensitivities[%zu].base", i);
        answer_decimal(answer, &row->low, ".sensitivities[%zu].low", i);
        answer_decimal(answer, &row->high, ".sensitivities[%zu].high", i);
        answer_number(answer, row->clipped_low, ".sensitivities[%zu].clipped_low", i);
        answer_number(answer, row->clipped_high, ".sensitivities[%zu].clipped_high", i);
        answer_decimal(answer, &row->value_low, ".sensitivities[%zu].value_low", i);
        answer_decimal(answer, &row->value_high, ".sensitivities[%zu].value_high", i);
        answer_decimal(answer, &row->swing, ".sensitivities[%zu].swing", i);
        if (row->has_elasticity) {
            answer_decimal(answer, &row->elasticity, ".sensitivities[%zu].elasticity", i);
        } else {
            answer_number(answer, NAN, ".sensitivities[%zu].elasticity", i);
        }
    }
    return status;
}

const struct runner sensitivity_runners[] = {{"kernel_tornado", kernel_tornado}, {NULL, NULL}};
