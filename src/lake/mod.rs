//! Where data lives: tables, lake versions, contract, import, base views, functions.

pub mod contract;
pub mod functions;
