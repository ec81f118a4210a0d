//! The leeway allows a time slightly ahead of our clock. It never makes anything valid for longer.

use crate::support::*;
use mandatum::limits::{MaxAge, Waves};
use mandatum::mission::{Applied, NoticeError, Watches};
use mandatum::{
    Controller, DenialCode, Effect, Limit, LivesBy, Notice, Register, Seconds, VerifiedChain,
};

const AGE: u64 = 60;
const DRAIN: u64 = 10;

/// A root in wave 0 alone, where stragglers have ten seconds.
fn chain() -> VerifiedChain {
    let life = LivesBy::new(mission(OFFICE, "qbr"), MaxAge::uniform(Seconds::new(AGE)));
    let waves = Waves::only(mission(OFFICE, "qbr"), 0)
        .with_drain(Seconds::new(DRAIN))
        .unwrap();
    verifier()
        .verify(
            &root_with(
                mandatum::Life::Mission(life),
                [Limit::waves(waves)],
                [1; 16],
            )
            .unwrap(),
        )
        .unwrap()
}

/// A status in this wave. The first one has been on for long, any other begins with the status.
fn status(wave: u64, seconds: u64) -> Notice {
    let (mut office, name) = (
        Controller::new(public(OFFICE), Seconds::new(30)),
        mission(OFFICE, "qbr"),
    );
    let _ = office.begin(&name, [1; 16], at(0)).unwrap();
    for _ in 0..wave {
        let _ = office.advance_wave(&name, [2; 16], at(seconds)).unwrap();
    }
    heartbeat(&mut office, &key(OFFICE), [3; 16], at(seconds))
}

fn asked(register: &Register, seconds: u64) -> Result<u64, DenialCode> {
    let call = call([1; 16], "crm.read", Effect::Read);
    let until = verdict(&verifier(), &chain(), &call, register, at(seconds))
        .map_err(|denial| denial.code())?;
    Ok(until.as_unix() - START)
}

fn asked_with(register: &Register, stapled: &Notice, seconds: u64) -> Result<u64, DenialCode> {
    let (call, stapled) = (
        call([1; 16], "crm.read", Effect::Read),
        std::slice::from_ref(stapled),
    );
    let until = proven(&verifier(), &chain(), &call, register, stapled, at(seconds))
        .map_err(|denial| denial.code())?;
    Ok(until.as_unix() - START)
}

/// Whatever its date, however often it is received, and by whichever replica: from its first
/// receipt it is fresh for its age.
#[test]
fn a_status_from_ahead_is_fresh_from_its_first_receipt() {
    let watches = Watches::new(&chain());
    for ahead in [0, 1, 29, 30] {
        let status = status(0, 100 + ahead);
        let mut register = empty();
        assert_eq!(register.apply(&status, &watches, at(100)), Ok(Applied::New));
        let mut replica = empty();
        for again in [110, 129, 130, 150] {
            assert_eq!(
                register.apply(&status, &watches, at(again)),
                Ok(Applied::Known)
            );
            replica.apply(&status, &watches, at(again)).unwrap();
        }
        replica.merge(&register);
        assert_eq!(
            replica, register,
            "{ahead}: the first receipt counts over replicas"
        );
        assert_eq!(asked(&register, 100), Ok(100 + AGE + 1));
        assert_eq!(asked(&register, 100 + AGE), Ok(100 + AGE + 1));
        assert_eq!(
            asked(&register, 100 + AGE + 1),
            Err(DenialCode::StatusStale)
        );
        // Stapled again, it is the status that the register knows.
        assert_eq!(asked_with(&register, &status, 130), Ok(100 + AGE + 1));
        assert_eq!(
            asked_with(&register, &status, 100 + AGE + 1),
            Err(DenialCode::StatusStale)
        );
    }
    let beyond = status(0, 131);
    let refused = empty().apply(&beyond, &watches, at(100));
    assert_eq!(
        refused,
        Err(NoticeError::FutureDated {
            at: at(131),
            now: at(100)
        })
    );
    assert_eq!(
        asked_with(&empty(), &beyond, 100),
        Err(DenialCode::StatusMissing)
    );
}

