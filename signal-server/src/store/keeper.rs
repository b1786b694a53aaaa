//! The one writer: a thread that takes batches from a bounded queue and commits all that wait together.

use std::sync::{
    Arc,
    mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
};

use tokio::sync::{oneshot, watch};

use super::{Batch, Outcome, Rows, Step, Store, StoreError, Table};

/// Batches that may wait.
const QUEUE: usize = 4096;
/// Batches of one commit.
const TOGETHER: usize = 256;

/// The store cannot be used, now or any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store is not available")]
pub struct Unavailable;

enum Job {
    Commit(Batch, oneshot::Sender<Outcome>),
    /// Commit what came before and end.
    Close,
}

/// Handle of the store for the rest of the program.
#[derive(Clone)]
pub struct Keeper {
    queue: SyncSender<Job>,
    store: Arc<dyn Store>,
    failed: Arc<watch::Sender<Option<String>>>,
}

/// A batch on its way to the disk.
#[must_use]
pub struct Saved(Result<Option<oneshot::Receiver<Outcome>>, Unavailable>);

impl Saved {
    /// Waits until it is on the disk.
    pub async fn wait(self) -> Result<Outcome, Unavailable> {
        match self.0? {
            None => Ok(Outcome::Done),
            Some(answer) => answer.await.map_err(|_| Unavailable),
        }
    }
}

impl Keeper {
    /// Starts the thread. It ends when all handles are gone.
    pub fn start(store: Arc<dyn Store>) -> Result<(Self, std::thread::JoinHandle<()>), StoreError> {
        let (queue, jobs) = sync_channel(QUEUE);
        let failed = Arc::new(watch::Sender::new(None));
        let (writer, telling) = (Arc::clone(&store), Arc::clone(&failed));
        let thread = std::thread::Builder::new()
            .name("store".into())
            .spawn(move || write(writer.as_ref(), &jobs, &telling))?;
        Ok((Self { queue, store, failed }, thread))
    }

    /// Waits for a batch whose conditions the directory has checked already: if they do not hold, somebody
    /// else writes here, and nothing can be answered any more.
    pub async fn done(&self, saved: Saved) -> Result<(), Unavailable> {
        match saved.wait().await? {
            Outcome::Done => Ok(()),
            Outcome::Conflict => Err(self.fail(&StoreError::Conflict)),
        }
    }

    /// Puts a batch into the queue; the order of calls is the order of commits. An empty one is nothing.
    pub fn submit(&self, batch: Batch) -> Saved {
        if self.failed.borrow().is_some() {
            return Saved(Err(Unavailable));
        }
        if batch.is_empty() {
            return Saved(Ok(None));
        }
        let (answer, outcome) = oneshot::channel();
        match self.queue.try_send(Job::Commit(batch, answer)) {
            Ok(()) => Saved(Ok(Some(outcome))),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Saved(Err(Unavailable)),
        }
    }

    /// Waits until all that was put into the queue before can be read.
    pub async fn settled(&self) -> Result<(), Unavailable> {
        let nothing = Step::Expect(Table::Meta, b"settled".to_vec(), None);
        self.submit(vec![nothing]).wait().await.map(|_| ())
    }

    /// Reads one value, off the event loop.
    pub async fn get(&self, table: Table, key: Vec<u8>) -> Result<Option<Vec<u8>>, Unavailable> {
        if self.failed.borrow().is_some() {
            return Err(Unavailable);
        }
        let store = Arc::clone(&self.store);
        let read = tokio::task::spawn_blocking(move || store.get(table, &key)).await;
        read.map_err(|_| Unavailable)?.map_err(|error| self.fail(&error))
    }

    /// Reads a table, off the event loop.
    pub async fn scan(&self, table: Table) -> Result<Rows, Unavailable> {
        let store = Arc::clone(&self.store);
        let read = tokio::task::spawn_blocking(move || store.scan(table)).await;
        read.map_err(|_| Unavailable)?.map_err(|error| self.fail(&error))
    }

