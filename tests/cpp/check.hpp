// CHECK for the C++ tests: counts what fails, says where, and goes on.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <iostream>

namespace {

int failures = 0;

} // namespace

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ++failures;                                                                            \
            std::cerr << __FILE__ << ':' << __LINE__ << ": " << #condition << '\n';                \
        }                                                                                          \
    } while (0)

#endif // CHECK_HPP
