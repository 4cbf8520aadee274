//! Memory that calls leave to one another.

mod loan;
mod workspace;

pub(crate) use loan::Loan;
pub use workspace::Workspace;

/// Empties a list for elements of the same type with another lifetime. The standard library
/// collects in place if both types have one layout, so the memory stays.
pub(crate) fn recycled<A, B>(mut list: Vec<A>) -> Vec<B> {
    list.clear();
    list.into_iter().filter_map(|_| None).collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::recycled;

    #[test]
    fn the_memory_of_a_recycled_list_stays() {
        let name = "ada".to_owned();
        let mut list: Vec<Cow<'_, str>> = Vec::with_capacity(100);
        list.push(Cow::Borrowed(&name));
        let (place, room) = (list.as_ptr().addr(), list.capacity());
        let list: Vec<Cow<'static, str>> = recycled(list);
        assert_eq!((list.as_ptr().addr(), list.capacity(), list.len()), (place, room, 0));
    }
}
