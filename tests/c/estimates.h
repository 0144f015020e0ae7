/* Answers of a rate and of a mean with their errors and intervals. */
#ifndef ESTIMATES_H
#define ESTIMATES_H

#include "vectors.h"

static void answer_rate(struct answer *answer, const crm_rate_estimate *rate, const char *path) {
    answer_number(answer, (double)rate->count, "%s.count", path);
    answer_number(answer, (double)rate->base, "%s.base", path);
    answer_number(answer, rate->rate, "%s.rate", path);
    answer_number(answer, rate->standard_error, "%s.standard_error", path);
    answer_number(answer, rate->lower, "%s.lower", path);
    answer_number(answer, rate->upper, "%s.upper", path);
}

static void answer_mean(struct answer *answer, const crm_mean_estimate *mean, const char *path) {
    answer_number(answer, (double)mean->count, "%s.count", path);
    answer_number(answer, mean->mean, "%s.mean", path);
    answer_number(answer, mean->standard_deviation, "%s.standard_deviation", path);
    answer_number(answer, mean->standard_error, "%s.standard_error", path);
    answer_number(answer, mean->lower, "%s.lower", path);
    answer_number(answer, mean->upper, "%s.upper", path);
}

#endif
