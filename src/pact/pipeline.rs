//! What becomes of a lead after the hand-off, in words both teams share.

use crate::text::Text;

/// What becomes of a lead after the hand-off.
#[derive(Clone, Debug, Default)]
pub struct Pipeline {
    /// The stages that a lead may reach, in their order.
    pub stages: Vec<Stage>,
    /// Why sales may reject a lead.
    pub rejections: Vec<Rejection>,
}

/// A stage that a lead may reach.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Option<Text>,
    /// What it means, for both teams.
    pub means: Option<Text>,
}

/// Why sales rejects a lead.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// Its id.
    pub id: String,
    /// Which part of the pact it speaks of.
    pub about: About,
    /// What people call it.
    pub label: Option<Text>,
    /// What it means, for both teams.
    pub means: Option<Text>,
}

/// The part of the pact that a rejection speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Who the visitor is.
    Fit,
    /// What the visitor does.
    Interest,
    /// What sales needs to know.
    Needs,
    /// Whether the visitor can be reached.
    Contact,
}

#[cfg(feature = "text")]
pub(super) use reading::read;

#[cfg(feature = "text")]
mod reading {
    use super::{About, Pipeline, Rejection, Stage};
    use crate::json::Node;
    use crate::pact::read::{Object, Reader, ids, unique};

    const ABOUTS: [(&str, About); 4] =
        [("fit", About::Fit), ("interest", About::Interest), ("needs", About::Needs), ("contact", About::Contact)];

    pub(in crate::pact) fn read(node: Option<Node<'_>>, r: &mut Reader) -> Pipeline {
        let Some(object) = node.and_then(|node| node.object(&["stages", "rejections"], r)) else {
            return Pipeline::default();
        };
        let stages = read_all(&object, "stages", &["id", "label", "means"], r, |id, object, r| {
            Some(Stage { id, label: object.text("label", r), means: object.text("means", r) })
        });
        let rejections = read_all(&object, "rejections", &["id", "about", "label", "means"], r, |id, object, r| {
            let about = object.need("about", r).and_then(|about| about.word(&ABOUTS, r))?;
            Some(Rejection { id, about, label: object.text("label", r), means: object.text("means", r) })
        });
        Pipeline { stages, rejections }
    }

    /// Reads the objects under `key`, each with an id of its own.
    fn read_all<T>(
        object: &Object<'_>,
        key: &str,
        keys: &[&str],
        r: &mut Reader,
        read: impl Fn(String, &Object<'_>, &mut Reader) -> Option<T>,
    ) -> Vec<T> {
        let nodes = object.items(key, r);
        unique(&ids(&nodes), r);
        let mut all = Vec::new();
        for node in &nodes {
            let Some(object) = node.object(keys, r) else { continue };
            if let Some(id) = object.need("id", r).and_then(|id| id.id(r)) {
                all.extend(read(id, &object, r));
            }
        }
        all
    }
}
