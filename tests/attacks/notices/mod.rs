//! Notices: what is wrong with their bytes, and who may say what.

mod codec;
mod order;
mod signed;
mod speakers;

use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{Forge, id_of, notice};
use crate::support::order::{mission_id, mission_of, public};
use crate::support::story::{NOW, child_of, root};
use mandatum::{DenialCode, Notice};

/// Seeds of keys beside the story's.
pub(crate) const CONTROLLER: u8 = 50;
const ENDER: u8 = 51;

const STATUS: &str = "mandate2-status+cwt";
const END: &str = "mandate2-end+cwt";
const TASK_END: &str = "mandate2-task-end+cwt";
const EVENT: &str = "mandate2-event+cwt";
const WITHDRAWAL: &str = "mandate2-withdrawal+cwt";

/// The codes that news leads to.
pub(crate) fn codes() -> Vec<DenialCode> {
    [speakers::codes(), order::codes()].concat()
}

/// A mission that is active under sequence 1, nothing fired, withdrawn or ended.
fn snapshot(name: &str) -> Map {
    let wave = cbor::array([cbor::int(0), cbor::int(NOW - 60)]);
    Map::of([
        (0, mission_id(CONTROLLER, name)),
        (1, cbor::int(1)),
        (3, wave),
    ])
}

fn status_of(by: u8, snapshots: &[Map]) -> Forge {
    notice(
        STATUS,
        by,
        [(
            1,
            cbor::array(snapshots.iter().map(Map::bytes).collect::<Vec<_>>()),
        )],
    )
}

pub(crate) fn status(by: u8) -> Forge {
    status_of(by, &[snapshot("qbr")])
}

pub(crate) fn end(by: u8) -> Forge {
    notice(
        END,
        by,
        [(1, mission_id(CONTROLLER, "qbr")), (2, cbor::int(2))],
    )
}

pub(crate) fn task_end(by: u8, mandate: &[u8]) -> Forge {
    task_ended(by, id_of(mandate).as_bytes(), 3)
}

fn task_ended(by: u8, mandate: &[u8; 32], how: i64) -> Forge {
    notice(
        TASK_END,
        by,
        [
            (1, cbor::bytes(mandate)),
            (2, cbor::int(how)),
            (3, cbor::int(NOW + 3600)),
        ],
    )
}

fn event(by: u8) -> Forge {
    notice(
        EVENT,
        by,
        [
            (1, mission_id(CONTROLLER, "qbr")),
            (2, cbor::text("deal closed")),
        ],
    )
}

fn withdrawal(by: u8) -> Forge {
    notice(
        WITHDRAWAL,
        by,
        [
            (1, mission_id(CONTROLLER, "qbr")),
            (2, cbor::text("crm.read")),
        ],
    )
}

pub(crate) fn read(notice: &Forge) -> Notice {
    Notice::from_bytes(&notice.token()).unwrap()
}

/// What lives by the mission, which an ender may end as well.
pub(crate) fn alive() -> Vec<u8> {
    let ages = cbor::array([300, 60, 10].map(cbor::int));
    cbor::array([
        mission_of(CONTROLLER, "qbr"),
        ages,
        cbor::array([public(ENDER)]),
    ])
}

/// The root, which lives by a mission that an ender may end as well and ends on an event, and a
/// child for the helper.
fn links() -> [Vec<u8>; 2] {
    let ends_on = cbor::array([cbor::int(5), cbor::text("deal closed")]);
    let root = root()
        .term(6, alive())
        .term(1, cbor::array([ends_on]))
        .token();
    let child = child_of(&root).token();
    [root, child]
}
