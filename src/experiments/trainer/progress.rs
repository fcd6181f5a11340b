//! How far a run has come, and how long the rest will take.

use super::Snapshot;

/// Finished epochs whose times are averaged: enough to be steady, few enough to follow a machine that gets busy.
const RECENT: usize = 5;

impl Snapshot {
    /// Steps of the whole run that are made, 0 to 1.
    #[must_use]
    pub fn share_done(&self) -> f64 {
        let all = self.batches * self.epochs_asked;
        if all == 0 { 1.0 } else { self.steps as f64 / all as f64 }
    }

    /// About how many seconds the steps that are left take when they run flat out, by the time that the last finished
    /// epochs took; `None` before the first has ended, and when none is left.
    #[must_use]
    pub fn seconds_left(&self) -> Option<f64> {
        let left = (self.batches * self.epochs_asked).checked_sub(self.steps).filter(|left| *left > 0)?;
        let recent = self.epochs.iter().rev().filter(|epoch| epoch.train_loss.is_some()).take(RECENT);
        let (sum, count) = recent.fold((0.0, 0), |(sum, count), epoch| (sum + epoch.seconds, count + 1));
        (count > 0 && self.stopped.is_none()).then(|| sum / f64::from(count) * left as f64 / self.batches as f64)
    }
}

/// A time to come, in the words of someone who does not know it exactly.
#[must_use]
pub fn about(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 1.0 => "less than a second".to_owned(),
        seconds if seconds < 90.0 => format!("about {seconds:.0} s"),
        seconds if seconds < 5400.0 => format!("about {:.0} min", seconds / 60.0),
        seconds => format!("about {:.0} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_rounded_as_one_would_say_it() {
        let words = [0.3, 12.4, 89.0, 100.0, 7000.0].map(about);
        assert_eq!(words, ["less than a second", "about 12 s", "about 89 s", "about 2 min", "about 2 h"]);
    }
}
