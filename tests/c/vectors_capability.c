/* Runners of tests/vectors/capability.json. */
#include "vectors.h"

#include <math.h>
#include <string.h>

static crm_random_index random_index(const struct value *arguments) {
    const char *name = as_text(get(arguments, "random_index"));
    crm_random_index table = CRM_RANDOM_INDEX_SAATY1980;
    while (strcmp(crm_random_index_name(table), name) != 0) {
        table++;
    }
    return table;
}

static crm_status ahp_priorities(const struct value *arguments, struct answer *answer) {
    size_t entries, criteria = (size_t)as_number(get(arguments, "criteria"));
    const double *judgements = as_numbers(get(arguments, "judgements"), &entries);
    double *weights = working_memory(criteria, sizeof *weights);
    crm_ahp_consistency found;
    if (entries != criteria * criteria) {
        return inexpressible(answer);
    }
    crm_status status = crm_ahp_priorities(judgements, criteria, random_index(arguments), weights, &found);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    answer_numbers(answer, weights, criteria, ".weights");
    answer_number(answer, found.lambda_max, ".lambda_max");
    answer_number(answer, found.consistency_index, ".consistency_index");
    answer_number(answer, found.consistency_ratio, ".consistency_ratio");
    if (found.worst_given > 0) {
        answer_number(answer, (double)found.worst_row, ".worst.row");
        answer_number(answer, (double)found.worst_column, ".worst.column");
        answer_number(answer, found.worst_given, ".worst.given");
        answer_number(answer, found.worst_implied, ".worst.implied");
    } else {
        answer_number(answer, NAN, ".worst");
    }
    return status;
}

static crm_status ahp_group(const struct value *arguments, struct answer *answer) {
    size_t members, entries, others, criteria = (size_t)as_number(get(arguments, "criteria"));
    const double *judgements = as_table(get(arguments, "members"), &members, &entries);
    const double *weights = as_numbers(get(arguments, "weights"), &others);
    double *joint = working_memory(criteria * criteria, sizeof *joint);
    if (entries != criteria * criteria || others != members) {
        return inexpressible(answer);
    }
    crm_status status = crm_ahp_group(judgements, members, criteria, weights, joint);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, joint, entries, "");
    }
    return status;
}

static crm_composition composition(const struct value *arguments) {
    const char *name = as_text(get(arguments, "composition"));
    crm_composition found = CRM_COMPOSITION_WEIGHTED_AVERAGE;
    while (strcmp(crm_composition_name(found), name) != 0) {
        found++;
    }
    return found;
}

static crm_status evaluate_tree(const struct value *arguments, struct answer *answer) {
    size_t leaves, grades, others, indices = 0, leaves_of_tree;
    const double *memberships = as_table(get(arguments, "memberships"), &leaves, &grades);
    const double *scores = as_numbers(get(arguments, "scores"), &others);
    crm_index_tree *tree = NULL;
    if (others != grades) {
        return inexpressible(answer);
    }
    crm_status status = crm_index_tree_from_json_new(as_text(get(arguments, "tree")), &tree);
    if (status == CRM_STATUS_OK) {
        status = crm_index_tree_size(tree, &indices, &leaves_of_tree);
    }
    crm_evaluated_index *found = working_memory(indices, sizeof *found);
    double *degrees = working_memory(indices * grades, sizeof *degrees);
    if (status == CRM_STATUS_OK) {
        status = crm_index_tree_evaluate(tree, memberships, leaves, scores, grades, composition(arguments), indices,
                                         found, degrees);
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < indices; i++) {
        answer_number(answer, found[i].share, "[%zu].share", i);
        answer_number(answer, found[i].score, "[%zu].score", i);
        answer_number(answer, (double)found[i].grade, "[%zu].grade", i);
        answer_number(answer, found[i].margin, "[%zu].margin", i);
        answer_number(answer, found[i].sensitivity, "[%zu].sensitivity", i);
        for (size_t k = 0; k < grades; k++) {
            answer_number(answer, degrees[i * grades + k], "[%zu].membership[%zu]", i, k);
        }
    }
    crm_index_tree_free(tree);
    return status;
}

static crm_status membership_of_measure(const struct value *arguments, struct answer *answer) {
    size_t grades;
    const double *peaks = as_numbers(get(arguments, "peaks"), &grades);
    double *degrees = working_memory(grades, sizeof *degrees);
    crm_status status = crm_membership_from_measure(as_number(get(arguments, "value")), peaks, grades, degrees);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, degrees, grades, "");
    }
    return status;
}

static crm_status rank_acceptability(const struct value *arguments, struct answer *answer) {
    size_t alternatives, criteria, others = 0;
    const double *scores = as_table(get(arguments, "scores"), &alternatives, &criteria);
    const struct value *given = get(arguments, "weights");
    const double *weights = NULL;
    double concentration = 0;
    if (given->kind != VALUE_NULL) {
        weights = as_numbers(given, &others);
        concentration = as_number(get(arguments, "concentration"));
        if (others != criteria) {
            return inexpressible(answer);
        }
    }
    double *ranks = working_memory(alternatives * alternatives, sizeof *ranks);
    double *means = working_memory(alternatives, sizeof *means);
    double *central = working_memory(alternatives * criteria, sizeof *central);
    crm_status status = crm_rank_acceptability(
        scores, alternatives, criteria, weights, concentration, (uint32_t)as_number(get(arguments, "draws")),
        (uint64_t)as_number(get(arguments, "seed")), ranks, means, central);
    for (size_t i = 0; i < alternatives && status == CRM_STATUS_OK; i++) {
        answer_number(answer, means[i], ".mean_ranks[%zu]", i);
        for (size_t j = 0; j < alternatives; j++) {
            answer_number(answer, ranks[i * alternatives + j], ".ranks[%zu][%zu]", i, j);
        }
        for (size_t j = 0; j < criteria; j++) {
            answer_number(answer, central[i * criteria + j], ".central_weights[%zu][%zu]", i, j);
        }
    }
    return status;
}

const struct runner capability_runners[] = {
    {"ahp_priorities", ahp_priorities},
    {"ahp_group", ahp_group},
    {"evaluate_tree", evaluate_tree},
    {"rank_acceptability", rank_acceptability},
    {"membership_of_measure", membership_of_measure},
    {NULL, NULL},
};
