//! A graph of places.

/// Index into [`Graph::edges`].
pub(super) type NodeId = u32;

/// The name of a member, or `None` for elements and for members that are not named.
pub(super) type Step<'p> = Option<&'p str>;

/// The edges between places.
#[derive(Debug, Default)]
pub(super) struct Graph<'p> {
    pub(super) edges: Vec<Vec<(Step<'p>, NodeId)>>,
}

impl<'p> Graph<'p> {
    pub(super) fn edges(&self, node: NodeId) -> &[(Step<'p>, NodeId)] {
        self.edges.get(node as usize).map(Vec::as_slice).unwrap_or_default()
    }
}
