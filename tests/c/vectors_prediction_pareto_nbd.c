#include "purchase_models.h"

const struct runner prediction_pareto_nbd_runners[] = PURCHASE_MODEL_RUNNERS;
