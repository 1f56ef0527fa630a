//! A value that threads share by references, of which each thread counts its own.
//!
//! Frameworks clone what stands in front of a route for each request, and for several layers each of them several times. Threads that count
//! references at one place wait for each other then, for longer than the gates take. So a clone is counted where the thread that makes it
//! counts. These places are held by what was made to stay, a [rooted](Handle::rooted) reference; threads remember them without keeping them,
//! so that the value goes with the last reference, whichever thread is idle. Where no rooted one is left, clones are counted at one place.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// Of how many values a thread remembers where it counts. Few programs have more in front of their routes. Two whose numbers differ by a
/// multiple of this have one place: the second is counted at one for all threads while the first lives.
const REMEMBERED: usize = 64;

/// The number of what was never made to stay: threads remember nothing of it.
const NO_NUMBER: u64 = u64::MAX;

thread_local! {
    static KNOWN: RefCell<[Option<Known>; REMEMBERED]> = const { RefCell::new([const { None }; REMEMBERED]) };
}

/// Where this thread counts references to a value.
struct Known {
    number: u64,
    here: Weak<dyn Any + Send + Sync>,
}

/// A reference to a value, counted by the thread that made it.
pub(crate) struct Handle<T> {
    here: Arc<Here<T>>,
}

/// Where references are counted: those that were made to stay, or those of one thread.
struct Here<T> {
    number: u64,
    value: Arc<Numbered<T>>,
    root: Holds<T>,
}

/// The value, with its number and its root once it was made to stay.
struct Numbered<T> {
    number: OnceLock<u64>,
    root: Mutex<Weak<Root<T>>>,
    value: T,
}

impl<T> Numbered<T> {
    fn number(&self) -> u64 {
        static NUMBERED: AtomicU64 = AtomicU64::new(0);
        let next = || NUMBERED.fetch_add(1, Ordering::Relaxed);
        *self.number.get_or_init(next)
    }

    /// One for all that was made to stay.
    fn root(&self) -> Arc<Root<T>> {
        let mut known = self.root.lock().unwrap_or_else(PoisonError::into_inner);
        known.upgrade().unwrap_or_else(|| {
            let root = Arc::default();
            *known = Arc::downgrade(&root);
            root
        })
    }
}

/// The places where threads count, which what was made to stay holds, and what those threads made does not.
enum Holds<T> {
    Root(Arc<Root<T>>),
    Nothing(Weak<Root<T>>),
}

struct Root<T> {
    places: Mutex<Vec<Arc<Here<T>>>>,
}

impl<T> Default for Root<T> {
    fn default() -> Self {
        Self {
            places: Mutex::default(),
        }
    }
}

impl<T> Holds<T> {
    fn root(&self) -> Option<Arc<Root<T>>> {
        match self {
            Self::Root(root) => Some(Arc::clone(root)),
            Self::Nothing(root) => root.upgrade(),
        }
    }
}

/// What a thread remembers.
enum Found<T> {
    Here(Arc<Here<T>>),
    /// Nothing yet.
    Nothing,
    /// Nothing, and nothing is to be: it has no number, or another value's place is remembered where its own would be.
    NoRoom,
}

impl<T> Handle<T> {
    /// The first reference, which does not stay.
    pub(crate) fn new(value: T) -> Self {
        let value = Numbered {
            number: OnceLock::new(),
            root: Mutex::default(),
            value,
        };
        Self::at(NO_NUMBER, Arc::new(value), Holds::Nothing(Weak::new()))
    }

    fn at(number: u64, value: Arc<Numbered<T>>, root: Holds<T>) -> Self {
        Self {
            here: Arc::new(Here {
                number,
                value,
                root,
            }),
        }
    }

    /// A reference for what stays where it is and is cloned for requests. It is counted at one place.
    pub(crate) fn rooted(&self) -> Self {
        let Here { value, root, .. } = &*self.here;
        match root {
            Holds::Root(_) => Self {
                here: Arc::clone(&self.here),
            },
            Holds::Nothing(_) => {
                let root = Holds::Root(value.root());
                Self::at(value.number(), Arc::clone(value), root)
            }
        }
    }
}

impl<T: Send + Sync + 'static> Handle<T> {
    fn remembered(&self) -> Found<T> {
        if self.here.number == NO_NUMBER {
            return Found::NoRoom;
        }
        let found = KNOWN.try_with(|known| {
            let known = known.try_borrow().ok()?;
            let Some(known) = known.get(place(self.here.number))? else {
                return Some(Found::Nothing);
            };
            if known.number != self.here.number {
                let is_alive = known.here.strong_count() > 0;
                return Some(if is_alive {
                    Found::NoRoom
                } else {
                    Found::Nothing
                });
            }
            let here = known.here.upgrade();
            let here = here.and_then(|here| here.downcast().ok());
            Some(here.map_or(Found::Nothing, Found::Here))
        });
        // A thread that is ending remembers nothing.
        found.ok().flatten().unwrap_or(Found::NoRoom)
    }

    /// Makes a place for this thread, where there is a root to hold it.
    #[cold]
    fn settle(&self) -> Option<Arc<Here<T>>> {
        let root = self.here.root.root()?;
        let here = Arc::new(Here {
            number: self.here.number,
            value: Arc::clone(&self.here.value),
            root: Holds::Nothing(Arc::downgrade(&root)),
        });
        let known = Known {
            number: here.number,
            here: Arc::downgrade(&here) as Weak<dyn Any + Send + Sync>,
        };
        KNOWN
            .try_with(|all| {
                let mut all = all.try_borrow_mut().ok()?;
                *all.get_mut(place(here.number))? = Some(known);
                Some(())
            })
            .ok()
            .flatten()?;
        let mut places = root.places.lock().unwrap_or_else(PoisonError::into_inner);
        // Those of threads that ended are remembered by none.
        places.retain(|place| Arc::weak_count(place) > 0);
        places.push(Arc::clone(&here));
        Some(here)
    }
}

