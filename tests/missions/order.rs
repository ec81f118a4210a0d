//! Whose turn it is, against a second, naive reading of what waves and barriers mean: every word of
//! every key is gone through, and who may say it is spelled out by hand.

use crate::support::*;
use mandatum::claims::{NoticeHeader, TaskEnd, TaskEnding, Wave};
use mandatum::limits::{Barrier, MaxAge, Reporters, Waves};
use mandatum::mission::{Applied, NoticeError, Watches};
use mandatum::primitives::MandateId;
use mandatum::{
    Chain, Controller, DenialCode, Effect, Life, Limit, LivesBy, Notice, Register, Seconds,
    VerifiedChain, Verifier,
};

/// Who else speaks of the tasks that are waited for.
const REPORTERS: [u8; 3] = [30, 31, 32];
const NOW: u64 = 50;

/// What a barrier says, in plain words.
#[derive(Clone, Debug)]
struct Awaited {
    /// Each task with the seeds of the keys that it names.
    tasks: Vec<(MandateId, Vec<u8>)>,
    quorum: usize,
    deadline: Option<u64>,
}

impl Awaited {
    fn any(random: &mut Random) -> Self {
        let count = 1 + random.below(5);
        let tasks: Vec<_> = (0..count)
            .map(|_| (task(random), some(random, &REPORTERS)))
            .collect();
        let deadline = random
            .chance(50)
            .then(|| *random.pick(&[NOW - 1, NOW, NOW + 1, NOW + 20]));
        Self {
            quorum: 1 + random.below(tasks.len()),
            tasks,
            deadline,
        }
    }

    fn limit(&self) -> Limit {
        let by = |seeds: &[u8]| Reporters::new(seeds.iter().copied().map(public)).unwrap();
        let barrier =
            Barrier::new(self.tasks.iter().map(|(task, seeds)| (*task, by(seeds)))).unwrap();
        let barrier = barrier.with_quorum(self.quorum).unwrap();
        Limit::barrier(
            self.deadline
                .into_iter()
                .map(at)
                .fold(barrier, Barrier::with_deadline),
        )
    }
}

fn task(random: &mut Random) -> MandateId {
    let (high, low) = (random.id(), random.id());
    MandateId::from_bytes(std::array::from_fn(|byte| {
        if byte < 16 {
            high[byte]
        } else {
            low[byte - 16]
        }
    }))
}

/// At least one of these.
fn some(random: &mut Random, seeds: &[u8]) -> Vec<u8> {
    let first = *random.pick(seeds);
    seeds
        .iter()
        .copied()
        .filter(|seed| *seed == first || random.chance(30))
        .collect()
}

/// A chain of three links with a barrier at one of them: the root lives by the office's mission,
/// the second link by the desk's.
struct Waiting {
    chain: VerifiedChain,
    link: usize,
    awaited: Awaited,
}

impl Waiting {
    fn new(verifier: &Verifier, link: usize, awaited: Awaited) -> Self {
        let age = MaxAge::uniform(Seconds::new(600));
        let [office, desk] = [(OFFICE, "qbr"), (DESK, "slides")]
            .map(|(by, name)| LivesBy::new(mission(by, name), age));
        let at = |place: usize| (link == place).then(|| awaited.limit());
        let root = root_with(Life::Mission(office), at(0), [1; 16]).unwrap();
        let second = [Limit::lives_by(desk)].into_iter().chain(at(1));
        let chain: Chain = child(&root, ORCHESTRATOR, HELPER, second, [2; 16]);
        let chain = child(&chain, HELPER, INTERN, at(2), [3; 16]);
        Self {
            chain: verifier.verify(&chain).unwrap(),
            link,
            awaited,
        }
    }

    /// Whether a word counts: of a key that is named for the task, or minted the barrier, or
    /// controls what the link lives by; or of an issuer above, who calls it off.
    fn counts(&self, word: &Word) -> bool {
        let above = &[COMPANY, ORCHESTRATOR][..self.link];
        self.reports(word.by, word.task)
            || (word.how != TaskEnding::Completed && above.contains(&word.by))
    }

