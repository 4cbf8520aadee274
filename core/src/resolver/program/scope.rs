//! Dynamic scopes: the anchors that a `$dynamicRef` or `$recursiveRef` finds, depending on the path
//! by which its schema was reached.

use crate::ordered::OrderedMap;

use crate::schema::registry::{Link, NodeId, Registry};

/// An index into [`Scopes`].
pub(super) type ScopeId = u32;

/// The scope of the root before any resource is entered, and of everything if no reference is
/// dynamic.
pub(super) const NONE: ScopeId = 0;

/// The outermost anchor by name, sorted; `None` stands for `$recursiveAnchor`.
type Anchors<'s> = Vec<(Option<&'s str>, NodeId)>;

fn place(anchors: &Anchors<'_>, name: Option<&str>) -> Result<usize, usize> {
    anchors.binary_search_by(|(own, _)| (*own).cmp(&name))
}

/// All distinct scopes.
pub(super) struct Scopes<'s> {
    all: Vec<Anchors<'s>>,
    by_anchors: OrderedMap<Anchors<'s>, ScopeId>,
    /// True if a reference is dynamic. Otherwise one scope suffices.
    matter: bool,
}

impl<'s> Scopes<'s> {
    pub(super) fn new(registry: &Registry<'s>) -> Self {
        let is_dynamic = |link: &Link<'_>| matches!(link, Link::Dynamic(_) | Link::Recursive);
        let matter =
            registry.nodes.iter().any(|node| node.links.iter().any(|(link, _)| is_dynamic(link)));
        let mut by_anchors = OrderedMap::new();
        by_anchors.insert(Anchors::new(), NONE);
        Scopes { all: vec![Anchors::new()], by_anchors, matter }
    }

    /// Returns the scope after a schema of `resource` is entered. Anchors that are outermost
    /// already stay.
    pub(super) fn enter(
        &mut self,
        scope: ScopeId,
        registry: &Registry<'s>,
        resource: usize,
    ) -> ScopeId {
        let Some(anchors) = self.all.get(scope as usize).filter(|_| self.matter) else {
            return scope;
        };
        if registry.dynamic_anchors(resource).all(|(name, _)| place(anchors, name).is_ok()) {
            return scope;
        }
        let mut anchors = anchors.clone();
        for (name, id) in registry.dynamic_anchors(resource) {
            if let Err(at) = place(&anchors, name) {
                anchors.insert(at, (name, id));
            }
        }
        let next = ScopeId::try_from(self.all.len()).unwrap_or(ScopeId::MAX);
        let id = self.by_anchors.or_insert(anchors.clone(), next);
        if id == next {
            self.all.push(anchors);
        }
        id
    }

    /// Returns the outermost anchor with this name.
    pub(super) fn find(&self, scope: ScopeId, name: Option<&str>) -> Option<NodeId> {
        let anchors = self.all.get(scope as usize)?;
        anchors.get(place(anchors, name).ok()?).map(|(_, id)| *id)
    }

    /// Returns the number of anchors in a scope, which is the cost of entering a resource.
    pub(super) fn len(&self, scope: ScopeId) -> usize {
        self.all.get(scope as usize).map_or(0, Vec::len)
    }
}