impl<T: Send + Sync + 'static> Clone for Handle<T> {
    #[inline]
    fn clone(&self) -> Self {
        let here = match self.remembered() {
            Found::Here(here) => Some(here),
            Found::Nothing => self.settle(),
            Found::NoRoom => None,
        };
        Self {
            here: here.unwrap_or_else(|| Arc::clone(&self.here)),
        }
    }
}

impl<T> Deref for Handle<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.here.value.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

const fn place(number: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "less than REMEMBERED")]
    let place = (number % REMEMBERED as u64) as usize;
    place
}

#[cfg(test)]
#[expect(
    clippy::redundant_clone,
    reason = "where a clone is counted is what is tested"
)]
mod tests {
    use std::thread;

    use super::*;

    /// Says when it is gone.
    type Watched = Arc<()>;

    fn handle() -> (Handle<Watched>, Watched) {
        let watched = Watched::default();
        (Handle::new(Arc::clone(&watched)).rooted(), watched)
    }

    fn is_gone(watched: &Watched) -> bool {
        Arc::strong_count(watched) == 1
    }

    fn is_at_one_place<T>(one: &Handle<T>, other: &Handle<T>) -> bool {
        Arc::ptr_eq(&one.here, &other.here)
    }

    #[test]
    fn each_thread_counts_its_own() {
        let (first, _watched) = handle();
        let here = first.clone();
        assert!(is_at_one_place(&here, &first.clone()));
        assert!(is_at_one_place(&here, &here.clone()));
        let there = thread::scope(|threads| {
            let made = threads.spawn(|| (first.clone(), here.clone()));
            made.join().unwrap()
        });
        assert!(is_at_one_place(&there.0, &there.1));
        assert!(!is_at_one_place(&there.0, &here));
        // A clone that came from elsewhere is cloned here.
        assert!(is_at_one_place(&there.0.clone(), &here));
    }

    #[test]
    fn the_value_goes_with_the_last_reference() {
        let (first, watched) = handle();
        let clones = [first.clone(), first.clone().clone()];
        drop(first);
        assert!(!is_gone(&watched));
        drop(clones);
        assert!(is_gone(&watched));

        let (first, watched) = handle();
        let rooted = first.clone().rooted();
        drop(first.clone());
        drop(first);
        assert!(!is_gone(&watched));
        drop(rooted);
        assert!(is_gone(&watched));
    }

    #[test]
    fn an_idle_thread_keeps_nothing() {
        let (first, watched) = handle();
        let (sender, receiver) = std::sync::mpsc::channel::<()>();
        thread::scope(|threads| {
            let (cloned, is_cloned) = std::sync::mpsc::channel();
            let first = first;
            threads.spawn({
                let clone = first.clone();
                move || {
                    drop(clone.clone());
                    drop(clone);
                    cloned.send(()).unwrap();
                    let _ = receiver.recv();
                }
            });
            is_cloned.recv().unwrap();
            drop(first);
            assert!(is_gone(&watched));
            drop(sender);
        });
    }

    #[test]
    fn without_a_root_clones_are_counted_at_one_place() {
        let (first, watched) = handle();
        let clone = thread::scope(|threads| threads.spawn(|| first.clone()).join().unwrap());
        drop(first);
        assert!(is_at_one_place(&clone, &clone.clone()));
        // And where one is made to stay again, threads count again.
        let rooted = clone.rooted();
        assert!(!is_at_one_place(&rooted, &rooted.clone()));
        drop((clone, rooted));
        assert!(is_gone(&watched));
    }

    #[test]
    fn threads_that_ended_leave_nothing_behind() {
        let (first, _watched) = handle();
        for _ in 0..100 {
            // The end of a scope does not wait for what threads remember to be dropped.
            thread::scope(|threads| threads.spawn(|| drop(first.clone())).join().unwrap());
        }
        let root = first.here.root.root().unwrap();
        assert_eq!(root.places.lock().unwrap().len(), 1);
    }

    #[test]
    fn those_beyond_what_is_remembered_are_counted_at_one_place() {
        let many: Vec<_> = (0..3 * REMEMBERED)
            .map(|number| Handle::new(number).rooted())
            .collect();
        for (number, one) in many.iter().enumerate() {
            let clones = [one.clone(), one.clone()];
            assert!(is_at_one_place(&clones[0], &clones[1]));
            assert_eq!(*clones[1], number);
        }
        let at_one_place = |one: &&Handle<usize>| is_at_one_place(one, &Handle::clone(one));
        assert_eq!(many.iter().filter(at_one_place).count(), 2 * REMEMBERED);
    }

    #[test]
    fn what_was_never_made_to_stay_takes_no_number() {
        let unrooted: Vec<_> = (0..REMEMBERED).map(Handle::new).collect();
        let clones: Vec<_> = unrooted.iter().map(Handle::clone).collect();
        assert!(is_at_one_place(&unrooted[0], &clones[0]));
        assert!(clones.iter().all(|one| one.here.number == NO_NUMBER));
    }
}
