//! The names of an axis' bands: of the rows of panels set across, and of the columns of a grid.

use crate::scale::Scale;
use crate::scene::Scene;
use crate::spec::Axis;

/// The first row of each band, with the band's name.
pub(super) struct Names {
    pub(super) rows: Vec<usize>,
    pub(super) texts: Vec<String>,
}

/// The names of an axis' bands, from `label` or the axis' own column.
pub(super) fn names(scene: &Scene<'_>, axis: &Axis, label: Option<&str>, shared: &Scale) -> Names {
    let Scale::Band { keys, .. } = shared else {
        return Names {
            rows: vec![],
            texts: vec![],
        };
    };
    let frame = &scene.frames.main;
    let Some(column) = axis.column.as_deref().and_then(|name| frame.column(name)) else {
        return Names {
            rows: vec![],
            texts: vec![],
        };
    };
    let mut rows = vec![usize::MAX; keys.len()];
    for row in (0..frame.len()).rev() {
        let band = shared.band_start(column, row).map(|start| start.floor() as usize);
        if let Some(first) = band.and_then(|band| rows.get_mut(band)) {
            *first = row;
        }
    }
    let label = label.or(axis.column.as_deref()).unwrap_or_default();
    let style = axis.format.unwrap_or(crate::format::Style::Text);
    let missing = axis
        .missing
        .as_ref()
        .map_or_else(|| "–".to_owned(), |words| scene.words(words));
    let texts = rows
        .iter()
        .map(|row| {
            scene
                .filling(frame)
                .value(label, *row, style)
                .unwrap_or_else(|| missing.clone())
        })
        .collect();
    Names { rows, texts }
}
