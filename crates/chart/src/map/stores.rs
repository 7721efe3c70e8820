//! Stores: circles whose area is revenue, the largest at the bottom so that none is hidden, and signs of one size.

use super::frame::Frame;
use super::geography::projection::project;
use super::{MapStore, StoreStatus};
use crate::svg::{Element, fmt};
use crate::theme::{Color, Theme};

/// The smallest circle that can still be seen and hit, in pixels.
const SMALLEST_RADIUS_PX: f64 = 1.4;
/// Half the size of the cross of a closed store, in pixels.
const CROSS_PX: f64 = 3.5;
/// The radius of the ring of a store that opens, in pixels.
pub(crate) const RING_PX: f64 = 5.5;
/// Half the side of a competitor's square, in pixels.
pub(crate) const SQUARE_PX: f64 = 3.5;

/// How large a circle a revenue gets: a step of 1-3-10 has the full radius, so that months compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StoreScale {
    full_revenue: f64,
    full_radius_px: f64,
}

impl StoreScale {
    /// The scale for these stores at a full radius in pixels.
    pub(crate) fn new(stores: &[MapStore], full_radius_px: f64) -> Self {
        let largest = stores
            .iter()
            .map(|store| store.revenue)
            .filter(|r| r.is_finite())
            .fold(0.0, f64::max);
        Self {
            full_revenue: step_above(largest),
            full_radius_px,
        }
    }

    /// The radius in pixels of a revenue.
    pub(crate) fn radius_px(&self, revenue: f64) -> f64 {
        let share = if revenue.is_finite() {
            (revenue / self.full_revenue).max(0.0)
        } else {
            0.0
        };
        (self.full_radius_px * share.sqrt()).max(SMALLEST_RADIUS_PX)
    }

    /// Orders scales by their circles' size.
    pub(crate) fn compare(&self, other: &Self) -> std::cmp::Ordering {
        self.full_radius_px.total_cmp(&other.full_radius_px)
    }

    /// Three revenues for the legend, ascending.
    pub(crate) fn examples(&self) -> [f64; 3] {
        let below = |value: f64| {
            if starts_with_three(value) {
                value / 3.0
            } else {
                value * 0.3
            }
        };
        let middle = below(self.full_revenue);
        [below(middle), middle, self.full_revenue]
    }
}

/// The smallest of 1, 3, 10, 30 … that is not below the value; 1 for nothing.
fn step_above(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor().clamp(-300.0, 300.0));
    [1.0, 3.0, 10.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|step| *step >= value * (1.0 - 1e-9))
        .unwrap_or(value)
}

fn starts_with_three(value: f64) -> bool {
    let power = 10_f64.powf((value.log10() + 1e-9).floor());
    value / power > 2.0
}

/// The stores of a map at one width.
pub(crate) struct Layout {
    /// The class by which CSS shows the layout; none when there is only one.
    pub(crate) class: Option<String>,
    pub(crate) scale: StoreScale,
}

impl Layout {
    /// Marks an element as belonging to this layout.
    pub(crate) fn mark(&self, element: Element) -> Element {
        match &self.class {
            Some(class) => element.set("class", class.as_str()),
            None => element,
        }
    }
}

/// A store in view: its rank in the data and its circle (x, y, radius in pixels).
pub(crate) struct PlacedStore {
    pub(crate) index: usize,
    pub(crate) circle: (f64, f64, f64),
}

/// The stores in view, by descending revenue, at most so many.
pub(crate) fn place(stores: &[MapStore], scale: &StoreScale, frame: &Frame, most: usize) -> Vec<PlacedStore> {
    let mut placed: Vec<PlacedStore> = stores
        .iter()
        .enumerate()
        .filter_map(|(index, store)| {
            let (x, y) = frame.pixel_of(project(store.latitude, store.longitude));
            frame.holds((x, y)).then(|| PlacedStore {
                index,
                circle: (x, y, scale.radius_px(store.revenue)),
            })
        })
        .collect();
    placed.sort_by(|a, b| {
        let (a, b) = (&stores[a.index], &stores[b.index]);
        b.revenue.total_cmp(&a.revenue).then_with(|| a.id.cmp(&b.id))
    });
    placed.truncate(most);
    placed
}

