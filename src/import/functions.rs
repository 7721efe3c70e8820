//! SQL functions that mappings may use beside the engine's own.
//!
//! | function | gives |
//! |---|---|
//! | `place_latitude(postcode, city)`, `place_longitude(postcode, city)` | point of the commune |
//! | `place_region(postcode, city)` | its region |
//! | `place_commune(postcode, city)` | its INSEE code |
//! | `commune_latitude(code)`, `commune_longitude(code)` | point of the commune of an INSEE code |
//! | `h3_cell_of(text, resolution)` | H3 cell of a text or number, int64: of a finer cell its parent; empty where it is none, or coarser |
//! | `region_name(text)` | a French region's name as pages show it, from any spelling; other texts as they are |
//! | `region_at(latitude, longitude)` | region of the nearest commune |
//! | `h3_latlng_to_cell(latitude, longitude, resolution)` | H3 cell, int64 |
//! | `local_to_utc(timestamp)` | instant of a local time in the mapping's time zone |
//! | `normal_name`, `normal_email`, `normal_phone`, `normal_mobile`, `normal_street`, `normal_city`, `normal_postcode` | one spelling of a text |
//! | `last_name(text, order)`, `first_name(text, order)` | parts of a whole name; order `last first` or `first last` |

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, StringViewArray, StringViewBuilder, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use chalandise_analytics::customers::record_linkage::normalise::{self, NameOrder};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::SessionContext;

use super::gazetteer::{Gazetteer, region_name};
use chalandise_locale::geography::Commune;

