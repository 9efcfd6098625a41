//! Closed leads and the files that hold them.

mod lead_line;

pub use lead_line::{LeadLine, Outcome};
