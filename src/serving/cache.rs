//! A bounded memory of answers, each made once even when many ask at the same time.

use moka::policy::EvictionPolicy;
use moka::sync::Cache as Shelf;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// What a cache can account for.
pub trait Weigh {
    /// About how many bytes the value holds.
    fn bytes(&self) -> usize;
}

impl Weigh for super::table::Table {
    fn bytes(&self) -> usize {
        super::table::Table::bytes(self)
    }
}

/// A value, or the place for one that is being made.
type Slot<V> = Arc<OnceCell<Arc<V>>>;

/// Values by key, at most so many bytes of them; the least recently used go first.
///
/// The shelf is moka's. It holds slots and not values, since its own way of making a value once shares the error of a failure with all
/// who wait, and ours are no values to be shared.
pub struct Cache<V> {
    limit: usize,
    shelf: Shelf<String, Slot<V>>,
}

impl<V> std::fmt::Debug for Cache<V> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Cache")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl<V: Weigh + Send + Sync + 'static> Cache<V> {
    /// An empty cache of at most `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Cache<V> {
        let weight = |key: &String, slot: &Slot<V>| {
            // A slot still being filled weighs next to nothing; whoever waits for it holds it.
            let bytes = slot.get().map_or(0, |value| value.bytes()) + key.len();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Cache {
            limit,
            shelf: Shelf::builder()
                .max_capacity(limit as u64)
                .weigher(weight)
                .eviction_policy(EvictionPolicy::lru())
                .build(),
        }
    }

    /// The value of a key, made by `make` when nobody made it before. Those who ask meanwhile wait for the same one;
    /// a failure is not kept.
    ///
    /// # Errors
    /// What `make` fails with.
    pub async fn get<E>(&self, key: &str, make: impl Future<Output = Result<V, E>>) -> Result<Arc<V>, E> {
        let slot = self.shelf.get_with_by_ref(key, Slot::default);
        if let Some(known) = slot.get() {
            return Ok(Arc::clone(known));
        }
        let value = slot.get_or_try_init(|| async { make.await.map(Arc::new) }).await?;
        // Put back so that it is weighed with what it holds now.
        self.shelf.insert(key.to_owned(), Arc::clone(&slot));
        Ok(Arc::clone(value))
    }

    /// The value of a key that was made before.
    #[must_use]
    pub fn peek(&self, key: &str) -> Option<Arc<V>> {
        self.shelf.get(key)?.get().cloned()
    }

    /// Bytes held now.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.shelf.run_pending_tasks();
        usize::try_from(self.shelf.weighted_size()).unwrap_or(usize::MAX)
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
        // Eviction is done in passing; the test does not wait for that.
        cache.shelf.run_pending_tasks();
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
