//! The unit of a chart's money, for the words that stand outside the drawing.

use crate::Drawing;
use crate::format::{Language, Unit};
use crate::frame::Frames;
use crate::scene::Scene;
use crate::spec::Spec;
use crate::theme::Theme;

/// The one unit in which a chart writes its money with these data, so that a subtitle can name it (`Unit::label`).
pub fn money_unit(spec: &Spec, frames: &Frames) -> Unit {
    // The unit follows from the data alone; how it is drawn does not matter.
    let drawing = Drawing {
        id: "unit",
        title: "",
        desc: "",
        width_px: 600.0,
        language: Language::English,
        theme: Theme::Css,
        currency: "EUR",
    };
    Scene::new(spec, frames, &drawing).unit
}
