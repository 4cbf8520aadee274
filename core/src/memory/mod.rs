//! Memory that calls leave to one another.

mod loan;
mod workspace;

pub(crate) use loan::{Loan, Reusable};
pub use workspace::Workspace;

/// The most bytes that a list keeps. More go back to the allocator after the call.
pub(crate) const MOST: usize = 1 << 20;

/// Empties a list. The next document uses its memory unless that is much.
pub(crate) fn trim<T>(list: &mut Vec<T>) {
    list.clear();
    if bytes(list) > MOST {
        *list = Vec::new();
    }
}

/// Empties a text as [`trim`] empties a list.
pub(crate) fn trim_text(text: &mut String) {
    text.clear();
    if text.capacity() > MOST {
        *text = String::new();
    }
}

/// Returns the number of bytes of a list's memory.
pub(crate) const fn bytes<T>(list: &Vec<T>) -> usize {
    list.capacity() * size_of::<T>()
}

/// Empties a list for elements of the same type with another lifetime. The standard library
/// collects in place if both types have one layout, so the memory stays.
pub(crate) fn recycled<A, B>(mut list: Vec<A>) -> Vec<B> {
    trim(&mut list);
    list.into_iter().filter_map(|_| None).collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{MOST, bytes, recycled, trim};

    #[test]
    fn the_memory_of_a_list_stays_unless_it_is_much() {
        let name = "ada".to_owned();
        let mut list: Vec<Cow<'_, str>> = Vec::with_capacity(100);
        list.push(Cow::Borrowed(&name));
        let (place, room) = (list.as_ptr().addr(), list.capacity());
        let mut list: Vec<Cow<'static, str>> = recycled(list);
        assert_eq!((list.as_ptr().addr(), list.capacity(), list.len()), (place, room, 0));
        list.reserve(MOST / size_of::<Cow<'_, str>>() + 1);
        assert!(bytes(&list) > MOST);
        trim(&mut list);
        assert_eq!(list.capacity(), 0);
    }
}
