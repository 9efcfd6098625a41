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

#[cfg(feature = "verify")]
pub(super) use reading::read;

#[cfg(feature = "verify")]
mod reading {
    use super::{About, Pipeline, Rejection, Stage};
    use crate::json::Value;
    use crate::pact::read::{Reader, all, owned};

    const PARTS: [&str; 4] = ["fit", "interest", "needs", "contact"];
    const ABOUTS: [About; 4] = [About::Fit, About::Interest, About::Needs, About::Contact];

    pub(in crate::pact) fn read(pipeline: Option<&Value>, r: &mut Reader) -> Pipeline {
        let mut read = Pipeline::default();
        let Some(pipeline) = pipeline else { return read };
        if !r.object(pipeline, &[], &["stages", "rejections"]) {
            return read;
        }
        let stages = r.items(pipeline, "stages");
        r.unique(&all(&[stages], "id"));
        for stage in stages {
            if r.object(stage, &["id"], &["label", "means"])
                && let Some(id) = r.id(stage.get("id"))
            {
                let (label, means) = (r.text(stage.get("label")), r.text(stage.get("means")));
                read.stages.push(Stage { id: owned(id), label, means });
            }
        }
        let rejections = r.items(pipeline, "rejections");
        r.unique(&all(&[rejections], "id"));
        for rejection in rejections {
            let known = r.object(rejection, &["id"], &["about", "label", "means"]);
            let Some(id) = r.id(rejection.get("id")).filter(|_| known) else { continue };
            r.need(rejection, "about");
            if let Some(about) = r.word(rejection.get("about"), &PARTS, &ABOUTS) {
                let (label, means) = (r.text(rejection.get("label")), r.text(rejection.get("means")));
                read.rejections.push(Rejection { id: owned(id), about, label, means });
            }
        }
        read
    }
}
