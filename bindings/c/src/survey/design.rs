//! Drawing samples. Every draw depends on its seed alone.

use std::mem::MaybeUninit;

use crm_core::survey::design::{
    Clusters, Drawn, ProportionalToSize, SimpleRandom, Stratified, Stratum, Systematic, allocate,
};

use crate::boundary::{Output, OutputSlice, respond, slice};
use crate::categories::{crm_allocation, crm_replacement, crm_systematic_interval};
use crate::category;
use crate::handle::{self, free};
use crate::status::crm_status;

/// Units that were drawn.
pub struct crm_draw(pub(crate) Vec<Drawn>);

/// A unit that was drawn.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_drawn {
    /// Place of the unit in its frame: the population, or its stratum or cluster.
    pub unit: u64,
    /// Its stratum or cluster; 0 where there are none.
    pub group: u64,
    /// Units of the population that it stands for.
    pub weight: f64,
}

/// Draws a simple random sample without replacement, in ascending order.
///
/// @param size units to draw, from 1 to `population`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_draw_simple_random_new(
    population: u64,
    size: u64,
    seed: u64,
    draw: *mut Option<Box<crm_draw>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("draw", draw)?;
        let drawn = SimpleRandom { population, size }.draw(seed)?;
        out.write(Some(Box::new(crm_draw(drawn))));
        Ok(())
    })
}

/// Draws units in equal steps, in the order of the frame.
///
/// @param size units to draw; with equal intervals it divides `population`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_draw_systematic_new(
    population: u64,
    size: u64,
    interval: MaybeUninit<crm_systematic_interval>,
    seed: u64,
    draw: *mut Option<Box<crm_draw>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("draw", draw)?;
        let design = Systematic {
            population,
            size,
            interval: category::read("interval", interval)?,
        };
        out.write(Some(Box::new(crm_draw(design.draw(seed)?))));
        Ok(())
    })
}

/// Draws a simple random sample of each stratum; the stratum is the group.
///
/// @param populations units of each stratum
/// @param sizes units to draw of each, as of `crm_allocate_sample`
/// @param strata how many strata there are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_draw_stratified_new(
    populations: *const u64,
    sizes: *const u64,
    strata: usize,
    seed: u64,
    draw: *mut Option<Box<crm_draw>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("draw", draw)?;
        let design = Stratified {
            populations: slice("populations", populations, strata)?.to_vec(),
            sizes: slice("sizes", sizes, strata)?.to_vec(),
        };
        out.write(Some(Box::new(crm_draw(design.draw(seed)?))));
        Ok(())
    })
}

/// Draws clusters at random, and all units of each or some of them; the cluster is the group.
///
/// @param sizes units of each cluster of the population
/// @param count clusters of the population
/// @param clusters clusters to draw
/// @param units units to draw of each cluster (all of a smaller one); 0 takes whole clusters
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_draw_clusters_new(
    sizes: *const u64,
    count: usize,
    clusters: u64,
    units: u64,
    seed: u64,
    draw: *mut Option<Box<crm_draw>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("draw", draw)?;
        let design = Clusters {
            sizes: slice("sizes", sizes, count)?.to_vec(),
            clusters,
            units: (units > 0).then_some(units),
        };
        out.write(Some(Box::new(crm_draw(design.draw(seed)?))));
        Ok(())
    })
}

/// Draws clusters with probability proportional to size.
///
/// @param sizes size of each cluster of the population
/// @param count clusters of the population
/// @param clusters clusters to draw
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_draw_proportional_to_size_new(
    sizes: *const f64,
    count: usize,
    clusters: u64,
    replacement: MaybeUninit<crm_replacement>,
    seed: u64,
    draw: *mut Option<Box<crm_draw>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("draw", draw)?;
        let design = ProportionalToSize {
            sizes: slice("sizes", sizes, count)?.to_vec(),
            clusters,
            replacement: category::read("replacement", replacement)?,
        };
        out.write(Some(Box::new(crm_draw(design.draw(seed)?))));
        Ok(())
    })
}

/// How many units were drawn.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_draw_rows(draw: *const crm_draw, out: *mut usize) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let draw = &handle::borrow("draw", draw)?.0;
        Output::new("out", out)?.write(draw.len());
        Ok(())
    })
}

/// The units that were drawn.
///
/// @param rows as of `crm_draw_rows`
/// @param units receives one for each row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_draw_units(
    draw: *const crm_draw,
    rows: usize,
    units: *mut crm_drawn,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let draw = &handle::borrow("draw", draw)?.0;
        let out = OutputSlice::new("units", units, rows)?;
        let units = draw.iter().map(|each| crm_drawn {
            unit: each.unit,
            group: each.group,
            weight: each.weight,
        });
        out.write("units", &units.collect::<Vec<_>>())
    })
}

/// Frees a draw; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_draw_free(draw: Option<Box<crm_draw>>) {
    free(draw);
}

/// What is known of a stratum before its sample is drawn.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_stratum {
    /// Its units.
    pub population: u64,
    /// Standard deviation of the variable among them, 0 or more; proportional allocation does not use it.
    pub deviation: f64,
    /// What an answer costs, greater than 0; only the optimum with cost uses it.
    pub cost: f64,
}

/// How many units of each stratum make a sample of `size`: the whole numbers between `minimum` and the stratum's units
/// that are best. Source: Neyman 1934; Wright 2012.
///
/// @param count how many strata there are
/// @param minimum units of each stratum at least, 1 or more; a smaller stratum is taken whole
/// @param sizes receives one number for each stratum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_allocate_sample(
    strata: *const crm_stratum,
    count: usize,
    size: u64,
    minimum: u64,
    allocation: MaybeUninit<crm_allocation>,
    sizes: *mut u64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let strata = slice("strata", strata, count)?;
        let allocation = category::read("allocation", allocation)?;
        let out = OutputSlice::new("sizes", sizes, count)?;
        let strata = strata.iter().map(|stratum| Stratum {
            population: stratum.population,
            deviation: stratum.deviation,
            cost: stratum.cost,
        });
        let strata: Vec<Stratum> = strata.collect();
        out.write("sizes", &allocate(&strata, size, minimum, allocation)?)
    })
}
