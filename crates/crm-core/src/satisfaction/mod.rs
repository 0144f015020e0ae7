//! Customer satisfaction and how it is measured: from the ratio of what was perceived to what was expected,
//! over attributes of products (Kano, importance and satisfaction), to the national indices (SCSB, ACSI, ECSI, CCSI).

pub mod structural;
