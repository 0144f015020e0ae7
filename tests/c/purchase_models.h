/* What the vectors of every model of purchases call: purchase_model_<function>. */
#ifndef PURCHASE_MODELS_H
#define PURCHASE_MODELS_H

#include "vectors.h"

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
