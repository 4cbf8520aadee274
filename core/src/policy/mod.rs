//! Schema to policy.
