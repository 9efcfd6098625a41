//! Closed leads and the files that hold them.

mod csv;
mod lead_line;

pub use csv::Columns;
pub use lead_line::{LeadLine, Outcome};
