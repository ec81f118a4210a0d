//! Pictures: as large as they are asked to be, with nothing lost, and no name in them does more
//! than be read.

use crate::stage::*;
use crate::support::{LIFETIME, OFFICE, Random, at, key, public, signed, verifier};
use mandatum::claims::{Holder, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::graph::{ExecutionGraph, Picture, TaskState};
use mandatum::limits::{Barrier, Waves};
use mandatum::mission::Watches;
use mandatum::{
    Controller, Delegation, Label, Limit, Limits, Notice, Register, Seconds, VerifiedChain,
    Verifier,
};

fn active() -> Notice {
    let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
    signed(
        controller.begin(&qbr(), [1; 16], at(0)).unwrap(),
        &key(OFFICE),
    )
}

fn root_chain(verifier: &Verifier) -> VerifiedChain {
    verifier
        .verify(&root(
            &agent(0),
            tools(&["crm.read"]),
            life(&qbr()),
            vec![],
            [1; 16],
        ))
        .unwrap()
}

fn below(
    verifier: &Verifier,
    above: &VerifiedChain,
    by: usize,
    number: usize,
    limits: Vec<Limit>,
) -> VerifiedChain {
    let id = u128::try_from(number).unwrap().to_be_bytes();
    child(
        verifier,
        above,
        &agent(by),
        &agent(number),
        tools(&["crm.read"]),
        limits,
        id,
    )
}

/// A random tree whose tasks are in all states, and what was said.
fn grown(random: &mut Random, tasks: usize) -> (ExecutionGraph, Register) {
    let verifier = verifier();
    let mut graph = ExecutionGraph::new(&verifier);
    let mut chains = vec![root_chain(&verifier)];
    let (mut notices, mut watches) = (vec![active()], Watches::new(&chains[0]));
    while chains.len() < tasks {
        let by = if random.chance(50) {
            0
        } else {
            random.below(chains.len().min(40))
        };
        let wave = |first, last| vec![Limit::waves(Waves::new(qbr(), first, last).unwrap())];
        let limits = match random.below(8) {
            0 => wave(1, 2),
            1 => vec![Limit::window(mandatum::limits::Window::closing(at(1)))],
            _ => vec![],
        };
        if chains[by].chain().leaf().hops == 0 {
            continue;
        }
        let chain = below(
            &verifier,
            &chains[by],
            by_holder(&chains, by),
            chains.len(),
            limits,
        );
        if random.chance(15) {
            let ending = *random.pick(&[TaskEnding::Completed, TaskEnding::Failed]);
            let holder = agent(chains.len());
            let end = TaskEnd::by_holder(
                NoticeHeader::new(random.id(), holder.public(), at(0)),
                chain.chain().leaf_id(),
                ending,
                at(LIFETIME),
            );
            notices.push(signed(end, &holder));
            watches.extend(&Watches::new(&chain));
        }
        graph.add(chain.chain()).unwrap();
        chains.push(chain);
    }
    let mut register = empty_register();
    for notice in &notices {
        register.apply(notice, &watches, at(0)).unwrap();
    }
    (graph, register)
}

/// The number of the agent that holds a chain, which is that of the chain.
fn by_holder(chains: &[VerifiedChain], chain: usize) -> usize {
    assert_eq!(
        chains[chain].chain().leaf().holder.key,
        agent(chain).public()
    );
    chain
}

/// The texts inside a Mermaid picture's nodes, as a reader sees them.
fn mermaid_labels(text: &str) -> Vec<String> {
    let nodes = text.lines().filter(|line| line.contains("[\""));
    let label = |line: &str| {
        let (_, rest) = line.split_once("[\"").unwrap();
        let (inner, after) = rest.split_once('"').unwrap();
        assert!(
            after == "]" || after.strip_prefix("]:::").is_some_and(is_state),
            "{line}"
        );
        assert!(
            !inner
                .replace("<br/>", "")
                .contains(['<', '>', '&', '`', '\\', '%', '(', '{', '[']),
            "{line}"
        );
        decoded(&inner.replace("<br/>", "\n"), "#")
    };
    nodes.map(label).collect()
}

/// The texts inside a DOT picture's nodes, as a reader sees them.
fn dot_labels(text: &str) -> Vec<String> {
    let nodes = text.lines().filter(|line| line.contains(" [label=\""));
    let label = |line: &str| {
        let (_, rest) = line.split_once(" [label=\"").unwrap();
        let (mut inner, mut chars) = (String::new(), rest.chars());
        loop {
            match chars.next().expect("the string is closed in its line") {
                '"' => break,
                '\\' => match chars.next().unwrap() {
                    'n' => inner.push('\n'),
                    escaped @ ('"' | '\\') => inner.push(escaped),
                    other => panic!("an escape sequence \\{other} in {line}"),
                },
                plain => inner.push(plain),
            }
        }
        let after: String = chars.collect();
        assert!(
            after.starts_with(", ") && after.ends_with("\"];") && !after.contains("label"),
            "{line}"
        );
        assert!(!inner.contains(['<', '>']), "{line}");
        decoded(&inner, "&#")
    };
    nodes.map(label).collect()
}

/// With character entities, which begin like this, read.
fn decoded(text: &str, entity: &str) -> String {
    let mut parts = text.split(entity);
    let mut decoded = parts.next().unwrap().to_owned();
    for part in parts {
        let (number, rest) = part
            .split_once(';')
            .expect("nothing but an entity begins so");
        decoded.push(char::from_u32(number.parse().unwrap()).unwrap());
        decoded.push_str(rest);
    }
    decoded
}

fn is_state(name: &str) -> bool {
    TaskState::ALL.iter().any(|state| state.as_str() == name)
}

/// How many tasks of each state a sample stands for: those it draws and those it counts.
fn stands_for(sample: &Picture<'_>) -> [usize; 5] {
    let mut counts =
        TaskState::ALL.map(|state| sample.nodes().filter(|node| node.state() == state).count());
    for label in mermaid_labels(&sample.to_mermaid()) {
        let Some((said, by_state)) = label
            .strip_prefix("and ")
            .and_then(|rest| rest.split_once(" more\n"))
        else {
            continue;
        };
        let mut sum = 0;
        for part in by_state.split(", ") {
            let (count, name) = part.split_once(' ').unwrap();
            let index = TaskState::ALL
                .iter()
                .position(|state| state.as_str() == name)
                .unwrap();
            counts[index] += count.parse::<usize>().unwrap();
            sum += count.parse::<usize>().unwrap();
        }
        assert_eq!(said, sum.to_string());
    }
    counts
}

#[test]
fn a_sample_stands_for_the_whole() {
    for seed in 0..12 {
        let mut random = Random::new(seed);
        let (graph, register) = grown(&mut random, 150);
        let whole = graph.picture(&register, at(1));
        let counts = TaskState::ALL.map(|state| whole.count(state));
        assert_eq!(counts.iter().sum::<usize>(), graph.len());
        assert!(
            counts.iter().all(|count| *count > 0),
            "seed {seed}: all states occur: {counts:?}"
        );
        assert_eq!(stands_for(&whole), counts);
        for most in [0, 1, 2, 9, 30, 64, 149, 10_000, usize::MAX] {
            let sample = whole.clone().sampled(most);
            let place = format!("seed {seed}, at most {most}");
            assert!(sample.nodes().len() <= most, "{place}");
            assert_eq!(stands_for(&sample), counts, "{place}");
            assert_eq!(
                TaskState::ALL.map(|state| sample.count(state)),
                counts,
                "{place}: what is counted is the whole"
            );
            // One node for what is left out below each that is drawn, and of the roots.
            let left_out = sample
                .to_mermaid()
                .lines()
                .filter(|line| line.contains(" more<br/>"))
                .count();
            assert!(left_out <= sample.nodes().len() + 1, "{place}");
            if most >= 30 {
                let drawn: Vec<TaskState> = sample.nodes().map(|node| node.state()).collect();
                assert!(
                    TaskState::ALL.iter().all(|state| drawn.contains(state)),
                    "{place}: {drawn:?}"
                );
            }
            // Above before below, and nothing drawn without what it is below.
            let mut seen = Vec::new();
            for node in sample.nodes() {
                assert!(
                    node.parent().is_none_or(|parent| seen.contains(&parent)),
                    "{place}"
                );
                seen.push(node.mandate());
            }
        }
        assert_eq!(whole.clone().sampled(usize::MAX).nodes().len(), graph.len());
    }
}

#[test]
fn barriers_and_waves_are_drawn() {
    let verifier = verifier();
    let above = root_chain(&verifier);
    let branches = [1, 2].map(|number| below(&verifier, &above, 0, number, vec![]));
    let awaited = branches
        .iter()
        .map(|branch| (branch.chain().leaf_id(), branch.chain().leaf().holder.key));
    let limits = [
        Limit::barrier(Barrier::new(awaited).unwrap()),
        Limit::waves(Waves::new(qbr(), 1, 3).unwrap()),
        Limit::waves(Waves::only(qbr(), 2))
            .with_tools(["crm.*"])
            .unwrap(),
    ];
    let writer = below(&verifier, &above, 0, 3, limits.to_vec());
    let mut graph = ExecutionGraph::new(&verifier);
    branches
        .iter()
        .chain([&writer])
        .for_each(|chain| graph.add(chain.chain()).unwrap());
    let register = empty_register();
    let picture = graph.picture(&register, at(1));
    let (mermaid, dot) = (picture.to_mermaid(), picture.to_dot());
    for edge in [
        "n0 --> n1",
        "n0 --> n2",
        "n0 --> n3",
        "n1 -. before .-> n3",
        "n2 -. before .-> n3",
    ] {
        assert!(
            mermaid.lines().any(|line| line.trim() == edge),
            "{edge} in\n{mermaid}"
        );
    }
    for edge in ["n0 -> n1;", "n1 -> n3 [style=dashed, label=\"before\"];"] {
        assert!(
            dot.lines().any(|line| line.trim() == edge),
            "{edge} in\n{dot}"
        );
    }
    let node = picture.nodes().last().unwrap();
    assert_eq!(node.waits_for().count(), 2);
    assert_eq!(
        node.waves().map(Waves::first).collect::<Vec<_>>(),
        [1],
        "waves of some tools are not the task's"
    );
    assert!(mermaid_labels(&mermaid)[3].contains("\nwaves 1 to 3\n1 power, dormant"));
    assert_eq!(mermaid_labels(&mermaid), dot_labels(&dot));

    // What a barrier waits for may be drawn nowhere: then it is no edge.
    let mut alone = ExecutionGraph::new(&verifier);
    alone.add(writer.chain()).unwrap();
    assert!(
        !alone
            .picture(&register, at(1))
            .to_mermaid()
            .contains("before")
    );
}

/// Names as an attacker would choose them.
const HOSTILE: [&str; 26] = [
    r#""]; click n0 "javascript:alert(1)""#,
    r#""]:::ended"#,
    r#""] --> n0"#,
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<br/>live",
    "&quot;]; n0",
    "&#34;]; n0",
    "#quot;]; n0",
    "#34;]; n0",
    "`**markdown**`",
    "%%{init: {'securityLevel': 'loose'}}%%",
    "%% a comment",
    ":::ended",
    "end",
    "n0 --> n1",
    "subgraph x",
    r"\N",
    r"\G\E\T\H\L",
    r"\",
    r#"\""#,
    r#"", shape=none, URL="javascript:alert(1)"#,
    "/* */ // #",
    "{a|b}",
    "\u{ff02}\u{201d}] 日本語 ñ 🦀",
    "a; b } digraph { x",
];

#[test]
fn no_name_changes_the_structure() {
    let verifier = verifier();
    let above = root_chain(&verifier);
    let drawn = |name: &str| {
        let holder = Holder::new(agent(1).public()).with_name(Label::new(name).unwrap());
        let terms = Delegation::new([2; 16], holder, tools(&["crm.read"]), at(LIFETIME))
            .with_limits(Limits::none());
        let token = above
            .chain()
            .delegate(terms, at(0))
            .unwrap()
            .sign(&agent(0))
            .unwrap();
        let chain = verifier
            .verify(&above.chain().extend(token).unwrap())
            .unwrap();
        let mut graph = ExecutionGraph::new(&verifier);
        graph.add(chain.chain()).unwrap();
        let (mut register, mut watches) = (empty_register(), Watches::none());
        watches.extend(&Watches::new(&chain));
        register.apply(&active(), &watches, at(0)).unwrap();
        let picture = graph.picture(&register, at(1));
        (picture.to_mermaid(), picture.to_dot())
    };
    /// Everything but what stands in the second task's label.
    fn around<'t>(text: &'t str, begins: &str, ends: &str) -> (&'t str, &'t str) {
        let (before, rest) = text.split_once(begins).unwrap();
        let end = rest.lines().next().unwrap().rfind(ends).unwrap();
        (before, rest.split_at(end).1)
    }
    let (harmless_mermaid, harmless_dot) = drawn("harmless");
    for name in HOSTILE {
        let (mermaid, dot) = drawn(name);
        let structure = |text| around(text, "  n1[\"", "\"]");
        assert_eq!(
            structure(&mermaid),
            structure(&harmless_mermaid),
            "{name}\n{mermaid}"
        );
        let structure = |text| around(text, "  n1 [label=\"", "\", fillcolor");
        assert_eq!(structure(&dot), structure(&harmless_dot), "{name}\n{dot}");
        assert_eq!(
            (mermaid.lines().count(), dot.lines().count()),
            (
                harmless_mermaid.lines().count(),
                harmless_dot.lines().count()
            )
        );
        // And what is read is the name, with Mermaid's Markdown marks held apart by a character of
        // no width.
        let expected = format!("acme-qbr\n{name}\n1 power, live");
        assert_eq!(
            mermaid_labels(&mermaid)[1].replace('\u{feff}', ""),
            expected
        );
        assert_eq!(dot_labels(&dot)[1], expected);
    }
    for broken in [
        "a\nb",
        "a\rb",
        "a\u{2028}b",
        "a\u{85}b",
        "a\u{b}b",
        "a\0b",
        "a\u{202e}b",
    ] {
        assert!(
            Label::new(broken).is_err(),
            "no name breaks lines: {broken:?}"
        );
    }
}