/// Registers the functions in a session.
pub fn register(session: &SessionContext, gazetteer: &Arc<Gazetteer>, zone: Tz) {
    for function in [
        number_of_place("place_latitude", gazetteer, |commune| commune.latitude),
        number_of_place("place_longitude", gazetteer, |commune| commune.longitude),
        place_region(gazetteer),
        place_commune(gazetteer),
        number_of_commune("commune_latitude", gazetteer, |commune| commune.latitude),
        number_of_commune("commune_longitude", gazetteer, |commune| commune.longitude),
        cell_of(),
        region_at(gazetteer),
        latlng_to_cell(),
        local_to_utc(zone),
        text_function("region_name", |text| Some(region_name(text).unwrap_or(text).to_owned())),
        text_function("normal_name", |text| filled(normalise::name(text))),
        text_function("normal_email", normalise::email),
        text_function("normal_phone", |text| normalise::phone(text).map(|it| it.digits)),
        text_function("normal_mobile", |text| {
            normalise::phone(text).filter(|it| it.mobile).map(|it| it.digits)
        }),
        text_function("normal_street", |text| filled(normalise::street(text))),
        text_function("normal_city", |text| filled(normalise::city(text))),
        text_function("normal_postcode", normalise::postcode),
        name_part("last_name", |name| name.last),
        name_part("first_name", |name| name.first),
    ] {
        session.register_udf(function);
    }
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

type Columns<'a> = &'a [ArrayRef];

fn function(
    name: &str,
    arguments: Vec<DataType>,
    result: DataType,
    work: impl Fn(Columns<'_>) -> Result<ArrayRef, DataFusionError> + Send + Sync + 'static,
) -> ScalarUDF {
    create_udf(
        name,
        arguments,
        result,
        Volatility::Immutable,
        Arc::new(move |arguments: &[ColumnarValue]| {
            let columns = ColumnarValue::values_to_arrays(arguments)?;
            work(&columns).map(ColumnarValue::Array)
        }),
    )
}

fn texts(column: &ArrayRef) -> &StringViewArray {
    column.as_string_view()
}

/// A value of a text column; empty for none.
fn text_at(column: &StringViewArray, row: usize) -> &str {
    if column.is_valid(row) { column.value(row) } else { "" }
}

fn text_function(name: &str, work: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> ScalarUDF {
    function(name, vec![DataType::Utf8View], DataType::Utf8View, move |columns| {
        let given = texts(&columns[0]);
        let mut builder = StringViewBuilder::with_capacity(given.len());
        for text in given {
            builder.append_option(text.and_then(&work));
        }
        Ok(Arc::new(builder.finish()))
    })
}

fn name_part(name: &str, part: fn(normalise::FullName) -> String) -> ScalarUDF {
    let arguments = vec![DataType::Utf8View, DataType::Utf8View];
    function(name, arguments, DataType::Utf8View, move |columns| {
        let (given, orders) = (texts(&columns[0]), texts(&columns[1]));
        let mut builder = StringViewBuilder::with_capacity(given.len());
        for row in 0..given.len() {
            let order = match text_at(orders, row) {
                "last first" => NameOrder::LastFirst,
                "first last" => NameOrder::FirstLast,
                _ => {
                    return Err(DataFusionError::Plan(
                        "the order of a name is 'last first' or 'first last'".to_owned(),
                    ));
                }
            };
            let name = normalise::full_name(text_at(given, row), order);
            builder.append_option(filled(part(name)));
        }
        Ok(Arc::new(builder.finish()))
    })
}

fn number_of_place(name: &str, gazetteer: &Arc<Gazetteer>, number: fn(&Commune) -> f64) -> ScalarUDF {
    let gazetteer = Arc::clone(gazetteer);
    let arguments = vec![DataType::Utf8View, DataType::Utf8View];
    function(name, arguments, DataType::Float64, move |columns| {
        let (postcodes, cities) = (texts(&columns[0]), texts(&columns[1]));
        let numbers: Float64Array = (0..postcodes.len())
            .map(|row| {
                gazetteer
                    .find(text_at(postcodes, row), text_at(cities, row))
                    .map(number)
            })
            .collect();
        Ok(Arc::new(numbers))
    })
}

fn place_region(gazetteer: &Arc<Gazetteer>) -> ScalarUDF {
    let gazetteer = Arc::clone(gazetteer);
    let arguments = vec![DataType::Utf8View, DataType::Utf8View];
    function("place_region", arguments, DataType::Utf8View, move |columns| {
        let (postcodes, cities) = (texts(&columns[0]), texts(&columns[1]));
        let regions: StringViewArray = (0..postcodes.len())
            .map(|row| gazetteer.region(text_at(postcodes, row), text_at(cities, row)))
            .collect();
        Ok(Arc::new(regions))
    })
}

fn place_commune(gazetteer: &Arc<Gazetteer>) -> ScalarUDF {
    let gazetteer = Arc::clone(gazetteer);
    let arguments = vec![DataType::Utf8View, DataType::Utf8View];
    function("place_commune", arguments, DataType::Utf8View, move |columns| {
        let (postcodes, cities) = (texts(&columns[0]), texts(&columns[1]));
        let codes: StringViewArray = (0..postcodes.len())
            .map(|row| {
                let commune = gazetteer.find(text_at(postcodes, row), text_at(cities, row));
                commune.map(|commune| commune.code.as_str())
            })
            .collect();
        Ok(Arc::new(codes))
    })
}

fn number_of_commune(name: &str, gazetteer: &Arc<Gazetteer>, number: fn(&Commune) -> f64) -> ScalarUDF {
    let gazetteer = Arc::clone(gazetteer);
    function(name, vec![DataType::Utf8View], DataType::Float64, move |columns| {
        let codes = texts(&columns[0]);
        let numbers: Float64Array = (0..codes.len())
            .map(|row| gazetteer.commune(text_at(codes, row)).map(number))
            .collect();
        Ok(Arc::new(numbers))
    })
}

fn cell_of() -> ScalarUDF {
    let arguments = vec![DataType::Utf8View, DataType::Int64];
    function("h3_cell_of", arguments, DataType::Int64, |columns| {
        let given = texts(&columns[0]);
        let resolutions = columns[1].as_primitive::<Int64Type>();
        let cells: Int64Array = given
            .iter()
            .zip(resolutions)
            .map(|(text, resolution)| parent(text?, resolution?))
            .collect();
        Ok(Arc::new(cells))
    })
}

/// The cell of a text in H3's own hexadecimal form, or of a decimal number.
fn parent(text: &str, resolution: i64) -> Option<i64> {
    let number = text
        .parse::<u64>()
        .ok()
        .and_then(|number| h3o::CellIndex::try_from(number).ok());
    let cell = number.or_else(|| text.parse::<h3o::CellIndex>().ok())?;
    let resolution = h3o::Resolution::try_from(u8::try_from(resolution).ok()?).ok()?;
    Some(u64::from(cell.parent(resolution)?).cast_signed())
}

fn region_at(gazetteer: &Arc<Gazetteer>) -> ScalarUDF {
    let gazetteer = Arc::clone(gazetteer);
    let arguments = vec![DataType::Float64, DataType::Float64];
    function("region_at", arguments, DataType::Utf8View, move |columns| {
        let latitudes = columns[0].as_primitive::<Float64Type>();
        let longitudes = columns[1].as_primitive::<Float64Type>();
        let regions: StringViewArray = latitudes
            .iter()
            .zip(longitudes)
            .map(|(latitude, longitude)| gazetteer.region_at(latitude?, longitude?))
            .collect();
        Ok(Arc::new(regions))
    })
}

fn latlng_to_cell() -> ScalarUDF {
    let arguments = vec![DataType::Float64, DataType::Float64, DataType::Int64];
    function("h3_latlng_to_cell", arguments, DataType::Int64, |columns| {
        let latitudes = columns[0].as_primitive::<Float64Type>();
        let longitudes = columns[1].as_primitive::<Float64Type>();
        let resolutions = columns[2].as_primitive::<Int64Type>();
        let cells: Int64Array = latitudes
            .iter()
            .zip(longitudes)
            .zip(resolutions)
            .map(|((latitude, longitude), resolution)| cell(latitude?, longitude?, resolution?))
            .collect();
        Ok(Arc::new(cells))
    })
}

fn cell(latitude: f64, longitude: f64, resolution: i64) -> Option<i64> {
    let point = h3o::LatLng::new(latitude, longitude).ok()?;
    let resolution = h3o::Resolution::try_from(u8::try_from(resolution).ok()?).ok()?;
    Some(u64::from(point.to_cell(resolution)).cast_signed())
}

fn local_to_utc(zone: Tz) -> ScalarUDF {
    let local = DataType::Timestamp(TimeUnit::Microsecond, None);
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    function("local_to_utc", vec![local], utc, move |columns| {
        let moments = columns[0].as_primitive::<TimestampMicrosecondType>();
        let instants: TimestampMicrosecondArray = moments
            .iter()
            .map(|micros| {
                let moment = DateTime::from_timestamp_micros(micros?)?.naive_utc();
                Some(instant(zone, moment).timestamp_micros())
            })
            .collect();
        Ok(Arc::new(instants.with_timezone("UTC")))
    })
}

/// The instant of a local time. In the hour that autumn repeats it is the first; in the hour that spring skips it is the time
/// that a clock not yet put forward would show.
pub fn instant(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    if let Some(instant) = zone.from_local_datetime(&local).earliest() {
        return instant.with_timezone(&Utc);
    }
    let before = local - chrono::Duration::hours(3);
    zone.from_local_datetime(&before).earliest().map_or_else(
        || local.and_utc(),
        |earlier| earlier.with_timezone(&Utc) + chrono::Duration::hours(3),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> String {
        let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time");
        instant(Tz::Europe__Paris, local).format("%H:%M").to_string()
    }

    #[test]
    fn cells_come_as_texts_and_numbers_and_finer_than_wanted() {
        let cell = h3o::LatLng::new(47.2, -1.55)
            .expect("degrees")
            .to_cell(h3o::Resolution::Eight);
        let wanted = Some(u64::from(cell).cast_signed());
        let fine = cell.center_child(h3o::Resolution::Ten).expect("a child");
        for text in [cell.to_string(), u64::from(cell).to_string(), fine.to_string()] {
            assert_eq!(parent(&text, 8), wanted, "{text}");
        }
        let coarse = cell.parent(h3o::Resolution::Seven).expect("a parent").to_string();
        for text in ["", "44109", "somewhere", coarse.as_str()] {
            assert_eq!(parent(text, 8), None, "{text}");
        }
    }

    #[test]
    fn local_times_become_instants() {
        assert_eq!(utc("2024-01-15 10:00"), "09:00");
        assert_eq!(utc("2024-07-15 10:00"), "08:00");
        // The night of the change in autumn: 02:30 comes twice, the first is summer time.
        assert_eq!(utc("2024-10-27 02:30"), "00:30");
        // The night of the change in spring: 02:30 does not exist.
        assert_eq!(utc("2024-03-31 02:30"), "01:30");
    }

    #[test]
    fn cells_are_signed_and_absent_for_bad_points() {
        let paris = cell(48.8566, 2.3522, 9).expect("a point");
        assert_eq!(format!("{paris:x}"), "891fb466257ffff");
        assert_eq!(cell(f64::NAN, 0.0, 9), None);
        assert_eq!(cell(48.0, 2.0, 16), None);
    }
}
