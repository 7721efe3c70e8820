//! What each cell says about each store at given parameters, all its spans together: the unit in which chance is independent, since a
//! customer orders again, and in several stores, but lives in one cell.

use super::model::{Point, SpendModel};
use super::situations::Row;
use crate::numeric::side_by_side;

/// A cell's view of one store; money throughout.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StoreView {
    pub(super) flow: f64,
    pub(super) predicted: f64,
    /// Derivative of the quasi likelihood by the store's utility.
    pub(super) score: f64,
    /// Expected information on the store's utility.
    pub(super) information: f64,
    /// Derivative of the predicted revenue of all stores by the store's utility.
    pub(super) slope: f64,
}

/// A cell at given parameters.
pub(super) struct CellView<'a> {
    /// The stores that it reaches, in rising order.
    pub(super) stores: &'a [u16],
    /// By store, of all stores; only those it reaches are meant.
    pub(super) views: &'a [StoreView],
    /// Score and slope by the coefficient of distance and by the utility of the outside.
    pub(super) distance: [f64; 2],
    pub(super) outside: [f64; 2],
}

/// A cell in the making, with its memory.
struct Gathered {
    stores: Vec<u16>,
    views: Vec<StoreView>,
    seen: Vec<bool>,
    distance: [f64; 2],
    outside: [f64; 2],
    shares: Vec<f64>,
}

impl SpendModel<'_> {
    /// Shows every cell to `add`; one result for each piece of the rows, in their order.
    pub(super) fn visit_cells<A: Send>(
        &self,
        point: &Point,
        start: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &CellView<'_>) + Sync,
    ) -> Vec<A> {
        side_by_side(self.pieces.len() as u64, |piece| {
            let mut sum = start();
            let mut cell = Gathered::new(self.stores());
            let rows = self.pieces[piece as usize].clone();
            for number in rows.clone() {
                let row = self.situations.row(number);
                cell.add(self, &row, point);
                let next = (number + 1 < rows.end).then(|| self.situations.row(number + 1).cell);
                if next != Some(row.cell) {
                    cell.show(|view| add(&mut sum, view));
                }
            }
            sum
        })
    }
}

impl Gathered {
    fn new(stores: usize) -> Gathered {
        Gathered {
            stores: Vec::new(),
            views: vec![StoreView::default(); stores],
            seen: vec![false; stores],
            distance: [0.0; 2],
            outside: [0.0; 2],
            shares: Vec::new(),
        }
    }

    fn add(&mut self, model: &SpendModel<'_>, row: &Row<'_>, point: &Point) {
        let shares = model.shares(row, point, &mut self.shares);
        let lost = row.potential * shares.outside;
        let curved = row.revenue + lost;
        for (store, share) in row.stores.iter().zip(&self.shares) {
            let index = usize::from(*store);
            if !self.seen[index] {
                self.seen[index] = true;
                self.stores.push(*store);
            }
            let view = &mut self.views[index];
            view.predicted += row.potential * share;
            view.score -= curved * share;
            view.information += row.potential * (share - share * share * (1.0 + shares.outside));
            view.slope += lost * share;
        }
        for (place, flow) in row.flows() {
            let view = &mut self.views[usize::from(row.stores[place])];
            view.flow += flow;
            view.score += flow;
            self.distance[0] += flow * model.distances[row.first + place];
        }
        self.distance[0] -= curved * shares.distance;
        self.distance[1] += lost * shares.distance;
        self.outside[0] += lost - curved * shares.outside;
        self.outside[1] -= lost * (1.0 - shares.outside);
    }

