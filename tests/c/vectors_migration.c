#include "vectors.h"

#include <math.h>
#include <string.h>

static int64_t horizon_of(const struct value *arguments) {
    const struct value *horizon = get(arguments, "horizon");
    return horizon->kind == VALUE_TEXT ? CRM_INFINITE_HORIZON : (int64_t)as_number(horizon);
}

static const size_t *as_sizes(const struct value *list, size_t *count) {
    size_t *sizes = working_memory(list->count, sizeof *sizes);
    for (size_t i = 0; i < list->count; i++) {
        sizes[i] = (size_t)as_number(&list->items[i]);
    }
    *count = list->count;
    return sizes;
}

/* The model of a case, without rewards where it has none. */
static crm_status model_of(const struct value *arguments, struct answer *answer,
                           crm_migration_model **model, size_t *states) {
    const struct value *starts = find(arguments, "row_starts"), *rewards = find(arguments, "rewards");
    const struct value *given = find(arguments, "reward_variance");
    *states = starts ? starts->count - 1 : get(arguments, "transition_matrix")->count;
    const double *amounts = working_memory(*states, sizeof *amounts), *variance = NULL;
    size_t periods = 0, count = *states;
    if (rewards && rewards->items[0].kind == VALUE_LIST) {
        amounts = as_table(rewards, &periods, &count);
    } else if (rewards) {
        amounts = as_numbers(rewards, &count);
    }
    if (count != *states) {
        return inexpressible(answer);
    }
    if (given) {
        variance = as_numbers(given, &count);
    }
    if (!starts) {
        size_t rows, columns;
        const double *matrix = as_table(get(arguments, "transition_matrix"), &rows, &columns);
        return crm_migration_model_new(matrix, rows, amounts, periods, variance, model);
    }
    size_t start_count, entries;
    const size_t *row_starts = as_sizes(starts, &start_count);
    const size_t *columns = as_sizes(get(arguments, "columns"), &entries);
    const double *probabilities = as_numbers(get(arguments, "probabilities"), &entries);
    return crm_migration_model_sparse_new(row_starts, columns, probabilities, *states, entries, amounts,
                                          periods, variance, NULL, model);
}

static crm_status answer_model_value(crm_migration_model *model, const struct value *arguments, size_t states,
                                     struct answer *answer) {
    crm_decimal rate = as_decimal(get(arguments, "discount_rate"));
    double *values = working_memory(states, sizeof *values), bound;
    double *customers = working_memory(states, sizeof *customers);
    size_t *numbers = working_memory(states, sizeof *numbers);
    crm_status status =
        crm_migration_model_value(model, &rate, horizon_of(arguments), states, values, &bound);
    if (status == CRM_STATUS_OK) {
        for (size_t i = 0; i < states; i++) {
            numbers[i] = states - 1 - i;
        }
        status = crm_migration_model_customer_values(model, &rate, horizon_of(arguments), numbers, states, customers);
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < states; i++) {
        /* Wrong values of customers are answered in place of the values, and found. */
        answer_number(answer, customers[states - 1 - i] == values[i] && bound >= 0 ? values[i] : NAN, "[%zu]", i);
    }
    crm_migration_model_free(model);
    return status;
}

static crm_status state_values(const struct value *arguments, struct answer *answer) {
    crm_migration_model *model;
    size_t states;
    crm_status status = model_of(arguments, answer, &model, &states);
    return status == CRM_STATUS_OK ? answer_model_value(model, arguments, states, answer) : status;
}

static crm_status direct_mail_value(const struct value *arguments, struct answer *answer) {
    size_t recencies;
    const crm_decimal *repurchase = as_decimals(get(arguments, "repurchase"), &recencies);
    crm_decimal margin = as_decimal(get(arguments, "margin")), cost = as_decimal(get(arguments, "contact_cost"));
    crm_migration_model *model;
    crm_status status = crm_direct_mail_new(repurchase, recencies, &margin, &cost, &model);
    return status == CRM_STATUS_OK ? answer_model_value(model, arguments, recencies + 1, answer) : status;
}

static crm_status state_moments(const struct value *arguments, struct answer *answer) {
    crm_migration_model *model;
    size_t states;
    crm_status status = model_of(arguments, answer, &model, &states);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    crm_decimal rate = as_decimal(get(arguments, "discount_rate"));
    double *mean = working_memory(states, sizeof *mean), *variance = working_memory(states, sizeof *variance);
    status = crm_migration_model_moments(model, &rate, horizon_of(arguments), states, mean, variance);
    crm_migration_model_free(model);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, mean, states, ".mean");
        answer_numbers(answer, variance, states, ".variance");
    }
    return status;
}

