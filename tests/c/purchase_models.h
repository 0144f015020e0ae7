/* What the vectors of models of purchases share: how arguments are read, and the functions that every model has. */
#ifndef PURCHASE_MODELS_H
#define PURCHASE_MODELS_H

#include "vectors.h"

/* A column, or one number for all rows. */
struct column {
    const double *values;
    size_t stride, count;
};

/* JSON has no infinity: it is the text "infinite". What a case does not have is 0. */
struct column column_of(const struct value *arguments, const char *name);
crm_purchase_histories histories_of(const struct value *arguments);
/* By the names "model" and "prediction". */
crm_purchase_model_kind kind_of(const struct value *arguments);
crm_purchase_prediction prediction_of(const struct value *arguments);
crm_gamma_gamma spend_model_of(const struct value *model);

/* Room for estimates, standard errors, lower and upper ends. */
double *room_for_intervals(size_t rows);
/* Both answer only after success, and give the status back. */
crm_status answer_intervals(crm_status status, struct answer *answer, const double *room,
                            size_t rows);
crm_status answer_total(crm_status status, struct answer *answer,
                        const crm_prediction_interval *total);

crm_status purchase_model_log_likelihood(const struct value *arguments, struct answer *answer);
crm_status purchase_model_probability_alive(const struct value *arguments, struct answer *answer);
crm_status purchase_model_expected_purchases(const struct value *arguments, struct answer *answer);
crm_status purchase_model_purchase_probability(const struct value *arguments,
                                               struct answer *answer);
crm_status purchase_model_tail_probability(const struct value *arguments, struct answer *answer);
crm_status purchase_model_discounted_purchases(const struct value *arguments,
                                               struct answer *answer);
crm_status purchase_model_fit(const struct value *arguments, struct answer *answer);

#define PURCHASE_MODEL_RUNNERS                                                                     \
    {                                                                                              \
        {"purchase_model_log_likelihood", purchase_model_log_likelihood},                          \
            {"purchase_model_probability_alive", purchase_model_probability_alive},                \
            {"purchase_model_expected_purchases", purchase_model_expected_purchases},              \
            {"purchase_model_purchase_probability", purchase_model_purchase_probability},          \
            {"purchase_model_tail_probability", purchase_model_tail_probability},                  \
            {"purchase_model_discounted_purchases", purchase_model_discounted_purchases},          \
            {"purchase_model_fit", purchase_model_fit}, {                                          \
            NULL, NULL                                                                             \
        }                                                                                          \
    }

#endif
