//! What the network models read: the market's cells, the sites, and what was sold where.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type};
use chrono::{Days, Months, NaiveDate};
use h3o::{CellIndex, LatLng};

use crate::ModelError;
use crate::inputs::{Inputs, NONE};
use crate::read::{column, integers, numbers, texts};
use chalandise_lake::contract;

/// Months of sales that catchments and the Huff model are made of.
const OBSERVED_MONTHS: u32 = 12;

/// A cell of the market, resolution 8.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) index: CellIndex,
    pub(super) centre: LatLng,
    pub(super) commune_code: String,
    pub(super) region: String,
    pub(super) residents: f64,
    pub(super) households: f64,
    /// Money a year; none when nobody said what households spend.
    pub(super) spend_potential: Option<f64>,
}

/// A point of sale or a competitor.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) id: String,
    pub(super) competitor: bool,
    pub(super) place: LatLng,
    pub(super) format: String,
    /// Columns of numbers, by name; NaN where there is no value.
    pub(super) columns: HashMap<String, f64>,
    pub(super) opened_on: Option<NaiveDate>,
    pub(super) closed_on: Option<NaiveDate>,
}

impl Site {
    /// Whether it sells on a day.
    pub(super) fn is_open(&self, day: NaiveDate) -> bool {
        self.opened_on.is_none_or(|opened| opened <= day) && self.closed_on.is_none_or(|closed| day <= closed)
    }

    /// A column's value, where there is one.
    pub(super) fn column(&self, name: &str) -> Option<f64> {
        self.columns.get(name).copied().filter(|value| value.is_finite())
    }
}

/// What a store sold to the residents of a cell in a span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flow {
    /// Place among the cells.
    pub(super) cell: u32,
    /// Place among the sites.
    pub(super) site: u16,
    /// Number of the span.
    pub(super) span: u16,
    /// Net revenue.
    pub(super) revenue: f64,
}

/// Sales of the observed months.
#[derive(Clone, Debug, Default)]
pub(super) struct Sales {
    /// Those whose cell is known and in the market, by cell, site and span.
    pub(super) flows: Vec<Flow>,
    /// All sales of each site in each span: site by site.
    pub(super) by_span: Vec<f64>,
    /// Sales of all stores, those without a place included.
    pub(super) in_stores: f64,
    /// Sales of all sales channels.
    pub(super) in_all: f64,
}

/// All that is read.
#[derive(Debug)]
pub(super) struct Input {
    /// First and last day of the observed months.
    pub(super) from_on: NaiveDate,
    pub(super) to_on: NaiveDate,
    /// First day with an order.
    pub(super) first_on: NaiveDate,
    /// By their index.
    pub(super) cells: Vec<Cell>,
    /// Stores by id, then competitors by id.
    pub(super) sites: Vec<Site>,
    /// First day of each span, the first one's being `from_on`.
    pub(super) spans: Vec<NaiveDate>,
    pub(super) sales: Sales,
}

impl Input {
    pub(super) async fn read(inputs: &Inputs<'_>, first_on: NaiveDate, as_of: NaiveDate) -> Result<Input, ModelError> {
        let from_on = (as_of + Days::new(1))
            .checked_sub_months(Months::new(OBSERVED_MONTHS))
            .unwrap_or(first_on)
            .max(first_on);
        let cells = cells(inputs).await?;
        let sites = sites(inputs).await?;
        let mut input = Input {
            from_on,
            to_on: as_of,
            first_on,
            spans: spans(&sites, from_on, as_of),
            cells,
            sites,
            sales: Sales::default(),
        };
        input.sales = sales(inputs, &input).await?;
        Ok(input)
    }

    /// How many of the sites are stores: they come before the competitors.
    pub(super) fn stores(&self) -> usize {
        self.sites.partition_point(|site| !site.competitor)
    }

    /// The place of a cell among the cells.
    pub(super) fn cell(&self, index: u64) -> Option<usize> {
        self.cells
            .binary_search_by_key(&index, |cell| u64::from(cell.index))
            .ok()
    }

    /// Sales of a site in all spans.
    pub(super) fn sold(&self, site: usize) -> f64 {
        self.sales.by_span[site * self.spans.len()..][..self.spans.len()]
            .iter()
            .sum()
    }

