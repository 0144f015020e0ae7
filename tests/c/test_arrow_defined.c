/* The Arrow structs may be known from another header before this one: here an old one, without the
   guard of the specification. */
#include <stdint.h>

#define ARROW_FLAG_DICTIONARY_ORDERED 1

struct ArrowSchema {
    int marker;
};
struct ArrowArray {
    int marker;
};
struct ArrowArrayStream {
    int marker;
};

#include <crm_core.h>

int main(void) {
    struct ArrowArrayStream stream = {0};
    return stream.marker;
}