/// A later status of a clock that is ahead refreshes, and an earlier one that comes late does not.
#[test]
fn of_two_statuses_from_ahead_the_later_one_counts() {
    let watches = Watches::new(&chain());
    let (first, second) = (status(0, 130), status(0, 140));
    let mut register = empty();
    register.apply(&first, &watches, at(100)).unwrap();
    register.apply(&second, &watches, at(110)).unwrap();
    assert_eq!(asked(&register, 115), Ok(110 + AGE + 1));
    assert_eq!(
        register.apply(&first, &watches, at(135)),
        Ok(Applied::Known)
    );
    assert_eq!(asked(&register, 135), Ok(110 + AGE + 1));
}

/// Stapled alone, without a register that remembers, a status counts as of each presentation until
/// its own time has come: for longer by no more than the controller's clock is ahead.
#[test]
fn a_stapled_status_is_never_fresher_than_it_says() {
    let nothing = empty();
    let status = status(0, 130);
    assert_eq!(asked_with(&nothing, &status, 100), Ok(100 + AGE + 1));
    assert_eq!(asked_with(&nothing, &status, 120), Ok(120 + AGE + 1));
    assert_eq!(asked_with(&nothing, &status, 150), Ok(130 + AGE + 1));
    assert_eq!(
        asked_with(&nothing, &status, 131 + AGE),
        Err(DenialCode::StatusStale)
    );
}

#[test]
fn a_drain_ends_at_one_second_whenever_it_is_asked() {
    let watches = Watches::new(&chain());
    for ahead in [0, 1, 30] {
        let status = status(1, 100 + ahead);
        let mut register = empty();
        register.apply(&status, &watches, at(100)).unwrap();
        for now in [100, 105, 100 + DRAIN - 1] {
            let _ = register.apply(&status, &watches, at(now));
            assert_eq!(
                asked(&register, now),
                Ok(100 + DRAIN),
                "{ahead} ahead, asked at {now}"
            );
            assert_eq!(asked_with(&register, &status, now), Ok(100 + DRAIN));
        }
        for now in [100 + DRAIN, 100 + ahead + DRAIN - 1, 100 + ahead + DRAIN] {
            let _ = register.apply(&status, &watches, at(now));
            let expected = if now < 100 + DRAIN {
                Ok(100 + DRAIN)
            } else {
                Err(DenialCode::WaveClosed)
            };
            assert_eq!(
                asked(&register, now),
                expected,
                "{ahead} ahead, asked at {now}"
            );
            assert_eq!(asked_with(&register, &status, now), expected);
        }
    }
}

/// A clock that steps back asks a register that was filled by a later one: beyond the leeway its
/// statuses are absent, and its waves don't drain.
#[test]
fn a_status_from_the_future_of_a_clock_that_stepped_back_is_absent() {
    let watches = Watches::new(&chain());
    let mut register = empty();
    register
        .apply(&status(0, 3000), &watches, at(3000))
        .unwrap();
    assert_eq!(asked(&register, 100), Err(DenialCode::StatusMissing));
    assert_eq!(asked(&register, 2969), Err(DenialCode::StatusMissing));
    assert_eq!(
        asked(&register, 2970),
        Ok(2970 + AGE + 1),
        "within the leeway it is fresh, for no longer than from now"
    );
    assert_eq!(asked(&register, 3000), Ok(3000 + AGE + 1));

    let mut drained = empty();
    drained.apply(&status(1, 3000), &watches, at(3000)).unwrap();
    for (now, expected) in [
        (2969, DenialCode::StatusMissing),
        (3000 + DRAIN, DenialCode::WaveClosed),
    ] {
        assert_eq!(asked(&drained, now), Err(expected));
    }
    assert_eq!(asked(&drained, 2970), Ok(2970 + DRAIN));
}
