//! Logs to try things on.

use std::mem::MaybeUninit;

use crm_core::ledger::{DropOut, SimulatedLog, Simulation};
use crm_core::units::Date;
use crm_core::{Error, ErrorKind};

use super::check_rows;
use super::options::choice;
use crate::boundary::{Outcome, Output, OutputSlice, read, respond, write_optional};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// How simulated customers leave for good.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum crm_drop_out {
    /// After each repeat purchase with a probability ~ Beta(a, b), as in the BG/NBD.
    BetaGeometric = 0,
    /// After an exponential time from entry with a rate ~ Gamma(s, beta), as in the Pareto/NBD.
    GammaExponential = 1,
    /// Never.
    Never = 2,
}

/// A generator of transaction logs whose customers differ in how often they buy, when they leave
/// and what they spend. Take the defaults of `crm_simulation_default`, which are those of the CDNOW
/// customers, and change what differs. Gammas are given by shape and rate, times in days.
///
/// Source: Fader, Hardie & Lee 2005; Schmittlein, Morrison & Colombo 1987; Fader & Hardie, note 025.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct crm_simulation {
    /// Seed of the random numbers.
    pub seed: u64,
    /// Shape of the purchase rate.
    pub r: f64,
    /// Rate of the purchase rate.
    pub alpha: f64,
    /// a of the beta, or the shape s of the gamma of drop-out.
    pub drop_out_first: f64,
    /// b of the beta, or the rate beta of the gamma of drop-out.
    pub drop_out_second: f64,
    /// Shape of the amounts.
    pub p: f64,
    /// Shape of the rate of the amounts.
    pub q: f64,
    /// Rate of the rate of the amounts.
    pub gamma: f64,
    /// Probability that a purchase is returned in full within 30 days.
    pub return_probability: f64,
    /// Cost as a part of the amount.
    pub cost_share: f64,
    /// How many customers.
    pub customers: u32,
    /// The first day, in days since 1970-01-01.
    pub start: i32,
    /// How many days are observed.
    pub days: u32,
    /// Customers enter uniformly over this many first days.
    pub entry_days: u32,
    /// How customers leave.
    pub drop_out: MaybeUninit<crm_drop_out>,
    /// Must be 0.
    pub reserved: u32,
}

/// A simulated log, in the order of time. It does not change: any number of threads may read it.
pub struct crm_simulated_log(SimulatedLog);

/// Where the columns of a simulated log go; a column that is not wanted is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_simulated_log_columns {
    /// Number of the customer, from 1.
    pub customer: *mut i64,
    /// Seconds since 1970-01-01, naive.
    pub second: *mut i64,
    /// Amount in hundredths; negative for returns.
    pub amount_units: *mut i64,
    /// Cost in hundredths; negative for returns.
    pub cost_units: *mut i64,
}

impl crm_simulation {
    fn default() -> Self {
        let simulation = Simulation::default();
        let (drop_out, first, second) = match simulation.drop_out {
            DropOut::BetaGeometric { a, b } => (crm_drop_out::BetaGeometric, a, b),
            DropOut::GammaExponential { s, beta } => (crm_drop_out::GammaExponential, s, beta),
            _ => (crm_drop_out::Never, 0.0, 0.0),
        };
        crm_simulation {
            seed: simulation.seed,
            r: simulation.r,
            alpha: simulation.alpha,
            drop_out_first: first,
            drop_out_second: second,
            p: simulation.p,
            q: simulation.q,
            gamma: simulation.gamma,
            return_probability: simulation.return_probability,
            cost_share: simulation.cost_share,
            customers: simulation.customers,
            start: simulation.start.days(),
            days: simulation.days,
            entry_days: simulation.entry_days,
            drop_out: MaybeUninit::new(drop_out),
            reserved: 0,
        }
    }

    fn value(&self) -> Outcome<Simulation> {
        if self.reserved != 0 {
            let error = Error::new(ErrorKind::OutOfRange, "reserved", "must be 0");
            return Err(error.with_value(self.reserved).into());
        }
        let (first, second) = (self.drop_out_first, self.drop_out_second);
        let drop_outs = [
            DropOut::BetaGeometric {
                a: first,
                b: second,
            },
            DropOut::GammaExponential {
                s: first,
                beta: second,
            },
            DropOut::Never,
        ];
        Ok(Simulation {
            customers: self.customers,
            seed: self.seed,
            start: Date::from_days(self.start).map_err(|error| error.named("start"))?,
            days: self.days,
            entry_days: self.entry_days,
            r: self.r,
            alpha: self.alpha,
            drop_out: choice("drop_out", self.drop_out, &drop_outs)?,
            p: self.p,
            q: self.q,
            gamma: self.gamma,
            return_probability: self.return_probability,
            cost_share: self.cost_share,
        })
    }
}

/// The parameters of the CDNOW customers, watched for a year and a half.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_simulation_default(out: *mut crm_simulation) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        Output::new("out", out)?.write(crm_simulation::default());
        Ok(())
    })
}

/// Simulates a log: the same parameters give the same log, on any machine.
///
/// @param simulation the parameters
/// @param log receives the handle; give it back to crm_simulated_log_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_simulated_log_new(
    simulation: *const crm_simulation,
    log: *mut Option<Box<crm_simulated_log>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("log", log)?;
        let made = read("simulation", simulation)?.value()?.run()?;
        out.write(Some(Box::new(crm_simulated_log(made))));
        Ok(())
    })
}

/// Frees a simulated log; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_simulated_log_free(log: Option<Box<crm_simulated_log>>) {
    free(log);
}

/// How many transactions there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_simulated_log_rows(
    log: *const crm_simulated_log,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let log = &borrow("log", log)?.0;
        Output::new("out", out)?.write(log.len());
        Ok(())
    })
}

/// Copies the columns of a simulated log.
///
/// @param rows how many transactions there are
/// @param columns where they go
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_simulated_log_read(
    log: *const crm_simulated_log,
    rows: usize,
    columns: *const crm_simulated_log_columns,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let log = &borrow("log", log)?.0;
        let columns = read("columns", columns)?;
        check_rows("rows", rows, log.len())?;
        let customer = OutputSlice::optional("customer", columns.customer, rows)?;
        let second = OutputSlice::optional("second", columns.second, rows)?;
        let amount = OutputSlice::optional("amount_units", columns.amount_units, rows)?;
        let cost = OutputSlice::optional("cost_units", columns.cost_units, rows)?;
        write_optional(customer, "customer", &log.customer)?;
        write_optional(second, "second", &log.time)?;
        write_optional(amount, "amount_units", &log.amount)?;
        write_optional(cost, "cost_units", &log.cost)
    })
}
