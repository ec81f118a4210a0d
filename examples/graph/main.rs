//! The investigation of the example `waves`, as a graph that shrinks wave by wave: writes
//! `execution.mmd` (Mermaid), `execution.dot` (Graphviz) and `graph.html` to the directory given,
//! or else to a fresh one. The exit code is 1 if the pictures don't show what the verifier decides.

#[path = "../stage/mod.rs"]
mod stage;

mod layout;
mod page;
mod story;
mod svg;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use story::{Moment, TOOLS, WAVES, World, moments};

/// The moment of the Mermaid and DOT files: a branch has failed, one is done, and the merge point
/// waits.
const MERGING: usize = 2;

fn main() -> stage::Result<ExitCode> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let directory = match arguments.as_slice() {
        [] => fresh()?,
        [directory] if !directory.to_string_lossy().starts_with('-') => PathBuf::from(directory),
        _ => {
            eprintln!("usage: graph [DIRECTORY]");
            return Ok(ExitCode::from(2));
        }
    };
    let mut world = World::new()?;
    let moments = moments(&mut world)?;
    write(&directory, &moments)?;
    for moment in &moments {
        println!(
            "{} {:<17} {:<46} {:>2} of {} tools",
            stage::clock(moment.when),
            moment.title,
            svg::states(moment),
            moment.permitted.len(),
            TOOLS.len()
        );
    }
    println!(
        "execution.mmd, execution.dot and graph.html are in {}",
        directory.display()
    );
    let expected = WAVES.iter().map(|(_, tools)| *tools).chain([0]);
    let as_expected = moments
        .iter()
        .map(|moment| moment.permitted.len())
        .eq(expected);
    Ok(
        if as_expected && moments.iter().all(|moment| moment.agrees) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        },
    )
}

fn write(directory: &Path, moments: &[Moment<'_>]) -> stage::Result<()> {
    let merging = &moments
        .get(MERGING)
        .ok_or("the wave before the merge point")?
        .picture;
    std::fs::create_dir_all(directory)?;
    std::fs::write(directory.join("execution.mmd"), merging.to_mermaid())?;
    std::fs::write(directory.join("execution.dot"), merging.to_dot())?;
    std::fs::write(directory.join("graph.html"), page::page(moments)?)?;
    Ok(())
}

/// A directory that was not there before.
fn fresh() -> stage::Result<PathBuf> {
    let process = std::process::id();
    let made = (0..100)
        .map(|number| std::env::temp_dir().join(format!("mandatum-graph-{process}-{number}")));
    Ok(made
        .into_iter()
        .find(|directory| std::fs::create_dir(directory).is_ok())
        .ok_or("no room for a directory")?)
}
