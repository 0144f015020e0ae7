// A double becomes a decimal only where the program says so.
// error: conversion from .double. to non-scalar type .crm::decimal. requested
#include <crm_core.hpp>

crm::decimal rate() {
#ifdef CORRECT
    crm::decimal rate("0.09");
#else
    crm::decimal rate = 0.09;
#endif
    return rate;
}
