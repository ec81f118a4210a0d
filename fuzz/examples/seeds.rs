//! Writes the seeds of every target to `fuzz/corpus`: `cargo run -p mandatum-fuzz --example seeds`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in mandatum_fuzz::targets() {
        let dir = corpus.join(target.name);
        std::fs::create_dir_all(&dir)?;
        for (name, seed) in &target.seeds {
            std::fs::write(dir.join(name), seed)?;
        }
        println!("{}: {} seeds", dir.display(), target.seeds.len());
    }
    Ok(())
}
