/* Runners of tests/vectors/idic.json. */
#include "vectors.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *channel_name(int32_t number) { return crm_channel_name((crm_channel)number); }
static const char *direction_name(int32_t number) { return crm_contact_direction_name((crm_contact_direction)number); }
static const char *purpose_name(int32_t number) { return crm_contact_purpose_name((crm_contact_purpose)number); }
static const char *outcome_name(int32_t number) { return crm_contact_outcome_name((crm_contact_outcome)number); }
static const char *scaling_name(int32_t number) { return crm_cluster_scaling_name((crm_cluster_scaling)number); }
static const char *rule_name(int32_t number) { return crm_choice_rule_name((crm_choice_rule)number); }

/* Writes a value as JSON; returns how many bytes it takes. */
static size_t write_json(const struct value *value, char *out, size_t room) {
    size_t used = 0;
    switch (value->kind) {
    case VALUE_NULL:
        return (size_t)snprintf(out, room, "null");
    case VALUE_BOOL:
        return (size_t)snprintf(out, room, value->number != 0 ? "true" : "false");
    case VALUE_NUMBER:
        return (size_t)snprintf(out, room, "%s", value->text);
    case VALUE_TEXT:
        return (size_t)snprintf(out, room, "\"%s\"", value->text);
    case VALUE_LIST:
    case VALUE_OBJECT:
        used += (size_t)snprintf(out, room, value->kind == VALUE_LIST ? "[" : "{");
        for (size_t i = 0; i < value->count; i++) {
            used += (size_t)snprintf(out + used, room - used, i ? "," : "");
            if (value->kind == VALUE_OBJECT) {
                used += (size_t)snprintf(out + used, room - used, "\"%s\":", value->names[i]);
            }
            used += write_json(&value->items[i], out + used, room - used);
        }
        return used + (size_t)snprintf(out + used, room - used, value->kind == VALUE_LIST ? "]" : "}");
    }
    return used;
}

static uint32_t *codes(const struct value *list) {
    uint32_t *made = working_memory(list->count, sizeof *made);
    for (size_t i = 0; i < list->count; i++) {
        made[i] = (uint32_t)as_number(&list->items[i]);
    }
    return made;
}

static const uint32_t *const *code_columns(const struct value *list) {
    const uint32_t **made = working_memory(list->count, sizeof *made);
    for (size_t i = 0; i < list->count; i++) {
        made[i] = codes(&list->items[i]);
    }
    return made;
}

static const double *const *columns_of(const struct value *list, size_t *rows) {
    const double **made = working_memory(list->count, sizeof *made);
    for (size_t i = 0; i < list->count; i++) {
        made[i] = as_numbers(&list->items[i], rows);
    }
    return made;
}

static crm_status may_contact(const struct value *arguments, struct answer *answer) {
    const struct value *agreed = get(arguments, "consent"), *given = get(arguments, "contacts");
    crm_contact *contacts = working_memory(given->count, sizeof *contacts);
    crm_contact_policy *policy = NULL;
    uint8_t consent[9] = {0};
    char json[1024];
    int32_t verdict;
    write_json(get(arguments, "policy"), json, sizeof json);
    for (size_t i = 0; i < agreed->count; i++) {
        consent[as_member(&agreed->items[i], channel_name)] = 1;
    }
    for (size_t i = 0; i < given->count; i++) {
        const struct value *each = &given->items[i];
        contacts[i].at = (int64_t)as_number(get(each, "at"));
        contacts[i].channel = (crm_channel)as_member(get(each, "channel"), channel_name);
        contacts[i].direction = (crm_contact_direction)as_member(get(each, "direction"), direction_name);
        contacts[i].purpose = (crm_contact_purpose)as_member(get(each, "purpose"), purpose_name);
        contacts[i].outcome = (crm_contact_outcome)as_member(get(each, "outcome"), outcome_name);
    }
    crm_status status = crm_contact_policy_new(json, &policy);
    if (status == CRM_STATUS_OK) {
        status = crm_contact_policy_ask(policy, consent, contacts, given->count,
                                        get(arguments, "has_open_complaint")->number != 0,
                                        (crm_channel)as_member(get(arguments, "channel"), channel_name),
                                        (crm_contact_purpose)as_member(get(arguments, "purpose"), purpose_name),
                                        (int64_t)as_number(get(arguments, "now")), &verdict);
    }
    if (status == CRM_STATUS_OK) {
        answer_text(answer,
                    verdict == CRM_CONTACT_ALLOWED ? "allowed" : crm_contact_refusal_name((crm_contact_refusal)verdict),
                    "");
    }
    crm_contact_policy_free(policy);
    return status;
}

