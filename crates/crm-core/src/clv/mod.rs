//! Customer lifetime value: the expected net present value of the costs and profits that a
//! customer brings over the whole lifecycle.

pub mod group;
pub mod switching;
