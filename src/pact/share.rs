//! How often a visitor gives an answer.

use super::read::{Reader, ignored, owned};
use crate::json::Value;

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

    #[inline(never)]
    pub(super) fn read(value: Option<&Value>, r: &mut Reader) -> Option<Self> {
        let value = value?;
        let Value::Object(entries) = value else {
            return Some(Self { otherwise: r.part(Some(value))?, by_segment: Vec::new() });
        };
        r.need(value, "else");
        let otherwise = r.part(value.get("else"));
        let mut by_segment = Vec::new();
        for (name, share) in entries {
            if ignored(name) || name == "else" {
                continue;
            }
            if let Some(share) = r.part(Some(share)) {
                by_segment.push((owned(name), share));
            }
        }
        Some(Self { otherwise: otherwise?, by_segment })
    }
}
