//! Verdict and access record.
