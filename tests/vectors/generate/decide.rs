//! The steps of a decision, in their order.

use super::file::raw;
use super::forge::{put, without_link};
use super::scene::{
    COMPANY, CacheView, EXPIRES, HERE, ISSUED, NOW, STRANGER, Scene, holder, limits,
};
use ciborium::Value;
use mandatum::limits::AudienceSet;
use mandatum::{Audience, DenialCode, RootAudience};

pub(super) fn cases() -> Vec<Scene> {
    [
        times(),
        audiences(),
        windows(),
        other_limits(),
        powers(),
        signed(),
        asserted(),
        replay(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Steps 2 and 3: a link's life.
fn times() -> Vec<Scene> {
    vec![
        Scene::permit(
            "issued-this-second",
            "No leeway, and a root issued this second.",
        )
        .lives(NOW, EXPIRES)
        .verifier(|verifier| verifier.leeway = Some(0)),
        Scene::deny(
            DenialCode::IssuedInFuture,
            "no-leeway",
            "No leeway, and a root issued in the next second.",
        )
        .link(0)
        .lives(NOW + 1, EXPIRES)
        .verifier(|verifier| verifier.leeway = Some(0)),
        Scene::permit(
            "issued-within-leeway",
            "A root issued exactly the leeway ahead.",
        )
        .lives(NOW + 30, EXPIRES),
        Scene::deny(
            DenialCode::IssuedInFuture,
            "beyond-leeway",
            "A root issued one second more than the leeway ahead.",
        )
        .link(0)
        .lives(NOW + 31, EXPIRES),
        Scene::deny(
            DenialCode::IssuedInFuture,
            "child",
            "The root is of the past, its child of the future.",
        )
        .link(1)
        .child()
        .living(NOW + 31, EXPIRES),
        Scene::permit("first-second", "The second in which the root was issued.").now(ISSUED),
        Scene::permit("last-second", "The last second before the root expires.").now(EXPIRES - 1),
        Scene::deny(
            DenialCode::Expired,
            "at-the-second",
            "The second in which the root expires; leeway never lengthens.",
        )
        .link(0)
        .now(EXPIRES),
        Scene::deny(
            DenialCode::Expired,
            "child-first",
            "The child has expired, the root has not.",
        )
        .link(1)
        .now(NOW + 5)
        .child()
        .living(NOW, NOW + 5),
    ]
}

/// Step 4 and audience limits.
fn audiences() -> Vec<Scene> {
    let set = |names: &[&str]| {
        let names = names
            .iter()
            .map(|name| Audience::new(name).expect("a name"));
        RootAudience::Only(AudienceSet::new(names).expect("few audiences"))
    };
    let two = set(&["https://billing.example", HERE]);
    let anywhere = |scene: Scene| scene.root(|root| root.audience = RootAudience::Anywhere);
    vec![
        Scene::permit("second-audience", "One of the root's two audiences.")
            .root(|root| root.audience = two),
        anywhere(Scene::permit("anywhere", "A root that is good anywhere."))
            .here("https://anywhere.example"),
        Scene::deny(
            DenialCode::WrongAudience,
            "elsewhere",
            "Another server than the root's.",
        )
        .link(0)
        .here("https://billing.example"),
        Scene::deny(
            DenialCode::WrongAudience,
            "trailing-slash",
            "Audiences are compared byte for byte.",
        )
        .link(0)
        .here("https://crm.example/"),
        anywhere(Scene::deny(
            DenialCode::WrongAudience,
            "limit",
            "Good anywhere by its root, here not by a limit.",
        ))
        .link(1)
        .child_with(|terms| {
            terms.with_limits(limits(r#"[{"audience":["https://billing.example"]}]"#))
        }),
        Scene::deny(
            DenialCode::WrongAudience,
            "limits-disjoint",
            "A limit can't add what the root has not.",
        )
        .link(0)
        .here("https://billing.example")
        .child_with(|terms| {
            terms.with_limits(limits(r#"[{"audience":["https://billing.example"]}]"#))
        }),
        Scene::permit(
            "audience-limit-out-of-scope",
            "An audience limit for other tools.",
        )
        .also("billing.*")
        .limits(r#"[{"audience":["https://billing.example"],"tools":["billing.*"]}]"#),
    ]
}

/// Step 5: windows.
fn windows() -> Vec<Scene> {
    let window = |scene: Scene, from: Option<u64>, until: Option<u64>| {
        let end = |name: &str, at: Option<u64>| at.map(|at| format!("\"{name}\":{at}"));
        let ends: Vec<String> = [end("from", from), end("until", until)]
            .into_iter()
            .flatten()
            .collect();
        scene.limits(&format!(r#"[{{"window":{{{}}}}}]"#, ends.join(",")))
    };
    let no_leeway = |scene: Scene| scene.verifier(|verifier| verifier.leeway = Some(0));
    vec![
        no_leeway(window(
            Scene::permit("window-opens", "The second in which a window opens, without leeway."),
            Some(NOW),
            None,
        )),
        no_leeway(window(
            Scene::deny(DenialCode::NotYet, "no-leeway", "One second before a window opens, without leeway.").link(0),
            Some(NOW + 1),
            None,
        )),
        window(
            Scene::permit("window-opens-within-leeway", "A window that opens exactly the leeway ahead."),
            Some(NOW + 30),
            None,
        ),
        window(
            Scene::deny(DenialCode::NotYet, "beyond-leeway", "A window that opens one second more than the leeway ahead.")
                .link(0),
            Some(NOW + 31),
            None,
        ),
        window(Scene::permit("window-last-second", "The last second of a window."), None, Some(NOW + 1)).until(NOW + 1),
        window(
            Scene::deny(
                DenialCode::WindowClosed,
                "at-the-second",
                "The second in which a window closes; leeway never lengthens.",
            )
            .link(0),
            None,
            Some(NOW),
        ),
        window(
            Scene::permit("window-of-one-second", "A window of one second, which is now."),
            Some(NOW),
            Some(NOW + 1),
        )
        .until(NOW + 1),
        Scene::permit("window-out-of-scope", "A closed window for other tools, which ends nothing here.")
            .also("revenue.*")
            .limits(&format!(r#"[{{"window":{{"until":{NOW}}},"tools":["revenue.*"]}}]"#)),
        Scene::deny(DenialCode::WindowClosed, "scoped", "A closed window for this tool's family.")
            .link(0)
            .limits(&format!(r#"[{{"window":{{"until":{NOW}}},"tools":["revenue.*","crm.*"]}}]"#)),
        Scene::permit(
            "two-windows",
            "Tickets for an hour, revenue for half: the permit ends with the window in scope.",
        )
        .until(NOW + 1800)
        .powers(r#"[{"tool":"revenue.read","effect":"read"},{"tool":"tickets.read","effect":"read"}]"#)
        .limits(&format!(
            r#"[{{"window":{{"until":{}}},"tools":["tickets.*"]}},{{"window":{{"until":{}}},"tools":["revenue.*"]}}]"#,
            NOW + 3000,
            NOW + 1800
        ))
        .tool("revenue.read")
        .args("{}"),
        Scene::deny(DenialCode::WindowClosed, "childs", "A child's window is closed, its parent's is open.")
            .link(1)
            .limits(&format!(r#"[{{"window":{{"until":{}}}}}]"#, NOW + 60))
            .child_with(|terms| terms.with_limits(limits(&format!(r#"[{{"window":{{"until":{NOW}}}}}]"#)))),
        Scene::deny(DenialCode::WindowClosed, "parents", "A parent's window is closed; the child can't reopen it.")
            .link(0)
            .limits(&format!(r#"[{{"window":{{"until":{NOW}}}}}]"#))
            .child_with(|terms| terms.with_limits(limits(&format!(r#"[{{"window":{{"until":{}}}}}]"#, NOW + 60)))),
    ]
}

/// Step 5: signed calls only.
fn other_limits() -> Vec<Scene> {
    let host_trusted = |scene: Scene| {
        scene
            .verifier(|verifier| verifier.asserted_up_to = Some("irreversible"))
            .asserted(holder(0))
    };
    vec![
        Scene::permit("signed-calls-signed", "Signed calls only, and this one is.")
            .limits(r#"[{"signed_calls":true}]"#),
        host_trusted(
            Scene::deny(
                DenialCode::SignedCallRequired,
                "asserted",
                "Signed calls only, and the host vouches for this one.",
            )
            .link(0),
        )
        .limits(r#"[{"signed_calls":true}]"#),
        host_trusted(Scene::permit(
            "signed-calls-out-of-scope",
            "Signed calls only for other tools.",
        ))
        .also("crm.export")
        .limits(r#"[{"signed_calls":true,"tools":["crm.read.all","crm.export"]}]"#),
    ]
}

/// Step 6: tools and effects. Arguments have a table of their own.
fn powers() -> Vec<Scene> {
    let family = |scene: Scene, tool: &str| {
        scene
            .powers(r#"[{"tool":"crm.*","effect":"read","open":true}]"#)
            .tool(tool)
    };
    let of = |scene: Scene, pattern: &str, tool: &str| {
        scene
            .powers(&format!(
                r#"[{{"tool":"{pattern}","effect":"read","open":true}}]"#
            ))
            .tool(tool)
    };
    let table = |scene: Scene, tools: &[(&str, &'static str)]| {
        let tools = tools
            .iter()
            .map(|(pattern, effect)| ((*pattern).to_owned(), *effect))
            .collect();
        scene
            .effect(None)
            .verifier(|verifier| verifier.tools = tools)
    };
    let writing =
        |scene: Scene| scene.powers(r#"[{"tool":"crm.read","effect":"write","open":true}]"#);
    vec![
        Scene::deny(DenialCode::ToolNotPermitted, "other-tool", "Another tool.").link(0).tool("crm.export"),
        Scene::deny(DenialCode::ToolNotPermitted, "below-exact", "A tool below the one that is permitted.").link(0).tool("crm.read.all"),
        family(Scene::permit("family-one-below", "One segment below a family."), "crm.read"),
        family(Scene::permit("family-two-below", "Two segments below a family."), "crm.contacts.read"),
        family(Scene::deny(DenialCode::ToolNotPermitted, "family-itself", "A family is not its own member.").link(0), "crm"),
        family(Scene::deny(DenialCode::ToolNotPermitted, "family-prefix", "A name that only begins like a family.").link(0), "crmx.read"),
        family(Scene::deny(DenialCode::ToolNotPermitted, "family-nothing-more", "A prefix, and no character more.").link(0), "crm."),
        family(Scene::deny(DenialCode::ToolNotPermitted, "family-by-case", "A name that begins like a family but for case.").link(0), "CRM.read"),
        family(Scene::permit("family-any-characters", "Whatever follows a prefix, dots and slashes among it."), "crm../-:_Z"),
        of(Scene::permit("prefix-within-word", "A name that begins with a prefix in the middle of a word."), "get_u*", "get_user"),
        of(Scene::deny(DenialCode::ToolNotPermitted, "prefix-other-letter", "A name with another letter where the prefix ends.").link(0), "get_u*", "get_file"),
        of(Scene::permit("tool-camel-case", "A tool whose name has capitals."), "getJiraIssue", "getJiraIssue"),
        of(Scene::deny(DenialCode::ToolNotPermitted, "tool-case", "A tool whose name differs in case.").link(0), "getJiraIssue", "getjiraissue"),
        of(Scene::permit("tool-all-characters", "A tool whose name has every mark that names have."), "DATA_v2.x:y/z-", "DATA_v2.x:y/z-"),
        table(Scene::permit("table-own-name", "In the table of tools a tool's own name counts before every prefix."), &[("crm.read", "read"), ("crm.*", "write"), ("crm.rea*", "irreversible")]),
        table(Scene::permit("table-longest-prefix", "Of the prefixes in the table the longest counts."), &[("c*", "irreversible"), ("crm.rea*", "read"), ("crm.*", "write")]),
        table(Scene::deny(DenialCode::EffectTooHigh, "table-longest-prefix", "Of the prefixes in the table the longest counts, also where it is stricter.").link(0), &[("c*", "read"), ("crm.r*", "write"), ("crm.*", "read")]),
        table(Scene::deny(DenialCode::EffectTooHigh, "table-nothing-more", "A prefix in the table is not the tool whose name it is.").link(0), &[("crm.read*", "read")]),
        table(Scene::deny(DenialCode::EffectTooHigh, "table-case", "A tool that the table lists in another case.").link(0), &[("crm.Read", "read")]),
        Scene::deny(DenialCode::ToolNotPermitted, "no-powers", "A root that permits nothing.").link(0).powers("[]"),
        Scene::deny(DenialCode::ToolNotPermitted, "leaf-first", "The leaf refuses what its parent would permit.")
            .link(1)
            .powers(r#"[{"tool":"crm.*","effect":"read","open":true,"delegable":true}]"#)
            .child()
            .with_powers(r#"[{"tool":"crm.list","effect":"read","open":true}]"#),
        Scene::permit("any-entry", "The second entry permits what the first does not.").powers(
            r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["globex"]}}},{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}}}]"#,
        ),
        Scene::permit("leaf-not-delegable", "What may not be passed on may still be used.")
            .powers(r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}}}]"#),
        writing(Scene::permit("effect-at-ceiling", "An effect right at the ceiling.")).effect(Some("write")),
        writing(Scene::deny(DenialCode::EffectTooHigh, "irreversible", "An effect above the ceiling.").link(0)).effect(Some("irreversible")),
        writing(Scene::deny(DenialCode::EffectTooHigh, "unstated", "An effect that is not stated is irreversible.").link(0)).effect(None),
        Scene::permit("effect-unstated", "An effect that is not stated, and powers for the irreversible.")
            .powers(r#"[{"tool":"crm.read","effect":"irreversible","open":true}]"#)
            .effect(None),
        Scene::deny(DenialCode::OutOfWork, "patterns", "Patterns and a text that take more steps to match than a decision may.")
            .link(0)
            .ceiling("\"unlimited\"")
            .argument(
                &format!(r#"{{"any_of":[{}]}}"#, vec![r#"{"pattern":"*b*"}"#; 256].join(",")),
                &format!("\"{}\"", "a".repeat(2700)),
            ),
        searched(Scene::permit("patterns-that-take-long", "Just as many steps as a text of 699 bytes is granted."), 699),
        searched_twice(
            Scene::deny(DenialCode::OutOfWork, "above-the-leaf", "Of the root only what it delegates is asked.").link(0),
            400,
        ),
        searched(Scene::deny(DenialCode::OutOfWork, "one-byte-more", "One byte more, and a step too many.").link(0), 700),
        Scene::permit("long-literal", "A pattern with a long literal takes no more steps than it and the text are long.")
            .ceiling("\"unlimited\"")
            .argument(
                &format!(r#"{{"pattern":"*{}b"}}"#, "a".repeat(700)),
                &format!("\"{}b\"", "a".repeat(2700)),
            ),
    ]
}

/// A hundred patterns that search a text in vain, and one that is found at once.
fn search() -> String {
    let patterns = [
        vec![r#"{"pattern":"*b*"}"#; 100],
        vec![r#"{"pattern":"a*"}"#],
    ]
    .concat()
    .join(",");
    format!(r#"{{"any_of":[{patterns}]}}"#)
}

fn searched(scene: Scene, length: usize) -> Scene {
    scene.argument(&search(), &format!("\"{}\"", "a".repeat(length)))
}

/// The same in what a root delegates, beside an entry that it keeps to itself, and in its child.
fn searched_twice(scene: Scene, length: usize) -> Scene {
    let searching = format!(
        r#"{{"tool":"crm.read","effect":"read","args":{{"x":{}}},"delegable":true}}"#,
        search()
    );
    let own = r#"{"tool":"crm.read","effect":"read","open":true}"#;
    scene
        .ceiling("\"unlimited\"")
        .powers(&format!("[{own},{searching}]"))
        .args(&format!(r#"{{"x":"{}"}}"#, "a".repeat(length)))
        .child()
        .with_powers(&format!("[{searching}]"))
}

/// Steps 9 to 13, for signed calls.
fn signed() -> Vec<Scene> {
    vec![
        Scene::deny(DenialCode::WrongLeaf, "other-mandate", "The call was signed under another mandate.")
            .edit_call(|call| call.terms(|terms| put(terms, 0, Value::Bytes(vec![0; 32])))),
        Scene::deny(
            DenialCode::WrongLeaf,
            "chain-cut-short",
            "The chain ends above the mandate under which the call was signed.",
        )
        .child()
        .chain(|bytes| without_link(&bytes, 1)),
        Scene::deny(DenialCode::CallForAnotherAudience, "replayed-elsewhere", "The call was signed for another server.")
            .signing(|signing| "https://billing.example".clone_into(&mut signing.audience)),
        Scene::permit("call-as-old-as-may-be", "A call signed exactly as long ago as may be.")
            .signing(|signing| signing.at = NOW - 30),
        Scene::deny(DenialCode::CallTooOld, "by-a-second", "A call signed one second longer ago; leeway does not help.")
            .signing(|signing| signing.at = NOW - 31),
        Scene::permit("call-age-zero", "No age is accepted, and the call was signed this second.")
            .verifier(|verifier| verifier.max_call_age = Some(0)),
        Scene::deny(DenialCode::CallTooOld, "age-zero", "No age is accepted, and the call was signed a second ago.")
            .verifier(|verifier| verifier.max_call_age = Some(0))
            .signing(|signing| signing.at = NOW - 1),
        Scene::permit("call-within-leeway", "A call signed exactly the leeway ahead.")
            .signing(|signing| signing.at = NOW + 30),
        Scene::deny(DenialCode::CallFromFuture, "by-a-second", "A call signed one second more than the leeway ahead.")
            .signing(|signing| signing.at = NOW + 31),
        Scene::deny(DenialCode::CallIdMismatch, "other-id", "The host gave the call another id than was signed.")
            .signing(|signing| "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff".clone_into(&mut signing.call.id)),
        Scene::deny(DenialCode::RequestMismatch, "other-tool", "Another tool was signed, which is permitted just as well.")
            .powers(r#"[{"tool":"crm.*","effect":"read","open":true}]"#)
            .signing(|signing| "crm.list".clone_into(&mut signing.call.tool)),
        Scene::deny(
            DenialCode::RequestMismatch,
            "other-argument",
            "Another account was signed, which is permitted just as well.",
        )
        .powers(r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme","globex"]}}}]"#)
        .signing(|signing| signing.call.args = raw(r#"{"account":"globex"}"#)),
        Scene::deny(DenialCode::RequestMismatch, "extra-argument", "An argument came to what was signed.")
            .powers(r#"[{"tool":"crm.read","effect":"read","open":true}]"#)
            .signing(|signing| signing.call.args = raw("{}")),
        Scene::permit("effect-is-the-servers", "The effect is the server's word and is not in the signed call.")
            .powers(r#"[{"tool":"crm.read","effect":"write","open":true}]"#)
            .effect(Some("write"))
            .signing(|signing| signing.call.effect = Some("read")),
        Scene::permit("number-spelled-otherwise", "1e2 was signed and 100 arrives, which is the same number.")
            .argument(r#"{"range":{"max":100}}"#, "100")
            .signing(|signing| signing.call.args = raw(r#"{"x":1e2}"#)),
        Scene::deny(DenialCode::NotTheHolder, "stranger", "The call is signed by a stranger.")
            .signing(|signing| signing.by = STRANGER),
        Scene::deny(DenialCode::NotTheHolder, "issuer", "The call is signed by the issuer.")
            .signing(|signing| signing.by = COMPANY),
        Scene::deny(DenialCode::NotTheHolder, "parent", "The call is signed by the holder of the parent.")
            .child()
            .signing(|signing| signing.by = holder(0)),
        Scene::deny(DenialCode::NotTheHolder, "one-bit", "One bit of the call's signature is flipped.")
            .tamper_call(|call| call.signature[63] ^= 1),
        Scene::deny(DenialCode::NotTheHolder, "time-moved", "The time in an old call was moved after it was signed.")
            .signing(|signing| signing.at = NOW - 300)
            .tamper_call(|call| call.claims(|claims| put(claims, 6, NOW))),
    ]
}

/// Steps 8, 9 and 13, for the host's word.
fn asserted() -> Vec<Scene> {
    let up_to = |scene: Scene, effect| {
        scene
            .verifier(|verifier| verifier.asserted_up_to = Some(effect))
            .asserted(holder(0))
    };
    let writing = |scene: Scene| {
        scene
            .powers(r#"[{"tool":"crm.read","effect":"write","open":true}]"#)
            .effect(Some("write"))
    };
    vec![
        up_to(
            Scene::permit(
                "asserted-read",
                "The host's word for the holder, accepted for reading.",
            ),
            "read",
        ),
        writing(up_to(
            Scene::permit(
                "asserted-write",
                "The host's word for the holder, accepted for writing.",
            ),
            "write",
        )),
        Scene::deny(
            DenialCode::AssertionNotAccepted,
            "by-default",
            "The host's word is not accepted unless the verifier says so.",
        )
        .asserted(holder(0)),
        writing(up_to(
            Scene::deny(
                DenialCode::AssertionNotAccepted,
                "above-effect",
                "The host's word is accepted for reading, the call writes.",
            ),
            "read",
        )),
        up_to(
            Scene::deny(
                DenialCode::WrongLeaf,
                "asserted",
                "The host names another mandate.",
            ),
            "read",
        )
        .asserted_for(holder(0), [0; 32]),
        up_to(
            Scene::deny(
                DenialCode::NotTheHolder,
                "asserted",
                "The host saw another key than the holder's.",
            ),
            "read",
        )
        .asserted(STRANGER),
        up_to(
            Scene::deny(
                DenialCode::NotTheHolder,
                "asserted-parent",
                "The host saw the key of the parent's holder.",
            ),
            "read",
        )
        .child(),
        up_to(
            Scene::permit(
                "asserted-child",
                "The host saw the key of the leaf's holder.",
            ),
            "read",
        )
        .child()
        .asserted(holder(1)),
    ]
}

/// The ledger has the last word.
fn replay() -> Vec<Scene> {
    let irreversible = |scene: Scene| {
        scene
            .powers(r#"[{"tool":"crm.read","effect":"irreversible","open":true}]"#)
            .effect(Some("irreversible"))
    };
    let later = |scene: Scene| scene.now(NOW + 900).before(NOW);
    let before =
        |name: &str, description: &str| Scene::deny(DenialCode::AlreadyDecided, name, description);
    let told = |name: &str, description: &str, outcome| {
        before(name, description)
            .seen(CacheView::ThisCall, outcome)
            .outcome(outcome)
    };
    let conflict = |name: &str, description: &str| {
        Scene::deny(DenialCode::CallConflict, name, description)
            .seen(CacheView::AnotherRequest, "done")
    };
    vec![
        Scene::permit("other-call-seen", "The ledger has decided another call.").seen(CacheView::AnotherCall, "done"),
        Scene::permit("other-leaf-seen", "The ledger has decided this id under another mandate.")
            .seen(CacheView::AnotherLeaf, "done"),
        Scene::permit("new-id-after-refused", "A retry of a refused call, under a new id.")
            .seen(CacheView::AnotherCall, "refused"),
        told("open", "The ledger has reserved this very call, and it is not over.", "open"),
        told("signed", "The ledger has decided this very call, and it is done.", "done"),
        told("failed", "This very call has failed. A retry takes a new id.", "failed"),
        told("undone", "This very call had no effect. A retry takes a new id.", "undone"),
        told("refused", "A charge of this very call was refused. A retry takes a new id.", "refused"),
        told("asserted", "The ledger has decided this very call, whoever vouches for it.", "done")
            .verifier(|verifier| verifier.asserted_up_to = Some("read"))
            .asserted(holder(0)),
        told("signed-again", "The same call, signed once more a second earlier than now.", "done")
            .signing(|signing| signing.at = NOW - 1),
        before("same-bytes", "The same bytes again: they may be captured, so no outcome is told.").before(NOW),
        before("same-bytes-later", "The same bytes half a minute later.")
            .now(NOW + 30)
            .before(NOW)
            .signing(|signing| signing.at = NOW),
        before("signed-anew", "Signed anew five seconds later: the holder is told that it is still open.")
            .now(NOW + 5)
            .before(NOW)
            .outcome("open"),
        before("signed-before-the-first", "Signed before the call that was decided first, and presented after it.")
            .now(NOW + 5)
            .before(NOW)
            .signing(|signing| signing.at = if signing.at == NOW { NOW } else { NOW - 1 }),
        before("same-bytes-of-the-retry", "The bytes of the retry once more, which was told the outcome already.")
            .now(NOW + 6)
            .before(NOW)
            .before(NOW + 5)
            .signing(|signing| signing.at = signing.at.min(NOW + 5)),
        later(irreversible(before(
            "irreversible-signed-again",
            "Irreversible, and signed again a quarter of an hour later.",
        )))
        .outcome("open"),
        later(irreversible(Scene::permit(
            "reversible-signed-again",
            "A write, signed again a quarter of an hour later.",
        )))
        .effect(Some("write")),
        irreversible(before(
            "reversible-by-any-clock",
            "A write, signed again while the first signature may still be accepted by a clock that is behind.",
        ))
        .effect(Some("write"))
        .now(NOW + 60)
        .before(NOW)
        .outcome("open"),
        irreversible(before(
            "reversible-retry-by-any-clock",
            "A write, signed again and told so. The bytes of the retry are refused for as long as they may be accepted.",
        ))
        .effect(Some("write"))
        .now(NOW + 90)
        .before(NOW)
        .before(NOW + 60)
        .signing(|signing| signing.at = signing.at.min(NOW + 60)),
        conflict("argument", "The id was used for another request."),
        Scene::deny(DenialCode::CallConflict, "refused-before", "The id was used for another request, which was refused.")
            .seen(CacheView::AnotherRequest, "refused"),
        conflict("asserted", "The id was used for another request, whoever vouches for the caller.")
            .verifier(|verifier| verifier.asserted_up_to = Some("read"))
            .asserted(holder(0)),
        irreversible(conflict("irreversible", "Irreversible, under an id that was used for another request.")),
        Scene::deny(DenialCode::ArgumentRefused, "although-seen", "What is refused anyway is not said to be decided before.")
            .link(0)
            .args(r#"{"account":"globex"}"#)
            .seen(CacheView::ThisCall, "done"),
        Scene::deny(DenialCode::ArgumentRefused, "although-in-conflict", "What is refused anyway is not said to conflict.")
            .link(0)
            .args(r#"{"account":"globex"}"#)
            .seen(CacheView::AnotherRequest, "done"),
    ]
}