static crm_status preference_belief(const struct value *arguments, struct answer *answer) {
    const struct value *seen = get(arguments, "observations");
    size_t choices = (size_t)as_number(get(arguments, "choices"));
    crm_decimal confidence = as_decimal(get(arguments, "confidence"));
    crm_preference_belief *found = working_memory(choices, sizeof *found);
    crm_preference_memory *memory = NULL, *again = NULL;
    char json[1024];
    crm_status status = crm_preference_memory_new(choices, as_number(get(arguments, "prior")),
                                                  as_number(get(arguments, "half_life")), &memory);
    for (size_t i = 0; status == CRM_STATUS_OK && i < seen->count; i++) {
        const struct value *each = &seen->items[i];
        status = crm_preference_memory_observe(memory, (size_t)as_number(get(each, "choice")),
                                               as_number(get(each, "weight")), (int64_t)as_number(get(each, "at")));
    }
    if (status == CRM_STATUS_OK) {
        status = crm_preference_memory_to_json(memory, json, sizeof json);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_preference_memory_from_json_new(json, &again);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_preference_memory_belief(again, (int64_t)as_number(get(arguments, "at")), &confidence, found,
                                              choices);
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < choices; i++) {
        answer_number(answer, found[i].parameter, ".parameters[%zu]", i);
        answer_number(answer, found[i].probability, ".probability[%zu]", i);
        answer_number(answer, found[i].lower, ".lower[%zu]", i);
        answer_number(answer, found[i].upper, ".upper[%zu]", i);
    }
    crm_preference_memory_free(again);
    crm_preference_memory_free(memory);
    return status;
}

static crm_status specifications(const struct value *arguments, struct answer *answer) {
    const struct value *said = get(arguments, "said"), *asked = get(arguments, "asked");
    crm_specifications *known = NULL, *again = NULL;
    char text[1024];
    size_t count = 0, size = 0;
    crm_status status = crm_specifications_new(&known);
    for (size_t i = 0; status == CRM_STATUS_OK && i < said->count; i++) {
        const struct value *each = &said->items[i];
        int32_t remembered = -1;
        status = crm_specifications_remember(known, as_text(get(each, "subject")), as_text(get(each, "value")),
                                             (int64_t)as_number(get(each, "at")), &remembered);
        answer_number(answer, remembered, ".remembered[%zu]", i);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_specifications_json_size(known, &size);
    }
    if (status == CRM_STATUS_OK) {
        char *json = working_memory(size, 1);
        status = crm_specifications_to_json(known, json, size);
        if (status == CRM_STATUS_OK) {
            status = crm_specifications_from_json_new(json, &again);
        }
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < asked->count; i++) {
        int64_t at = 0;
        status = crm_specifications_recall(again, as_text(&asked->items[i]), text, sizeof text, &at);
        if (status == CRM_STATUS_OK) {
            answer_text(answer, text, ".value[%zu]", i);
            answer_number(answer, (double)at, ".at[%zu]", i);
        } else if (status == CRM_STATUS_NOT_FOUND) {
            answer_number(answer, NAN, ".value[%zu]", i);
            answer_number(answer, NAN, ".at[%zu]", i);
            status = CRM_STATUS_OK;
        }
    }
    if (status == CRM_STATUS_OK) {
        status = crm_specifications_count(again, &count);
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < count; i++) {
        status = crm_specifications_subject(again, i, text, sizeof text);
        answer_text(answer, text, ".subjects[%zu]", i);
    }
    if (status == CRM_STATUS_OK) {
        size_t erased = 0;
        status = crm_specifications_erase(again, &erased);
        answer_number(answer, (double)erased, ".erased");
    }
    crm_specifications_free(again);
    crm_specifications_free(known);
    return status;
}

