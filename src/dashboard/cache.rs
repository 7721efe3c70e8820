//! A bounded memory of answers, each made once even when many ask at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// What a cache can account for.
pub trait Weigh {
    /// About how many bytes the value holds.
    fn bytes(&self) -> usize;
}

impl Weigh for super::cells::Table {
    fn bytes(&self) -> usize {
        super::cells::Table::bytes(self)
    }
}

struct Entry<V> {
    value: Arc<OnceCell<Arc<V>>>,
    bytes: usize,
    used: u64,
}

struct Shelf<V> {
    entries: HashMap<String, Entry<V>>,
    bytes: usize,
    clock: u64,
}

/// Values by key, at most so many bytes of them; the least recently used go first.
pub struct Cache<V> {
    limit: usize,
    shelf: Mutex<Shelf<V>>,
}

impl<V> std::fmt::Debug for Cache<V> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Cache")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl<V: Weigh> Cache<V> {
    /// An empty cache of at most `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Cache<V> {
        Cache {
            limit,
            shelf: Mutex::new(Shelf {
                entries: HashMap::new(),
                bytes: 0,
                clock: 0,
            }),
        }
    }

    /// The value of a key, made by `make` when nobody made it before. Those who ask meanwhile wait for the same one;
    /// a failure is not kept.
    ///
    /// # Errors
    /// What `make` fails with.
    pub async fn get<E>(&self, key: &str, make: impl Future<Output = Result<V, E>>) -> Result<Arc<V>, E> {
        let slot = self.slot(key);
        let value = slot
            .get_or_try_init(|| async { make.await.map(Arc::new) })
            .await?
            .clone();
        self.account(key, value.bytes() + key.len());
        Ok(value)
    }

    /// The value of a key that was made before.
    #[must_use]
    pub fn peek(&self, key: &str) -> Option<Arc<V>> {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.clock += 1;
        let now = shelf.clock;
        let entry = shelf.entries.get_mut(key)?;
        entry.used = now;
        entry.value.get().cloned()
    }

    /// Bytes held now.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    fn slot(&self, key: &str) -> Arc<OnceCell<Arc<V>>> {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.clock += 1;
        let used = shelf.clock;
        let entry = shelf.entries.entry(key.to_owned()).or_insert_with(|| Entry {
            value: Arc::default(),
            bytes: 0,
            used,
        });
        entry.used = used;
        entry.value.clone()
    }

    /// Counts a value once it is made, and drops the oldest until the rest fits. Slots still being filled weigh
    /// nothing and go too when they are the oldest: who waits for one holds it.
    fn account(&self, key: &str, bytes: usize) {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = shelf.entries.get_mut(key) else {
            return;
        };
        let before = std::mem::replace(&mut entry.bytes, bytes);
        shelf.bytes = shelf.bytes + bytes - before;
        while shelf.bytes > self.limit {
            let oldest = shelf
                .entries
                .iter()
                .min_by_key(|(_, entry)| entry.used)
                .map(|(key, _)| key.clone());
            let Some(gone) = oldest.and_then(|key| shelf.entries.remove(&key)) else {
                break;
            };
            shelf.bytes -= gone.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    impl Weigh for Vec<u8> {
        fn bytes(&self) -> usize {
            self.len()
        }
    }

    async fn put(cache: &Cache<Vec<u8>>, key: &str, bytes: usize) {
        cache
            .get(key, async { Ok::<_, Infallible>(vec![0; bytes]) })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn the_least_recently_used_goes_first() {
        let cache = Cache::new(250);
        put(&cache, "a", 100).await;
        put(&cache, "b", 100).await;
        assert!(cache.peek("a").is_some());
        put(&cache, "c", 100).await;
        assert!(cache.peek("a").is_some() && cache.peek("b").is_none() && cache.peek("c").is_some());
        assert!(cache.bytes() <= 250);
        put(&cache, "huge", 1000).await;
        assert!(cache.peek("huge").is_none() && cache.bytes() <= 250);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept_and_a_value_is_made_once() {
        let cache: Cache<Vec<u8>> = Cache::new(1000);
        assert!(cache.get("a", async { Err("no") }).await.is_err());
        assert!(cache.get("a", async { Ok::<_, &str>(vec![1]) }).await.is_ok());
        let kept = cache.get("a", async { Err("must not run") }).await.unwrap();
        assert_eq!(*kept, vec![1]);
    }
}