    /// Share of the retailer's revenue that stores make; 1 without any sale.
    pub(super) fn store_share(&self) -> f64 {
        if self.sales.in_all > 0.0 && self.sales.in_stores > 0.0 {
            (self.sales.in_stores / self.sales.in_all).min(1.0)
        } else {
            1.0
        }
    }

    /// Whether a site was open in a span.
    pub(super) fn open_in(&self, site: usize, span: usize) -> bool {
        self.sites[site].is_open(self.spans[span])
    }

    /// What part of the observed sales falls into each span: by the stores that were open in all of them, else by days.
    pub(super) fn span_weights(&self) -> Vec<f64> {
        let spans = self.spans.len();
        let mut sums = vec![0.0; spans];
        for site in (0..self.sites.len()).filter(|site| !self.sites[*site].competitor) {
            if (0..spans).all(|span| self.open_in(site, span)) {
                let of = &self.sales.by_span[site * spans..][..spans];
                sums.iter_mut().zip(of).for_each(|(sum, sold)| *sum += sold);
            }
        }
        if sums.iter().any(|sum| *sum <= 0.0) {
            let ends = self.spans.iter().skip(1).copied().chain([self.to_on + Days::new(1)]);
            sums = self
                .spans
                .iter()
                .zip(ends)
                .map(|(first, end)| (end - *first).num_days() as f64)
                .collect();
        }
        let all: f64 = sums.iter().sum();
        sums.iter().map(|sum| sum / all).collect()
    }
}

