//! Where a schema below another one applies.

/// A step from a value to some of those below it.
pub(super) enum ChildStep<'a> {
    Member(&'a str),
    /// To members that match a pattern.
    Matching(u32),
    /// To members that neither have one of these names, sorted, nor match one of these patterns.
    Others(Vec<&'a str>, Vec<u32>),
    Element(usize),
    ElementsFrom(usize),
}
