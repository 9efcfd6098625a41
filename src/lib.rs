//! LeadPact.
