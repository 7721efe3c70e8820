//! The words of the program: one catalogue a language, in Fluent files that a translator edits (`words/fr`, `words/en`).
//!
//! The code names a word or a sentence by its key, always as a literal: `tests/it/words.rs` holds keys and arguments against both
//! catalogues, so that a key that is missing is found there and not by a reader.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Entry;

use crate::Language;

/// The files of a language; a key begins with the name of its file.
macro_rules! files {
    ($language:literal) => {
        files!($language, "catalogue", "chart", "error", "figure", "filter", "frame", "map", "scenario", "term")
    };
    ($language:literal, $($name:literal),+) => {
        [$(include_str!(concat!("../words/", $language, "/", $name, ".ftl"))),+]
    };
}

static FRENCH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(Language::French, &files!("fr")).0);
static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(Language::English, &files!("en")).0);

/// The words of one language.
struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    /// What has no arguments, written once for all.
    plain: BTreeMap<String, String>,
}

impl Catalogue {
    fn of(language: Language) -> &'static Catalogue {
        match language {
            Language::French => &FRENCH,
            Language::English => &ENGLISH,
        }
    }

    /// Reads the files of a language, and says what is wrong with them; what can be read counts all the same.
    fn read(language: Language, files: &[&str]) -> (Catalogue, Vec<String>) {
        let locale = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // The marks would stand in names of stores and in files; no page mixes directions of writing.
        bundle.set_use_isolating(false);
        let (mut keys, mut wrong) = (Vec::new(), Vec::new());
        for file in files {
            let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, faults)| {
                wrong.extend(faults.iter().map(ToString::to_string));
                resource
            });
            keys.extend(resource.entries().filter_map(|entry| match entry {
                Entry::Message(message) => Some(message.id.name.to_owned()),
                _ => None,
            }));
            if let Err(faults) = bundle.add_resource(resource) {
                wrong.extend(faults.iter().map(ToString::to_string));
            }
        }
        let mut plain = BTreeMap::new();
        for key in keys {
            let mut missing = Vec::new();
            let pattern = bundle.get_message(&key).and_then(|message| message.value());
            let words = pattern.map(|pattern| bundle.format_pattern(pattern, None, &mut missing).into_owned());
            if let Some(words) = words.filter(|_| missing.is_empty()) {
                plain.insert(key, words);
            }
        }
        (Catalogue { bundle, plain }, wrong)
    }
}

/// What stands in a place of a sentence.
#[derive(Debug, Clone)]
pub enum Argument<'a> {
    /// A text, written as it is: a name, or a number in the format of the language.
    Text(Cow<'a, str>),
    /// A whole number, by which the sentence may choose its form; written in digits alone.
    Whole(u64),
}

impl<'a> From<&'a str> for Argument<'a> {
    fn from(text: &'a str) -> Argument<'a> {
        Argument::Text(text.into())
    }
}

impl<'a> From<&'a String> for Argument<'a> {
    fn from(text: &'a String) -> Argument<'a> {
        Argument::Text(text.into())
    }
}

impl From<String> for Argument<'_> {
    fn from(text: String) -> Self {
        Argument::Text(text.into())
    }
}

impl From<u64> for Argument<'_> {
    fn from(number: u64) -> Self {
        Argument::Whole(number)
    }
}

impl From<usize> for Argument<'_> {
    fn from(number: usize) -> Self {
        Argument::Whole(number as u64)
    }
}

impl Argument<'_> {
    fn value(&self) -> FluentValue<'_> {
        match self {
            Argument::Text(text) => FluentValue::from(text.as_ref()),
            Argument::Whole(number) => FluentValue::from(*number),
        }
    }
}

/// What the program says in a language, by the keys of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Say(pub Language);

impl Say {
    /// Words without arguments; a key that does not exist stands for itself.
    ///
    /// ```
    /// use chalandise_locale::{Language, Say};
    /// assert_eq!(Say(Language::English).word("term-orders"), "Orders");
    /// ```
    #[must_use]
    pub fn word(self, key: &'static str) -> &'static str {
        Catalogue::of(self.0).plain.get(key).map_or(key, String::as_str)
    }

    /// A sentence with its arguments; a key that does not exist stands for itself.
    ///
    /// ```
    /// use chalandise_locale::{Language, Say};
    /// let words = Say(Language::English).words_with("scenario-count-changes", &[("count", 2_u64.into())]);
    /// assert_eq!(words, "2 changes");
    /// ```
    #[must_use]
    pub fn words_with(self, key: &'static str, arguments: &[(&'static str, Argument<'_>)]) -> String {
        let bundle = &Catalogue::of(self.0).bundle;
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut values = FluentArgs::with_capacity(arguments.len());
        for (name, argument) in arguments {
            values.set(*name, argument.value());
        }
        // The place of an argument that is not given shows its name.
        let mut missing = Vec::new();
        bundle.format_pattern(pattern, Some(&values), &mut missing).into_owned()
    }

    /// A label followed by its colon, spaced as the language does.
    #[must_use]
    pub fn labelled(self, label: &str, value: &str) -> String {
        self.words_with("term-labelled", &[("label", label.into()), ("value", value.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_sound_and_no_key_stands_twice() {
        for (language, files) in [(Language::French, files!("fr")), (Language::English, files!("en"))] {
            let (_, wrong) = Catalogue::read(language, &files);
            assert!(wrong.is_empty(), "{language:?}: {wrong:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_and_the_rest_of_it_counts() {
        let (catalogue, wrong) = Catalogue::read(Language::English, &["a = A\nb = { }\nc = C\n", "a = B\n"]);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert_eq!(catalogue.plain.get("a").map(String::as_str), Some("A"));
        assert_eq!(catalogue.plain.get("c").map(String::as_str), Some("C"));
    }

    #[test]
    fn sentences_take_their_form_from_a_number() {
        let lacks = |count: usize| {
            let arguments = [("count", count.into()), ("tables", "x".into())];
            [Language::French, Language::English].map(|language| Say(language).words_with("figure-lacks", &arguments))
        };
        assert!(lacks(1)[0].contains(" une table ") && lacks(1)[1].contains(" a table "));
        assert!(lacks(2)[0].contains(" des tables ") && lacks(2)[1].contains(" tables "));
    }

    #[test]
    fn arguments_are_written_as_they_are() {
        assert_eq!(
            Say(Language::French).labelled("{ a }", " 1\u{202f}000 "),
            "{ a }\u{a0}:  1\u{202f}000 "
        );
        let whole = Say(Language::English).words_with("scenario-count-changes", &[("count", 1_234_567_u64.into())]);
        assert_eq!(whole, "1234567 changes");
    }

    #[test]
    fn a_key_that_does_not_exist_stands_for_itself() {
        let say = Say(Language::French);
        assert_eq!(say.word("no-such-key"), "no-such-key");
        assert_eq!(say.words_with("no-such-key", &[("count", "1".into())]), "no-such-key");
        // Without its arguments a sentence is no word.
        assert_eq!(say.word("term-labelled"), "term-labelled");
    }
}