static crm_status action_chooser(const struct value *arguments, struct answer *answer) {
    const struct value *options = get(arguments, "options"), *rounds = get(arguments, "rounds");
    size_t actions = get(options, "actions")->count, features = get(options, "features")->count;
    crm_action_score *scores = working_memory(actions + 1, sizeof *scores);
    double *coefficients = working_memory(features + 1, sizeof *coefficients);
    crm_action_chooser *chooser = NULL;
    char json[1024];
    write_json(options, json, sizeof json);
    crm_status status = crm_action_chooser_new(json, &chooser);
    for (size_t i = 0; status == CRM_STATUS_OK && i < rounds->count; i++) {
        const struct value *each = &rounds->items[i];
        size_t given, asked, size;
        const double *context = as_numbers(get(each, "features"), &given);
        crm_action_decision decision;
        status = crm_action_chooser_decide(chooser, (uint64_t)as_number(get(each, "customer")), context, given,
                                           as_flags(get(each, "eligible"), &asked), actions, (int64_t)i * 3600, &decision, scores);
        if (status != CRM_STATUS_OK) {
            break;
        }
        answer_number(answer, (double)decision.action, ".action[%zu]", i);
        for (size_t action = 0; action <= actions; action++) {
            answer_number(answer, scores[action].mean, ".mean[%zu][%zu]", i, action);
            answer_number(answer, scores[action].standard_error, ".standard_error[%zu][%zu]", i, action);
        }
        /* The state goes through its stored form in every round. */
        status = crm_action_chooser_state_size(chooser, &size);
        char *state = working_memory(size, 1);
        if (status == CRM_STATUS_OK) {
            status = crm_action_chooser_state(chooser, state, size);
        }
        crm_action_chooser_free(chooser);
        chooser = NULL;
        if (status == CRM_STATUS_OK) {
            status = crm_action_chooser_from_state_new(state, &chooser);
        }
        if (status == CRM_STATUS_OK) {
            status = crm_action_chooser_reward(chooser, decision.id,
                                               as_number(&get(each, "rewards")->items[decision.action]), NULL);
        }
    }
    for (size_t action = 0; status == CRM_STATUS_OK && action <= actions; action++) {
        status = crm_action_chooser_coefficients(chooser, action, coefficients, features + 1);
        for (size_t i = 0; i <= features; i++) {
            answer_number(answer, coefficients[i], ".coefficients[%zu][%zu]", action, i);
        }
    }
    crm_action_chooser_free(chooser);
    return status;
}

static void answer_value(struct answer *answer, const crm_policy_value *found, const char *path) {
    answer_number(answer, found->value, "%s.value", path);
    answer_number(answer, found->standard_error, "%s.standard_error", path);
    answer_number(answer, found->lower, "%s.lower", path);
    answer_number(answer, found->upper, "%s.upper", path);
}

static crm_status evaluate_policy(const struct value *arguments, struct answer *answer) {
    const struct value *model = get(arguments, "expected_of_action");
    int has_model = model->kind != VALUE_NULL;
    size_t rows;
    crm_decimal confidence = as_decimal(get(arguments, "confidence"));
    crm_logged_decisions log = {as_numbers(get(arguments, "reward"), &rows),
                                as_numbers(get(arguments, "probability"), &rows),
                                as_numbers(get(arguments, "target_probability"), &rows),
                                has_model ? as_numbers(model, &rows) : NULL,
                                has_model ? as_numbers(get(arguments, "expected_of_policy"), &rows) : NULL,
                                as_number(get(arguments, "largest_weight")),
                                rows};
    crm_policy_evaluation found;
    crm_status status = crm_evaluate_policy(&log, &confidence, &found);
    if (status == CRM_STATUS_OK) {
        answer_value(answer, &found.logged, ".logged");
        answer_value(answer, &found.inverse_propensity, ".inverse_propensity");
        answer_value(answer, &found.self_normalized, ".self_normalized");
        if (has_model) {
            answer_value(answer, &found.doubly_robust, ".doubly_robust");
        } else {
            answer_number(answer, found.doubly_robust.value, ".doubly_robust");
        }
        answer_number(answer, found.effective_decisions, ".effective_decisions");
        answer_number(answer, (double)found.cut, ".cut");
    }
    return status;
}

static crm_status assigned(const struct value *arguments, struct answer *answer, int32_t **offer,
                           crm_assignment_summary *summary, size_t *customers) {
    const struct value *values = get(arguments, "values"), *terms = get(arguments, "offers");
    const double **columns = working_memory(values->count, sizeof *columns);
    crm_offer *offers = working_memory(values->count, sizeof *offers);
    if (terms->count != values->count) {
        return inexpressible(answer);
    }
    for (size_t i = 0; i < values->count; i++) {
        const double *given = as_numbers(&values->items[i], customers);
        double *column = working_memory(*customers, sizeof *column);
        for (size_t row = 0; row < *customers; row++) {
            column[row] = given[row] == -1e300 ? -INFINITY : given[row];
        }
        columns[i] = column;
        const struct value *capacity = get(&terms->items[i], "capacity");
        offers[i].cost = as_number(get(&terms->items[i], "cost"));
        offers[i].capacity = capacity->kind == VALUE_NULL ? -1 : (int64_t)as_number(capacity);
    }
    *offer = working_memory(*customers, sizeof **offer);
    return crm_assign_offers(columns, offers, terms->count, *customers, as_number(get(arguments, "budget")), *offer,
                             NULL, NULL, summary);
}

