//! The filters that there are: their names, the parameters that they give to queries, their words.

use crate::period::month_short;
use crate::words::{Say, channel_name, segment_name};
use chalandise_chart::Language;
use chalandise_chart::format::{Style, number};
use chrono::{Datelike, NaiveDate};

/// The sales channels, in the order pages list them.
const SALES_CHANNELS: [&str; 4] = ["store", "web", "post", "phone"];
/// The segments, from best to worst; `queries/model/rfm.sql` has the rules.
const SEGMENTS: [&str; 6] = ["champions", "loyal", "promising", "dormant", "at_risk", "lost"];
/// The scores of recency and frequency, the best first.
const SCORES: [&str; 5] = ["5", "4", "3", "2", "1"];
/// Whole years before the last 12 months; the build goes back as far.
const YEARS_AGO: [&str; 2] = ["1", "2"];
/// More than any site sells in a year or costs, in any currency.
const LARGEST_AMOUNT: u64 = 1_000_000_000_000;
/// The most sites, and the most closings, that a request chooses together.
const MOST_SITES: u64 = 20;

/// A filter that pages may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filter {
    /// The period; a page without it stands on the as-of day.
    Period,
    /// One sales channel.
    SalesChannel,
    /// One region of the customers.
    Region,
    /// One segment of the customers.
    Segment,
    /// The customers whose first purchase fell into one month.
    Cohort,
    /// The customers of one recency score.
    RecencyScore,
    /// The customers of one frequency score.
    FrequencyScore,
    /// One store.
    Store,
    /// One region left out.
    Without,
    /// The least that a site may sell in a year.
    MinSales,
    /// The most that a site may take from the network's own stores, in percent of its sales.
    MaxTransfer,
    /// How many sites are chosen together.
    Sites,
    /// The 12 months of a catchment, counted back from the last ones.
    YearsAgo,
    /// How many present stores may close for them.
    Closings,
    /// What opening one of them costs once.
    SiteCost,
    /// What all of them together may cost.
    Budget,
}

impl Filter {
    /// All filters, in the order of addresses and forms.
    pub const ALL: [Filter; 16] = [
        Filter::Period,
        Filter::SalesChannel,
        Filter::Region,
        Filter::Segment,
        Filter::Cohort,
        Filter::RecencyScore,
        Filter::FrequencyScore,
        Filter::Store,
        Filter::Without,
        Filter::MinSales,
        Filter::MaxTransfer,
        Filter::Sites,
        Filter::YearsAgo,
        Filter::Closings,
        Filter::SiteCost,
        Filter::Budget,
    ];

    /// The filters of a page whose file names none.
    pub const USUAL: [Filter; 3] = [Filter::Period, Filter::SalesChannel, Filter::Region];

