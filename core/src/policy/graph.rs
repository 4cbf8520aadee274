//! The schemas that can lead to a marker, stripped to what the search for markers needs.

use std::collections::BTreeSet;

use super::finding::{Findings, below};
use super::marker::Marker;
use super::pattern::Pattern;
use super::registry::{Link, NodeId, Registry};
use fieldseal_json::sort::sorted;

/// An index into [`Names`].
pub(crate) type NameId = u32;

/// The member names that schemas mention on the way to a marker, sorted.
#[derive(Debug, Default)]
pub(crate) struct Names(Vec<Box<str>>);

impl Names {
    pub(crate) fn text(&self, id: NameId) -> &str {
        self.0.get(id as usize).map_or("", |name| name)
    }

    fn id(&self, name: &str) -> Option<NameId> {
        self.0.binary_search_by(|own| own.as_ref().cmp(name)).ok().and_then(|index| NameId::try_from(index).ok())
    }
}

/// One schema, as the search sees it. A target of `None` is a schema that leads to no marker.
#[derive(Debug, Default)]
pub(crate) struct Vertex {
    pub(crate) marker: Option<Marker>,
    /// Applied to the same value: target, and whether certainly.
    pub(crate) here: Vec<(NodeId, bool)>,
    /// Sorted by name. One without target keeps `additional` away from its name.
    pub(crate) properties: Vec<(NameId, Option<NodeId>)>,
    pub(crate) patterns: Vec<(u32, Option<NodeId>)>,
    pub(crate) additional: Option<NodeId>,
    pub(crate) prefix: Vec<Option<NodeId>>,
    pub(crate) rest: Option<NodeId>,
    pub(crate) contains: Option<NodeId>,
}

impl Vertex {
    /// Whether it says anything about the value it applies to, or about those below.
    pub(crate) fn is_telling(&self) -> bool {
        self.marker.is_some()
            || !self.properties.is_empty()
            || !self.patterns.is_empty()
            || self.additional.is_some()
            || !self.prefix.is_empty()
            || self.rest.is_some()
            || self.contains.is_some()
    }
}

/// The graph of the search.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) vertices: Vec<Vertex>,
    pub(crate) names: Names,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) root: Option<NodeId>,
}

impl Graph {
    /// `markers` holds one for each schema of the registry that is marked.
    pub(crate) fn build(registry: &Registry<'_>, mut markers: Vec<Option<Marker>>, findings: &mut Findings) -> Graph {
        let leading = leading(registry, &markers);
        let leads = |target: &Option<NodeId>| target.filter(|id| leading.get(*id as usize).copied().unwrap_or_default());
        refuse_unbuilt(registry, &leading, findings);
        let mut names = BTreeSet::new();
        for (node, leads_itself) in registry.nodes.iter().zip(&leading) {
            if *leads_itself {
                names.extend(node.links.iter().filter_map(|(link, _)| match link {
                    Link::Property(name) => Some(*name),
                    _ => None,
                }));
            }
        }
        let names = Names(names.into_iter().map(Box::from).collect());
        let vertices = registry.nodes.iter().zip(&leading).enumerate().map(|(index, (node, leads_itself))| {
            let mut vertex = Vertex::default();
            if !leads_itself {
                return vertex;
            }
            vertex.marker = markers.get_mut(index).and_then(Option::take);
            for (link, target) in &node.links {
                let target = leads(target);
                match link {
                    Link::Here { certain } => vertex.here.extend(target.map(|id| (id, *certain))),
                    Link::Property(name) => vertex.properties.extend(names.id(name).map(|name| (name, target))),
                    Link::Pattern(pattern) => vertex.patterns.push((*pattern, target)),
                    Link::Additional => vertex.additional = target,
                    Link::Prefix(index) => {
                        let index = *index as usize;
                        if vertex.prefix.len() <= index {
                            vertex.prefix.resize(index + 1, None);
                        }
                        if let Some(place) = vertex.prefix.get_mut(index) {
                            *place = target;
                        }
                    }
                    Link::Rest => vertex.rest = target,
                    Link::Contains => vertex.contains = target,
                    Link::Never | Link::Unbuilt(_) | Link::Held => {}
                }
            }
            vertex.forget_idle();
            vertex
        });
        let vertices = vertices.collect();
        let patterns = registry.patterns.iter().map(|source| Pattern::compile(source)).collect();
        Graph { vertices, names, patterns, root: leads(&registry.root()) }
    }

    pub(crate) fn vertex(&self, id: NodeId) -> Option<&Vertex> {
        self.vertices.get(id as usize)
    }
}

impl Vertex {
    /// Drops what leads nowhere and keeps nothing away.
    fn forget_idle(&mut self) {
        if self.additional.is_none() {
            self.properties.retain(|(_, target)| target.is_some());
            self.patterns.retain(|(_, target)| target.is_some());
        }
        if self.rest.is_none() && self.prefix.iter().all(Option::is_none) {
            self.prefix.clear();
        }
        self.properties = sorted(std::mem::take(&mut self.properties), Ord::cmp);
    }
}

/// Which schemas can lead to a marker, by whatever keyword.
fn leading(registry: &Registry<'_>, markers: &[Option<Marker>]) -> Vec<bool> {
    let mut sources: Vec<Vec<NodeId>> = vec![Vec::new(); registry.nodes.len()];
    for (id, node) in (0..).zip(&registry.nodes) {
        for (link, target) in &node.links {
            if !matches!(link, Link::Never | Link::Held)
                && let Some(from) = target.and_then(|target| sources.get_mut(target as usize))
            {
                from.push(id);
            }
        }
    }
    let mut leading = vec![false; registry.nodes.len()];
    let mut open: Vec<NodeId> = (0..).zip(markers).filter(|(_, marker)| marker.is_some()).map(|(id, _)| id).collect();
    while let Some(id) = open.pop() {
        if let Some(seen) = leading.get_mut(id as usize)
            && !*seen
        {
            *seen = true;
            open.extend_from_slice(sources.get(id as usize).map(Vec::as_slice).unwrap_or_default());
        }
    }
    leading
}

/// A marker that only a later release would find must not be silently left out.
fn refuse_unbuilt(registry: &Registry<'_>, leading: &[bool], findings: &mut Findings) {
    let mut seen = vec![false; registry.nodes.len()];
    let mut open: Vec<NodeId> = registry.root().into_iter().collect();
    while let Some(id) = open.pop() {
        let (Some(node), Some(seen)) = (registry.node(id), seen.get_mut(id as usize)) else { continue };
        if std::mem::replace(seen, true) {
            continue;
        }
        for (link, target) in &node.links {
            let Some(target) = target.filter(|_| !matches!(link, Link::Never | Link::Held)) else { continue };
            open.push(target);
            if let Link::Unbuilt(keyword) = link
                && leading.get(target as usize).copied().unwrap_or_default()
            {
                findings.error(
                    "not-built",
                    below(&registry.pointer(id), keyword),
                    "a marker can be reached through this keyword, which is not built yet",
                );
            }
        }
    }
}
