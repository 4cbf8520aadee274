//! Equality of values that may contain unreadable parts.

use crate::ordered::OrderedMap;

use fieldseal_json::decimal::nearest_double;
use serde_json::Value;

use super::number::WrittenNumber;
use super::{Evaluator, OPAQUE, Truth};
use crate::json::{Node, Shape};
use crate::resolver::automaton::StateId;

/// Evaluates equality of a value with one of the schema's. The depth of the schema's value bounds
/// the recursion.
pub(super) fn equals(
    evaluator: &mut Evaluator<'_>,
    node: Node<'_>,
    state: StateId,
    expected: &Value,
) -> Truth {
    evaluator.spend(1);
    if state == OPAQUE {
        return Truth::Unknown;
    }
    match expected {
        Value::Null => Truth::known(node.is_null()),
        Value::Bool(expected) => Truth::known(node.as_bool() == Some(*expected)),
        Value::Number(expected) if node.shape() == Shape::Number => {
            WrittenNumber::read(node.raw()).equals(expected)
        }
        Value::Number(_) => Truth::Fail,
        Value::String(expected) => Truth::known(node.equals_str(expected)),
        Value::Array(expected) => {
            if node.shape() != Shape::Array || node.len() as usize != expected.len() {
                return Truth::Fail;
            }
            let mut all = Truth::Pass;
            for (index, (element, expected)) in node.elements().zip(expected).enumerate() {
                let below = evaluator.element_state(state, index);
                all = all.and(equals(evaluator, element, below, expected));
                if all == Truth::Fail {
                    break;
                }
            }
            all
        }
        Value::Object(expected) => {
            if node.shape() != Shape::Object || node.len() as usize != expected.len() {
                return Truth::Fail;
            }
            let mut all = Truth::Pass;
            for (name, value) in node.members() {
                let Some(expected) = expected.get(&*name.unescaped()) else { return Truth::Fail };
                let below = evaluator.member_state(state, name);
                all = all.and(equals(evaluator, value, below, expected));
                if all == Truth::Fail {
                    break;
                }
            }
            all
        }
    }
}

/// Evaluates `uniqueItems`: it fails if two readable items are equal, and certainly passes only if
/// all items are readable.
pub(super) fn unique(evaluator: &mut Evaluator<'_>, node: Node<'_>, state: StateId) -> Truth {
    let mut outcome = Truth::Pass;
    // The same parts of two elements are read only if both have the same state.
    let first = evaluator.element_state(state, 0);
    let alike =
        (1..node.len() as usize).all(|index| evaluator.element_state(state, index) == first);
    // Only values with equal digests can be equal, so most arrays need few comparisons.
    let mut numbers: OrderedMap<(u8, u64), usize> = OrderedMap::new();
    let mut groups: Vec<Vec<(Node<'_>, StateId)>> = Vec::new();
    for (index, element) in node.elements().enumerate() {
        let below = evaluator.element_state(state, index);
        if below == OPAQUE {
            outcome = Truth::Unknown;
            continue;
        }
        let (kind, seen) = sight(element);
        let seen = if alike && element.shape() == Shape::Object {
            members_sight(evaluator, element, below)
        } else {
            seen
        };
        let number = numbers.or_insert((kind, seen), groups.len());
        if number == groups.len() {
            groups.push(Vec::new());
        }
        let Some(group) = groups.get_mut(number) else { continue };
        for (other, other_state) in group.iter() {
            match same(evaluator, element, below, *other, *other_state) {
                Truth::Pass => return Truth::Fail,
                Truth::Unknown => outcome = Truth::Unknown,
                Truth::Fail => {}
            }
            if !evaluator.is_within() {
                return Truth::Unknown;
            }
        }
        group.push((element, below));
    }
    outcome
}

/// Returns the kind and a digest of a value. Equal values have equal digests.
fn sight(node: Node<'_>) -> (u8, u64) {
    match node.shape() {
        Shape::Null => (0, 0),
        Shape::Bool => (1, u64::from(node.as_bool() == Some(true))),
        Shape::Number => {
            (2, nearest_double(node.raw()).map_or(u64::MAX, |number| (number + 0.0).to_bits()))
        }
        Shape::String => (3, node.as_str().map_or(0, |text| crate::resolver::program::key(&text))),
        Shape::Array => (4, u64::from(node.len())),
        Shape::Object => (5, u64::from(node.len())),
    }
}

/// Returns a digest of an object's readable parts that does not depend on the order of members.
///
/// Objects of one state whose readable parts are equal have equal digests.
fn members_sight(evaluator: &mut Evaluator<'_>, node: Node<'_>, state: StateId) -> u64 {
    evaluator.spend(1 + node.len() as usize);
    node.members().fold(u64::from(node.len()), |sum, (name, value)| {
        let (kind, seen) =
            if evaluator.member_state(state, name) == OPAQUE { (u8::MAX, 0) } else { sight(value) };
        let own = name.key().rotate_left(17) ^ seen.rotate_left(u32::from(kind));
        // Mixes the bits, so that sums of different members differ.
        sum.wrapping_add((own ^ own >> 29).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    })
}

fn same(
    evaluator: &mut Evaluator<'_>,
    a: Node<'_>,
    a_state: StateId,
    b: Node<'_>,
    b_state: StateId,
) -> Truth {
    evaluator.spend(1);
    if a_state == OPAQUE || b_state == OPAQUE || !evaluator.is_within() {
        return Truth::Unknown;
    }
    match (a.shape(), b.shape()) {
        (Shape::Null, Shape::Null) => Truth::Pass,
        (Shape::Bool, Shape::Bool) => Truth::known(a.as_bool() == b.as_bool()),
        (Shape::Number, Shape::Number) => {
            WrittenNumber::read(a.raw()).same(WrittenNumber::read(b.raw()))
        }
        (Shape::String, Shape::String) => {
            evaluator.spend(a.raw().len() / 16);
            Truth::known(b.as_str().is_some_and(|text| a.equals_str(&text)))
        }
        (Shape::Array, Shape::Array) if a.len() == b.len() => {
            let mut all = Truth::Pass;
            for (index, (a, b)) in a.elements().zip(b.elements()).enumerate() {
                let states = (
                    evaluator.element_state(a_state, index),
                    evaluator.element_state(b_state, index),
                );
                all = all.and(same(evaluator, a, states.0, b, states.1));
                if all == Truth::Fail {
                    break;
                }
            }
            all
        }
        (Shape::Object, Shape::Object) if a.len() == b.len() => {
            let mut all = Truth::Pass;
            for (name, value) in a.members() {
                evaluator.spend(b.len() as usize / 8);
                let Some(other) = b.member(&name.unescaped()) else { return Truth::Fail };
                let states =
                    (evaluator.member_state(a_state, name), evaluator.member_state(b_state, name));
                all = all.and(same(evaluator, value, states.0, other, states.1));
                if all == Truth::Fail {
                    break;
                }
            }
            all
        }
        _ => Truth::Fail,
    }
}