    /// Its name in addresses and page files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Filter::Period => "period",
            Filter::SalesChannel => "sales_channel",
            Filter::Region => "region",
            Filter::Segment => "segment",
            Filter::Cohort => "cohort",
            Filter::RecencyScore => "recency_score",
            Filter::FrequencyScore => "frequency_score",
            Filter::Store => "store",
            Filter::Without => "without",
            Filter::MinSales => "min_sales",
            Filter::MaxTransfer => "max_transfer",
            Filter::Sites => "sites",
            Filter::YearsAgo => "years_ago",
            Filter::Closings => "closings",
            Filter::SiteCost => "site_cost",
            Filter::Budget => "budget",
        }
    }

    /// The filter of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Filter> {
        Filter::ALL.into_iter().find(|filter| filter.name() == name)
    }

    /// The parameters of queries that it gives a value.
    #[must_use]
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Filter::Period => &["from_on", "to_on"],
            Filter::SalesChannel => &["sales_channel"],
            Filter::Region => &["region"],
            Filter::Segment => &["segment"],
            Filter::Cohort => &["cohort_on"],
            Filter::RecencyScore => &["recency_score"],
            Filter::FrequencyScore => &["frequency_score"],
            Filter::Store => &["store_id"],
            Filter::Without => &["without_region"],
            Filter::MinSales => &["min_sales"],
            Filter::MaxTransfer => &["max_transfer"],
            Filter::Sites => &["sites"],
            Filter::YearsAgo => &["years_ago"],
            Filter::Closings => &["closings"],
            Filter::SiteCost => &["site_cost"],
            Filter::Budget => &["budget"],
        }
    }

    /// Its values, where they are the same for every lake.
    #[must_use]
    pub fn values(self) -> &'static [&'static str] {
        match self {
            Filter::SalesChannel => &SALES_CHANNELS,
            Filter::Segment => &SEGMENTS,
            Filter::RecencyScore | Filter::FrequencyScore => &SCORES,
            Filter::YearsAgo => &YEARS_AGO,
            Filter::Period
            | Filter::Region
            | Filter::Cohort
            | Filter::Store
            | Filter::Without
            | Filter::MinSales
            | Filter::MaxTransfer
            | Filter::Sites
            | Filter::Closings
            | Filter::SiteCost
            | Filter::Budget => &[],
        }
    }

    /// The smallest and largest whole number that it may be, where it is a number.
    #[must_use]
    pub fn range(self) -> Option<(u64, u64)> {
        match self {
            Filter::MinSales | Filter::SiteCost | Filter::Budget => Some((0, LARGEST_AMOUNT)),
            Filter::MaxTransfer => Some((0, 100)),
            Filter::Sites => Some((1, MOST_SITES)),
            Filter::Closings => Some((0, MOST_SITES)),
            _ => None,
        }
    }

    /// Whether its values are a list, the same for every lake or read from it: a path may then state it.
    #[must_use]
    pub fn is_listed(self) -> bool {
        self == Filter::Store || !self.values().is_empty()
    }

    /// Its heading in the form.
    #[must_use]
    pub fn label(self, language: Language) -> &'static str {
        let say = Say(language);
        match self {
            Filter::Period => say.one("Période", "Period"),
            Filter::SalesChannel => say.one("Canal de vente", "Sales channel"),
            Filter::Region => say.one("Région du client", "Customer’s region"),
            Filter::Segment => "Segment",
            Filter::Cohort => say.one("Mois du premier achat", "Month of first purchase"),
            Filter::RecencyScore => say.one("Score de récence", "Recency score"),
            Filter::FrequencyScore => say.one("Score de fréquence", "Frequency score"),
            Filter::Store => say.one("Magasin", "Store"),
            Filter::Without => say.one("Région exclue", "Region left out"),
            Filter::MinSales => say.one("Ventes minimales par an", "Smallest sales a year"),
            Filter::MaxTransfer => say.one("Pris au réseau, au plus en %", "Taken from own stores, at most in %"),
            Filter::Sites => say.one("À ouvrir ensemble", "To open together"),
            Filter::YearsAgo => say.one("Zone de chalandise", "Catchment"),
            Filter::Closings => say.one("Fermetures, au plus", "Closings, at most"),
            Filter::SiteCost => say.one("Investissement par ouverture", "Investment by opening"),
            Filter::Budget => say.one("Budget des ouvertures", "Budget of the openings"),
        }
    }

    /// The choice of the form that leaves the filter away.
    #[must_use]
    pub fn all_words(self, language: Language) -> &'static str {
        let say = Say(language);
        match self {
            Filter::Period | Filter::YearsAgo => say.one("12 derniers mois", "Last 12 months"),
            Filter::SalesChannel => say.one("Tous les canaux", "All channels"),
            Filter::Region => say.one("Toutes les régions", "All regions"),
            Filter::Segment => say.one("Tous les segments", "All segments"),
            Filter::Cohort => say.one("Tous les mois", "All months"),
            Filter::RecencyScore | Filter::FrequencyScore => say.one("Tous les scores", "All scores"),
            Filter::Store => say.one("Tous les magasins", "All stores"),
            Filter::Without => say.one("Aucune", "None"),
            Filter::MinSales | Filter::MaxTransfer | Filter::Budget => say.one("sans limite", "no limit"),
            Filter::Closings => say.one("aucune", "none"),
            Filter::SiteCost => say.one("non compté", "not counted"),
            Filter::Sites => say.one("de 1 à 20", "1 to 20"),
        }
    }

    /// One of its values by its own name, as a list writes it: "Magasin", "Champions", "5 (le meilleur)".
    #[must_use]
    pub fn value_name(self, value: &str, language: Language) -> String {
        let say = Say(language);
        match (self, value) {
            (Filter::SalesChannel, _) => channel_name(value, language).to_owned(),
            (Filter::Segment, _) => segment_name(value, language).to_owned(),
            (Filter::RecencyScore, "5") => say.one("5, les plus récents", "5, the most recent").to_owned(),
            (Filter::RecencyScore, "1") => say.one("1, les plus anciens", "1, the longest ago").to_owned(),
            (Filter::FrequencyScore, "5") => say.one("5, les plus fréquents", "5, the most frequent").to_owned(),
            (Filter::FrequencyScore, "1") => say.one("1, les moins fréquents", "1, the least frequent").to_owned(),
            (Filter::YearsAgo, "1") => say.one("un an avant", "a year before").to_owned(),
            (Filter::YearsAgo, "2") => say.one("deux ans avant", "two years before").to_owned(),
            _ => value.to_owned(),
        }
    }

    /// One of its values within a line: "magasin", "champions", "récence 5".
    #[must_use]
    pub fn value_words(self, value: &str, language: Language) -> String {
        let say = Say(language);
        match self {
            Filter::SalesChannel | Filter::Segment => self.value_name(value, language).to_lowercase(),
            Filter::RecencyScore => format!("{} {value}", say.one("récence", "recency")),
            Filter::FrequencyScore => format!("{} {value}", say.one("fréquence", "frequency")),
            Filter::Without => format!("{} {value}", say.one("sans", "without")),
            Filter::MinSales => {
                let sales = whole(value, language);
                let (before, after) = (
                    say.one("ventes d’au moins", "sales of at least"),
                    say.one("par an", "a year"),
                );
                format!("{before} {sales} {after}")
            }
            Filter::MaxTransfer => match language {
                Language::French => format!("au plus {value}\u{202f}% pris au réseau"),
                Language::English => format!("at most {value}% taken from own stores"),
            },
            Filter::Sites => match language {
                Language::French => format!("{value} à ouvrir ensemble"),
                Language::English => format!("{value} to open together"),
            },
            Filter::YearsAgo => {
                let catchment = say.one("zone de chalandise", "catchment of");
                format!("{catchment} {}", self.value_name(value, language))
            }
            Filter::Closings => match language {
                Language::French => format!("au plus {value} à fermer"),
                Language::English => format!("at most {value} to close"),
            },
            Filter::SiteCost => format!("{} {}", whole(value, language), say.one("par ouverture", "an opening")),
            Filter::Budget => format!("{} {}", say.one("budget de", "budget of"), whole(value, language)),
            Filter::Period | Filter::Region | Filter::Cohort | Filter::Store => value.to_owned(),
        }
    }
}

