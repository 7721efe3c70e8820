//! A plan from whatever a planner copies: the address of the page, what stands behind its `?`, or lines.

use chalandise_faults::nearest;

use super::assumption::ASSUMED;
use super::text::CHANGE;
use super::{Part, Plan, PlanError, PlanFault, Wrong};
use crate::plain;

/// Keys of pages that a copied address may carry beside its plan.
const OF_PAGES: [&str; 5] = ["lang", "theme", "layer", "view", "cell"];

impl Plan {
    /// Reads a plan from one text: an address (`http://127.0.0.1:8080/network/scenario?change=close:S004&margin=52`), what stands behind its
    /// `?`, or lines as [`Plan::read_lines`] takes them.
    ///
    /// # Errors
    /// As [`Plan::read`]; also for keys that no plan has.
    pub fn read_pasted(text: &str) -> Result<Plan, PlanError> {
        let Some(query) = query_of(text.trim()) else {
            return Plan::read_lines(text);
        };
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let pairs = || pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        PlanError::unless_empty(unknown_keys(pairs().map(|(key, _)| key)))?;
        Ok(Plan::read(pairs())?.plan)
    }
}

/// The pairs of an address; none when the text is written in lines.
fn query_of(text: &str) -> Option<&str> {
    if let Some(query) = text.strip_prefix('?') {
        return Some(query);
    }
    if ["http://", "https://", "/"].iter().any(|start| text.starts_with(start)) {
        return Some(text.split_once('?').map_or("", |(_, query)| query));
    }
    let is_pair = |key: &str| is_page_key(key) || written().any(|known| known == key);
    let one_line = !text.contains('\n');
    (one_line && text.split_once('=').is_some_and(|(key, _)| is_pair(key))).then_some(text)
}

fn is_page_key(key: &str) -> bool {
    OF_PAGES.contains(&key)
}

/// A fault for each key that is neither a plan's nor a page's: a misspelled one must not be taken for nothing.
pub fn unknown_keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<PlanFault> {
    let unknown = keys
        .into_iter()
        .filter(|key| !is_page_key(key) && super::text::keys().all(|known| known != *key));
    unknown
        .map(|key| PlanFault {
            part: Part::Key,
            value: plain::shown(key),
            wrong: Wrong::Key {
                nearest: nearest(key, written()),
            },
        })
        .collect()
}

fn written() -> impl Iterator<Item = &'static str> {
    [CHANGE].into_iter().chain(ASSUMED.iter().map(|assumed| assumed.key))
}

/// The keys of a plan as a sentence lists them.
#[must_use]
pub fn spelled_keys() -> String {
    written().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "open:47.16,-1.47,2400:Saint-Étienne\nclose:S004\nmargin=52";

    #[test]
    fn an_address_its_pairs_and_lines_are_the_same_plan() {
        let plan = Plan::read_lines(LINES).unwrap();
        assert_eq!(plan.changes().len(), 2);
        let pairs = "change=open:47.16,-1.47,2400:Saint-%C3%89tienne&change=close%3AS004&margin=52";
        for text in [
            LINES.to_owned(),
            pairs.to_owned(),
            format!("?{pairs}"),
            format!("lang=fr&{pairs}"),
            format!("margin=52&{}", pairs.trim_end_matches("&margin=52")),
            LINES.replace('\n', "\r\n"),
            format!("/network/scenario?{pairs}&theme=dark"),
            format!("http://127.0.0.1:8080/network/scenario?{pairs}"),
        ] {
            assert_eq!(Plan::read_pasted(&text).unwrap(), plan, "{text}");
        }
        assert_eq!(Plan::read_pasted("/network/scenario").unwrap(), Plan::default());
    }

    #[test]
    fn a_misspelled_key_is_a_fault() {
        let error = Plan::read_pasted("?chnage=close:S004").unwrap_err();
        let words = error.to_string();
        assert!(
            words.contains("`chnage`") && words.contains("did you mean `change`?"),
            "{words}"
        );
        let error = Plan::read_pasted("?region=Bretagne&change=close:S004").unwrap_err();
        assert!(
            error.to_string().contains("its keys are change, margin, web"),
            "{error}"
        );
    }
}
