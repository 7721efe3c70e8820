//! Why a page, a figure or a file of one cannot be made.

use super::feature::FeatureError;
use super::filters::FilterError;
use chalandise_chart::ChartError;
use chalandise_serving::DataError;

/// The longest side of a PNG, so that an address cannot ask for gigabytes.
pub(super) const LONGEST_SIDE_PX: f64 = 8_000.0;

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The address means nothing.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// A query failed.
    #[error(transparent)]
    Data(#[from] DataError),
    /// What the page does beside showing queries cannot be done.
    #[error(transparent)]
    Feature(#[from] FeatureError),
}

/// What a figure or a page cannot be made of.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// A query gave no rows.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The address means nothing.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// What the page does beside showing queries cannot be done.
    #[error(transparent)]
    Feature(#[from] FeatureError),
    /// The chart cannot be drawn.
    #[error("the chart of {figure} cannot be drawn")]
    Chart {
        /// The figure.
        figure: String,
        /// Why.
        #[source]
        source: ChartError,
    },
    /// The rows make no Parquet file.
    #[error("the rows of {figure} make no Parquet file")]
    Parquet {
        /// The figure.
        figure: String,
        /// Why.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// Cells make no outline.
    #[error("the cells of a catchment make no outline; `chalandise build` computes them anew")]
    Outline {
        /// Why.
        #[source]
        source: chalandise_analytics::network::catchment::OutlineError,
    },
    /// The picture cannot be made.
    #[error("the picture of {figure} cannot be made")]
    Picture {
        /// The figure.
        figure: String,
        /// Why.
        #[source]
        source: PictureError,
    },
}

impl From<PageError> for FigureError {
    fn from(error: PageError) -> FigureError {
        match error {
            PageError::Filter(error) => error.into(),
            PageError::Data(error) => error.into(),
            PageError::Feature(error) => error.into(),
        }
    }
}

/// A PNG cannot be made of a drawing.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The drawing is no SVG that the renderer reads.
    #[error("the drawing cannot be read")]
    Read(#[from] resvg::usvg::Error),
    /// The picture would be empty or too large.
    #[error("the picture would be empty or larger than {LONGEST_SIDE_PX} pixels")]
    Size,
    /// The pixels cannot be packed.
    #[error("the picture cannot be written")]
    Write,
}