    fn reports(&self, by: u8, task: MandateId) -> bool {
        let named = self
            .awaited
            .tasks
            .iter()
            .any(|(known, seeds)| *known == task && seeds.contains(&by));
        let minter = [COMPANY, ORCHESTRATOR, HELPER][self.link];
        let controls = by == OFFICE || (by == DESK && self.link >= 1);
        named || by == minter || controls
    }

    /// What becomes of a call, by the words of everybody.
    fn expected(&self, words: &[Word]) -> Option<DenialCode> {
        let (mut done, mut lost) = (0, 0);
        for (task, _) in &self.awaited.tasks {
            let told: Vec<TaskEnding> = words
                .iter()
                .filter(|word| word.task == *task && self.counts(word))
                .map(|word| word.how)
                .collect();
            if told.iter().any(|how| *how != TaskEnding::Completed) {
                lost += 1;
            } else if !told.is_empty() {
                done += 1;
            }
        }
        let all = self.awaited.tasks.len();
        let given_up = self.awaited.deadline.is_none() || self.awaited.deadline.unwrap() <= NOW;
        if done == all || (given_up && done >= self.awaited.quorum) {
            None
        } else if all - lost < self.awaited.quorum {
            Some(DenialCode::BarrierBroken)
        } else {
            Some(DenialCode::BarrierClosed)
        }
    }

    /// What is decided when these words are heard.
    fn found(&self, verifier: &Verifier, words: &[Word]) -> Option<DenialCode> {
        let notices: Vec<Notice> = words.iter().map(Word::notice).collect();
        let register = alive_and(&notices, &Watches::new(&self.chain));
        let call = call([1; 16], "crm.read", Effect::Read);
        let verdict = verdict(verifier, &self.chain, &call, &register, at(NOW));
        verdict.err().map(|denial| {
            if let mandatum::denial::DenialPlace::Link(link) = denial.place() {
                assert_eq!(link, self.link);
            }
            denial.code()
        })
    }
}

/// Both missions are active, and these were heard.
fn alive_and<'n>(notices: impl IntoIterator<Item = &'n Notice>, watches: &Watches) -> Register {
    let mut register = empty();
    for (seed, name) in [(OFFICE, "qbr"), (DESK, "slides")] {
        let begun = Controller::new(public(seed), Seconds::new(30))
            .begin(&mission(seed, name), [9; 16], at(0))
            .unwrap();
        assert_eq!(
            register.apply(&signed(begun, &key(seed)), watches, at(NOW)),
            Ok(Applied::New)
        );
    }
    for notice in notices {
        let taken = register.apply(notice, watches, at(NOW));
        assert!(
            taken.is_ok() || taken == Err(NoticeError::NotWatched),
            "{taken:?}"
        );
    }
    register
}

/// How a key says that a task ended.
#[derive(Clone, Copy, Debug)]
struct Word {
    by: u8,
    task: MandateId,
    how: TaskEnding,
}

impl Word {
    fn any(random: &mut Random, awaited: &Awaited) -> Self {
        let by = *random.pick(&[
            30,
            31,
            32,
            COMPANY,
            ORCHESTRATOR,
            HELPER,
            INTERN,
            OFFICE,
            DESK,
            ENDER,
            STRANGER,
        ]);
        let task = random.pick(&awaited.tasks).0;
        let lost = [
            TaskEnding::Abandoned,
            TaskEnding::Failed,
            TaskEnding::Revoked,
        ];
        let how = if random.chance(80) {
            TaskEnding::Completed
        } else {
            *random.pick(&lost)
        };
        Self { by, task, how }
    }

    fn notice(&self) -> Notice {
        signed(
            TaskEnd::by_holder(
                NoticeHeader::new([self.by; 16], public(self.by), at(40)),
                self.task,
                self.how,
                at(LIFETIME),
            ),
            &key(self.by),
        )
    }
}