/// The circles of all layouts, with one link and accessible name for each store on a page.
///
/// The layouts' marks of one store stand together, so that its address and name are there once.
pub(crate) fn draw(
    stores: &[MapStore],
    layouts: &[(Layout, Vec<PlacedStore>)],
    theme: Theme,
    shape: impl Fn(&MapStore, (f64, f64, f64)) -> Element,
    label: impl Fn(&MapStore) -> String,
) -> Element {
    let mut marks: Vec<Vec<Element>> = vec![Vec::new(); stores.len()];
    let mut order: Vec<usize> = Vec::new();
    for (layout, placed) in layouts {
        for placed in placed {
            if marks[placed.index].is_empty() {
                order.push(placed.index);
            }
            marks[placed.index].push(layout.mark(shape(&stores[placed.index], placed.circle)));
        }
    }
    let mut group = circles(Element::new("g").set("class", "stores"), theme);
    for index in order {
        let (store, shapes) = (&stores[index], std::mem::take(&mut marks[index]));
        group = match (theme, &store.href) {
            (Theme::Css, Some(href)) => group.child(
                Element::new("a")
                    .set("href", href.as_str())
                    .set("aria-label", label(store))
                    .set("tabindex", "-1")
                    .children(shapes),
            ),
            (Theme::Css, None) => group.child(Element::new("g").set("data-tip", label(store)).children(shapes)),
            _ => group.children(shapes),
        };
    }
    group
}

/// The circles alone, for the inset: names and links are on the map beside it.
pub(crate) fn draw_plain(stores: &[MapStore], placed: &[PlacedStore], theme: Theme) -> Element {
    circles(Element::new("g"), theme)
        .set("pointer-events", "none")
        .children(placed.iter().map(|placed| mark(&stores[placed.index], placed.circle)))
}

/// A circle, or the sign of what is no plain open store. A group of [`circles`] gives it its fill and stroke.
pub(crate) fn mark(store: &MapStore, (x, y, radius): (f64, f64, f64)) -> Element {
    match store.status {
        StoreStatus::Closing => cross(Element::new("path").set("stroke-width", "1.5"), (x, y), CROSS_PX),
        StoreStatus::Opening => Element::new("g").children(ringed_dot(x, y)),
        StoreStatus::Competitor => square(x, y),
        StoreStatus::Open => circle(x, y, radius),
    }
}

/// A circle by its middle.
pub(crate) fn circle(x: f64, y: f64, radius: f64) -> Element {
    Element::new("circle").px("cx", x).px("cy", y).px("r", radius)
}

/// A path as the two strokes of a cross by its middle and half its size.
pub(crate) fn cross(path: Element, (x, y): (f64, f64), half: f64) -> Element {
    let (left, top, size) = (fmt(x - half), fmt(y - half), fmt(2.0 * half));
    path.set("d", format!("M{left} {top}l{size} {size}m0-{size}l-{size} {size}"))
}

/// A ring of [`RING_PX`] round a dot.
pub(crate) fn ringed_dot(x: f64, y: f64) -> [Element; 2] {
    [
        circle(x, y, RING_PX)
            .set("fill-opacity", "1")
            .set("stroke-width", "2.25"),
        circle(x, y, 1.2).set("stroke-width", "2.25"),
    ]
}

/// The hollow square of a competitor.
pub(crate) fn square(x: f64, y: f64) -> Element {
    Element::new("rect")
        .px("x", x - SQUARE_PX)
        .px("y", y - SQUARE_PX)
        .px("width", 2.0 * SQUARE_PX)
        .px("height", 2.0 * SQUARE_PX)
        .set("stroke-width", "1.5")
}

/// The style of store circles on a group.
pub(crate) fn circles(group: Element, theme: Theme) -> Element {
    group
        .fill(theme, Color::Halo)
        .set("fill-opacity", ".18")
        .stroke(theme, Color::Mark, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(revenue: f64) -> MapStore {
        MapStore {
            id: format!("S{revenue}"),
            name: "Nantes".to_owned(),
            latitude: 47.2,
            longitude: -1.5,
            revenue,
            href: None,
            status: StoreStatus::Open,
            selected: false,
        }
    }

    #[test]
    fn area_is_revenue_and_the_scale_is_the_same_for_months_of_one_step() {
        let scale = StoreScale::new(&[store(6.2e6), store(1e6)], 10.0);
        assert_eq!(scale, StoreScale::new(&[store(3.1e6)], 10.0));
        let (whole, quarter) = (scale.radius_px(8e6), scale.radius_px(2e6));
        assert!((whole / quarter - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_legend_shows_steps_of_one_and_three() {
        let steps = |largest: f64| StoreScale::new(&[store(largest)], 10.0).examples();
        let close = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).all(|(a, b)| (a / b - 1.0).abs() < 1e-9);
        assert!(close(steps(6.2e6), [1e6, 3e6, 1e7]));
        assert!(close(steps(2.5e6), [3e5, 1e6, 3e6]));
        assert!(close(steps(1e6), [1e5, 3e5, 1e6]));
    }

    #[test]
    fn odd_revenues_still_have_a_size() {
        let scale = StoreScale::new(&[store(f64::NAN), store(-5.0), store(0.0)], 10.0);
        for revenue in [f64::NAN, f64::INFINITY, -5.0, 0.0] {
            assert!(scale.radius_px(revenue) >= SMALLEST_RADIUS_PX);
        }
    }
}
