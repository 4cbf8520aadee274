//! The steps from a value to the values below it.

/// A step from a value to some of the values below it.
pub(super) enum ChildStep<'a> {
    Member(&'a str),
    /// To members that match a pattern.
    Matching(u32),
    /// To members that have none of these sorted names and match none of these patterns.
    Others(Vec<&'a str>, Vec<u32>),
    Element(usize),
    ElementsFrom(usize),
}
