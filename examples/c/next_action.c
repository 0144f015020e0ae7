/* From raw, duplicated records to the next action and offer for each customer, with reasons; then what came of it is learned. */
#include <crm_core.h>
#include <stdio.h>
#include <stdlib.h>

enum { RECORDS = 10, PURCHASES = 20, AGREED = 14, MOST = 10 };

static const char *const keys[RECORDS] = {"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "B1", "B2"};
/* Name and mobile of each. */
static const char *const records[2 * RECORDS] = {
    "王小明",        "13812340001",       "Ann Abelard",  "13812340102",  "Tom Brunner", "13812340203",
    "Eva Castillo",  "13812340304",       "李雷",         "13812340405",  "Ida Eriksson", "13812340506",
    "Max Fontana",   "13812340607",       "Leo Hoffman",  "13812340708",
    "Wang Xiaoming", "+86 138 1234 0001", "Ann Abelhard", "138-1234-0102"};

static const char *const bought[PURCHASES] = {"A1", "B1", "A1", "B1", "A2", "B2", "A2", "A3", "A3", "A4",
                                              "A4", "A4", "A5", "A5", "A5", "A6", "A7", "A7", "A7", "A8"};
/* Days of 2026. */
static const int32_t days[PURCHASES] = {3, 20, 45, 70, 5, 33, 64, 8, 80, 12, 19, 25, 30, 58, 85, 9, 40, 66, 88, 50};
static const double amounts[PURCHASES] = {80, 95, 90, 110, 40, 35, 30, 15, 18, 60,
                                          55, 70, 25, 30,  45, 12, 20, 22, 25, 9};

static const char options[] =
    "{\"actions\": [{\"name\": \"call\", \"channel\": \"phone\", \"purpose\": \"sales\", \"cost\": 2,"
    "                \"label\": {\"en\": \"Call\", \"zh\": \"致电\"}},"
    "               {\"name\": \"letter\", \"channel\": \"email\", \"purpose\": \"sales\","
    "                \"label\": {\"en\": \"E-mail\", \"zh\": \"电子邮件\"}}],"
    " \"offers\": [{\"name\": \"service\", \"gain\": 30, \"acceptance\": 0.3, \"cost\": 1, \"capacity\": 2,"
    "               \"label\": {\"en\": \"Service plan\", \"zh\": \"服务套餐\"}},"
    "              {\"name\": \"sample\", \"gain\": 8, \"acceptance\": 0.5,"
    "               \"label\": {\"en\": \"Sample\", \"zh\": \"试用装\"}}],"
    " \"choice\": {\"strategy\": \"upper_confidence\", \"noise\": 5, \"exploration\": 0, \"seed\": 1}}";

enum { FIRST = 20454, NOW = 1775037600, LATER = 1777629600 }; /* 2026-01-01; 2026-04-01 and 05-01 at 10:00 */

static crm_status differentiate(const crm_idic *idic) {
    int32_t dates[PURCHASES];
    for (int i = 0; i < PURCHASES; i++) {
        dates[i] = FIRST + days[i];
    }
    const crm_idic_history history = {bought, dates, amounts, NULL, PURCHASES,  NULL,
                                      NULL,   NULL,  NULL,  NULL,  CRM_NO_DAY, {0}};
    return crm_idic_differentiate(idic, &history, NULL, NULL);
}

/* The plans of all customers, which are shown; how many there are. */
static crm_status show(const crm_idic *idic, crm_customer_plan *plans, size_t *count) {
    static const char *const actions[] = {"nothing", "call", "letter"}, *const offers[] = {"service", "sample"};
    crm_status status = crm_idic_customers(idic, count);
    if (status == CRM_STATUS_OK) {
        status = crm_idic_plans(idic, *count, plans);
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < *count; i++) {
        const crm_customer_plan *plan = &plans[i];
        printf("%2d %u %7.2f %-11s %-7s %-7s %s\n", (int)plan->customer, (unsigned)plan->records, plan->current,
               plan->stage < 0 ? "-" : crm_stage_name((crm_stage)plan->stage),
               plan->customer_type < 0 ? "-" : crm_customer_type_name((crm_customer_type)plan->customer_type),
               actions[plan->action], plan->offer == CRM_NO_OFFER ? "-" : offers[plan->offer]);
    }
    return status;
}

/* Identify, differentiate, interact, customise. */
static crm_status first_round(const crm_idic *idic, crm_customer_plan *plans, size_t *count) {
    const crm_idic_records given = {keys, records, NULL, NULL, RECORDS};
    const char *agreeing[AGREED];
    crm_consent_change consents[AGREED];
    /* Everybody agreed to e-mail, the first four to calls. */
    for (int i = 0; i < AGREED; i++) {
        agreeing[i] = keys[i % RECORDS];
        consents[i].channel = i < RECORDS ? CRM_CHANNEL_EMAIL : CRM_CHANNEL_PHONE;
        consents[i].is_given = 1;
    }
    const crm_idic_told told = {NOW, NULL, NULL, 0, agreeing, consents, AGREED, NULL, NULL, 0};
    crm_status status = crm_idic_identify(idic, &given, NULL, NULL);
    if (status == CRM_STATUS_OK) {
        status = crm_idic_customers(idic, count);
    }
    if (status == CRM_STATUS_OK) {
        printf("%d records of %zu customers\n", RECORDS, *count);
        status = differentiate(idic);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_idic_interact(idic, &told, NULL, NULL);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_idic_customize(idic, NULL, NULL);
    }
    if (status == CRM_STATUS_OK) {
        status = show(idic, plans, count);
    }
    for (int language = CRM_LANGUAGE_EN; status == CRM_STATUS_OK && language <= CRM_LANGUAGE_ZH; language++) {
        char reasons[4096];
        status = crm_idic_reasons(idic, 1, (crm_language)language, reasons, sizeof reasons);
        if (status == CRM_STATUS_OK) {
            puts(reasons);
        }
    }
    return status;
}

/* Letters sell, calls do not: the next round does better. */
static crm_status next_round(const crm_idic *idic, crm_customer_plan *plans, size_t *count) {
    const crm_idic_records none = {NULL, NULL, NULL, NULL, 0};
    const crm_idic_told told = {LATER, NULL, NULL, 0, NULL, NULL, 0, NULL, NULL, 0};
    crm_decision_outcome outcomes[MOST];
    size_t known = 0;
    for (size_t i = 0; i < *count; i++) {
        if (plans[i].action > 0) {
            const int called = plans[i].action == 1;
            const crm_decision_outcome outcome = {
                plans[i].decision, NOW, called ? 0 : 12,
                called ? CRM_CONTACT_OUTCOME_DECLINED : CRM_CONTACT_OUTCOME_PURCHASED, {0}};
            outcomes[known++] = outcome;
        }
    }
    crm_status status = crm_idic_learn(idic, outcomes, known, NULL);
    if (status == CRM_STATUS_OK) {
        printf("%zu outcomes\n", known);
        status = crm_idic_next_round(idic);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_idic_identify(idic, &none, NULL, NULL);
    }
    if (status == CRM_STATUS_OK) {
        status = differentiate(idic);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_idic_interact(idic, &told, NULL, NULL);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_idic_customize(idic, NULL, NULL);
    }
    return status == CRM_STATUS_OK ? show(idic, plans, count) : status;
}

int main(void) {
    const crm_record_field fields[] = {
        {"name", 0, CRM_FIELD_KIND_NAME, 1, 0, 0, CRM_DATA_SENSITIVITY_PERSONAL, 0},
        {"mobile", 1, CRM_FIELD_KIND_PHONE, 1, 0, 0, CRM_DATA_SENSITIVITY_PERSONAL, 0}};
    crm_customer_plan plans[MOST];
    crm_idic *idic = NULL;
    size_t count = 0;
    crm_status status = crm_idic_new(fields, 2, 86, options, &idic);
    if (status == CRM_STATUS_OK) {
        status = first_round(idic, plans, &count);
    }
    if (status == CRM_STATUS_OK) {
        status = next_round(idic, plans, &count);
    }
    if (status != CRM_STATUS_OK) {
        fprintf(stderr, "%s\n", crm_last_error_message());
    }
    crm_idic_free(idic);
    return status == CRM_STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
