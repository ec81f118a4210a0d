//! Random cases for a second implementation: `mandatum-interop-cases VECTORS SEED COUNT` writes one
//! JSON object a line, a case with what the library decides as its `expect`, and on standard error
//! how often each verdict came.
//!
//! Each is a vector that is changed in one to four ways and signed again with the test keys: times
//! moved, arguments, powers and limits changed, links and notices added or left out, other vectors'
//! limits put in with all that their host knows, bytes flipped.
#![forbid(unsafe_code)]

#[path = "../../../../examples/decide/case.rs"]
#[allow(dead_code, reason = "nothing is explained here")]
mod case;
mod changes;
mod dice;
mod donors;
mod news;
mod nodes;
mod spending;
mod token;
mod verdict;
mod world;

use dice::Dice;
use donors::Donors;
use mandatum::json::JsonForm;
use mandatum::primitives::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use world::World;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [vectors, seed, count] = arguments.as_slice() else {
        return Err("usage: VECTORS SEED COUNT".into());
    };
    let donors = Donors::of(&read(vectors)?);
    let (seed, count): (u64, u64) = (seed.parse()?, count.parse()?);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut verdicts: BTreeMap<String, u64> = BTreeMap::new();
    for number in 0..count {
        let text = case(&donors, &mut Dice::new(seed ^ number.rotate_left(32)));
        let verdict = verdict::of(&text);
        *verdicts.entry(verdict::word(&verdict)).or_default() += 1;
        writeln!(
            out,
            "{{\"expect\":{},{}",
            verdict.to_json(),
            text.strip_prefix('{').unwrap_or_default()
        )?;
    }
    out.flush()?;
    for (word, count) in verdicts {
        eprintln!("{count:6} {word}");
    }
    Ok(())
}

/// The vectors by name.
fn read(folder: &str) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut vectors = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            vectors.push((name, std::fs::read_to_string(path)?));
        }
    }
    vectors.sort();
    Ok(vectors)
}

fn case(donors: &Donors, dice: &mut Dice) -> String {
    let at = if dice.percent(75) {
        *dice.pick(&donors.permitted).expect("some are permitted")
    } else {
        dice.below(donors.worlds.len())
    };
    let mut world: World = donors.worlds[at].clone();
    let changes = match dice.below(100) {
        0..50 => 1,
        50..75 => 2,
        75..90 => 3,
        _ => 4,
    };
    for _ in 0..changes {
        changes::one(&mut world, dice, donors);
    }
    let text = world.write();
    // Long cases say little more than short ones, and take long to read.
    if text.len() > 80_000 {
        short(donors, dice)
    } else {
        text
    }
}

fn short(donors: &Donors, dice: &mut Dice) -> String {
    let mut world =
        donors.worlds[*dice.pick(&donors.permitted).expect("some are permitted")].clone();
    world
        .fields
        .insert("now".into(), Value::Number(1_767_225_601_u64.into()));
    world.write()
}