#[test]
fn barriers_open_close_and_break_as_a_naive_reader_says() {
    let verifier = verifier();
    let mut tally = std::collections::BTreeMap::new();
    for seed in 0..400 {
        let mut random = Random::new(seed);
        let awaited = Awaited::any(&mut random);
        let waiting = Waiting::new(&verifier, random.below(3), awaited);
        let words: Vec<Word> = (0..random.below(14))
            .map(|_| Word::any(&mut random, &waiting.awaited))
            .collect();
        let expected = waiting.expected(&words);
        assert_eq!(
            waiting.found(&verifier, &words),
            expected,
            "seed {seed}: {:?} {words:?}",
            waiting.awaited
        );
        let mut shuffled = [words.clone(), words].concat();
        random.shuffle(&mut shuffled);
        assert_eq!(
            waiting.found(&verifier, &shuffled),
            expected,
            "seed {seed}: in any order, twice"
        );
        *tally.entry(expected).or_insert(0) += 1;
    }
    println!("{tally:?}");
    assert!(
        tally.len() == 3 && tally.values().all(|count| *count > 50),
        "{tally:?}"
    );
}

/// More completions never close what was open, nor break what was not; and what is broken stays so.
#[test]
fn completions_only_ever_open() {
    let rank = |found: Option<DenialCode>| match found {
        Some(DenialCode::BarrierBroken) => 0,
        Some(DenialCode::BarrierClosed) => 1,
        None => 2,
        other => panic!("{other:?}"),
    };
    let verifier = verifier();
    let mut opened = 0;
    for seed in 1000..1100 {
        let mut random = Random::new(seed);
        let awaited = Awaited::any(&mut random);
        let waiting = Waiting::new(&verifier, random.below(3), awaited);
        let mut words: Vec<Word> = (0..random.below(4))
            .map(|_| Word::any(&mut random, &waiting.awaited))
            .collect();
        let mut before = rank(waiting.found(&verifier, &words));
        for _ in 0..8 {
            words.push(Word {
                how: TaskEnding::Completed,
                ..Word::any(&mut random, &waiting.awaited)
            });
            let after = rank(waiting.found(&verifier, &words));
            assert!(
                after >= before && (before > 0 || after == 0),
                "seed {seed}: {before} and then {after}"
            );
            opened += usize::from(before == 1 && after == 2);
            before = after;
        }
        // And an end that is no completion never opens anything.
        words.push(Word {
            how: TaskEnding::Failed,
            ..Word::any(&mut random, &waiting.awaited)
        });
        assert!(
            rank(waiting.found(&verifier, &words)) <= before,
            "seed {seed}"
        );
    }
    assert!(opened > 20, "{opened}");
}

/// A million completions by strangers, and by those who speak for other tasks: none opens anything,
/// none takes room, and the one word that counts still opens it.
#[test]
fn a_million_strangers_open_nothing() {
    let verifier = verifier();
    let ids = [[0xa1; 32], [0xa2; 32]].map(MandateId::from_bytes);
    let tasks = vec![(ids[0], vec![30]), (ids[1], vec![31])];
    let waiting = Waiting::new(
        &verifier,
        1,
        Awaited {
            tasks,
            quorum: 1,
            deadline: None,
        },
    );
    let completion = |by: u8, task| Word {
        by,
        task,
        how: TaskEnding::Completed,
    };
    let strangers = (100..130).flat_map(|by| ids.map(|task| completion(by, task)));
    let others = [30, 31, HELPER, INTERN, ENDER]
        .into_iter()
        .flat_map(|by| ids.map(|task| completion(by, task)));
    let uncounted: Vec<Word> = strangers
        .chain(others)
        .filter(|word| !waiting.counts(word))
        .collect();
    assert_eq!(uncounted.len(), 30 * 2 + 2 + 3 * 2);
    let (notices, watches): (Vec<Notice>, _) = (
        uncounted.iter().map(Word::notice).collect(),
        Watches::new(&waiting.chain),
    );
    // What the holders of the chain's links may end are their own mandates, not the tasks that are
    // waited for.
    let mut register = alive_and([], &watches);
    let before = register.clone();
    for notice in notices.iter().cycle().take(1_000_000) {
        assert_eq!(
            register.apply(notice, &watches, at(NOW)),
            Err(NoticeError::NotWatched)
        );
    }
    assert_eq!(register, before);
    assert_eq!(
        waiting.found(&verifier, &uncounted),
        Some(DenialCode::BarrierClosed)
    );
    // The company may call a task off, so it is heard; it completes none.
    let company = ids.map(|task| completion(COMPANY, task));
    assert_eq!(
        waiting.found(&verifier, &company),
        Some(DenialCode::BarrierClosed)
    );
    for by in [30, ORCHESTRATOR, OFFICE, DESK] {
        let opening = [&uncounted[..], &[completion(by, ids[0])]].concat();
        assert_eq!(waiting.found(&verifier, &opening), None, "{by}");
    }
}

