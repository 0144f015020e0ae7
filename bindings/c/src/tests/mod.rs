//! The C functions, called as C calls them, against the core.

mod boundary;
mod kernels;
mod migration;
mod prediction_uncertainty;
mod status;
mod switching;
mod switching_estimate;
mod switching_tables;
mod switching_uncertainty;