static crm_status assign(const struct value *arguments, struct answer *answer) {
    int32_t *offer;
    size_t customers;
    crm_assignment_summary summary;
    crm_status status = assigned(arguments, answer, &offer, &summary, &customers);
    if (status == CRM_STATUS_OK) {
        for (size_t i = 0; i < customers; i++) {
            answer_number(answer, offer[i] == CRM_NO_OFFER ? NAN : (double)offer[i], ".offer[%zu]", i);
        }
        answer_number(answer, summary.value, ".value");
        answer_number(answer, summary.cost, ".cost");
    }
    return status;
}

static crm_status assign_bound(const struct value *arguments, struct answer *answer) {
    int32_t *offer;
    size_t customers;
    crm_assignment_summary summary;
    crm_status status = assigned(arguments, answer, &offer, &summary, &customers);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, summary.bound, "");
    }
    return status;
}

static size_t *level_counts(const struct value *attributes, size_t *total) {
    size_t *levels = working_memory(attributes->count, sizeof *levels);
    *total = 0;
    for (size_t i = 0; i < attributes->count; i++) {
        levels[i] = get(&attributes->items[i], "levels")->count;
        *total += levels[i];
    }
    return levels;
}

static void answer_worths(struct answer *answer, const crm_level_worth *worths, const size_t *levels, size_t attributes,
                          const double *importance) {
    for (size_t i = 0; i < attributes; i++) {
        for (size_t level = 0; level < levels[i]; level++) {
            answer_number(answer, worths->worth, ".levels[%zu].worth[%zu]", i, level);
            answer_number(answer, worths->standard_error, ".levels[%zu].standard_error[%zu]", i, level);
            worths++;
        }
        answer_number(answer, importance[i], ".importance[%zu]", i);
    }
}

static crm_status fit_ratings(const struct value *arguments, struct answer *answer) {
    const struct value *attributes = get(arguments, "attributes");
    size_t total, rows;
    size_t *levels = level_counts(attributes, &total);
    const double *ratings = as_numbers(get(arguments, "ratings"), &rows);
    crm_level_worth *worths = working_memory(total, sizeof *worths);
    double *importance = working_memory(attributes->count, sizeof *importance);
    crm_rating_fit fit;
    crm_status status = crm_fit_ratings(levels, attributes->count, code_columns(get(arguments, "products")), ratings,
                                        rows, worths, importance, &fit);
    if (status == CRM_STATUS_OK) {
        answer_worths(answer, worths, levels, attributes->count, importance);
        answer_number(answer, fit.intercept, ".intercept");
        answer_number(answer, fit.r_squared, ".r_squared");
        answer_number(answer, (double)fit.degrees_of_freedom, ".degrees_of_freedom");
    }
    return status;
}

static crm_status fit_choices(const struct value *arguments, struct answer *answer) {
    const struct value *attributes = get(arguments, "attributes"), *set = get(arguments, "set");
    size_t total, chosen_count;
    size_t *levels = level_counts(attributes, &total);
    const uint8_t *chosen = as_flags(get(arguments, "chosen"), &chosen_count);
    uint64_t *sets = working_memory(set->count, sizeof *sets);
    crm_level_worth *worths = working_memory(total, sizeof *worths);
    double *importance = working_memory(attributes->count, sizeof *importance);
    crm_choice_fit fit;
    for (size_t i = 0; i < set->count; i++) {
        sets[i] = (uint64_t)as_number(&set->items[i]);
    }
    crm_status status = crm_fit_choices(levels, attributes->count, code_columns(get(arguments, "products")), sets,
                                        chosen, set->count, worths, importance, &fit);
    if (status == CRM_STATUS_OK) {
        answer_worths(answer, worths, levels, attributes->count, importance);
        answer_number(answer, fit.log_likelihood, ".log_likelihood");
        answer_number(answer, fit.null_log_likelihood, ".null_log_likelihood");
    }
    return status;
}

static crm_status choice_shares(const struct value *arguments, struct answer *answer) {
    const struct value *utilities = get(arguments, "utilities");
    size_t respondents;
    const double *const *columns = columns_of(utilities, &respondents);
    double *shares = working_memory(utilities->count, sizeof *shares);
    crm_status status =
        crm_choice_shares(columns, utilities->count, respondents,
                          (crm_choice_rule)as_member(get(arguments, "rule"), rule_name), shares);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, shares, utilities->count, "");
    }
    return status;
}

