//! Writes a graph of agents whose names try to break out of it: `names.mmd`, `names.dot`, and
//! `names.json` with the names.

use mandatum::chain::Ceiling;
use mandatum::claims::Holder;
use mandatum::graph::ExecutionGraph;
use mandatum::{
    Anchor, Chain, Label, Life, Lifetime, Link, Powers, Purpose, Register, Root, RootAudience,
    Seconds, SigningKey, Timestamp, Verifier, issue,
};
use std::error::Error;
use std::path::Path;

/// What means something to Mermaid, to Markdown in it, to HTML, or to Graphviz.
const NAMES: &[&str] = &[
    "\"]:::x<script>alert(1)</script>",
    "\"]; click n0 \"javascript:alert(1)\"",
    "<img src=x onerror=alert(1)>",
    "<b>bold</b><br/>two",
    "</p></div></foreignObject></svg>",
    "&lt;b&gt; &amp; &#60; &quot;",
    "#60;b#62; #quot; #35; #9829;",
    "`markdown`",
    "**bold** _italic_ ~~gone~~",
    "1. one",
    "- item",
    "* item",
    "+ item",
    "# heading",
    "> quote",
    "[link](javascript:alert(1))",
    "https://example.com/x",
    "www.example.com",
    "$$x^2$$",
    "%%{init: {\"securityLevel\": \"loose\"}}%%",
    "%% comment",
    "--> n0",
    "end",
    "subgraph x",
    "style n0 fill:#f00",
    "fa:fa-ban",
    ":::x",
    "\\n\\l\\r\\N\\G",
    "\\",
    "\\\"];n9[label=\"x",
    "\"];n9[label=\"x",
    "{a|b|<c>d}",
    "<<b>x</b>>",
    "&eacute;&#x41;",
    "e\u{301}, é, 日本語, 🦀",
    "'single' \"double\"",
    "---",
    "| a | b |",
    "a@b.example",
    "~x~ ^y^ ==z==",
    "style a:b#c;d",
    "classDef live fill:#f00;",
    "__init__ of my_agent_name_",
    "a*b*c",
];

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args()
        .nth(1)
        .ok_or("usage: mandatum-render-names DIRECTORY")?;
    let (directory, now) = (Path::new(&directory), Timestamp::from_unix(1_767_225_600)?);
    let company = SigningKey::from_seed(&[1; 32]);
    let anchor = Anchor::new(
        "https://acme.example".parse()?,
        company.public(),
        Ceiling::Unlimited,
        Seconds::hours(8),
    )?;
    let mut graph =
        ExecutionGraph::new(&Verifier::new([anchor.clone()])?.dangerous_effects_as_stated());
    for (seed, name) in (2..).zip(NAMES.iter().copied()) {
        let holder =
            Holder::new(SigningKey::from_seed(&[seed; 32]).public()).with_name(name.parse()?);
        let lifetime = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
        let root = Root {
            link: Link::new([seed; 16], holder, Powers::none(), lifetime),
            issuer: anchor.issuer().clone(),
            signed_by: company.public(),
            principal: Label::new("alice")?.into(),
            purpose: Purpose::new("names".parse()?, "names".parse()?, "names"),
            grant: None,
            task: "names".parse()?,
            audience: RootAudience::Anywhere,
            life: Life::ExpiryOnly,
        };
        graph.add(&Chain::from(issue(&anchor, root, now)?.sign(&company)?))?;
    }
    let picture = graph.picture(Register::none(), now);
    std::fs::write(directory.join("names.mmd"), picture.to_mermaid())?;
    std::fs::write(directory.join("names.dot"), picture.to_dot())?;
    std::fs::write(directory.join("names.json"), serde_json::to_string(NAMES)?)?;
    Ok(())
}
