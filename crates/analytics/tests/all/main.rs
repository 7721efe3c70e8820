//! The models from outside, in one binary, since each further one is linked anew.

mod accuracy;
mod association;
mod catchment;
mod personas;
mod published;
mod ranges;
mod recovery;
mod resampling;
mod seasons;
mod support;
mod travel_time;
