//! Equality of values of which some parts may not be read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::number::Decimal;
use super::{HOLE, Judge, Tri};
use crate::json::{Node, Shape};
use crate::resolver::automaton::StateId;

/// Whether a value is one of the schema's. Recursive, which the depth of the schema's value bounds.
pub(super) fn equals(
    judge: &mut Judge<'_>,
    node: Node<'_>,
    state: StateId,
    expected: &Value,
) -> Tri {
    judge.spend(1);
    if state == HOLE {
        return Tri::Unknown;
    }
    match expected {
        Value::Null => Tri::known(node.is_null()),
        Value::Bool(expected) => Tri::known(node.as_bool() == Some(*expected)),
        Value::Number(expected) if node.shape() == Shape::Number => {
            Decimal::read(node.raw()).equals(expected)
        }
        Value::Number(_) => Tri::Fail,
        Value::String(expected) => Tri::known(node.equals_str(expected)),
        Value::Array(expected) => {
            if node.shape() != Shape::Array || node.len() as usize != expected.len() {
                return Tri::Fail;
            }
            let mut all = Tri::Pass;
            for (index, (element, expected)) in node.elements().zip(expected).enumerate() {
                let below = judge.element_state(state, index);
                all = all.and(equals(judge, element, below, expected));
                if all == Tri::Fail {
                    break;
                }
            }
            all
        }
        Value::Object(expected) => {
            if node.shape() != Shape::Object || node.len() as usize != expected.len() {
                return Tri::Fail;
            }
            let mut all = Tri::Pass;
            for (name, value) in node.members() {
                let Some(expected) = expected.get(&*name.unescaped()) else { return Tri::Fail };
                let below = judge.member_state(state, name);
                all = all.and(equals(judge, value, below, expected));
                if all == Tri::Fail {
                    break;
                }
            }
            all
        }
    }
}

/// `uniqueItems`: two equal items that are readable decide against it; it is certain only where
/// every item is readable.
pub(super) fn unique(judge: &mut Judge<'_>, node: Node<'_>, state: StateId) -> Tri {
    let mut outcome = Tri::Pass;
    // What is read of two elements is the same only where they are of one state.
    let first = judge.element_state(state, 0);
    let alike = (1..node.len() as usize).all(|index| judge.element_state(state, index) == first);
    // Only values of one kind and first sight can be equal: so most arrays need few comparisons.
    let mut groups: BTreeMap<(u8, u64), Vec<(Node<'_>, StateId)>> = BTreeMap::new();
    for (index, element) in node.elements().enumerate() {
        let below = judge.element_state(state, index);
        if below == HOLE {
            outcome = Tri::Unknown;
            continue;
        }
        let (kind, seen) = sight(element);
        let seen = if alike && element.shape() == Shape::Object {
            members_sight(judge, element, below)
        } else {
            seen
        };
        let group = groups.entry((kind, seen)).or_default();
        for (other, other_state) in group.iter() {
            match same(judge, element, below, *other, *other_state) {
                Tri::Pass => return Tri::Fail,
                Tri::Unknown => outcome = Tri::Unknown,
                Tri::Fail => {}
            }
            if !judge.is_within() {
                return Tri::Unknown;
            }
        }
        group.push((element, below));
    }
    outcome
}

/// Equal values have equal sights.
fn sight(node: Node<'_>) -> (u8, u64) {
    match node.shape() {
        Shape::Null => (0, 0),
        Shape::Bool => (1, u64::from(node.as_bool() == Some(true))),
        Shape::Number => (
            2,
            crate::schema::number::parse(node.raw())
                .map_or(u64::MAX, |number| (number + 0.0).to_bits()),
        ),
        Shape::String => (3, node.as_str().map_or(0, |text| crate::resolver::program::key(&text))),
        Shape::Array => (4, u64::from(node.len())),
        Shape::Object => (5, u64::from(node.len())),
    }
}

/// Objects of one state that are equal, as far as they are read, have equal ones: whatever order
/// their members are in.
fn members_sight(judge: &mut Judge<'_>, node: Node<'_>, state: StateId) -> u64 {
    judge.spend(1 + node.len() as usize);
    node.members().fold(u64::from(node.len()), |sum, (name, value)| {
        let (kind, seen) =
            if judge.member_state(state, name) == HOLE { (u8::MAX, 0) } else { sight(value) };
        let own = name.key().rotate_left(17) ^ seen.rotate_left(u32::from(kind));
        // Spread, so that sums of different members differ.
        sum.wrapping_add((own ^ own >> 29).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    })
}

fn same(
    judge: &mut Judge<'_>,
    a: Node<'_>,
    a_state: StateId,
    b: Node<'_>,
    b_state: StateId,
) -> Tri {
    judge.spend(1);
    if a_state == HOLE || b_state == HOLE || !judge.is_within() {
        return Tri::Unknown;
    }
    match (a.shape(), b.shape()) {
        (Shape::Null, Shape::Null) => Tri::Pass,
        (Shape::Bool, Shape::Bool) => Tri::known(a.as_bool() == b.as_bool()),
        (Shape::Number, Shape::Number) => Decimal::read(a.raw()).same(Decimal::read(b.raw())),
        (Shape::String, Shape::String) => {
            judge.spend(a.raw().len() / 16);
            Tri::known(b.as_str().is_some_and(|text| a.equals_str(&text)))
        }
        (Shape::Array, Shape::Array) if a.len() == b.len() => {
            let mut all = Tri::Pass;
            for (index, (a, b)) in a.elements().zip(b.elements()).enumerate() {
                let states =
                    (judge.element_state(a_state, index), judge.element_state(b_state, index));
                all = all.and(same(judge, a, states.0, b, states.1));
                if all == Tri::Fail {
                    break;
                }
            }
            all
        }
        (Shape::Object, Shape::Object) if a.len() == b.len() => {
            let mut all = Tri::Pass;
            for (name, value) in a.members() {
                judge.spend(b.len() as usize / 8);
                let Some(other) = b.member(&name.unescaped()) else { return Tri::Fail };
                let states = (judge.member_state(a_state, name), judge.member_state(b_state, name));
                all = all.and(same(judge, value, states.0, other, states.1));
                if all == Tri::Fail {
                    break;
                }
            }
            all
        }
        _ => Tri::Fail,
    }
}
