//! Finding the records of one person or household among several sources.
//!
//! [`normalise`] brings French names, telephones, e-mails and addresses to one spelling; what was given is kept beside it.

pub mod normalise;
