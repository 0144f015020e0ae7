//! Prints how long the matrix CLV kernel takes, in copies of the same bytes: the bound of a kernel
//! that reads and writes memory once.
#![expect(clippy::print_stdout, reason = "this program prints a table")]

use std::time::Instant;

use crm_core::Result;
use crm_core::clv::switching::Horizon;
use crm_core_benches::Market;

/// Runs of each; the median counts.
const RUNS: usize = 15;

fn main() -> Result<()> {
    let threads = rayon::current_num_threads();
    println!("time of the kernel / time of a copy of the same bytes on one thread, T = 60");
    println!("customers  brands  1 thread  {threads} threads  triple loop");
    for (states, customers) in [
        (2, 1_000_000),
        (3, 1_000_000),
        (5, 1_000_000),
        (8, 1_000_000),
        (16, 400_000),
        (64, 50_000),
        (5, 1_000),
    ] {
        let mut market = Market::new(states, customers)?;
        let kernel = market.kernel(Horizon::Periods(60))?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let copy = median(|| {
            market.copy();
            Ok(())
        })?;
        let alone = match pool {
            Ok(pool) => median(|| pool.install(|| market.evaluate(&kernel)))?,
            Err(_) => f64::NAN,
        };
        let together = median(|| market.evaluate(&kernel))?;
        let start = Instant::now();
        market.triple_loop(60);
        let plain = start.elapsed().as_secs_f64();
        println!(
            "{customers:>9}  {states:>6}  {:>8.2}  {:>9.2}  {:>11.0}",
            alone / copy,
            together / copy,
            plain / copy
        );
    }
    Ok(())
}

/// Seconds per run, of enough repetitions to be seen by the clock.
fn median(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    let repetitions = (1e-3 / start.elapsed().as_secs_f64().max(1e-9))
        .ceil()
        .max(1.0);
    let mut seconds = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = Instant::now();
        for _ in 0..repetitions as usize {
            work()?;
        }
        seconds.push(start.elapsed().as_secs_f64() / repetitions);
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds.get(RUNS / 2).copied().unwrap_or(f64::NAN))
}
