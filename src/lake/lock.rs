//! One writer per lake at a time.
//!
//! A lock is an object `_chalandise/locks/<n>.json`, written put-if-absent, naming its owner and its expiry. The
//! highest number decides: it is free once `<n>.done` stands beside it, once it has expired, or once its owner, a
//! process of this machine, is gone (a killed import must not make the next one wait).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutMode, PutOptions};
use serde::{Deserialize, Serialize};

use super::{LakeError, Location};

const FOLDER: &str = "_chalandise/locks";
const LIFETIME: Duration = Duration::from_secs(60);
const RENEWAL: Duration = Duration::from_secs(15);

/// A held lock: renewed in the background, released by [`Lock::release`], or by expiry after a crash.
#[derive(Debug)]
pub struct Lock {
    location: Location,
    number: u64,
    lost: Arc<AtomicBool>,
    renewal: tokio::task::JoinHandle<()>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Owner {
    process: u32,
    /// Start of the process in clock ticks since boot: a number of a dead process may be given again.
    started: Option<u64>,
    machine: String,
    expires_at: DateTime<Utc>,
}

impl Owner {
    fn here() -> Owner {
        let process = std::process::id();
        Owner {
            process,
            started: process_start(process),
            machine: machine(),
            expires_at: Utc::now() + LIFETIME,
        }
    }

    fn is_dead(&self) -> bool {
        let gone = self.machine == machine() && self.started.is_some() && process_start(self.process) != self.started;
        gone || self.expires_at < Utc::now()
    }
}

/// Start time of a process of this machine, or none when it is gone (or the system has no `/proc`).
fn process_start(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in parentheses may hold spaces: fields are counted from behind it; start time is the 22nd of all.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

/// Name of this machine and boot, so that a process number is compared only where it means something.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    format!(
        "{} {}",
        read("/proc/sys/kernel/hostname"),
        read("/proc/sys/kernel/random/boot_id")
    )
}

fn held(number: u64) -> Path {
    Path::from(format!("{FOLDER}/{number:020}.json"))
}

fn done(number: u64) -> Path {
    Path::from(format!("{FOLDER}/{number:020}.done"))
}

impl Lock {
    /// Takes the lake's lock, also from an owner that died.
    ///
    /// # Errors
    /// [`LakeError::Locked`] when a live writer holds it, [`LakeError::Store`] when the store fails.
    pub async fn take(location: &Location) -> Result<Lock, LakeError> {
        let last = last_lock(location).await?;
        if let Some((number, released)) = last
            && !released
            && let Some(owner) = read_owner(location, number).await?
            && !owner.is_dead()
        {
            return Err(locked(&owner));
        }
        let number = last.map_or(1, |(number, _)| number + 1);
        let options = PutOptions {
            mode: PutMode::Create,
            ..PutOptions::default()
        };
        match location
            .rooted()
            .put_opts(&held(number), body(&Owner::here())?, options)
            .await
        {
            Ok(_) => {}
            Err(object_store::Error::AlreadyExists { .. }) => {
                let owner = read_owner(location, number).await?;
                return Err(owner.as_ref().map_or(LakeError::LockLost, locked));
            }
            Err(error) => return Err(LakeError::store("taking the lake's lock")(error)),
        }
        remove_older(location, number).await;
        let lost = Arc::new(AtomicBool::new(false));
        let renewal = tokio::spawn(renew(location.clone(), number, Arc::clone(&lost)));
        Ok(Lock {
            location: location.clone(),
            number,
            lost,
            renewal,
        })
    }

    /// Whether the lock is still ours.
    ///
    /// # Errors
    /// [`LakeError::LockLost`] when another writer took over.
    pub fn check(&self) -> Result<(), LakeError> {
        if self.lost.load(Ordering::Acquire) {
            Err(LakeError::LockLost)
        } else {
            Ok(())
        }
    }

    /// Gives the lock back.
    ///
    /// # Errors
    /// [`LakeError::Store`] when the store fails; the lock then ends by expiry.
    pub async fn release(self) -> Result<(), LakeError> {
        self.renewal.abort();
        let path = done(self.number);
        self.location
            .rooted()
            .put(&path, bytes::Bytes::new().into())
            .await
            .map_err(LakeError::store("releasing the lake's lock"))?;
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

fn locked(owner: &Owner) -> LakeError {
    LakeError::Locked {
        owner: format!(
            "process {} on {}",
            owner.process,
            owner.machine.split(' ').next().unwrap_or("another machine")
        ),
        until: owner.expires_at.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

fn body(owner: &Owner) -> Result<object_store::PutPayload, LakeError> {
    serde_json::to_vec(owner)
        .map(Into::into)
        .map_err(LakeError::columns("writing the lake's lock"))
}

/// The highest lock and whether it was released.
async fn last_lock(location: &Location) -> Result<Option<(u64, bool)>, LakeError> {
    let names = lock_names(location).await?;
    let last = names
        .iter()
        .filter_map(|name| name.strip_suffix(".json")?.parse::<u64>().ok())
        .max();
    Ok(last.map(|number| (number, names.contains(&format!("{number:020}.done")))))
}

async fn lock_names(location: &Location) -> Result<Vec<String>, LakeError> {
    let listed: Vec<_> = location
        .rooted()
        .list(Some(&Path::from(FOLDER)))
        .try_collect()
        .await
        .map_err(LakeError::store("listing the lake's locks"))?;
    Ok(listed
        .iter()
        .filter_map(|object| object.location.filename().map(str::to_owned))
        .collect())
}

async fn read_owner(location: &Location, number: u64) -> Result<Option<Owner>, LakeError> {
    // An unreadable lock is one whose writer was cut off: nobody holds it.
    Ok(location
        .read(&held(number))
        .await?
        .and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Old lock objects are rubbish; failing to sweep them harms nothing.
async fn remove_older(location: &Location, number: u64) {
    let Ok(names) = lock_names(location).await else { return };
    for name in names {
        let older = name
            .split('.')
            .next()
            .and_then(|digits| digits.parse::<u64>().ok())
            .is_some_and(|n| n < number);
        if older {
            let _ = location.rooted().delete(&Path::from(format!("{FOLDER}/{name}"))).await;
        }
    }
}

async fn renew(location: Location, number: u64, lost: Arc<AtomicBool>) {
    loop {
        tokio::time::sleep(RENEWAL).await;
        match last_lock(&location).await {
            Ok(Some((last, _))) if last > number => {
                lost.store(true, Ordering::Release);
                return;
            }
            _ => {}
        }
        if let Ok(body) = body(&Owner::here()) {
            // A failed renewal is tried again; the operation itself will meet the store's fault.
            let _ = location.rooted().put(&held(number), body).await;
        }
    }
}
