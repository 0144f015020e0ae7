/* What the C tests share: CHECK counts a failure and goes on; `failures` is the exit code. */
#ifndef CHECK_H
#define CHECK_H

#include <crm_core.h>
#include <stdio.h>
#include <string.h>

static int failures = 0;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            failures++;                                                                            \
            fprintf(stderr, "%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #condition,        \
                    crm_last_error_message());                                                     \
        }                                                                                          \
    } while (0)

#define CHECK_TEXT(found, expected) CHECK(strcmp((found), (expected)) == 0)

#endif
