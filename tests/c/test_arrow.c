/* A transaction log as an Arrow stream, produced by hand from the structs of the header. */
#include "check.h"

#include <errno.h>
#include <stdlib.h>

enum { COLUMNS = 3, ROWS = 4, BATCHES = 2 };

/* Rows of one batch; the second batch repeats them. */
static const int64_t customers[ROWS] = {7, 8, 7, 9};
static const int32_t days[ROWS] = {9862, 9863, 9870, 9875};
static const double amounts[ROWS] = {19.99, 5, 7.5, 100};

/* What is alive, so that the test sees a leak and a second release. */
static int alive;

struct source {
    int sent;
    int fails; /* after the first batch */
};

static void release_schema(struct ArrowSchema *schema) {
    for (int64_t i = 0; i < schema->n_children; i++) {
        schema->children[i]->release(schema->children[i]);
        free(schema->children[i]);
    }
    free(schema->children);
    schema->release = NULL;
    alive--;
}

static void release_array(struct ArrowArray *array) {
    for (int64_t i = 0; i < array->n_children; i++) {
        array->children[i]->release(array->children[i]);
        free(array->children[i]);
    }
    free(array->children);
    free(array->buffers);
    array->release = NULL;
    alive--;
}

static void make_schema(struct ArrowSchema *schema, const char *format, const char *name) {
    memset(schema, 0, sizeof *schema);
    schema->format = format;
    schema->name = name;
    schema->release = release_schema;
    alive++;
}

static void make_array(struct ArrowArray *array, const void *values) {
    memset(array, 0, sizeof *array);
    array->length = ROWS;
    array->n_buffers = values ? 2 : 1;
    array->buffers = calloc(2, sizeof *array->buffers);
    array->buffers[1] = values;
    array->release = release_array;
    alive++;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    static const char *const formats[COLUMNS] = {"l", "tdD", "g"};
    static const char *const names[COLUMNS] = {"id", "day", "paid"};
    (void)stream;
    make_schema(out, "+s", "");
    out->n_children = COLUMNS;
    out->children = calloc(COLUMNS, sizeof *out->children);
    for (int i = 0; i < COLUMNS; i++) {
        out->children[i] = calloc(1, sizeof **out->children);
        make_schema(out->children[i], formats[i], names[i]);
    }
    return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    const void *const values[COLUMNS] = {customers, days, amounts};
    struct source *source = stream->private_data;
    if (source->sent == 1 && source->fails) {
        return EIO;
    }
    if (source->sent++ == BATCHES) {
        memset(out, 0, sizeof *out); /* the end */
        return 0;
    }
    make_array(out, NULL);
    out->n_children = COLUMNS;
    out->children = calloc(COLUMNS, sizeof *out->children);
    for (int i = 0; i < COLUMNS; i++) {
        out->children[i] = calloc(1, sizeof **out->children);
        make_array(out->children[i], values[i]);
    }
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    (void)stream;
    return "the disk is full of holes";
}

static void release_stream(struct ArrowArrayStream *stream) {
    free(stream->private_data);
    stream->release = NULL;
    alive--;
}

static struct ArrowArrayStream make_stream(int fails) {
    struct ArrowArrayStream stream = {get_schema, get_next, get_last_error, release_stream, NULL};
    struct source *source = calloc(1, sizeof *source);
    source->fails = fails;
    stream.private_data = source;
    alive++;
    return stream;
}

static void a_stream_becomes_a_ledger(void) {
    struct ArrowArrayStream stream = make_stream(0);
    crm_ledger *ledger = NULL;
    size_t count = 0;
    CHECK(crm_ledger_from_arrow_new(&stream, "id", "day", "paid", NULL, &ledger) == CRM_STATUS_OK);
    CHECK(stream.release == NULL);
    CHECK(crm_ledger_customers(ledger, &count) == CRM_STATUS_OK && count == 3);
    CHECK(crm_ledger_rows(ledger, &count) == CRM_STATUS_OK && count == BATCHES * ROWS);
    crm_ledger_free(ledger);
    CHECK(alive == 0);
}

static void failures_release_the_stream(void) {
    crm_ledger *ledger = NULL;
    struct ArrowArrayStream stream = make_stream(0);
    CHECK(crm_ledger_from_arrow_new(&stream, "id", "day", "price", NULL, &ledger) ==
          CRM_STATUS_NOT_FOUND);
    CHECK(strstr(crm_last_error_message(), "price") != NULL);
    CHECK(stream.release == NULL && ledger == NULL && alive == 0);

    stream = make_stream(0);
    CHECK(crm_ledger_from_arrow_new(&stream, "id", "paid", "day", NULL, &ledger) ==
          CRM_STATUS_WRONG_TYPE);
    CHECK(stream.release == NULL && ledger == NULL && alive == 0);

    stream = make_stream(0);
    CHECK(crm_ledger_from_arrow_new(&stream, "id", NULL, "paid", NULL, &ledger) ==
          CRM_STATUS_NULL_POINTER);
    CHECK(stream.release == NULL && ledger == NULL && alive == 0);

    stream = make_stream(1);
    CHECK(crm_ledger_from_arrow_new(&stream, "id", "day", "paid", NULL, &ledger) ==
          CRM_STATUS_UNREADABLE);
    CHECK(strstr(crm_last_error_message(), "full of holes") != NULL);
    CHECK(stream.release == NULL && ledger == NULL && alive == 0);

    stream = make_stream(0);
    ((struct source *)stream.private_data)->sent = BATCHES;
    CHECK(crm_ledger_from_arrow_new(&stream, "id", "day", "paid", NULL, &ledger) == CRM_STATUS_EMPTY);
    CHECK(strcmp(crm_last_error_argument(), "stream") == 0);
    CHECK(stream.release == NULL && ledger == NULL && alive == 0);

    /* Taken already. */
    CHECK(crm_ledger_from_arrow_new(&stream, "id", "day", "paid", NULL, &ledger) ==
          CRM_STATUS_UNREADABLE);
}

int main(void) {
    a_stream_becomes_a_ledger();
    failures_release_the_stream();
    return failures != 0;
}
