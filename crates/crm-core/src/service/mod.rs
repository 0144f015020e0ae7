//! When a relationship is in trouble: complaints, early warning, and winning customers back.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`complaint`] | which step is a complaint at, what is overdue, and how well are complaints handled? |
//! | [`warning`] | who is about to leave, by a score whose probabilities can be trusted? |
//! | [`win_back`] | why did a customer leave, is it for good, and who is worth winning back? |

pub mod complaint;
pub mod warning;
pub mod win_back;
