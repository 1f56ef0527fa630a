use crate::redis::{Proof, Redis};

/// All that keys can be in.
const SLOTS: usize = 16384;

/// How many share them.
const MASTERS: usize = 3;

/// Three servers that share all keys, none of which another one has too, unless each has a replica.
#[derive(Debug)]
pub struct RedisCluster {
    /// Those that have keys at the start, and then their replicas, in the same order.
    nodes: Vec<Redis>,
}

impl RedisCluster {
    /// Starts them, and waits until each says that the cluster is whole.
    ///
    /// # Panics
    /// As [`Redis::start`], and where they do not find each other.
    #[must_use]
    pub fn of_three() -> Self {
        Self::of((0..MASTERS).map(|_| Redis::start_with(&options())))
    }

    /// The same with TLS, among themselves too.
    ///
    /// # Panics
    /// As [`Redis::start_with_tls`], and where they do not find each other.
    #[must_use]
    pub fn of_three_with_tls(proof: &Proof) -> Self {
        let mut options = options();
        options.extend(["--tls-cluster", "yes"]);
        Self::of((0..MASTERS).map(|_| Redis::start_with_tls(&options, proof)))
    }

    /// Three that have a replica each, which takes over a second after its master is gone, and what it takes to agree on that. Waits until the
    /// replicas have what the others have.
    ///
    /// # Panics
    /// As [`of_three`](Self::of_three).
    #[must_use]
    pub fn of_three_with_replicas() -> Self {
        let mut options = options();
        // A replica is told at once what there is, and takes over however long it was told nothing.
        let more = "--cluster-node-timeout 1000 --cluster-replica-validity-factor 0 --repl-diskless-sync-delay 0";
        options.extend(more.split(' '));
        let cluster = Self::of((0..MASTERS * 2).map(|_| Redis::start_with(&options)));
        let (masters, replicas) = cluster.nodes.split_at(MASTERS);
        for (master, replica) in masters.iter().zip(replicas) {
            let id = master.ask(&["CLUSTER", "MYID"]).expect("a master's id");
            Redis::wait_until("a replica knows its master", || {
                let said = replica.ask(&["CLUSTER", "REPLICATE", &id]);
                said.as_deref() == Some("+OK")
            });
        }
        for node in &cluster.nodes {
            // Who takes over is agreed on by all, so all have to know who may.
            Redis::wait_until("all know the replicas", || {
                let known = node.ask(&["CLUSTER", "NODES"]).unwrap_or_default();
                known.matches("slave").count() == MASTERS
            });
        }
        for replica in replicas {
            Redis::wait_until("a replica has what its master has", || {
                let info = replica.ask(&["INFO", "replication"]);
                info.unwrap_or_default().contains("master_link_status:up")
            });
        }
        cluster
    }

    /// The first of these have all keys.
    fn of(nodes: impl Iterator<Item = Redis>) -> Self {
        let nodes: Vec<Redis> = nodes.collect();
        for (place, node) in nodes.iter().enumerate() {
            let epoch = (place + 1).to_string();
            say(node, &["CLUSTER", "SET-CONFIG-EPOCH", &epoch]);
        }
        for (place, node) in nodes.iter().take(MASTERS).enumerate() {
            let from = |place| SLOTS * place / MASTERS;
            let slots = from(place)..from(place + 1);
            let slots: Vec<String> = slots.map(|slot| slot.to_string()).collect();
            let mut words = vec!["CLUSTER", "ADDSLOTS"];
            words.extend(slots.iter().map(String::as_str));
            say(node, &words);
        }
        let (first, others) = nodes.split_first().expect("servers");
        for other in others {
            let port = other.own_port().to_string();
            say(first, &["CLUSTER", "MEET", "127.0.0.1", &port]);
        }
        let known = format!("cluster_known_nodes:{}", nodes.len());
        for node in &nodes {
            Redis::wait_until("the cluster is whole", || {
                let info = node.ask(&["CLUSTER", "INFO"]).unwrap_or_default();
                let is_so = |line| info.lines().any(|other| other.trim() == line);
                is_so("cluster_state:ok") && is_so(&known) && is_so("cluster_slots_ok:16384")
            });
        }
        Self { nodes }
    }

    /// Where to connect to: each of them.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Redis::url).collect()
    }

    /// Where to connect to with TLS.
    ///
    /// # Panics
    /// Where it was started without.
    #[must_use]
    pub fn tls_urls(&self) -> Vec<String> {
        self.nodes.iter().map(Redis::tls_url).collect()
    }

    /// The servers: those that have keys at the start, and then their replicas, in the same order.
    pub fn nodes(&mut self) -> &mut [Redis] {
        &mut self.nodes
    }
}

/// One that is frozen or gone takes only its own keys with it.
fn options() -> Vec<&'static str> {
    let options = "--cluster-enabled yes --cluster-require-full-coverage no";
    options.split(' ').collect()
}

fn say(node: &Redis, words: &[&str]) {
    let said = node.ask(words);
    assert_eq!(said.as_deref(), Some("+OK"), "to {:?}", words.get(1));
}
