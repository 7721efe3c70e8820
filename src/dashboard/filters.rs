//! The filters in a page's address, read, checked and written back.
//!
//! The address is the state: everything a page shows follows from its path, these filters and the lake version.

use super::period::{Period, Span, span_words};
use super::words::{Say, channel_name};
use crate::query::nearest;
use chalandise_chart::Language;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The sales channels, in the order pages list them.
pub const SALES_CHANNELS: [&str; 4] = ["store", "web", "post", "phone"];

/// The longest value that a filter may have; longer ones are slips or attacks.
const LONGEST: usize = 120;

/// The filters of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filters {
    /// The period.
    pub period: Period,
    /// One sales channel, or all.
    pub sales_channel: Option<String>,
    /// One region of the customers, or all.
    pub region: Option<String>,
}

impl Default for Filters {
    fn default() -> Filters {
        Filters {
            period: Period::TwelveMonths,
            sales_channel: None,
            region: None,
        }
    }
}

/// The filters, and the state of the map.
const NAMES: [&str; 6] = ["period", "sales_channel", "region", "layer", "view", "cell"];

/// What else an address may carry: language, theme, and the form of files.
const OTHER_NAMES: [&str; 5] = ["lang", "theme", "dialect", "width", "scale"];

fn is_known(name: &str) -> bool {
    NAMES.contains(&name) || OTHER_NAMES.contains(&name)
}

fn unknown(name: &str) -> FilterError {
    FilterError::Unknown {
        name: name.chars().take(40).collect(),
        nearest: nearest(&name.to_lowercase(), NAMES),
    }
}

/// What the filters are read against: the data's reach and the values that occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Last day that the data cover: the as-of date.
    pub as_of: NaiveDate,
    /// First day with an order, when known.
    pub first_on: Option<NaiveDate>,
    /// The customers' regions, sorted; empty when orders carry none.
    pub regions: Vec<String>,
}

/// A filter in an address that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The address has a name that no page reads: a typing error would show figures that nobody asked for.
    #[error("`{name}` is no filter{} The names are {}", nearest.map(|near| format!(", did you mean `{near}`?")).unwrap_or_else(|| ".".into()), NAMES.join(", "))]
    Unknown {
        /// The name, shortened.
        name: String,
        /// The name most like it.
        nearest: Option<&'static str>,
    },
    /// The period is not written in a known way.
    #[error("the period is none of 12m, 2026, 2026-10 and 2026-01-15..2026-02-14")]
    Period,
    /// The sales channel does not exist.
    #[error("the sales channel is none of store, web, post and phone")]
    SalesChannel,
    /// The region does not occur in the data.
    #[error("the region does not occur in the data")]
    Region,
    /// The map has no such layer.
    #[error("the map has no such layer")]
    Layer,
    /// The map's view cannot be read.
    #[error("the map's view is none of fr, region:Bretagne, dep:44 and 47.2184,-1.5536,25")]
    MapView,
    /// The cell is no H3 cell.
    #[error("the cell is no H3 cell in hexadecimal")]
    Cell,
}