    /// Reads the first rows whose key begins so, off the event loop.
    pub async fn first(&self, table: Table, prefix: Vec<u8>, most: usize) -> Result<Rows, Unavailable> {
        let store = Arc::clone(&self.store);
        let read = tokio::task::spawn_blocking(move || store.first(table, &prefix, most)).await;
        read.map_err(|_| Unavailable)?.map_err(|error| self.fail(&error))
    }

    /// Ends the thread once all that waits is on the disk. Nothing is taken afterwards.
    pub fn close(&self) {
        // With a full queue this waits for the disk; if the thread has ended, all is done.
        _ = self.queue.send(Job::Close);
    }

    /// What went wrong for good, as soon as something did.
    pub fn failure(&self) -> watch::Receiver<Option<String>> {
        self.failed.subscribe()
    }

    pub fn works(&self) -> bool {
        self.failed.borrow().is_none()
    }

    /// Says that what the store holds makes no sense.
    pub(crate) fn fail(&self, error: &StoreError) -> Unavailable {
        self.failed.send_replace(Some(error.to_string()));
        Unavailable
    }
}

fn write(store: &dyn Store, jobs: &Receiver<Job>, failed: &watch::Sender<Option<String>>) {
    // While one commit waits for the disk the next ones gather, so there is no need to wait for company.
    let mut open = true;
    while open && let Ok(first) = jobs.recv() {
        let (mut batches, mut answers) = (Vec::new(), Vec::new());
        for job in std::iter::once(first).chain(jobs.try_iter()).take(TOGETHER) {
            match job {
                Job::Commit(batch, answer) => {
                    batches.push(batch);
                    answers.push(answer);
                }
                Job::Close => {
                    open = false;
                    break;
                }
            }
        }
        match store.commit(&batches) {
            // Whoever asked may have gone meanwhile.
            Ok(outcomes) => answers.into_iter().zip(outcomes).for_each(|(a, o)| _ = a.send(o)),
            Err(error) => {
                tracing::error!(%error, "the store failed");
                failed.send_replace(Some(error.to_string()));
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{MemoryStore, Step},
        *,
    };

    struct Broken;
    impl Store for Broken {
        fn get(&self, _: Table, _: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            Err(StoreError::Engine("full disk".into()))
        }
        fn scan(&self, _: Table) -> Result<Rows, StoreError> {
            Err(StoreError::Engine("full disk".into()))
        }
        fn first(&self, _: Table, _: &[u8], _: usize) -> Result<Rows, StoreError> {
            Err(StoreError::Engine("full disk".into()))
        }
        fn commit(&self, _: &[Batch]) -> Result<Vec<Outcome>, StoreError> {
            Err(StoreError::Engine("full disk".into()))
        }
    }

    fn put(n: u32) -> Batch {
        vec![Step::Put(Table::Meta, b"n".to_vec(), n.to_be_bytes().to_vec())]
    }

    #[tokio::test]
    async fn batches_are_written_in_the_order_of_calls() {
        let (keeper, thread) = Keeper::start(Arc::new(MemoryStore::default())).unwrap();
        let saved: Vec<_> = (0..1000).map(|n| keeper.submit(put(n))).collect();
        for one in saved {
            assert_eq!(one.wait().await, Ok(Outcome::Done));
        }
        let last = keeper.get(Table::Meta, b"n".to_vec()).await.unwrap();
        assert_eq!(last, Some(999u32.to_be_bytes().to_vec()));
        drop(keeper);
        thread.join().unwrap();
    }

    #[tokio::test]
    async fn a_broken_store_answers_nothing_any_more() {
        let (keeper, thread) = Keeper::start(Arc::new(Broken)).unwrap();
        let mut failure = keeper.failure();
        assert_eq!(keeper.submit(put(1)).wait().await, Err(Unavailable));
        failure.wait_for(Option::is_some).await.unwrap();
        assert!(!keeper.works());
        assert_eq!(keeper.submit(put(2)).wait().await, Err(Unavailable));
        assert_eq!(keeper.get(Table::Meta, b"n".to_vec()).await, Err(Unavailable));
        thread.join().unwrap();
    }
}
