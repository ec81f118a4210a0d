//! Parts of all vectors, to be put into others.

use crate::token::{Piece, encode, term};
use crate::world::World;
use ciborium::Value as Cbor;
use mandatum::primitives::Value;
use std::collections::BTreeMap;

/// Parts by where they stand.
pub(crate) struct Donors {
    pub(crate) worlds: Vec<World>,
    /// Those that are permitted as they are.
    pub(crate) permitted: Vec<usize>,
    pub(crate) limits: Vec<Cbor>,
    pub(crate) capabilities: Vec<Cbor>,
    pub(crate) constraints: Vec<Cbor>,
    /// Any node, by its kind.
    pub(crate) nodes: BTreeMap<u8, Vec<Cbor>>,
    pub(crate) arguments: Vec<(String, Value)>,
    pub(crate) tools: Vec<Value>,
    pub(crate) ceilings: Vec<Value>,
    pub(crate) floors: Vec<Value>,
    pub(crate) charges: Vec<(String, Value)>,
}

impl Donors {
    pub(crate) fn of(vectors: &[(String, String)]) -> Self {
        let worlds: Vec<World> = vectors.iter().map(|(_, text)| World::of(text)).collect();
        let permitted = (0..vectors.len())
            .filter(|at| vectors[*at].0.starts_with("permit-"))
            .collect();
        let (limits, capabilities, constraints) = (Vec::new(), Vec::new(), Vec::new());
        let (arguments, tools, ceilings) = (Vec::new(), Vec::new(), Vec::new());
        let (floors, charges, nodes) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut donors = Self {
            worlds: Vec::new(),
            permitted,
            limits,
            capabilities,
            constraints,
            nodes,
            arguments,
            tools,
            ceilings,
            floors,
            charges,
        };
        worlds.iter().for_each(|world| donors.add(world));
        for set in [
            &mut donors.limits,
            &mut donors.capabilities,
            &mut donors.constraints,
        ] {
            each_once(set);
        }
        donors.nodes.values_mut().for_each(each_once);
        donors.worlds = worlds;
        donors
    }

    fn add(&mut self, world: &World) {
        for link in world.links.iter().filter_map(Piece::token) {
            self.limits.extend(
                term(&link.claims, 1)
                    .and_then(Cbor::as_array)
                    .into_iter()
                    .flatten()
                    .cloned(),
            );
            let capabilities = term(&link.claims, 0)
                .and_then(Cbor::as_array)
                .into_iter()
                .flatten();
            for capability in capabilities {
                self.capabilities.push(capability.clone());
                for (key, rules) in capability.as_map().into_iter().flatten() {
                    if [Cbor::from(2), Cbor::from(3)].contains(key) {
                        self.constraints.extend(
                            rules
                                .as_map()
                                .into_iter()
                                .flatten()
                                .map(|(_, rule)| rule.clone()),
                        );
                    }
                }
            }
        }
        let pieces = world
            .links
            .iter()
            .chain(&world.notices)
            .chain(&world.approvals)
            .chain(&world.call);
        pieces
            .filter_map(Piece::token)
            .for_each(|token| self.add_nodes(&token.claims));
        let fields = &world.fields;
        if let Some(Value::Map(call)) = fields.get("call") {
            self.tools.extend(call.get("tool").cloned());
            if let Some(Value::Map(arguments)) = call.get("args") {
                self.arguments.extend(
                    arguments
                        .iter()
                        .map(|(name, value)| (name.clone(), value.clone())),
                );
            }
        }
        if let Some(Value::Map(verifier)) = fields.get("verifier") {
            self.floors.extend(verifier.get("floors").cloned());
            if let Some(Value::List(anchors)) = verifier.get("anchors") {
                self.ceilings
                    .extend(anchors.iter().filter_map(|anchor| match anchor {
                        Value::Map(anchor) => anchor.get("ceiling").cloned(),
                        _ => None,
                    }));
            }
        }
        if let Some(Value::Map(ledgers)) = fields.get("ledgers") {
            for (name, ledger) in ledgers {
                if let Value::Map(ledger) = ledger {
                    let Some(Value::List(charges)) = ledger.get("charges") else {
                        continue;
                    };
                    self.charges
                        .extend(charges.iter().map(|charge| (name.clone(), charge.clone())));
                }
            }
        }
    }

    fn add_nodes(&mut self, value: &Cbor) {
        self.nodes
            .entry(kind_of(value))
            .or_default()
            .push(value.clone());
        match value {
            Cbor::Array(items) => items.iter().for_each(|item| self.add_nodes(item)),
            Cbor::Map(entries) => entries.iter().for_each(|(_, value)| self.add_nodes(value)),
            Cbor::Tag(_, inner) => self.add_nodes(inner),
            _ => {}
        }
    }
}

pub(crate) const fn kind_of(value: &Cbor) -> u8 {
    match value {
        Cbor::Integer(_) => 0,
        Cbor::Bytes(_) => 1,
        Cbor::Text(_) => 2,
        Cbor::Array(_) => 3,
        Cbor::Map(_) => 4,
        Cbor::Tag(..) => 5,
        _ => 6,
    }
}

fn each_once(values: &mut Vec<Cbor>) {
    values.sort_by_cached_key(encode);
    values.dedup();
}
