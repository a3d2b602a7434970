// SPDX-License-Identifier: GPL-2.0
//! Runs each seed and each input of the committed corpus through its target.

use std::{fs, path::Path};
use xt_tarpit_fuzz::{seeds, unpack, TARGETS};

#[test]
fn each_input_of_the_corpus_passes() {
    for (name, target) in TARGETS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(name);
        let pack = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let inputs = unpack(&pack);
        assert!(inputs.len() > 20, "{name} has {} inputs only", inputs.len());
        inputs.into_iter().for_each(target);
        seeds(name).iter().for_each(|seed| target(seed));
    }
}
