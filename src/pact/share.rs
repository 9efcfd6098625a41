//! How often a visitor gives an answer.

use super::read::Reader;
use crate::json::{Node, Value};

/// How often an answer is given: from 0 to 1, for everybody or by the value of the segment (`asking.segment`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Share {
    /// The share where the segment has no share of its own.
    pub otherwise: f64,
    /// The shares of the segment's values.
    pub by_segment: Vec<(String, f64)>,
}

impl Share {
    /// The share in the segment `value`.
    #[must_use]
    pub fn within(&self, segment: Option<&str>) -> f64 {
        let own = segment.and_then(|value| self.by_segment.iter().find(|(name, _)| name == value));
        own.map_or(self.otherwise, |(_, share)| *share)
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.otherwise == 0.0 && self.by_segment.iter().all(|(_, share)| *share == 0.0)
    }

    pub(super) fn read(node: &Node<'_>, r: &mut Reader) -> Option<Self> {
        if !matches!(node.value, Value::Object(_)) {
            return Some(Self { otherwise: node.part(r)?, by_segment: Vec::new() });
        }
        let object = node.map(r)?;
        let otherwise = object.need("else", r).and_then(|share| share.part(r));
        let own = object.keys().filter(|(value, _)| *value != "else");
        let by_segment = own.filter_map(|(value, share)| Some((value.into(), share.part(r)?))).collect();
        Some(Self { otherwise: otherwise?, by_segment })
    }
}
