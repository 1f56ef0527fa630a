use crate::redis::Redis;

/// All that keys can be in.
const SLOTS: usize = 16384;

/// Three servers that share all keys, none of which another one has too.
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<Redis>,
}

impl RedisCluster {
    /// Starts them, and waits until each says that the cluster is whole.
    ///
    /// # Panics
    /// As [`Redis::start`], and where they do not find each other.
    #[must_use]
    pub fn of_three() -> Self {
        // One that is frozen or gone takes only its own keys with it.
        let options = "--cluster-enabled yes --cluster-require-full-coverage no";
        let options: Vec<&str> = options.split(' ').collect();
        let start = || Redis::start_with(&options);
        let nodes = [start(), start(), start()];
        for (place, node) in nodes.iter().enumerate() {
            let from = |place| SLOTS * place / nodes.len();
            let slots = from(place)..from(place + 1);
            let slots: Vec<String> = slots.map(|slot| slot.to_string()).collect();
            let mut words = vec!["CLUSTER", "ADDSLOTS"];
            words.extend(slots.iter().map(String::as_str));
            say(node, &words);
            let epoch = (place + 1).to_string();
            say(node, &["CLUSTER", "SET-CONFIG-EPOCH", &epoch]);
        }
        let [first, others @ ..] = &nodes;
        for other in others {
            let port = other.port().to_string();
            say(first, &["CLUSTER", "MEET", "127.0.0.1", &port]);
        }
        for node in &nodes {
            Redis::wait_until("the cluster is whole", || {
                let info = node.ask(&["CLUSTER", "INFO"]).unwrap_or_default();
                let is_so = |line| info.lines().any(|other| other.trim() == line);
                is_so("cluster_state:ok")
                    && is_so("cluster_known_nodes:3")
                    && is_so("cluster_slots_ok:16384")
            });
        }
        Self {
            nodes: nodes.into(),
        }
    }

    /// Where to connect to: each of them.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Redis::url).collect()
    }

    /// The servers.
    pub fn nodes(&mut self) -> &mut [Redis] {
        &mut self.nodes
    }
}

fn say(node: &Redis, words: &[&str]) {
    let said = node.ask(words);
    assert_eq!(said.as_deref(), Some("+OK"), "to {:?}", words.get(1));
}
