//! A plan of the notebook as changes of the network.

use chalandise_analytics::network::scenario::{Change as Supposed, Distances, Kind, Site as Outlet};
use h3o::{LatLng, Resolution};

use chalandise_notebook::scenario::{Change, Plan};

use super::fault::{Notice, PlannerFault};
use super::{Planner, Site};
use crate::network::in_use::place;

/// A site nearer than this to a store stands on top of it.
const ON_TOP_M: f64 = 100.0;
/// Somebody must live in the cell of a site (resolution 7) or in those round it, so many steps away.
const STEPS_TO_PEOPLE: u32 = 2;
/// About how far that is.
const KM_TO_PEOPLE: f64 = 5.0;
/// An area beyond the network's smallest or largest by this factor is far from what the model has seen.
const UNUSUAL: f64 = 1.5;

/// What a plan does to one site, for tables.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Changed {
    /// The word of the contract.
    pub(super) kind: &'static str,
    /// Id in the network: the store's, or `new-1` etc.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) competitor: bool,
    /// Where it stands afterwards.
    pub(super) place: LatLng,
    /// Its area afterwards; none when it is closed.
    pub(super) sales_area_m2: Option<f64>,
    /// Fixed cost that the plan states for it.
    pub(super) fixed_cost: Option<f64>,
    /// What it costs once, as the plan states.
    pub(super) investment: Option<f64>,
}

/// A plan understood.
#[derive(Debug, Default)]
pub(super) struct Understood {
    pub(super) changes: Vec<Changed>,
    pub(super) supposed: Vec<Supposed>,
    pub(super) notices: Vec<Notice>,
}

impl Planner {
    /// Reads a plan against the network.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(super) fn understand(&self, plan: &Plan) -> Result<Understood, Vec<PlannerFault>> {
        let mut understood = Understood::default();
        let mut faults = Vec::new();
        let mut new = 0;
        for change in plan.changes() {
            if matches!(change, Change::Open { .. } | Change::Competitor { .. }) {
                new += 1;
            }
            match self.change(change, new, &mut understood.notices) {
                Ok((changed, supposed)) => {
                    understood.changes.push(changed);
                    understood.supposed.push(supposed);
                }
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(understood) } else { Err(faults) }
    }

    fn change(
        &self,
        change: &Change,
        new: usize,
        notices: &mut Vec<Notice>,
    ) -> Result<(Changed, Supposed), PlannerFault> {
        match change {
            Change::Open {
                name,
                latitude,
                longitude,
                sales_area_m2,
                format,
                fixed_cost,
                investment,
            } => {
                let mut site = self.new_site(new, *latitude, *longitude, *sales_area_m2, false);
                site.format = format.clone().unwrap_or_default();
                let mut changed = changed("open", &site, name, Some(*sales_area_m2));
                (changed.fixed_cost, changed.investment) = (*fixed_cost, *investment);
                self.check_place(&changed, None, notices)?;
                let outlet = self.outlet(&site, name, notices);
                Ok((changed, Supposed::Open(outlet)))
            }
            Change::Competitor {
                name,
                latitude,
                longitude,
                sales_area_m2,
            } => {
                let site = self.new_site(new, *latitude, *longitude, *sales_area_m2, true);
                let changed = changed("competitor", &site, name, Some(*sales_area_m2));
                self.check_place(&changed, None, notices)?;
                let outlet = self.outlet(&site, name, notices);
                Ok((changed, Supposed::Open(outlet)))
            }
            Change::Close { store_id } => {
                let site = self.open_store(store_id)?;
                let changed = changed("close", site, self.store_name(store_id), None);
                Ok((changed, Supposed::Close { id: store_id.clone() }))
            }
            Change::Move {
                store_id,
                latitude,
                longitude,
            } => {
                let mut site = self.open_store(store_id)?.clone();
                site.place = LatLng::new(*latitude, *longitude).unwrap_or(site.place);
                let changed = changed("move", &site, self.store_name(store_id), site.column("sales_area_m2"));
                self.check_place(&changed, Some(store_id), notices)?;
                let supposed = Supposed::Move {
                    id: store_id.clone(),
                    to: place(site.place),
                    distances: self.ways(site.place, &changed.name, notices),
                };
                Ok((changed, supposed))
            }
            Change::Resize {
                store_id,
                sales_area_m2,
            } => {
                let mut site = self.open_store(store_id)?.clone();
                site.columns.insert("sales_area_m2".to_owned(), *sales_area_m2);
                let changed = changed("resize", &site, self.store_name(store_id), Some(*sales_area_m2));
                self.check_area(&changed, notices);
                let (attraction, covariates) = self.attraction_of(&site);
                let supposed = Supposed::Resize {
                    id: store_id.clone(),
                    attraction,
                    covariates,
                };
                Ok((changed, supposed))
            }
        }
    }

