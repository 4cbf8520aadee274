//! The locations of a call's values in the document: exact pointers, and the field texts to which
//! envelopes are bound.

use std::fmt::Write as _;

use super::document::DocumentCall;
use crate::envelope::Bind;
use crate::json::{Node, Tape, push_token};
use crate::resolver::place::Place;

/// Pointers of locations that are requested in document order. Each move costs the distance between
/// two locations, so a long array is walked once and not once for every element.
pub(crate) struct Paths<'a> {
    tape: &'a Tape<'a>,
    /// The place of a value whose document is not there. No other location is requested then.
    place: Option<&'a Place>,
    steps: Vec<Step>,
    ancestors: Vec<u32>,
    /// The RFC 6901 pointer. It is kept from the first request on.
    exact: Option<String>,
    /// The memory of that text before the first request.
    spare: String,
    /// The RFC 6901 pointer in which `~*` stands for array indices (docs/envelope.md, *Context*).
    field: String,
}

/// The memory of [`Paths`] that are not used any more, for those of another document.
#[derive(Default)]
pub(crate) struct PathMemory {
    steps: Vec<Step>,
    ancestors: Vec<u32>,
    exact: String,
    field: String,
}

/// One reference token between the root and a location.
struct Step {
    node: u32,
    /// The index among the elements. Unused below an object.
    position: u32,
    /// The lengths of both texts including this token.
    exact: usize,
    field: usize,
}

impl<'a> Paths<'a> {
    pub(crate) fn new(call: &'a DocumentCall<'_>, memory: PathMemory) -> Self {
        Paths::of(&call.tape, call.place(), memory)
    }

    fn of(tape: &'a Tape<'a>, place: Option<&'a Place>, memory: PathMemory) -> Self {
        let PathMemory { steps, ancestors, exact: spare, field } = memory;
        Paths { tape, place, steps, ancestors, exact: None, spare, field }
    }

    /// Forgets all locations and returns their memory.
    pub(crate) fn into_memory(self) -> PathMemory {
        let Paths { mut steps, mut ancestors, exact, spare, mut field, .. } = self;
        let mut exact = exact.unwrap_or(spare);
        steps.clear();
        ancestors.clear();
        exact.clear();
        field.clear();
        PathMemory { steps, ancestors, exact, field }
    }

    /// Returns the text to which an envelope at `node` is bound as its field.
    pub(crate) fn field(&mut self, node: Node<'a>, bind: Bind) -> &str {
        match bind {
            Bind::None => "",
            Bind::RecordPath => self.exact(node),
            Bind::RecordField | Bind::Field => match self.place {
                Some(place) => &place.field,
                None => {
                    self.move_to(node);
                    &self.field
                }
            },
        }
    }

    /// Returns the RFC 6901 pointer of `node`.
    pub(crate) fn exact(&mut self, node: Node<'a>) -> &str {
        if let Some(place) = self.place {
            return &place.pointer;
        }
        if self.exact.is_none() {
            // The steps so far have no exact text.
            self.exact = Some(std::mem::take(&mut self.spare));
            self.steps.clear();
        }
        self.move_to(node);
        self.exact.as_deref().unwrap_or_default()
    }

    fn move_to(&mut self, node: Node<'a>) {
        self.ancestors.clear();
        let mut at = node;
        while let Some(parent) = at.parent() {
            self.ancestors.push(at.index());
            at = parent;
        }
        let shared = self
            .steps
            .iter()
            .zip(self.ancestors.iter().rev())
            .take_while(|(step, node)| step.node == **node)
            .count();
        let left = self.steps.get(shared).map(|step| (step.node, step.position));
        self.steps.truncate(shared);
        let (exact, field) = self.steps.last().map_or((0, 0), |step| (step.exact, step.field));
        if let Some(text) = &mut self.exact {
            text.truncate(exact);
        }
        self.field.truncate(field);
        for level in shared..self.ancestors.len() {
            let index = self.ancestors.len() - 1 - level;
            let Some(child) = self.ancestors.get(index).and_then(|node| self.tape.node(*node))
            else {
                return;
            };
            let position = match child.name() {
                Some(name) => {
                    let name = name.unescaped();
                    if let Some(exact) = &mut self.exact {
                        push_token(exact, &name);
                    }
                    push_token(&mut self.field, &name);
                    0
                }
                None => {
                    // The step left behind is a sibling only at the level where the two paths
                    // diverge.
                    let position = self.position(child, left.filter(|_| level == shared));
                    if let Some(exact) = &mut self.exact {
                        let _ = write!(exact, "/{position}");
                    }
                    self.field.push_str("/~*");
                    position
                }
            };
            self.steps.push(Step {
                node: child.index(),
                position,
                exact: self.exact.as_ref().map_or(0, String::len),
                field: self.field.len(),
            });
        }
    }

    /// Returns the index of an element, counted from an earlier sibling if one is known.
    fn position(&self, child: Node<'a>, left: Option<(u32, u32)>) -> u32 {
        let Some(parent) = child.parent() else { return 0 };
        let (mut at, mut position) =
            left.filter(|(node, _)| *node < child.index()).unwrap_or((parent.index() + 1, 0));
        while at < child.index() {
            let Some(sibling) = self.tape.node(at) else { break };
            at = sibling.subtree_end();
            position += 1;
        }
        position
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Limits;

    /// The results do not depend on earlier requests.
    #[test]
    fn exact_and_bound_places_of_any_order_of_profiles() {
        let text =
            br#"{"a":[{"x":1,"y~/":[2,3,[4]]},{"x":5},6,[7,8]],"b":{"":9,"c":[[],[10,11]]}}"#;
        let tape = Tape::parse(text.as_slice(), &Limits::default()).unwrap();
        let nodes: Vec<Node<'_>> = (0..tape.len() as u32).filter_map(|at| tape.node(at)).collect();
        for pattern in 0_u32..1 << 10 {
            let mut paths = Paths::of(&tape, None, PathMemory::default());
            for (at, node) in nodes.iter().enumerate() {
                let exact = node.pointer();
                // One location in three is skipped; the pattern selects the request for the others.
                match (at as u32 + pattern) % 3 {
                    0 => {}
                    _ if pattern >> (at % 10) & 1 == 1 => {
                        assert_eq!(paths.field(*node, Bind::RecordPath), exact)
                    }
                    _ => {
                        let starred = paths.field(*node, Bind::RecordField);
                        let tokens = exact.split('/').zip(starred.split('/'));
                        assert_eq!(exact.split('/').count(), starred.split('/').count());
                        assert!(tokens.clone().all(|(own, bound)| own == bound
                            || bound == "~*" && own.bytes().all(|byte| byte.is_ascii_digit())));
                    }
                }
            }
        }
    }
}
