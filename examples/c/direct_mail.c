/* Whom to send the catalogue: Pfeifer & Carraway's direct mail.
 *
 * A purchase brings 40, a catalogue costs 4, a year's discount is 20 %. Of customers who bought one, two, three
 * and four years ago, 30, 20, 15 and 5 % buy again when they get the catalogue; who has not bought for longer is
 * lost. */
#include <crm_core.h>
#include <math.h>
#include <stdio.h>

#define STATES 5

static int failed(void) {
    fprintf(stderr, "%s\n", crm_last_error_message());
    return 1;
}

int main(void) {
    const char *const names[STATES] = {"recency 1", "recency 2", "recency 3", "recency 4", "lost"};
    const char *const texts[] = {"0.30", "0.20", "0.15", "0.05"};
    crm_decimal repurchase[4], margin, cost, rate;
    for (int i = 0; i < 4; i++) {
        if (crm_decimal_parse(texts[i], &repurchase[i])) {
            return failed();
        }
    }
    if (crm_decimal_parse("40", &margin) || crm_decimal_parse("4", &cost) || crm_decimal_parse("0.2", &rate)) {
        return failed();
    }

    /* To mail every customer who is not lost. */
    crm_migration_model *mail = NULL;
    crm_decision_process *decision = NULL;
    double five_years[STATES], everybody[STATES], variance[STATES];
    int done = !crm_direct_mail_new(repurchase, 4, &margin, &cost, &mail) &&
               !crm_migration_model_value(mail, &rate, 4, STATES, five_years, NULL) &&
               !crm_migration_model_moments(mail, &rate, CRM_INFINITE_HORIZON, STATES, everybody, variance);

    /* To mail those who are worth it, and to let the others go. */
    const uint32_t start[STATES] = {1, 1, 1, 1, 0};
    uint32_t policy[STATES];
    double best[STATES];
    done = done && !crm_contact_decision_new(repurchase, 4, &margin, &cost, &decision) &&
           !crm_decision_process_policy_iteration(decision, &rate, start, STATES, policy, best, NULL, NULL);

    /* Where a thousand customers who have just bought are after four years, if all are mailed. */
    const double initial[STATES] = {1000, 0, 0, 0, 0};
    double customers[5 * STATES];
    done = done && !crm_migration_model_distribution(mail, initial, STATES, 4, customers);
    if (done) {
        printf("state      five years  without end      sd  best policy\n");
        for (int i = 0; i < STATES; i++) {
            printf("%-9s %11.2f %12.2f %7.2f %7.2f %s\n", names[i], five_years[i], everybody[i],
                   sqrt(variance[i]), best[i], policy[i] ? "mail" : "no mail");
        }
        const double *last = customers + 4 * STATES;
        printf("after four years: %.0f, %.0f, %.0f, %.0f, lost %.0f of 1000\n", last[0], last[1], last[2], last[3],
               last[4]);
    }
    crm_decision_process_free(decision);
    crm_migration_model_free(mail);
    return done ? 0 : failed();
}
