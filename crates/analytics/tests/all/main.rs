//! The models from outside, in one binary, since each further one is linked anew.

mod accuracy;
mod association;
mod catchment;
mod huff_ranges;
mod huff_recovery;
mod huff_reference;
mod huff_spend;
mod huff_spend_free;
mod huff_spend_rivals;
mod limits;
mod personas;
mod published;
mod ranges;
mod recovery;
mod resampling;
mod scenario;
mod seasons;
mod site_search;
mod spend_limits;
mod support;
mod travel_time;
