//! The verbs of the command line, one file each.

pub(crate) mod ask;
pub(crate) mod assess;
pub(crate) mod check;
pub(crate) mod conform;
pub(crate) mod erase;
pub(crate) mod inventory;
pub(crate) mod serve;
