//! `chalandise huff`: Huff's model of store choice on files of the user's own, for those who compare tools.

mod apply;
mod fit;

use std::collections::HashMap;

use clap::{Args, Subcommand};

use super::CommandError;

#[derive(Args)]
pub(super) struct HuffArgs {
    #[command(subcommand)]
    command: HuffCommand,
}

#[derive(Subcommand)]
enum HuffCommand {
    // What they do is said where their options are.
    Fit(fit::FitArgs),
    Apply(apply::ApplyArgs),
}

pub(super) fn run(args: &HuffArgs) -> Result<(), CommandError> {
    match &args.command {
        HuffCommand::Fit(args) => fit::run(args),
        HuffCommand::Apply(args) => apply::run(args),
    }
}

/// Ids in the order in which they were first met, each with its place.
#[derive(Default)]
struct Names {
    names: Vec<String>,
    places: HashMap<String, u32>,
}

impl Names {
    /// The place of a name, and whether it is a new one.
    fn place(&mut self, name: &str) -> (u32, bool) {
        if let Some(place) = self.places.get(name) {
            return (*place, false);
        }
        let place = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        (place, true)
    }

    /// The place of a name that was met.
    fn find(&self, name: &str) -> Option<usize> {
        self.places.get(name).map(|place| *place as usize)
    }

    fn len(&self) -> usize {
        self.names.len()
    }
}