    pub(super) fn new_site(
        &self,
        number: usize,
        latitude: f64,
        longitude: f64,
        sales_area_m2: f64,
        competitor: bool,
    ) -> Site {
        Site {
            id: format!("new-{number}"),
            competitor,
            place: LatLng::new(latitude, longitude).unwrap_or(self.cells[0].centre),
            format: String::new(),
            columns: [("sales_area_m2".to_owned(), sales_area_m2)].into(),
            opened_on: None,
            closed_on: None,
        }
    }

    /// A site as the network takes it, with the way to it from every cell.
    fn outlet(&self, site: &Site, name: &str, notices: &mut Vec<Notice>) -> Outlet {
        let (attraction, covariates) = self.attraction_of(site);
        Outlet {
            id: site.id.clone(),
            place: place(site.place),
            attraction,
            kind: if site.competitor { Kind::Competitor } else { Kind::Own },
            covariates,
            distances: self.ways(site.place, name, notices),
        }
    }

    /// How far the cells are from where a site will stand.
    fn ways(&self, place: LatLng, name: &str, notices: &mut Vec<Notice>) -> Distances {
        let distances = self.meter.of_place(place);
        if matches!(&distances, Distances::Listed(cells) if cells.is_empty()) {
            notices.push(Notice::NoWay { name: name.to_owned() });
        }
        distances
    }

    /// What a site weighs at no distance, and the logarithms behind it. One without area draws nobody.
    pub(super) fn attraction_of(&self, site: &Site) -> (f64, Vec<f64>) {
        let logs = self.attraction.logs(site);
        let empty = site.column("sales_area_m2").is_some_and(|area| area <= 0.0);
        let attraction = self.model.attraction(&logs, self.model.effect(&site.id));
        (if empty { 0.0 } else { attraction }, logs)
    }

    fn open_store(&self, store_id: &str) -> Result<&Site, PlannerFault> {
        let store_id = store_id.to_owned();
        match self.sites.iter().find(|site| !site.competitor && site.id == store_id) {
            None => Err(PlannerFault::UnknownStore { store_id }),
            Some(_) if self.network.number_of(&store_id).is_none() => Err(PlannerFault::NotOpen { store_id }),
            Some(site) => Ok(site),
        }
    }

    fn check_place(
        &self,
        changed: &Changed,
        moved: Option<&str>,
        notices: &mut Vec<Notice>,
    ) -> Result<(), PlannerFault> {
        if !self.somebody_near(changed.place) {
            return Err(PlannerFault::NobodyNear {
                name: changed.name.clone(),
                within_km: KM_TO_PEOPLE,
            });
        }
        let stores = self
            .sites
            .iter()
            .filter(|site| self.network.number_of(&site.id).is_some() && Some(site.id.as_str()) != moved);
        let near = stores
            .map(|site| (site, site.place.distance_m(changed.place)))
            .filter(|(_, metres)| *metres < ON_TOP_M)
            .min_by(|left, right| left.1.total_cmp(&right.1));
        if let Some((store, distance_m)) = near {
            notices.push(Notice::OnTop {
                name: changed.name.clone(),
                store: self.store_name(&store.id).to_owned(),
                distance_m,
            });
        }
        self.check_area(changed, notices);
        Ok(())
    }

    fn check_area(&self, changed: &Changed, notices: &mut Vec<Notice>) {
        let Some(area) = changed.sales_area_m2 else { return };
        let name = changed.name.clone();
        if area <= 0.0 {
            notices.push(Notice::NoArea { name });
            return;
        }
        let own = self.sites.iter().filter(|site| !site.competitor);
        let areas: Vec<f64> = own.filter_map(|site| site.column("sales_area_m2")).collect();
        let smallest_m2 = areas.iter().copied().fold(f64::INFINITY, f64::min);
        let largest_m2 = areas.iter().copied().fold(0.0, f64::max);
        if area < smallest_m2 / UNUSUAL || area > largest_m2 * UNUSUAL {
            notices.push(Notice::UnusualArea {
                name,
                smallest_m2,
                largest_m2,
            });
        }
    }

    /// Whether the market has residents round a place.
    fn somebody_near(&self, place: LatLng) -> bool {
        let home = place.to_cell(Resolution::Seven);
        home.grid_disk::<Vec<_>>(STEPS_TO_PEOPLE).into_iter().any(|cell| {
            cell.children(Resolution::Eight).any(|child| {
                let found = self
                    .cells
                    .binary_search_by_key(&u64::from(child), |it| u64::from(it.index));
                found.is_ok_and(|at| self.cells[at].residents > 0.0)
            })
        })
    }
}

fn changed(kind: &'static str, site: &Site, name: &str, sales_area_m2: Option<f64>) -> Changed {
    Changed {
        kind,
        id: site.id.clone(),
        name: name.to_owned(),
        competitor: site.competitor,
        place: site.place,
        sales_area_m2,
        fixed_cost: None,
        investment: None,
    }
}
