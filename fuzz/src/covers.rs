use crate::generate::Generator;
use arbitrary::Unstructured;
use mandatum::powers::{CoverageError, CoverageGap, PermissionError};
use mandatum::{Action, Powers};

/// Most calls that two sets of powers are asked about.
const ACTIONS: usize = 64;

/// Two sets of powers: coverage is sound and reflexive, witnesses separate, the meet permits just
/// what both do, and everything that is said of it is one line.
pub fn covers(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let mut generate = Generator::new(&mut bytes);
    let Ok(parent) = generate.powers() else {
        return;
    };
    let Ok(child) = generate.near(&parent) else {
        return;
    };

    assert_reflexive(&parent);
    let coverage = parent.covers(&child);
    assert_separates(&parent, &child, &coverage);
    let meet = parent.meet(&child);
    assert_one_line(&[&parent, &child]);
    for _ in 0..ACTIONS {
        let Ok(action) = generate.action() else {
            return;
        };
        if let Err(refusal) = parent.permits(&action) {
            assert_one_line(&[&refusal, &action]);
        }
        let (Some(by_parent), Some(by_child)) =
            (permits(&parent, &action), permits(&child, &action))
        else {
            continue;
        };
        assert!(
            coverage.is_err() || by_parent || !by_child,
            "covered, but the child alone permits {action}\nparent: {parent}\nchild: {child}"
        );
        if let Some(by_both) = meet.as_ref().ok().and_then(|meet| permits(meet, &action)) {
            assert_eq!(
                by_both,
                by_parent && by_child,
                "the meet of both is not what both permit of {action}\none: {parent}\nother: {child}"
            );
        }
    }
}

/// Whether the powers permit the action; `None` when that takes too much work to say.
fn permits(powers: &Powers, action: &Action) -> Option<bool> {
    match powers.permits(action) {
        Ok(()) => Some(true),
        Err(PermissionError::OutOfWork(_)) => None,
        Err(_) => Some(false),
    }
}

fn assert_reflexive(powers: &Powers) {
    match powers.covers(powers) {
        Ok(())
        | Err(CoverageError {
            gap: CoverageGap::OutOfWork(_),
            ..
        }) => {}
        Err(refusal) => panic!("{refusal}: powers that don't cover themselves: {powers}"),
    }
}

/// A witness is a call that the child permits and the parent does not.
fn assert_separates(parent: &Powers, child: &Powers, coverage: &Result<(), CoverageError>) {
    let Err(refusal) = coverage else { return };
    assert_one_line(&[refusal]);
    assert!(refusal.entry < child.capabilities().len());
    if let Some(witness) = &refusal.witness {
        assert_ne!(
            permits(parent, witness),
            Some(true),
            "{witness}\nparent: {parent}"
        );
        assert_ne!(
            permits(child, witness),
            Some(false),
            "{witness}\nchild: {child}"
        );
    }
}

fn assert_one_line(shown: &[&dyn std::fmt::Display]) {
    for each in shown {
        let text = each.to_string();
        assert!(!text.contains(char::is_control), "{text:?}");
    }
}
