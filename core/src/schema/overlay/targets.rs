//! Finds the places that are schemas only because a reference leads to them, such as the
//! `components` of an OpenAPI description.

use crate::ordered::{OrderedMap, OrderedSet};

use serde_json::Value;

use crate::error::Error;
use crate::json::push_token;
use crate::schema::base::{Base, bare};
use crate::schema::finding::{Budget, push_index};
use crate::schema::uri;

/// The pointers to which references lead, by schema text.
pub(super) struct Targets(Vec<OrderedSet<String>>);

/// A URI and the place that it identifies.
struct Resource {
    uri: String,
    base: usize,
    pointer: String,
}

/// The resources and references found in the texts.
struct Collector<'v> {
    resources: Vec<Resource>,
    /// The resource that holds each reference, and the text of the reference.
    references: Vec<(usize, &'v str)>,
}

impl Targets {
    /// Reads every `$ref`, even outside schemas. The registry later reports each marker to which no
    /// schema leads.
    ///
    /// # Errors
    /// `limit` if the pointers are longer than the budget.
    pub(super) fn collect(bases: &[Base], budget: &mut Budget) -> Result<Targets, Error> {
        let mut collector = Collector { resources: Vec::new(), references: Vec::new() };
        for (base, text) in bases.iter().enumerate() {
            let uri = text
                .uri
                .as_deref()
                .map_or_else(|| uri::BASE.to_owned(), |uri| uri::resolve(uri::BASE, bare(uri)));
            let resource = collector.resources.len();
            collector.resources.push(Resource { uri, base, pointer: String::new() });
            let id = text.dialect.draft.id();
            collector.visit(&text.value, id, resource, &mut String::new(), budget)?;
        }
        let Collector { resources, references } = collector;
        let mut by_uri = OrderedMap::new();
        for (number, resource) in (0_u32..).zip(&resources) {
            by_uri.or_insert(resource.uri.as_str(), number);
        }
        let mut targets = Targets(vec![OrderedSet::new(); bases.len()]);
        for (from, text) in references {
            let Some(own) = resources.get(from) else { continue };
            let (before, fragment) = uri::fragment(text);
            let target = if before.is_empty() {
                Some(own)
            } else {
                let full = uri::resolve(&own.uri, before);
                by_uri.get(full.as_str()).and_then(|number| resources.get(*number as usize))
            };
            let (Some(target), Some(fragment)) = (target, uri::decode(fragment)) else { continue };
            if let Some(set) = targets.0.get_mut(target.base)
                && fragment.starts_with('/')
            {
                budget.spend(1)?;
                budget.spend_text(&target.pointer)?;
                set.insert(format!("{}{fragment}", target.pointer));
            }
        }
        Ok(targets)
    }

    /// Returns true if a reference leads to that place.
    pub(super) fn holds(&self, base: usize, pointer: &str) -> bool {
        self.0.get(base).is_some_and(|set| set.contains(pointer))
    }
}

impl<'v> Collector<'v> {
    /// Visits a value and all values in it. The recursion is as deep as schemas may be nested. One
    /// buffer holds the pointer.
    fn visit(
        &mut self,
        value: &'v Value,
        id: &str,
        resource: usize,
        pointer: &mut String,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let length = pointer.len();
        match value {
            Value::Object(members) => {
                let mut resource = resource;
                if let Some(own) = members.get(id).and_then(Value::as_str)
                    && !own.starts_with('#')
                    && let Some(around) = self.resources.get(resource)
                {
                    let (uri, base) = (uri::resolve(&around.uri, own), around.base);
                    budget.spend_text(pointer)?;
                    resource = self.resources.len();
                    self.resources.push(Resource { uri, base, pointer: pointer.clone() });
                }
                for (name, value) in members {
                    budget.spend(1)?;
                    match (name.as_str(), value) {
                        ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(text)) => {
                            self.references.push((resource, text));
                        }
                        _ => {
                            push_token(pointer, name);
                            self.visit(value, id, resource, pointer, budget)?;
                            pointer.truncate(length);
                        }
                    }
                }
            }
            Value::Array(elements) => {
                for (index, value) in elements.iter().enumerate() {
                    push_index(pointer, index);
                    self.visit(value, id, resource, pointer, budget)?;
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
        Ok(())
    }
}