/// To report the end of a task to a barrier is not to end it, and to end it is not to report it.
#[test]
fn who_reports_a_task_does_not_end_it() {
    let verifier = verifier();
    let life = LivesBy::new(mission(OFFICE, "qbr"), MaxAge::uniform(Seconds::new(600)));
    let root = root(life, [1; 16]);
    let branch = child(&root, ORCHESTRATOR, HELPER, [], [2; 16]);
    let id = branch.leaf_id();
    let merge = |by: u8| {
        let barrier = Limit::barrier(Barrier::new([(id, public(by))]).unwrap());
        verifier
            .verify(&child(&root, ORCHESTRATOR, INTERN, [barrier], [3; 16]))
            .unwrap()
    };
    let branch = verifier.verify(&branch).unwrap();
    use TaskEnding::{Completed, Failed, Revoked};
    // Who is named, who says what; whether the branch goes on, and what becomes of the merge point.
    let rows = [
        (30, 30, Completed, true, None),
        (30, 30, Failed, true, Some(DenialCode::BarrierBroken)),
        (
            30,
            HELPER,
            Completed,
            false,
            Some(DenialCode::BarrierClosed),
        ),
        (30, HELPER, Failed, false, Some(DenialCode::BarrierClosed)),
        (30, COMPANY, Revoked, false, Some(DenialCode::BarrierBroken)),
        (
            30,
            COMPANY,
            Completed,
            false,
            Some(DenialCode::BarrierClosed),
        ),
        (
            30,
            ORCHESTRATOR,
            Revoked,
            false,
            Some(DenialCode::BarrierBroken),
        ),
        (30, INTERN, Completed, true, Some(DenialCode::BarrierClosed)),
        (30, OFFICE, Completed, false, None),
        (HELPER, HELPER, Completed, false, None),
        (
            HELPER,
            HELPER,
            Failed,
            false,
            Some(DenialCode::BarrierBroken),
        ),
    ];
    for (named, by, how, goes_on, expected) in rows {
        let merge = merge(named);
        let mut watches = Watches::new(&merge);
        watches.extend(&Watches::new(&branch));
        let begun = Controller::new(public(OFFICE), Seconds::new(30))
            .begin(&mission(OFFICE, "qbr"), [9; 16], at(0))
            .unwrap();
        let mut register = empty();
        register
            .apply(&signed(begun, &key(OFFICE)), &watches, at(NOW))
            .unwrap();
        let _ = register.apply(&Word { by, task: id, how }.notice(), &watches, at(NOW));
        let code = |chain: &VerifiedChain| {
            let call = call([1; 16], "crm.read", Effect::Read);
            verdict(&verifier, chain, &call, &register, at(NOW))
                .err()
                .map(|denial| denial.code())
        };
        assert_eq!(
            code(&branch),
            (!goes_on).then_some(DenialCode::TaskEnded),
            "{by} says {how}"
        );
        assert_eq!(code(&merge), expected, "{by} says {how}, {named} is named");
    }
}

