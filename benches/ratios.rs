//! Prints how long the matrix CLV kernel takes, in copies of the same bytes: the bound of a kernel
//! that reads and writes memory once.
#![expect(clippy::print_stdout, reason = "this program prints a table")]

use std::time::Instant;

use crm_core::Result;
use crm_core::clv::switching::Horizon;
use crm_core_benches::{Individuals, Market, multiply_and_add};

/// Runs of each; the median counts.
const RUNS: usize = 15;

fn main() -> Result<()> {
    shared_matrix()?;
    individual_matrices()
}

fn shared_matrix() -> Result<()> {
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

fn individual_matrices() -> Result<()> {
    let threads = rayon::current_num_threads();
    let peak = multiply_and_add(1 << 12) as f64
        / median(|| {
            std::hint::black_box(multiply_and_add(1 << 12));
            Ok(())
        })?;
    println!();
    println!(
        "a matrix for each customer; peak: {:.1}e9 multiplications and additions",
        peak / 1e9
    );
    println!(
        "customers  brands     T  copies, 1 thread  {threads} threads  share of peak  triple loop  ns"
    );
    for (states, customers) in [
        (2, 1_000_000),
        (3, 1_000_000),
        (5, 1_000_000),
        (8, 400_000),
        (16, 100_000),
        (64, 5_000),
        (5, 1_000),
    ] {
        let mut table = Individuals::new(states, customers);
        for (label, horizon) in [
            ("12", Horizon::Periods(12)),
            ("60", Horizon::Periods(60)),
            ("120", Horizon::Periods(120)),
            ("inf", Horizon::Infinite),
        ] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
            let copy = median(|| {
                table.copy();
                Ok(())
            })?;
            let alone = match pool {
                Ok(pool) => median(|| pool.install(|| table.evaluate(horizon)))?,
                Err(_) => f64::NAN,
            };
            let together = median(|| table.evaluate(horizon))?;
            let plain = match horizon {
                Horizon::Periods(last) => {
                    let start = Instant::now();
                    table.triple_loop(last);
                    start.elapsed().as_secs_f64()
                }
                Horizon::Infinite => f64::NAN,
            };
            let work = customers as f64 * multiply_adds(states, horizon) / alone;
            println!(
                "{customers:>9}  {states:>6}  {label:>4}  {:>16.2}  {:>9.2}  {:>13.2}  {:>11.1}  {:>6.1}",
                alone / copy,
                together / copy,
                work / peak,
                plain / alone,
                alone / customers as f64 * 1e9,
            );
        }
    }
    Ok(())
}

/// The multiplications, each with an addition, that one customer takes: squares of the matrix and
/// products of a row with it, or elimination.
fn multiply_adds(states: usize, horizon: Horizon) -> f64 {
    let k = states as f64;
    let Horizon::Periods(last) = horizon else {
        return (k * k * k - k) / 3.0 + k * k;
    };
    let (mut left, mut squares, mut products) = (u64::from(last) + 1, 0.0, 0.0);
    while left > 2 * states as u64 + 4 {
        products += 1.0 + (left % 2) as f64;
        squares += 1.0;
        left /= 2;
    }
    squares * k * k * k + (products + left as f64 - 1.0) * k * k
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
