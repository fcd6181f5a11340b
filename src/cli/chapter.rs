//! The chapter in a terminal, for a machine without a display.

use super::{print, run};
use crate::data::Library;
use crate::experiments::REGISTRY;
use anyhow::Context as _;

/// Runs every experiment at its defaults and prints its key numbers.
pub(super) fn tell() -> anyhow::Result<()> {
    let data = Library::new();
    for entry in REGISTRY {
        print(&format!("\n== {} ==\n{}\n\n", entry.info.title, entry.info.summary))?;
        let mut tape = (entry.open)(&(entry.defaults)(), &data).context(entry.info.name)?;
        let goal = tape.position_after(None);
        run::advance(&mut *tape, goal);
        print(&run::tables(&*tape))?;
    }
    let names: Vec<&str> = REGISTRY.iter().map(|entry| entry.info.name).collect();
    print(&format!(
        "\nThe pictures: digit-lab shot --all --out DIR draws every figure without a window.\nOne experiment: digit-lab run NAME, where NAME is {}.\n",
        names.join(", ")
    ))
}
