#include "purchase_models.h"

const struct runner prediction_bg_bb_runners[] = PURCHASE_MODEL_RUNNERS;