static const crm_cluster_options usual = {0, 10, 300};

static crm_status k_means(const struct value *arguments, struct answer *answer) {
    const struct value *columns = get(arguments, "columns");
    size_t rows, count = columns->count, clusters = (size_t)as_number(get(arguments, "clusters"));
    const double *const *needs = columns_of(columns, &rows);
    uint32_t *cluster = working_memory(rows, sizeof *cluster);
    double *centers = working_memory(clusters * count, sizeof *centers);
    crm_clustering found;
    crm_status status = crm_k_means(needs, count, rows, clusters,
                                    (crm_cluster_scaling)as_member(get(arguments, "scaling"), scaling_name),
                                    &usual, cluster, centers, &found);
    if (status == CRM_STATUS_OK) {
        for (size_t i = 0; i < rows; i++) {
            answer_number(answer, cluster[i], ".cluster[%zu]", i);
        }
        for (size_t i = 0; i < clusters * count; i++) {
            answer_number(answer, centers[i], ".centers[%zu][%zu]", i / count, i % count);
        }
        answer_number(answer, found.cost, ".inertia");
        answer_number(answer, found.explained, ".explained");
    }
    return status;
}

static crm_status k_modes(const struct value *arguments, struct answer *answer) {
    const struct value *columns = get(arguments, "columns");
    size_t rows = columns->items[0].count, count = columns->count;
    size_t clusters = (size_t)as_number(get(arguments, "clusters"));
    uint32_t *cluster = working_memory(rows, sizeof *cluster);
    uint32_t *modes = working_memory(clusters * count, sizeof *modes);
    crm_clustering found;
    crm_status status =
        crm_k_modes(code_columns(columns), count, rows, clusters, &usual, cluster, modes, &found);
    if (status == CRM_STATUS_OK) {
        for (size_t i = 0; i < rows; i++) {
            answer_number(answer, cluster[i], ".cluster[%zu]", i);
        }
        for (size_t i = 0; i < clusters * count; i++) {
            answer_number(answer, modes[i], ".modes[%zu][%zu]", i / count, i % count);
        }
        answer_number(answer, found.cost, ".cost");
    }
    return status;
}

static crm_status silhouette(const struct value *arguments, struct answer *answer) {
    const struct value *columns = get(arguments, "columns");
    size_t rows;
    const double *const *needs = columns_of(columns, &rows);
    double *found = working_memory(rows, sizeof *found);
    crm_status status = crm_silhouette(needs, columns->count, codes(get(arguments, "cluster")), rows,
                                       (crm_cluster_scaling)as_member(get(arguments, "scaling"), scaling_name),
                                       found);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, found, rows, "");
    }
    return status;
}

static crm_status category_silhouette(const struct value *arguments, struct answer *answer) {
    const struct value *columns = get(arguments, "columns");
    size_t rows = columns->items[0].count;
    double *found = working_memory(rows, sizeof *found);
    crm_status status = crm_category_silhouette(code_columns(columns), columns->count,
                                                codes(get(arguments, "cluster")), rows, found);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, found, rows, "");
    }
    return status;
}

static crm_status choose_modes(const struct value *arguments, struct answer *answer) {
    const struct value *columns = get(arguments, "columns");
    size_t most = (size_t)as_number(get(arguments, "most"));
    crm_cluster_count *found = working_memory(most, sizeof *found);
    crm_status status =
        crm_choose_modes(code_columns(columns), columns->count, columns->items[0].count, most, &usual, found);
    for (size_t i = 0; status == CRM_STATUS_OK && i + 1 < most; i++) {
        answer_number(answer, found[i].clusters, "[%zu].clusters", i);
        answer_number(answer, found[i].silhouette, "[%zu].silhouette", i);
        answer_number(answer, found[i].inertia, "[%zu].inertia", i);
    }
    return status;
}

const struct runner idic_runners[] = {
    {"may_contact", may_contact},
    {"preference_belief", preference_belief},
    {"specifications", specifications},
    {"action_chooser", action_chooser},
    {"evaluate_policy", evaluate_policy},
    {"assign", assign},
    {"assign_bound", assign_bound},
    {"fit_ratings", fit_ratings},
    {"fit_choices", fit_choices},
    {"choice_shares", choice_shares},
    {"k_means", k_means},
    {"k_modes", k_modes},
    {"silhouette", silhouette},
    {"category_silhouette", category_silhouette},
    {"choose_modes", choose_modes},
    {NULL, NULL},
};
