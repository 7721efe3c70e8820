//! The word that was meant.

/// How alike two words must be for one to be meant by the other.
const LIKE: f64 = 0.8;
/// What one slip of the finger costs, in a word long enough for it to be one.
const ONE_SLIP: f64 = 0.99;

/// The known word nearest to a mistyped one, when one is near enough to be meant: by its beginning (Jaro-Winkler), or one slip away.
/// Capitals do not count.
///
/// ```
/// use chalandise_faults::nearest;
///
/// assert_eq!(nearest("regoin", ["period", "region"]), Some("region"));
/// assert_eq!(nearest("colour", ["period", "region"]), None);
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (likeness(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > LIKE)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

fn likeness(word: &str, other: &str) -> f64 {
    let likeness = strsim::jaro_winkler(word, other);
    match word.chars().count() > 2 && strsim::osa_distance(word, other) == 1 {
        true => likeness.max(ONE_SLIP),
        false => likeness,
    }
}

/// What a message about an unknown word adds, ` (did you mean @param?)` in quotes as the file writes it; nothing when no known word is near.
pub fn hint<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    as_written: impl FnOnce(&str) -> String,
) -> String {
    match nearest(word, known) {
        Some(near) => format!(" (did you mean `{}`?)", as_written(near)),
        None => String::new(),
    }
}

/// A remedy for an unknown word: the nearest known one, else what `otherwise` says.
pub fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    match nearest(word, known) {
        Some(meant) => format!("did you mean {meant:?}?"),
        None => otherwise(),
    }
}

/// A remedy that lists all known words, the nearest first when one is near: `did you mean x? allowed: x, y, z`.
pub fn allowed(word: &str, known: &[&str]) -> String {
    let list = format!("allowed: {}", shown(known).join(", "));
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {list}"),
        None => list,
    }
}

/// `a, b or c`.
pub(crate) fn one_of(words: &[&str]) -> String {
    let mut shown = shown(words);
    let last = shown.pop().unwrap_or_default();
    match shown.is_empty() {
        true => last,
        false => format!("{} or {last}", shown.join(", ")),
    }
}

/// Words as a list shows them: punctuation in quotes, to be seen; what cannot be seen left out.
fn shown(words: &[&str]) -> Vec<String> {
    words
        .iter()
        .filter(|word| !word.contains(char::is_control))
        .map(
            |word| match word.starts_with(|first: char| first.is_alphanumeric() || first == '_') {
                true => (*word).to_owned(),
                false => format!("`{word}`"),
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_or_a_common_beginning_is_near_enough() {
        let known = ["net_revenue", "orders", "type", "text", "store_id"];
        for (word, meant) in [
            ("net_revenu", Some("net_revenue")),
            ("ordres", Some("orders")),
            ("txt", Some("text")),
            ("Orders", Some("orders")),
            ("store", Some("store_id")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
        assert_eq!(nearest("orders", []), None);
    }

    #[test]
    fn one_slip_counts_before_a_longer_common_beginning() {
        // `lake_folder` begins as the word does; `like` is one letter away.
        assert_eq!(nearest("lkie", ["lake_folder", "like"]), Some("like"));
        // Two letters are too few for a slip to be told from another word.
        assert_eq!(nearest("of", ["at", "on"]), None);
    }

    #[test]
    fn remedies_name_the_nearest_word_or_list_all() {
        let known = ["large", "small"];
        let otherwise = || "write large or small".to_owned();
        assert_eq!(did_you_mean("smal", known, otherwise), "did you mean \"small\"?");
        assert_eq!(did_you_mean("huge", known, otherwise), "write large or small");
        assert_eq!(
            hint("smal", known, |near| format!("@{near}")),
            " (did you mean `@small`?)"
        );
        assert_eq!(hint("huge", known, str::to_owned), "");
        assert_eq!(allowed("smal", &known), "did you mean `small`? allowed: large, small");
        assert_eq!(allowed("huge", &[";", "tab", "\t", "|"]), "allowed: `;`, tab, `|`");
    }

    #[test]
    fn lists_end_with_or() {
        assert_eq!(one_of(&["a", "b", "c"]), "a, b or c");
        assert_eq!(one_of(&["a", "b"]), "a or b");
        assert_eq!(one_of(&["a"]), "a");
        assert_eq!(one_of(&[]), "");
    }
}
