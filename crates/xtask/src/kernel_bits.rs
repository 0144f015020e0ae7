//! What every kernel gives for many rows, to the last bit: the bindings are compared with it.
//!
//! A line is the kernel's name, its arguments, and its result or the code of its error; numbers
//! are the 16 hexadecimal digits of their 64 bits.

use std::fmt::Write;

use crm_core::kernels::{Column, Domain, KERNELS};

use crate::Result;

const ROWS: usize = 200;

pub(crate) fn text() -> Result<String> {
    let mut text = String::new();
    let mut random = Random(20_251_121);
    for kernel in KERNELS {
        for _ in 0..ROWS {
            let row: Vec<f64> = kernel
                .arguments
                .iter()
                .map(|a| random.value(a.domain))
                .collect();
            let columns: Vec<Column<'_>> = row.iter().map(|&value| value.into()).collect();
            let mut out = [f64::NAN];
            write!(text, "{}", kernel.name)?;
            for value in row {
                write!(text, " {:016x}", value.to_bits())?;
            }
            match kernel.evaluate(&columns, &mut out) {
                Ok(()) => {
                    let [result] = out;
                    writeln!(text, " {:016x}", result.to_bits())?;
                }
                Err(error) => writeln!(text, " error {}", error.kind().code())?,
            }
        }
    }
    Ok(text)
}

/// Values for tests: which ones does not matter, as long as they are the same everywhere.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / f64::from(1_u32 << 24)
    }

    /// Mostly values that the domain allows, of many sizes, and now and then one at its end.
    fn value(&mut self, domain: Domain) -> f64 {
        let (unit, size) = (self.unit(), self.unit());
        if size < 0.05 {
            return (unit * 4.0).floor() - 1.0;
        }
        if size < 0.06 {
            return f64::NAN;
        }
        match domain {
            Domain::Finite => (unit - 0.3) * if size < 0.5 { 10.0 } else { 10_000.0 },
            Domain::NonNegative | Domain::Positive => unit * 100.0,
            Domain::Rate => unit * 0.7 - 0.2,
            Domain::Probability | Domain::PositiveProbability => unit,
            Domain::Count => (unit * 40.0).floor(),
        }
    }
}