static crm_status cohort_distribution(const struct value *arguments, struct answer *answer) {
    crm_migration_model *model;
    size_t states, count;
    crm_status status = model_of(arguments, answer, &model, &states);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    const double *initial = as_numbers(get(arguments, "initial"), &count);
    uint32_t last = (uint32_t)as_number(get(arguments, "last"));
    double *rows = working_memory((last + 1) * states, sizeof *rows);
    status = crm_migration_model_distribution(model, initial, count, last, rows);
    crm_migration_model_free(model);
    for (size_t i = 0; status == CRM_STATUS_OK && i < (last + 1) * states; i++) {
        answer_number(answer, rows[i], "[%zu][%zu]", i / states, i % states);
    }
    return status;
}

static crm_status cohort_occupancy(const struct value *arguments, struct answer *answer) {
    crm_migration_model *model;
    size_t states, count;
    crm_status status = model_of(arguments, answer, &model, &states);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    const double *initial = as_numbers(get(arguments, "initial"), &count);
    crm_decimal rate = as_decimal(get(arguments, "discount_rate"));
    double *periods = working_memory(states, sizeof *periods);
    status = crm_migration_model_occupancy(model, initial, count, &rate, horizon_of(arguments), periods);
    crm_migration_model_free(model);
    for (size_t i = 0; status == CRM_STATUS_OK && i < states; i++) {
        if (isinf(periods[i])) {
            answer_text(answer, "infinite", "[%zu]", i);
        } else {
            answer_number(answer, periods[i], "[%zu]", i);
        }
    }
    return status;
}

static crm_status absorption(const struct value *arguments, struct answer *answer) {
    crm_migration_model *model;
    size_t states, classes = 0;
    crm_status status = model_of(arguments, answer, &model, &states);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    int64_t *of_states = working_memory(states, sizeof *of_states);
    status = crm_migration_model_structure(model, states, of_states, &classes);
    double *rows = working_memory(states * classes, sizeof *rows), *periods = working_memory(states, sizeof *periods);
    if (status == CRM_STATUS_OK) {
        status = crm_migration_model_absorption(model, states, classes, rows, periods);
    }
    crm_migration_model_free(model);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, periods, states, ".expected_periods");
        for (size_t i = 0; i < states; i++) {
            answer_number(answer, (double)of_states[i], ".recurrent_class[%zu]", i);
            for (size_t c = 0; c < classes; c++) {
                answer_number(answer, rows[i * classes + c], ".probabilities[%zu][%zu]", i, c);
            }
        }
    }
    return status;
}

static crm_status stationary_distribution(const struct value *arguments, struct answer *answer) {
    crm_migration_model *model;
    size_t states;
    crm_status status = model_of(arguments, answer, &model, &states);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    double *found = working_memory(states, sizeof *found);
    status = crm_migration_model_stationary_distribution(model, states, found);
    crm_migration_model_free(model);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, found, states, "");
    }
    return status;
}

static crm_status process_of(const struct value *arguments, crm_decision_process **process, size_t *states) {
    const struct value *tables = get(arguments, "transitions"), *given = find(arguments, "available");
    size_t actions, rows, columns;
    const double *rewards = as_table(get(arguments, "rewards"), &actions, states);
    size_t size = *states * *states;
    double *transitions = working_memory(actions * size, sizeof *transitions);
    uint8_t *available = NULL;
    for (size_t action = 0; action < actions; action++) {
        const double *table = as_table(&tables->items[action], &rows, &columns);
        memcpy(transitions + action * size, table, size * sizeof *table);
    }
    if (given) {
        available = working_memory(actions * *states, sizeof *available);
        for (size_t i = 0; i < actions * *states; i++) {
            available[i] = given->items[i / *states].items[i % *states].number != 0;
        }
    }
    return crm_decision_process_new(transitions, rewards, available, *states, (uint32_t)actions, process);
}

static crm_status answer_policy(crm_decision_process *process, const struct value *arguments, size_t states,
                                int with_start, struct answer *answer) {
    const struct value *given = find(arguments, "start");
    crm_decimal rate = as_decimal(get(arguments, "discount_rate"));
    uint32_t *policy = working_memory(states, sizeof *policy), *start = NULL;
    double *value = working_memory(states, sizeof *value), *before = working_memory(states, sizeof *before);
    if (given) {
        start = working_memory(states, sizeof *start);
        for (size_t i = 0; i < states; i++) {
            start[i] = (uint32_t)as_number(&given->items[i]);
        }
    }
    crm_status status =
        crm_decision_process_policy_iteration(process, &rate, start, states, policy, value, before, NULL);
    crm_decision_process_free(process);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, value, states, ".value");
        if (with_start) {
            answer_numbers(answer, before, states, ".start_value");
        }
        for (size_t i = 0; i < states; i++) {
            answer_number(answer, policy[i], ".policy[%zu]", i);
        }
    }
    return status;
}