impl FilterError {
    /// The sentence for the page, in its language: what is wrong and what is allowed.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        let say = Say(language);
        let words = match self {
            FilterError::Unknown { name, nearest } => {
                let meant = nearest.map(|near| match language {
                    Language::French => format!(" Vouliez-vous dire «\u{a0}{near}\u{a0}»\u{a0}?"),
                    Language::English => format!(" Did you mean “{near}”?"),
                });
                let meant = meant.unwrap_or_default();
                let names = NAMES.join(", ");
                return match language {
                    Language::French => {
                        format!("L’adresse porte un filtre inconnu, «\u{a0}{name}\u{a0}».{meant} Les filtres sont {names}.")
                    }
                    Language::English => {
                        format!("The address has an unknown filter, “{name}”.{meant} The filters are {names}.")
                    }
                };
            }
            FilterError::Period => say.one(
                "La période de l’adresse ne se lit pas. Écrivez 12m, une année (2026), un mois (2026-10) ou deux jours (2026-01-15..2026-02-14).",
                "The period in the address cannot be read. Write 12m, a year (2026), a month (2026-10) or two days (2026-01-15..2026-02-14).",
            ),
            FilterError::SalesChannel => say.one(
                "Le canal de vente de l’adresse n’existe pas. Les canaux sont store, web, post et phone.",
                "The sales channel in the address does not exist. The channels are store, web, post and phone.",
            ),
            FilterError::Region => say.one(
                "La région de l’adresse n’apparaît pas dans les données. Choisissez-la dans le filtre.",
                "The region in the address does not occur in the data. Choose it in the filter.",
            ),
            FilterError::Layer => say.one(
                "La carte n’a pas cette couche. Choisissez-en une au-dessus de la carte.",
                "The map has no such layer. Choose one above the map.",
            ),
            FilterError::MapView => say.one(
                "La vue de la carte ne se lit pas. Écrivez fr, region:Bretagne, dep:44, ou latitude,longitude,demi-largeur en km.",
                "The map’s view cannot be read. Write fr, region:Bretagne, dep:44, or latitude,longitude,half-width in km.",
            ),
            FilterError::Cell => say.one(
                "La cellule de l’adresse n’est pas une cellule H3. Choisissez-la sur la carte.",
                "The cell in the address is no H3 cell. Choose it on the map.",
            ),
        };
        words.to_owned()
    }
}

impl Filters {
    /// Reads the filters of an address. Names that are no filter must be known to others.
    ///
    /// # Errors
    /// [`FilterError`] names the first filter that means nothing.
    pub fn read(query: &BTreeMap<String, String>, reach: &Reach) -> Result<Filters, FilterError> {
        if let Some(name) = query.keys().find(|name| !is_known(name)) {
            return Err(unknown(name));
        }
        let given = |key: &str| {
            query
                .get(key)
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
        };
        let fits = |value: &str| value.len() <= LONGEST;
        let period = match given("period") {
            None => Period::TwelveMonths,
            Some(text) => Period::parse(text).filter(|_| fits(text)).ok_or(FilterError::Period)?,
        };
        let sales_channel = match given("sales_channel") {
            None => None,
            Some(name) if SALES_CHANNELS.contains(&name) => Some(name.to_owned()),
            Some(_) => return Err(FilterError::SalesChannel),
        };
        let region = match given("region") {
            None => None,
            Some(name) if reach.regions.iter().any(|region| region == name) => Some(name.to_owned()),
            Some(_) => return Err(FilterError::Region),
        };
        Ok(Filters {
            period,
            sales_channel,
            region,
        })
    }

