//! What is told of something before it is known who asked for it.
//!
//! Utterances and commands have numbers that grow. Each gets its number when it is asked for, and things may happen to it
//! before whoever asked has entered it. Those are kept here until he has, so that they are told behind that and in
//! their order; and what is told of a number before the last that was entered, by whoever is gone or never asked, is not.

use std::collections::BTreeMap;

/// Numbers of which something may be kept; of more, the oldest are forgotten. Only numbers that nobody enters stay for long.
const KEPT: usize = 64;

/// What was told of numbers that are not entered yet.
pub(super) struct Early<K, T> {
    kept: BTreeMap<K, Vec<T>>,
    /// The last that was entered.
    last: Option<K>,
    /// The one that is being entered: what is told of it meanwhile comes behind what was told before.
    entering: Option<K>,
}

impl<K, T> Default for Early<K, T> {
    fn default() -> Self {
        Self {
            kept: BTreeMap::new(),
            last: None,
            entering: None,
        }
    }
}

impl<K: Ord + Copy, T> Early<K, T> {
    /// Whether it is too early to tell something of `key`; it is kept then.
    pub(super) fn keep(&mut self, key: K, told: impl FnOnce() -> T) -> bool {
        let is_early = self.entering == Some(key) || self.last.is_none_or(|last| key > last);
        if is_early {
            self.kept.entry(key).or_default().push(told());
            if self.kept.len() > KEPT {
                self.kept.pop_first();
            }
        }
        is_early
    }

    /// Begins to enter `key`, which is greater than all that were entered before.
    pub(super) fn enter(&mut self, key: K) {
        (self.entering, self.last) = (Some(key), Some(key));
    }

    /// What was told of `key`, which is being entered, since the last time; it is entered when that is nothing.
    pub(super) fn take(&mut self, key: K) -> Option<Vec<T>> {
        let told = self.kept.remove(&key);
        if told.is_none() {
            self.entering = None;
            // Those before it that nobody has entered are nobody's.
            self.kept.retain(|other, _| *other > key);
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_too_early_is_kept_in_its_order_until_it_is_entered() {
        let mut early = Early::<u64, char>::default();
        assert!(early.keep(5, || 'a'));
        assert!(early.keep(5, || 'b'));
        assert!(early.keep(4, || 'x'));
        assert!(early.keep(6, || 'z'));
        early.enter(5);
        assert_eq!(early.take(5), Some(vec!['a', 'b']));
        assert!(early.keep(5, || 'c'), "it is still being entered");
        assert_eq!(early.take(5), Some(vec!['c']));
        assert_eq!(early.take(5), None);
        assert!(!early.keep(5, || 'd'), "it is entered");
        assert!(!early.keep(4, || 'y'), "it is nobody's");
        assert_eq!(early.kept.len(), 1, "and what was kept of it is gone");
        early.enter(6);
        assert_eq!(early.take(6), Some(vec!['z']));
    }

    #[test]
    fn numbers_that_nobody_enters_do_not_pile_up() {
        let mut early = Early::<u64, ()>::default();
        for key in 0..1_000 {
            assert!(early.keep(key, || ()));
        }
        assert_eq!(early.kept.len(), KEPT);
        assert!(early.kept.contains_key(&999));
    }
}