static crm_status policy_iteration(const struct value *arguments, struct answer *answer) {
    crm_decision_process *process;
    size_t states;
    crm_status status = process_of(arguments, &process, &states);
    return status == CRM_STATUS_OK ? answer_policy(process, arguments, states, 1, answer) : status;
}

static crm_status contact_policy(const struct value *arguments, struct answer *answer) {
    size_t recencies;
    const crm_decimal *repurchase = as_decimals(get(arguments, "repurchase"), &recencies);
    crm_decimal margin = as_decimal(get(arguments, "margin")), cost = as_decimal(get(arguments, "contact_cost"));
    crm_decision_process *process;
    crm_status status = crm_contact_decision_new(repurchase, recencies, &margin, &cost, &process);
    return status == CRM_STATUS_OK ? answer_policy(process, arguments, recencies + 1, 0, answer) : status;
}

static crm_status backward_induction(const struct value *arguments, struct answer *answer) {
    crm_decision_process *process;
    size_t states;
    crm_status status = process_of(arguments, &process, &states);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    crm_decimal rate = as_decimal(get(arguments, "discount_rate"));
    uint32_t last = (uint32_t)as_number(get(arguments, "last"));
    uint32_t *actions = working_memory((last + 1) * states, sizeof *actions);
    double *value = working_memory(states, sizeof *value);
    status = crm_decision_process_backward_induction(process, &rate, last, states, actions, value);
    crm_decision_process_free(process);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, value, states, ".value");
        for (size_t i = 0; i < (last + 1) * states; i++) {
            answer_number(answer, actions[i], ".actions[%zu][%zu]", i / states, i % states);
        }
    }
    return status;
}

static crm_contact_timing contact_of(const struct value *arguments) {
    const char *name = as_text(get(arguments, "contact"));
    crm_contact_timing contact = CRM_CONTACT_TIMING_START;
    while (strcmp(name, crm_contact_timing_name(contact)) != 0) {
        contact++;
    }
    return contact;
}

static crm_status always_a_share(const struct value *arguments, struct answer *answer) {
    size_t recencies;
    const crm_decimal *repurchase = as_decimals(get(arguments, "repurchase"), &recencies);
    crm_decimal margin = as_decimal(get(arguments, "margin")), cost = as_decimal(get(arguments, "contact_cost"));
    crm_decimal rate = as_decimal(get(arguments, "discount_rate")), value;
    uint64_t periods = (uint64_t)as_number(get(arguments, "periods"));
    crm_share_period *rows = working_memory(periods + 1, sizeof *rows);
    crm_status status = crm_always_a_share(&margin, &cost, repurchase, recencies, &rate, periods,
                                           contact_of(arguments), &value, rows);
    if (status == CRM_STATUS_OK) {
        answer_decimal(answer, &value, ".value");
        for (size_t i = 0; i <= periods; i++) {
            answer_decimal(answer, &rows[i].expected_purchases, ".expected_purchases[%zu]", i);
            answer_decimal(answer, &rows[i].expected_contacts, ".expected_contacts[%zu]", i);
            answer_decimal(answer, &rows[i].flow, ".flow[%zu]", i);
            answer_decimal(answer, &rows[i].present_value, ".present_value[%zu]", i);
        }
    }
    return status;
}

static crm_status always_a_share_values(const struct value *arguments, struct answer *answer) {
    const struct value *given = get(arguments, "repurchase"), *cost_given = get(arguments, "contact_cost");
    size_t customers, tables = 1, recencies, count, cost_stride = 0;
    const double *margin = as_numbers(get(arguments, "margin"), &customers);
    const double *repurchase = given->items[0].kind == VALUE_LIST ? as_table(given, &tables, &recencies)
                                                                   : as_numbers(given, &recencies);
    double one_cost, *values = working_memory(customers, sizeof *values);
    const double *cost = &one_cost;
    if (cost_given->kind == VALUE_LIST) {
        cost = as_numbers(cost_given, &count);
        cost_stride = 1;
    } else {
        one_cost = as_number(cost_given);
    }
    crm_status status = crm_always_a_share_values(
        customers, margin, 1, cost, cost_stride, repurchase, tables, recencies,
        as_number(get(arguments, "discount_rate")), (uint64_t)as_number(get(arguments, "periods")),
        contact_of(arguments), values);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, values, customers, "");
    }
    return status;
}

const struct runner migration_runners[] = {{"state_values", state_values},
                                           {"state_moments", state_moments},
                                           {"cohort_distribution", cohort_distribution},
                                           {"cohort_occupancy", cohort_occupancy},
                                           {"absorption", absorption},
                                           {"stationary_distribution", stationary_distribution},
                                           {"policy_iteration", policy_iteration},
                                           {"backward_induction", backward_induction},
                                           {"direct_mail_value", direct_mail_value},
                                           {"contact_policy", contact_policy},
                                           {"always_a_share", always_a_share},
                                           {"always_a_share_values", always_a_share_values},
                                           {NULL, NULL}};