/// First days of the spans between two changes of the network: the days on which the queries count a change.
fn spans(sites: &[Site], from_on: NaiveDate, to_on: NaiveDate) -> Vec<NaiveDate> {
    let opened = sites.iter().filter_map(|site| site.opened_on);
    let after_closed = sites.iter().filter_map(|site| Some(site.closed_on? + Days::new(1)));
    let mut days: Vec<NaiveDate> = opened
        .chain(after_closed)
        .filter(|day| *day > from_on && *day <= to_on)
        .chain([from_on])
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// The cells of the market, by their index.
pub(super) async fn cells(inputs: &Inputs<'_>) -> Result<Vec<Cell>, ModelError> {
    let mut cells = Vec::new();
    for batch in inputs.run("model/network_market", &NONE).await? {
        let (indexes, communes, regions) = (
            integers(&batch, "h3_cell")?,
            texts(&batch, "commune_code")?,
            texts(&batch, "region")?,
        );
        let (residents, households) = (numbers(&batch, "residents")?, numbers(&batch, "households")?);
        let potential = numbers(&batch, "spend_potential")?;
        for (row, (commune_code, region)) in communes.into_iter().zip(regions).enumerate() {
            let Ok(index) = CellIndex::try_from(indexes[row].cast_unsigned()) else {
                continue;
            };
            let known = |value: f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
            cells.push(Cell {
                index,
                centre: LatLng::from(index),
                commune_code,
                region,
                residents: known(residents[row]),
                households: known(households[row]),
                spend_potential: Some(potential[row]).filter(|value| value.is_finite()),
            });
        }
    }
    cells.sort_by_key(|cell| u64::from(cell.index));
    Ok(cells)
}

/// Stores by id, then competitors by id, that have a place.
pub(super) async fn sites(inputs: &Inputs<'_>) -> Result<Vec<Site>, ModelError> {
    const NUMBERS: [&str; 3] = ["sales_area_m2", "annual_fixed_cost", "gross_margin_rate"];
    let mut sites = Vec::new();
    for batch in inputs.run("model/network_sites", &NONE).await? {
        let (ids, formats) = (texts(&batch, "site_id")?, texts(&batch, "format")?);
        let competitor = column(&batch, "competitor", &DataType::Boolean)?;
        let (latitudes, longitudes) = (numbers(&batch, "latitude")?, numbers(&batch, "longitude")?);
        let (opened, closed) = (dates(&batch, "opened_on")?, dates(&batch, "closed_on")?);
        let columns = NUMBERS
            .iter()
            .map(|name| Ok((*name, numbers(&batch, name)?)))
            .collect::<Result<Vec<_>, ModelError>>()?;
        for (row, (id, format)) in ids.into_iter().zip(formats).enumerate() {
            let Ok(place) = LatLng::new(latitudes[row], longitudes[row]) else {
                continue;
            };
            sites.push(Site {
                id,
                competitor: competitor.as_boolean().value(row),
                place,
                format,
                columns: columns
                    .iter()
                    .map(|(name, values)| ((*name).to_owned(), values[row]))
                    .collect(),
                opened_on: opened[row],
                closed_on: closed[row],
            });
        }
    }
    let mut by_id: HashMap<String, usize> = HashMap::new();
    for (place, site) in sites.iter().enumerate() {
        by_id.insert(site.id.clone(), place);
    }
    for batch in inputs.run("model/network_attributes", &NONE).await? {
        let (ids, names) = (texts(&batch, "store_id")?, texts(&batch, "attribute")?);
        let values = numbers(&batch, "value")?;
        for (row, (id, name)) in ids.iter().zip(names).enumerate() {
            if let Some(site) = by_id.get(id).and_then(|place| sites.get_mut(*place)) {
                site.columns.entry(name).or_insert(values[row]);
            }
        }
    }
    Ok(sites)
}

async fn sales(inputs: &Inputs<'_>, input: &Input) -> Result<Sales, ModelError> {
    let stores = input.sites.iter().enumerate().filter(|(_, site)| !site.competitor);
    let places: HashMap<&str, u16> = stores.map(|(place, site)| (site.id.as_str(), place as u16)).collect();
    let spans = input.spans.len();
    let mut sales = Sales {
        by_span: vec![0.0; input.sites.len() * spans],
        ..Sales::default()
    };
    let days = [("from_on", input.from_on), ("to_on", input.to_on)];
    for batch in inputs.run("model/network_flows", &days).await? {
        let (channels, stores) = (texts(&batch, "sales_channel")?, texts(&batch, "store_id")?);
        let (cells, numbers_of) = (integers(&batch, "h3_cell")?, integers(&batch, "span")?);
        let revenue = money(&batch, "net_revenue")?;
        for (row, channel) in channels.iter().enumerate() {
            sales.in_all += revenue[row];
            if channel != "store" {
                continue;
            }
            sales.in_stores += revenue[row];
            let span = usize::try_from(numbers_of[row]).unwrap_or(0).min(spans - 1);
            let Some(site) = places.get(stores[row].as_str()) else {
                continue;
            };
            sales.by_span[usize::from(*site) * spans + span] += revenue[row];
            if let Some(cell) = input.cell(cells[row].cast_unsigned()) {
                sales.flows.push(Flow {
                    cell: cell as u32,
                    site: *site,
                    span: span as u16,
                    revenue: revenue[row],
                });
            }
        }
    }
    sales.flows.sort_by_key(|flow| (flow.cell, flow.site, flow.span));
    Ok(sales)
}

/// Money as units of the currency.
pub(super) fn money(batch: &RecordBatch, name: &str) -> Result<Vec<f64>, ModelError> {
    Ok(cents(batch, name)?
        .into_iter()
        .map(|cents| cents as f64 / 100.0)
        .collect())
}

/// Money as cents; what is missing is 0.
pub(super) fn cents(batch: &RecordBatch, name: &str) -> Result<Vec<i64>, ModelError> {
    let values = column(batch, name, &contract::Kind::Money.data_type())?;
    let cents = values.as_primitive::<Decimal128Type>().iter();
    Ok(cents
        .map(|value| i64::try_from(value.unwrap_or(0)).unwrap_or(0))
        .collect())
}

/// A column of days; none where there is no value.
pub(super) fn dates(batch: &RecordBatch, name: &str) -> Result<Vec<Option<NaiveDate>>, ModelError> {
    let values = column(batch, name, &DataType::Date32)?;
    let days = values.as_primitive::<Date32Type>();
    Ok((0..days.len())
        .map(|row| {
            days.is_valid(row)
                .then(|| Date32Type::to_naive_date_opt(days.value(row)))
                .flatten()
        })
        .collect())
}
