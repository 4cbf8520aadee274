//! The pointers of the places in a record.

use std::sync::Arc;

use crate::json::push_token;
use crate::resolver::patterns::Patterns;
use fieldseal_json::canonical::Writer;

/// The pointers of a record, by the numbers of its entries. All records of a document share its
/// patterns, so that a pointer is written only when it is read.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    patterns: Arc<Patterns>,
    /// The pointers whose numbers follow those of the patterns.
    others: Vec<String>,
}

impl Places {
    /// Numbers `others` after the patterns.
    pub(crate) fn with_others(patterns: &Arc<Patterns>, others: Vec<String>) -> Self {
        Places { patterns: Arc::clone(patterns), others }
    }

    /// Appends the RFC 6901 pointer of a place, with `*` where it varies.
    pub(super) fn write(&self, place: u32, out: &mut String) {
        match self.other(place) {
            Some(pointer) => out.push_str(pointer),
            None => self.patterns.write(place, out),
        }
    }

    /// Returns the RFC 6901 pointer of a place, with `*` where it varies.
    pub(super) fn pointer(&self, place: u32) -> String {
        let mut pointer = String::new();
        self.write(place, &mut pointer);
        pointer
    }

    /// Writes the member `pointer` after other members.
    pub(super) fn write_member(&self, place: u32, json: &mut Writer) {
        json.raw(",\"pointer\":\"");
        match self.other(place) {
            Some(pointer) => json.escaped(pointer),
            None => self.patterns.segments(place, &mut |name, is_plain| {
                if is_plain {
                    json.raw("/");
                    json.raw(name);
                } else {
                    let mut token = String::new();
                    push_token(&mut token, name);
                    json.escaped(&token);
                }
            }),
        }
        json.raw("\"");
    }

    /// Returns an upper bound of the pointer's length as a JSON string. It costs less than writing
    /// the pointer.
    pub(super) fn most_bytes(&self, place: u32) -> usize {
        match self.other(place) {
            Some(pointer) => 6 * pointer.len(),
            None => 6 * self.patterns.most_bytes(place),
        }
    }

    fn other(&self, place: u32) -> Option<&str> {
        let number = (place as usize).checked_sub(self.patterns.len())?;
        Some(self.others.get(number).map_or("", String::as_str))
    }
}