/// A whole number with the language's thousands separators.
fn whole(value: &str, language: Language) -> String {
    let parsed = value.parse::<f64>();
    parsed.map_or_else(|_| value.to_owned(), |value| number(value, Style::Count, language, ""))
}

/// A month as forms and lines write it: "mars 2025".
#[must_use]
pub fn month_words(month: NaiveDate, language: Language) -> String {
    format!("{} {}", month_short(month.month(), language), month.year())
}

/// What a page takes from its address.
#[derive(Debug, Clone, Copy)]
pub struct Takes<'p> {
    /// The filters that it offers.
    pub filters: &'p [Filter],
    /// The filter that its path states.
    pub in_path: Option<Filter>,
    /// The names of its maps' state, which stands in the address too.
    pub map: &'static [&'static str],
}

/// The state of a page's map.
pub const OF_A_MAP: &[&str] = &["layer", "view", "cell"];
/// The state of the maps among a page's figures.
pub const OF_MAP_FIGURES: &[&str] = &["view"];

impl Takes<'_> {
    /// Whether the page's figures follow a filter.
    #[must_use]
    pub fn has(&self, filter: Filter) -> bool {
        self.in_path == Some(filter) || self.filters.contains(&filter)
    }

    /// The names that its address may carry.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let filters = self.filters.iter().map(|filter| filter.name());
        filters.chain(self.map.iter().copied()).collect()
    }
}

/// Whether some page knows the name, though perhaps not this one.
#[must_use]
pub fn is_known(name: &str) -> bool {
    Filter::parse(name).is_some() || OF_A_MAP.contains(&name)
}