/// Each task is watched for exactly those who may report it.
#[test]
fn exactly_those_are_watched_whose_word_counts() {
    let verifier = verifier();
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let awaited = Awaited::any(&mut random);
        let waiting = Waiting::new(&verifier, random.below(3), awaited);
        let watches = Watches::new(&waiting.chain);
        for by in (0..=40).filter(|by| *by != 0) {
            for (task, _) in &waiting.awaited.tasks {
                let counts = waiting.counts(&Word {
                    by,
                    task: *task,
                    how: TaskEnding::Revoked,
                });
                assert_eq!(
                    watches.mandate(*task, public(by)),
                    counts,
                    "seed {seed}: {by}"
                );
            }
        }
    }
}

/// What one office says of its mission, some of it heard: how it goes on from wave to wave.
fn course(random: &mut Random) -> Vec<Notice> {
    let (mut office, key, name) = (
        Controller::new(public(OFFICE), Seconds::new(30)),
        key(OFFICE),
        mission(OFFICE, "qbr"),
    );
    let mut now = 0;
    let mut said = vec![signed(
        office.begin(&name, random.id(), at(now)).unwrap(),
        &key,
    )];
    for _ in 0..random.below(8) {
        now += u64::try_from(random.below(8)).unwrap();
        let id = random.id();
        said.push(match random.below(5) {
            0 => heartbeat(&mut office, &key, id, at(now)),
            1 => {
                let event = label(&format!("event {}", random.next()));
                signed(office.fire(&name, event, id, at(now)).unwrap(), &key)
            }
            _ => signed(office.advance_wave(&name, id, at(now)).unwrap(), &key),
        });
    }
    said.retain(|_| random.chance(70));
    random.shuffle(&mut said);
    said
}

/// The highest wave that any of these tells, and the earliest beginning told of it, no later than
/// when it was told.
fn wave_told(notices: &[Notice]) -> Option<Wave> {
    let mut told: Vec<Wave> = Vec::new();
    for notice in notices {
        if let Notice::Status(status) = notice {
            let as_of = status.claims().header.at;
            let waves = status
                .claims()
                .missions
                .iter()
                .filter(|snapshot| snapshot.mission == mission(OFFICE, "qbr").id());
            told.extend(waves.map(|snapshot| Wave {
                since: snapshot.wave.since.min(as_of),
                ..snapshot.wave
            }));
        }
    }
    let highest = told.iter().map(|wave| wave.number).max()?;
    told.into_iter()
        .filter(|wave| wave.number == highest)
        .min_by_key(|wave| wave.since)
}