    /// The filters as address pairs; a filter at its default is left out, so that one state has one address.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.period != Period::TwelveMonths {
            pairs.push(("period", self.period.to_string()));
        }
        if let Some(channel) = &self.sales_channel {
            pairs.push(("sales_channel", channel.clone()));
        }
        if let Some(region) = &self.region {
            pairs.push(("region", region.clone()));
        }
        pairs
    }

    /// The days of the period.
    #[must_use]
    pub fn span(&self, reach: &Reach) -> Span {
        self.period.span(reach.as_of)
    }

    /// The parameters that every query may declare, as address text.
    #[must_use]
    pub fn parameters(&self, reach: &Reach) -> BTreeMap<String, String> {
        let span = self.span(reach);
        let mut parameters = BTreeMap::from([
            ("from_on".to_owned(), span.from_on.to_string()),
            ("to_on".to_owned(), span.to_on.to_string()),
            ("as_of".to_owned(), reach.as_of.to_string()),
        ]);
        if let Some(channel) = &self.sales_channel {
            parameters.insert("sales_channel".to_owned(), channel.clone());
        }
        if let Some(region) = &self.region {
            parameters.insert("region".to_owned(), region.clone());
        }
        parameters
    }

    /// The filters as a person reads them: "12 mois à fin oct. 2026 · tous canaux · toutes régions".
    #[must_use]
    pub fn words(&self, reach: &Reach, language: Language) -> String {
        let period = self.period.words(reach.as_of, language);
        format!("{period} · {}", self.place_words(reach, language))
    }

    /// The filters without the period: "tous canaux · toutes régions".
    #[must_use]
    pub fn place_words(&self, reach: &Reach, language: Language) -> String {
        let say = Say(language);
        let channel = self.sales_channel.as_deref().map_or_else(
            || say.one("tous canaux", "all channels").to_owned(),
            |channel| channel_name(channel, language).to_lowercase(),
        );
        let region = self
            .region
            .clone()
            .unwrap_or_else(|| say.one("toutes régions", "all regions").to_owned());
        let mut parts = vec![channel];
        if !reach.regions.is_empty() {
            parts.push(region);
        }
        parts.join(" · ")
    }

    /// The days in words: "1 nov. 2025 – 31 oct. 2026".
    #[must_use]
    pub fn span_words(&self, reach: &Reach, language: Language) -> String {
        span_words(self.span(reach), language)
    }
}

/// Writes address pairs after a `?`, encoded; nothing when there are none.
#[must_use]
pub fn query_string<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    let mut any = false;
    for (key, value) in pairs {
        text.append_pair(key, value);
        any = true;
    }
    if any {
        format!("?{}", text.finish())
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach() -> Reach {
        Reach {
            as_of: NaiveDate::from_ymd_opt(2026, 10, 31).unwrap(),
            first_on: None,
            regions: vec!["Bretagne".into(), "Île-de-France".into()],
        }
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Filters, FilterError> {
        let query = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Filters::read(&query, &reach())
    }

    #[test]
    fn an_address_reads_back_from_what_it_wrote() {
        let filters = read(&[
            ("period", "2025"),
            ("sales_channel", "web"),
            ("region", "Île-de-France"),
        ])
        .unwrap();
        let pairs = filters.pairs();
        let again: Vec<_> = pairs.iter().map(|(key, value)| (*key, value.as_str())).collect();
        assert_eq!(read(&again).unwrap(), filters);
        assert_eq!(
            query_string(again),
            "?period=2025&sales_channel=web&region=%C3%8Ele-de-France"
        );
        assert_eq!(read(&[("period", ""), ("region", " ")]).unwrap(), Filters::default());
    }

    #[test]
    fn a_filter_that_means_nothing_is_said_and_never_guessed() {
        assert_eq!(read(&[("period", "hier")]), Err(FilterError::Period));
        assert_eq!(read(&[("sales_channel", "fax")]), Err(FilterError::SalesChannel));
        assert_eq!(read(&[("region", "Atlantide")]), Err(FilterError::Region));
    }

    #[test]
    fn a_name_that_no_page_reads_is_said_with_the_one_that_was_meant() {
        let error = read(&[("regoin", "Bretagne")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`regoin` is no filter, did you mean `region`? The names are period, sales_channel, region, layer, view, cell"
        );
        assert_eq!(
            error.words(Language::French),
            "L’adresse porte un filtre inconnu, «\u{a0}regoin\u{a0}». Vouliez-vous dire «\u{a0}region\u{a0}»\u{a0}? Les filtres sont period, sales_channel, region, layer, view, cell."
        );
        assert!(matches!(
            read(&[("zzz", "1")]),
            Err(FilterError::Unknown { nearest: None, .. })
        ));
        assert!(read(&[("lang", "en"), ("view", "fr"), ("width", "800")]).is_ok());
    }

    #[test]
    fn filters_say_themselves() {
        let filters = read(&[("sales_channel", "store")]).unwrap();
        assert_eq!(
            filters.words(&reach(), Language::French),
            "12 mois à fin oct. 2026 · magasin · toutes régions"
        );
    }
}
