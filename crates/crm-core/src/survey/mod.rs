//! Surveys of customers: how many to ask, whom, what the answers estimate and how well the scales measure.
