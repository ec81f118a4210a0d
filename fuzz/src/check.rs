use crate::seeds::{Scene, scene};
use mandatum::{DenialCode, ExecutionProof};

/// Checks the bytes as an execution proof. They permit the call that was signed where they hold
/// that very chain and call, unless an end of it is stapled to them: what else is stapled takes
/// nothing away and adds nothing. No other bytes permit anything.
pub fn check(data: &[u8]) {
    let Scene {
        verifier,
        proof,
        permitted,
        refused,
        context,
        caches,
        end,
    } = scene();
    let decision = verifier.check(data, permitted, context);
    let read = ExecutionProof::from_bytes(data);
    let is_signed = read.as_ref().is_ok_and(|read| {
        (read.chain(), read.call()) == (proof.chain(), proof.call())
            && !read.stapled().contains(end)
    });
    assert_eq!(
        decision.is_ok(),
        is_signed,
        "a proof permits just the call that its holder signed"
    );
    if let Err(denial) = &decision {
        assert_eq!(denial.code().kind(), denial.kind());
        let (sentence, public) = (denial.to_string(), denial.public());
        assert!(
            !sentence.is_empty() && !sentence.contains(char::is_control),
            "{sentence:?}"
        );
        assert!(
            public.code == "Refused" || (public.kind, public.message) == (denial.kind(), sentence)
        );
    }
    assert!(
        verifier.check(data, refused, context).is_err(),
        "what was not signed is not permitted"
    );

    for cache in caches {
        let cached = verifier
            .check_cached(data, permitted, context, cache)
            .map(drop);
        assert_eq!(
            cached.err().as_ref(),
            decision.as_ref().err(),
            "a cache changes no verdict"
        );
    }

    // The steps that the one door takes, taken one by one, agree with it.
    match (read, decision) {
        (Err(_), Ok(_)) => panic!("what does not decode permits nothing"),
        (Err(_), Err(_)) => {}
        (Ok(proof), decision) => match (verifier.verify(proof.chain()), decision) {
            (Err(_), Ok(_)) => panic!("what does not verify permits nothing"),
            (Ok(chain), decision) => {
                assert_eq!(chain.chain(), proof.chain());
                assert_eq!(chain.configuration(), verifier.configuration());
                assert_ne!(
                    decision.err().map(|denial| denial.code()),
                    Some(DenialCode::OtherConfiguration)
                );
            }
            (Err(_), Err(_)) => {}
        },
    }
}
