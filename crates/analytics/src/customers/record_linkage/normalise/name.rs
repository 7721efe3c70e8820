//! Names of persons.

use super::plain;

/// A name without accents, hyphens or apostrophes, in capitals.
///
/// ```
/// use chalandise_analytics::customers::record_linkage::normalise::name;
/// assert_eq!(name("Jean-Pierre"), "JEAN PIERRE");
/// assert_eq!(name("d’Orléans"), "D ORLEANS");
/// ```
pub fn name(text: &str) -> String {
    plain(text)
}

/// In which order a source writes first and last name in one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameOrder {
    /// `DUPONT Jean`, as accounting systems do.
    LastFirst,
    /// `Mme Jeanne DUPONT`, as postal addresses do.
    FirstLast,
}

/// A whole name taken apart, normalised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FullName {
    /// First name; empty when there is one word only.
    pub first: String,
    /// Last name, particles included.
    pub last: String,
}

const CIVILITIES: [&str; 12] = [
    "M",
    "MR",
    "MONSIEUR",
    "MME",
    "MADAME",
    "MLLE",
    "MADEMOISELLE",
    "DR",
    "ME",
    "MM",
    "MRS",
    "MMES",
];
const PARTICLES: [&str; 9] = ["DE", "DU", "DES", "LE", "LA", "LES", "D", "L", "VAN"];

/// Takes a whole name apart.
///
/// Where some words are all capitals and others are not, the capitals are the last name, whatever the order. Otherwise the
/// stated order decides: the first name is the one word at its end (hyphens hold compound first names together), and
/// particles go with the last name.
///
/// ```
/// use chalandise_analytics::customers::record_linkage::normalise::{NameOrder, full_name};
/// let name = full_name("M. DE LA TOUR Jean-Pierre", NameOrder::LastFirst);
/// assert_eq!((name.first.as_str(), name.last.as_str()), ("JEAN PIERRE", "DE LA TOUR"));
/// let name = full_name("MME JEANNE LE GOFF", NameOrder::FirstLast);
/// assert_eq!((name.first.as_str(), name.last.as_str()), ("JEANNE", "LE GOFF"));
/// ```
pub fn full_name(text: &str, order: NameOrder) -> FullName {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    while words.len() > 1 && CIVILITIES.contains(&plain(words[0]).as_str()) {
        words.remove(0);
    }
    let (capitals, others): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| is_capitals(word));
    if !capitals.is_empty() && !others.is_empty() {
        return capitals_are_last(&words);
    }
    let last_words = match (order, words.len()) {
        (_, 0) => return FullName::default(),
        (_, 1) => 0..1,
        (NameOrder::FirstLast, count) => 1..count,
        (NameOrder::LastFirst, _) => 0..last_name_words(&words),
    };
    let first = words.iter().enumerate();
    let first: Vec<&str> = first
        .filter(|(index, _)| !last_words.contains(index))
        .map(|(_, word)| *word)
        .collect();
    FullName {
        first: name(&first.join(" ")),
        last: name(&words[last_words].join(" ")),
    }
}

/// The last name at the head of the words: one word, and the particles before it.
fn last_name_words(words: &[&str]) -> usize {
    let particles = words
        .iter()
        .take_while(|word| PARTICLES.contains(&plain(word).as_str()))
        .count();
    (particles + 1).min(words.len() - 1)
}

fn capitals_are_last(words: &[&str]) -> FullName {
    let mut names = FullName::default();
    for (index, word) in words.iter().enumerate() {
        let particle_of_last =
            PARTICLES.contains(&plain(word).as_str()) && words.get(index + 1).is_some_and(|next| is_capitals(next));
        let part = if is_capitals(word) || particle_of_last {
            &mut names.last
        } else {
            &mut names.first
        };
        if !part.is_empty() {
            part.push(' ');
        }
        part.push_str(&plain(word));
    }
    names
}

fn is_capitals(word: &str) -> bool {
    word.chars().filter(|letter| letter.is_alphabetic()).count() > 1 && !word.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, order: NameOrder) -> (String, String) {
        let name = full_name(text, order);
        (name.first, name.last)
    }

    #[test]
    fn whole_names_are_taken_apart() {
        for (text, order, first, last) in [
            ("DUPONT Jean", NameOrder::LastFirst, "JEAN", "DUPONT"),
            ("Jean DUPONT", NameOrder::LastFirst, "JEAN", "DUPONT"),
            ("DUPONT JEAN", NameOrder::LastFirst, "JEAN", "DUPONT"),
            ("LE GOFF MARIE", NameOrder::LastFirst, "MARIE", "LE GOFF"),
            ("MME JEANNE LE GOFF", NameOrder::FirstLast, "JEANNE", "LE GOFF"),
            (
                "Mlle Anne-Sophie d'Aubigné",
                NameOrder::FirstLast,
                "ANNE SOPHIE",
                "D AUBIGNE",
            ),
            ("Hélène de VILLIERS", NameOrder::FirstLast, "HELENE", "DE VILLIERS"),
            ("DUPONT", NameOrder::LastFirst, "", "DUPONT"),
            ("M", NameOrder::LastFirst, "", "M"),
            ("  ", NameOrder::LastFirst, "", ""),
        ] {
            assert_eq!(parts(text, order), (first.to_owned(), last.to_owned()), "{text}");
        }
    }
}
