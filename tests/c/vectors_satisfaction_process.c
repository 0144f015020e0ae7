#include "vectors.h"

#include <string.h>

static crm_survey_step step_named(const char *name) {
    int step = CRM_SURVEY_STEP_DEFINE_INDICATORS;
    while (strcmp(crm_survey_step_name((crm_survey_step)step), name) != 0) {
        step++;
    }
    return (crm_survey_step)step;
}

static crm_status study_numbers(const struct value *arguments, struct answer *answer) {
    crm_study *study = NULL;
    size_t count;
    crm_status status = crm_study_new(as_text(get(arguments, "record")), &study);
    if (status == CRM_STATUS_OK) {
        const crm_survey_step step = step_named(as_text(get(arguments, "step")));
        const char *const *pointers = as_texts(get(arguments, "pointers"), &count);
        for (size_t i = 0; status == CRM_STATUS_OK && i < count; i++) {
            double number;
            status = crm_study_number(study, step, pointers[i], &number);
            answer_number(answer, number, "[%zu]", i);
        }
    }
    crm_study_free(study);
    return status;
}

const struct runner satisfaction_process_runners[] = {{"study_numbers", study_numbers}, {NULL, NULL}};
