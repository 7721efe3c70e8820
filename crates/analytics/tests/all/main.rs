//! The models from outside, in one binary, since each further one is linked anew.

mod accuracy;
mod association;
mod personas;
mod published;
mod ranges;
mod recovery;
mod resampling;
mod scenario;
mod seasons;
mod site_search;
mod support;