    fn show(&mut self, look: impl FnOnce(&CellView<'_>)) {
        self.stores.sort_unstable();
        look(&CellView {
            stores: &self.stores,
            views: &self.views,
            distance: self.distance,
            outside: self.outside,
        });
        for store in self.stores.drain(..) {
            self.views[usize::from(store)] = StoreView::default();
            self.seen[usize::from(store)] = false;
        }
        self.distance = [0.0; 2];
        self.outside = [0.0; 2];
    }
}

/// Sums over all cells; by store where not said otherwise.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) observed: Vec<f64>,
    pub(super) predicted: Vec<f64>,
    /// Derivatives of the predicted revenue of all stores, by each store's utility, by distance, by outside.
    pub(super) slopes: Vec<f64>,
    /// Of each store's utility: squared scores of the cells, expected information, squared information of the cells.
    scores: Vec<f64>,
    information: Vec<f64>,
    concentration: Vec<f64>,
    /// Of all pairs of cell and store: squared residuals, and these divided by what was predicted; how many pairs.
    squares: f64,
    pearson: f64,
    pairs: usize,
}

impl Account {
    fn new(stores: usize) -> Account {
        Account {
            observed: vec![0.0; stores],
            predicted: vec![0.0; stores],
            slopes: vec![0.0; stores + 2],
            scores: vec![0.0; stores],
            information: vec![0.0; stores],
            concentration: vec![0.0; stores],
            squares: 0.0,
            pearson: 0.0,
            pairs: 0,
        }
    }

    fn add(&mut self, cell: &CellView<'_>) {
        for store in cell.stores.iter().map(|store| usize::from(*store)) {
            let view = cell.views[store];
            let residual = view.flow - view.predicted;
            self.observed[store] += view.flow;
            self.predicted[store] += view.predicted;
            self.slopes[store] += view.slope;
            self.scores[store] += view.score * view.score;
            self.information[store] += view.information;
            self.concentration[store] += view.information * view.information;
            self.squares += residual * residual;
            if view.predicted > 0.0 {
                self.pearson += residual * residual / view.predicted;
            }
        }
        self.pairs += cell.stores.len();
        let stores = self.observed.len();
        self.slopes[stores] += cell.distance[1];
        self.slopes[stores + 1] += cell.outside[1];
    }

    fn merge(&mut self, other: &Account) {
        let both = [
            (&mut self.observed, &other.observed),
            (&mut self.predicted, &other.predicted),
            (&mut self.slopes, &other.slopes),
            (&mut self.scores, &other.scores),
            (&mut self.information, &other.information),
            (&mut self.concentration, &other.concentration),
        ];
        for (own, other) in both {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        }
        self.squares += other.squares;
        self.pearson += other.pearson;
        self.pairs += other.pairs;
    }

    /// Sum of the predicted revenues.
    pub(super) fn inside(&self) -> f64 {
        self.predicted.iter().sum()
    }

    /// Variance of a pair's revenue over its mean, weighted by the mean: squared residuals over predicted revenue.
    pub(super) fn dispersion(&self) -> f64 {
        self.squares / self.inside()
    }

    /// The same with every pair weighing alike (Pearson's).
    pub(super) fn pearson_dispersion(&self, parameters: usize) -> f64 {
        self.pearson / (self.pairs.saturating_sub(parameters)).max(1) as f64
    }

    /// Variance over mean as the stores' levels feel it: squared scores of the cells over expected information, so that orders of one
    /// customer, in whichever store, count as one piece of news. Each cell pulls the level of its store towards itself, by its share in
    /// the store's information and the more the less the level is shrunk; squared scores are that much too small. `precision` is
    /// 1 / variance of the store effects, none where there are none.
    pub(super) fn level_dispersion(&self, precision: Option<f64>, before: f64) -> f64 {
        let (mut scores, mut information) = (0.0, 0.0);
        for ((score, own), squared) in self.scores.iter().zip(&self.information).zip(&self.concentration) {
            if *own > 0.0 {
                let free = precision.map_or(0.0, |precision| own / (own + before * precision));
                scores += score;
                information += own - free * squared / own;
            }
        }
        scores / information
    }
}

impl SpendModel<'_> {
    pub(super) fn account(&self, point: &Point) -> Account {
        let mut all = Account::new(self.stores());
        for piece in self.visit_cells(point, || Account::new(self.stores()), Account::add) {
            all.merge(&piece);
        }
        all
    }
}
