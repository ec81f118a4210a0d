//! The bound on ghost execution, shaken.
//!
//! The theorem, in plain words. A controller says from time to time "as of now, my mission goes on,
//! and this is its state". A verifier lets a call start only while the newest such word it has is
//! younger than the age that the mandate allows for calls of that effect. Once the controller has
//! stored an end, no later word of it says that the mission goes on as before; and of two words the
//! one with the later state counts. So whatever else is lost, late, doubled, out of order or held
//! back on purpose, a verifier can go on only until the last word from before the end has grown too
//! old. How long that takes, it measures with its own clock on a time written by the controller's;
//! so:
//!
//! > no operation starts later than **end + age(effect) + D + 1 s** on the verifier's clock, where
//! > D bounds the difference of the two clocks, and the second is what whole seconds may hide.
//!
//! It holds for everything that a status carries: the end of a mission (which then is in no
//! status), fired events, ended tasks, withdrawn tools, suspension, the end of a wave (where
//! stragglers may drain for longer, for so long). Notices that travel ahead only make it sooner.
//!
//! It rests on assumptions, and each of them is dropped here once, to see that the bound then
//! breaks and that this test would tell: [`Dropped`].
//!
//! Time is counted in quarters of a second, because what happens within a second is what the last
//! term of the bound is for.

mod lasting;
mod run;
mod world;

use crate::support::*;
use mandatum::chain::ChainErrorKind;
use mandatum::{Delegation, Life, Limit, Limits, LivesBy};
use run::Run;
use world::{SECOND, Tally, World};

const RUNS: u64 = 10_000;

/// What a run does without, of all that the bound assumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dropped {
    Nothing,
    /// A second writer goes on as if nothing had ended.
    OneWriter,
    /// The news is announced before it is stored, and lost in a crash.
    StoredFirst,
    /// A status is signed ahead of its time.
    SignedInTime,
    /// The verifier's clock steps back.
    SteadyClock,
    /// The server states a lesser effect than the call has.
    TrueEffect,
    /// A permit that waited is used without asking whether it is still valid.
    CheckedAtStart,
    /// The clocks differ by more than is said.
    ClocksAgree,
}

fn runs(seeds: impl IntoIterator<Item = u64>, dropped: Dropped) -> Tally {
    let world = World::new();
    let run = |seed| {
        let tally = Run::new(&world, seed, dropped).play();
        assert!(
            dropped != Dropped::Nothing || tally.breaches == 0,
            "seed {seed} breaks the bound: {tally:?}"
        );
        tally
    };
    seeds
        .into_iter()
        .map(run)
        .fold(Tally::default(), Tally::join)
}

fn seconds(quarters: i64) -> String {
    format!("{}.{:02} s", quarters / SECOND, quarters % SECOND * 25)
}

#[test]
fn no_operation_starts_later_than_the_bound() {
    let half = |parity| {
        runs(
            (0..RUNS).filter(move |seed| seed % 2 == parity),
            Dropped::Nothing,
        )
    };
    let tally = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0).join(other.join().unwrap())
    });
    let (window, bound) = tally.worst.unwrap();
    let nearest = tally.nearest.unwrap();
    println!(
        "{RUNS} runs: {} healthy operations, {} resumed, {} after the news and within the bound",
        tally.healthy, tally.resumed, tally.ghosts
    );
    println!(
        "worst window {}, bound there {}; nearest to a bound {}",
        seconds(window),
        seconds(bound),
        seconds(nearest)
    );
    assert!(tally.healthy > 2 * RUNS, "honest work goes on: {tally:?}");
    assert!(
        tally.resumed > RUNS / 100,
        "suspended work goes on when it is resumed: {tally:?}"
    );
    assert!(
        tally.ghosts > RUNS / 10,
        "the bound is put to the test: {tally:?}"
    );
    assert!(nearest <= SECOND / 2, "the bound is tight: {tally:?}");
}