#[test]
fn waves_open_drain_and_close_as_a_naive_reader_says() {
    let verifier = verifier();
    let life = LivesBy::new(mission(OFFICE, "qbr"), MaxAge::uniform(Seconds::new(600)));
    let mut tally = std::collections::BTreeMap::new();
    for seed in 0..400 {
        let mut random = Random::new(seed);
        let (first, span) = (random.next() % 3, random.next() % 2);
        let last = random.chance(75).then_some(first + span);
        let drain = if last.is_some() && random.chance(60) {
            30 + random.next() % 50
        } else {
            0
        };
        let of = || mission(OFFICE, "qbr");
        let waves = last.map_or_else(
            || Waves::starting_at(of(), first),
            |last| Waves::new(of(), first, last).unwrap(),
        );
        let waves = waves.with_drain(Seconds::new(drain)).unwrap();
        let root = root_with(Life::Mission(life.clone()), [Limit::waves(waves)], [1; 16]).unwrap();
        let chain = verifier.verify(&root).unwrap();
        let notices = course(&mut random);
        let mut register = empty();
        for notice in &notices {
            register
                .apply(notice, &Watches::new(&chain), at(60))
                .unwrap();
        }
        let told = wave_told(&notices);
        assert_eq!(register.wave(&of()), told, "seed {seed}");
        let call = call([1; 16], "crm.read", Effect::Read);
        for now in (56..=80).step_by(3) {
            let verdict = verdict(&verifier, &chain, &call, &register, at(now));
            let code = verdict.as_ref().err().map(mandatum::Denial::code);
            let (expected, until) = match told {
                None => (Some(DenialCode::StatusMissing), None),
                Some(wave) if wave.number < first => (Some(DenialCode::NotYet), None),
                Some(wave) if last.is_none_or(|last| wave.number <= last) => (None, None),
                Some(wave) => {
                    let over = wave.since.plus(Seconds::new(drain));
                    let drains = last.is_some_and(|last| wave.number == last + 1) && at(now) < over;
                    if drains {
                        (None, Some(over))
                    } else {
                        (Some(DenialCode::WaveClosed), None)
                    }
                }
            };
            assert_eq!(
                code, expected,
                "seed {seed}, second {now}: {told:?}, {first} to {last:?}, {drain}"
            );
            if let (Ok(found), Some(until)) = (verdict, until) {
                assert_eq!(found, until, "seed {seed}: it ends with the drain");
            }
            *tally.entry((expected, until.is_some())).or_insert(0) += 1;
        }
    }
    println!("{tally:?}");
    assert!(
        tally.len() == 5 && tally.values().all(|count| *count > 20),
        "{tally:?}"
    );
}

/// Of one controller with several writers, who contradict each other: the wave is still the
/// highest, since the earliest.
#[test]
fn the_wave_known_is_the_highest_told_since_the_earliest() {
    let life = LivesBy::new(mission(OFFICE, "qbr"), MaxAge::uniform(Seconds::new(600)));
    let chain = verifier().verify(&root(life, [1; 16])).unwrap();
    let (mut highest, mut contested) = (0, 0);
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let mut notices: Vec<Notice> = (0..6).flat_map(|_| course(&mut random)).collect();
        random.shuffle(&mut notices);
        let told = wave_told(&notices);
        let heard = |notices: &[Notice]| {
            let mut register = empty();
            for notice in notices {
                register
                    .apply(notice, &Watches::new(&chain), at(60))
                    .unwrap();
            }
            register
        };
        let known = heard(&notices);
        assert_eq!(known.wave(&mission(OFFICE, "qbr")), told, "seed {seed}");
        let (some, rest) = notices.split_at(random.below(notices.len() + 1));
        let mut merged = heard(rest);
        merged.merge(&heard(some));
        assert_eq!(merged, known, "seed {seed}");
        highest = highest.max(told.map_or(0, |wave| wave.number));
        let of_highest = notices.iter().filter(|notice| {
            let wave = wave_told(std::slice::from_ref(notice));
            wave.is_some_and(|wave| {
                Some(wave.number) == told.map(|told| told.number) && Some(wave) != told
            })
        });
        contested += usize::from(of_highest.count() > 0);
    }
    assert!(highest > 3 && contested > 30, "{highest} {contested}");
}

/// What people read of waves and barriers says all that counts.
#[test]
fn waves_and_barriers_are_shown_with_what_they_allow() {
    let waves = Waves::new(mission(OFFICE, "qbr"), 1, 2).unwrap();
    let shown = Limit::waves(waves.clone()).to_string();
    let drained = Limit::waves(waves.with_drain(Seconds::new(60)).unwrap()).to_string();
    assert!(
        !shown.contains("drain") && drained.contains("60"),
        "{shown} / {drained}"
    );

    let tasks = (1..=3).map(|byte| (MandateId::from_bytes([byte; 32]), public(byte)));
    let barrier = Barrier::new(tasks).unwrap().with_quorum(2).unwrap();
    let shown = Limit::barrier(barrier).to_string();
    assert!(shown.contains("2 of 3"), "{shown}");
}
