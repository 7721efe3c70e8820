//! The signs of stores on a figure's maps: what changes lies over what stays, each sign over a halo.

use super::super::stores::{self, PlacedStore, RING_PX, SQUARE_PX};
use super::super::{MapStore, StoreStatus};
use crate::svg::Element;
use crate::theme::{Color, Theme};

/// Half the size of the cross of a store that closes, in pixels.
pub(super) const CROSS_PX: f64 = 5.5;
/// A selected store is no smaller than this, in pixels.
const SELECTED_PX: f64 = 4.0;
/// Widths of a bold mark and of the halo under it, in pixels.
const BOLD_PX: f64 = 2.25;
const HALO_PX: f64 = 5.0;

/// Whether a store is what the map is about.
pub(super) fn matters(store: &MapStore) -> bool {
    store.selected || matches!(store.status, StoreStatus::Opening | StoreStatus::Closing)
}

/// Whether a store's circle shows its revenue.
pub(super) fn is_sized(store: &MapStore) -> bool {
    store.status == StoreStatus::Open && store.revenue > 0.0
}

/// The radius that a sign takes, in pixels, when a circle of its revenue has `circle_px`.
pub(super) fn radius_px(store: &MapStore, circle_px: f64) -> f64 {
    match store.status {
        StoreStatus::Opening => RING_PX,
        StoreStatus::Closing => CROSS_PX,
        StoreStatus::Competitor => SQUARE_PX,
        StoreStatus::Open if store.selected => circle_px.max(SELECTED_PX),
        StoreStatus::Open => circle_px,
    }
}

/// The sign of a store; a group of [`stores::circles`] gives it its fill and stroke.
pub(super) fn sign(store: &MapStore, (x, y, radius): (f64, f64, f64), theme: Theme) -> Element {
    let bold = |element: Element| element.stroke(theme, Color::Mark, BOLD_PX);
    let halo = |element: Element| element.set("fill", "none").stroke(theme, Color::Halo, HALO_PX);
    let group = Element::new("g").set("stroke-linecap", "round");
    match store.status {
        StoreStatus::Competitor => stores::square(x, y),
        StoreStatus::Closing => {
            let cross = || stores::cross(Element::new("path"), (x, y), CROSS_PX);
            group.child(halo(cross())).child(bold(cross()))
        }
        StoreStatus::Opening => group
            .child(halo(stores::circle(x, y, RING_PX)))
            .children(stores::ringed_dot(x, y)),
        StoreStatus::Open if store.selected => {
            let radius = radius_px(store, radius);
            group
                .child(halo(stores::circle(x, y, radius)))
                .child(bold(stores::circle(x, y, radius)))
        }
        StoreStatus::Open => stores::circle(x, y, radius),
    }
}

/// The stores of a panel in the order of drawing: competitors, open stores from large to small, what matters. Of more
/// than `most` the least important are left out.
pub(super) fn in_order(stores: &[MapStore], mut placed: Vec<PlacedStore>, most: usize) -> Vec<PlacedStore> {
    let weight = |placed: &PlacedStore| match &stores[placed.index] {
        store if store.selected => 3,
        store if matters(store) => 2,
        store if store.status == StoreStatus::Open => 1,
        _ => 0,
    };
    placed.sort_by_key(|placed| std::cmp::Reverse(weight(placed)));
    placed.truncate(most);
    placed.sort_by_key(weight);
    placed
}