/// A controller's clock that is ahead by up to the leeway makes no status live longer by that: what
/// it says counts as of its receipt. (Without that rule, the bound would be later by all of the 25
/// seconds that the clocks are ahead.)
#[test]
fn a_controller_whose_clock_is_ahead_makes_ghosts_no_later_than_its_messages_travel() {
    let world = World::new();
    let tally = (0..RUNS / 5).map(|seed| {
        let tally = Run::new(&world, seed, Dropped::Nothing)
            .with_controllers_ahead()
            .play();
        assert_eq!(tally.breaches, 0, "seed {seed} breaks the bound: {tally:?}");
        tally
    });
    let tally = tally.fold(Tally::default(), Tally::join);
    assert!(tally.healthy > RUNS / 5, "honest work goes on: {tally:?}");
    assert!(
        tally.ghosts > RUNS / 50,
        "the bound is put to the test: {tally:?}"
    );
}

/// The runs that break the bound when an assumption is dropped, of a hundred that keep it
/// otherwise.
fn breaches_without(dropped: Dropped) -> u64 {
    runs(0..100, Dropped::Nothing);
    let tally = runs(0..100, dropped);
    println!(
        "without {dropped:?}: {} operations later than the bound, the worst {:?}",
        tally.breaches, tally.worst
    );
    tally.breaches
}

#[test]
fn a_forked_controller_breaks_it() {
    assert!(breaches_without(Dropped::OneWriter) > 0);
}

#[test]
fn news_that_is_announced_before_it_is_stored_breaks_it() {
    assert!(breaches_without(Dropped::StoredFirst) > 0);
}

#[test]
fn a_status_signed_ahead_of_its_time_breaks_it() {
    assert!(breaches_without(Dropped::SignedInTime) > 0);
}

#[test]
fn a_clock_that_steps_back_breaks_it() {
    assert!(breaches_without(Dropped::SteadyClock) > 0);
}

#[test]
fn an_understated_effect_breaks_it() {
    assert!(breaches_without(Dropped::TrueEffect) > 0);
}

#[test]
fn a_permit_not_checked_at_the_start_breaks_it() {
    assert!(breaches_without(Dropped::CheckedAtStart) > 0);
}

#[test]
fn clocks_that_differ_by_more_break_it() {
    assert!(breaches_without(Dropped::ClocksAgree) > 0);
}

/// What ends on an event is bounded only where the status that tells of the event must be fresh: a
/// mission that keeps other calls alive does not do.
#[test]
fn what_ends_on_an_event_lives_by_a_mission_in_all_that_ends() {
    let lives_by = || Limit::lives_by(LivesBy::new(mission(OFFICE, "qbr"), ages(6, 3, 1)));
    let ends_on = || Limit::ends_on(label("over"));
    let for_tool = |limit: Limit, tool| limit.with_tools([tool]).unwrap();
    let rows = [
        (vec![ends_on()], false),
        (vec![ends_on(), lives_by()], true),
        (vec![ends_on(), for_tool(lives_by(), "pay.*")], false),
        (
            vec![for_tool(ends_on(), "crm.*"), for_tool(lives_by(), "pay.*")],
            false,
        ),
        (vec![for_tool(ends_on(), "crm.*"), lives_by()], true),
        (
            vec![for_tool(ends_on(), "crm.*"), for_tool(lives_by(), "crm.*")],
            true,
        ),
        (
            vec![
                for_tool(ends_on(), "crm.*"),
                for_tool(ends_on(), "pay.*"),
                for_tool(lives_by(), "crm.*"),
            ],
            false,
        ),
    ];
    for (limits, is_bounded) in rows {
        let issued = root_with(Life::ExpiryOnly, limits.clone(), [1; 16]);
        assert_eq!(issued.is_ok(), is_bounded, "{limits:?}");
        let broken = issued.err().map(|error| error.kind);
        assert!(
            matches!(broken, None | Some(ChainErrorKind::EventUntold { .. })),
            "{broken:?}"
        );
        let below = root_with(Life::ExpiryOnly, [], [1; 16]).unwrap();
        let terms = Delegation::new([2; 16], public(HELPER), powers(), at(60))
            .with_limits(Limits::new(limits).unwrap());
        assert_eq!(below.delegate(terms, at(0)).is_ok(), is_bounded);
    }
}
