//! Ranges of addresses, beside a trie of prefixes: finding an address, memory, and making them.

use std::cell::Cell;
use std::hint::black_box;
use std::net::IpAddr;
use std::time::Instant;

use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;
use entitlements_core::client_address::{AddressRanges, Cidr};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use prefix_trie::PrefixSet;

/// How many addresses are asked for, half of them inside.
const ASKED: usize = 1 << 14;

/// Numbers that look random, the same on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn wide(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        let count = of.len() as u64;
        of.get((self.next() >> 20).rem_euclid(count) as usize)
            .copied()
            .unwrap()
    }
}

/// Where the entries are.
#[derive(Clone, Copy)]
enum Spread {
    /// Anywhere: every network has its own.
    Wide,
    /// In twenty networks, as those of a few clouds are.
    Clustered,
}

/// A list, and the addresses that it is asked for.
struct Given {
    networks: Vec<IpNet>,
    asked: Vec<IpAddr>,
}

fn v4(entries: usize, spread: Spread) -> Given {
    let mut random = Random(0x243f_6a88_85a3_08d3);
    let clusters = [(); 20].map(|()| (random.next() as u32) & 0xffff_0000);
    let networks: Vec<Ipv4Net> = (0..entries)
        .map(|_| {
            let bits = random.next() as u32;
            let (address, length) = match spread {
                Spread::Wide => (
                    bits,
                    random.one_of(&[16, 20, 22, 24, 24, 24, 24, 28, 32, 32]),
                ),
                Spread::Clustered => {
                    let cluster = random.one_of(&clusters);
                    (cluster | bits & 0xffff, random.one_of(&[28, 30, 32, 32]))
                }
            };
            Ipv4Net::new(address.into(), length).unwrap().trunc()
        })
        .collect();
    let asked = (0..ASKED).map(|number| {
        let bits = random.next() as u32;
        let network = random.one_of(&networks);
        let inside = u32::from(network.network()) | bits & u32::from(network.hostmask());
        let address = match (number % 2, spread) {
            (0, _) => inside,
            (_, Spread::Wide) => bits,
            (_, Spread::Clustered) => inside ^ 0x1000,
        };
        IpAddr::V4(address.into())
    });
    Given {
        asked: asked.collect(),
        networks: networks.into_iter().map(IpNet::V4).collect(),
    }
}

fn v6(entries: usize, spread: Spread) -> Given {
    let mut random = Random(0x1319_8a2e_0370_7344);
    // 2000::/3, where all networks are.
    let global = |bits: u128| 1 << 125 | bits >> 3;
    let clusters = [(); 20].map(|()| global(random.wide()) & !(u128::MAX >> 32));
    let networks: Vec<Ipv6Net> = (0..entries)
        .map(|_| {
            let bits = random.wide();
            let (address, length) = match spread {
                Spread::Wide => (
                    global(bits),
                    random.one_of(&[32, 40, 48, 48, 56, 64, 64, 128]),
                ),
                Spread::Clustered => {
                    let cluster = random.one_of(&clusters);
                    (cluster | bits >> 32, random.one_of(&[48, 56, 64, 64, 128]))
                }
            };
            Ipv6Net::new(address.into(), length).unwrap().trunc()
        })
        .collect();
    let asked = (0..ASKED).map(|number| {
        let bits = random.wide();
        let network = random.one_of(&networks);
        let inside = u128::from(network.network()) | bits & u128::from(network.hostmask());
        let address = match (number % 2, spread) {
            (0, _) => inside,
            (_, Spread::Wide) => global(bits),
            (_, Spread::Clustered) => inside ^ 1 << 85,
        };
        IpAddr::V6(address.into())
    });
    Given {
        asked: asked.collect(),
        networks: networks.into_iter().map(IpNet::V6).collect(),
    }
}

/// The peer: a set for each family, as its users have it.
#[derive(Default)]
struct Trie {
    v4: PrefixSet<Ipv4Net>,
    v6: PrefixSet<Ipv6Net>,
}

impl Trie {
    fn of(networks: &[IpNet]) -> Self {
        let mut trie = Self::default();
        for network in networks {
            match network {
                IpNet::V4(network) => trie.v4.insert(*network),
                IpNet::V6(network) => trie.v6.insert(*network),
            };
        }
        trie
    }

    /// Whether any network is there that has the address: the shortest one is enough.
    fn shortest(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => self.v4.get_spm(&address.into()).is_some(),
            IpAddr::V6(address) => self.v6.get_spm(&address.into()).is_some(),
        }
    }

    fn longest(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => self.v4.get_lpm(&address.into()).is_some(),
            IpAddr::V6(address) => self.v6.get_lpm(&address.into()).is_some(),
        }
    }

    fn covered(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => self.v4.is_covered(&address.into()),
            IpAddr::V6(address) => self.v6.is_covered(&address.into()),
        }
    }
}

fn ranges(networks: &[IpNet]) -> Vec<Cidr> {
    let parse = |network: &IpNet| network.to_string().parse().unwrap();
    networks.iter().map(parse).collect()
}

/// What something takes in memory, beside itself.
fn bytes_of<T>(make: impl FnOnce() -> T) -> f64 {
    let mut made = None;
    let taken = allocation_counter::measure(|| made = Some(make()));
    drop(black_box(made));
    taken.bytes_current as f64
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn milliseconds<T>(make: impl Fn() -> T) -> f64 {
    let mut took = [(); 9].map(|()| {
        let start = Instant::now();
        black_box(make());
        start.elapsed().as_secs_f64() * 1000.0
    });
    took.sort_by(f64::total_cmp);
    took.get(took.len() / 2).copied().unwrap()
}

/// The names of the four cases of one list, in one place: ours, then three ways to ask the peer.
type Names = [&'static str; 4];

macro_rules! names {
    ($list:literal) => {
        [
            concat!($list, ": `AddressRanges::contains`"),
            concat!($list, ": `prefix-trie` `get_spm`"),
            concat!($list, ": `prefix-trie` `get_lpm`"),
            concat!($list, ": `prefix-trie` `is_covered`"),
        ]
    };
}

/// A list by what it is called in promises.
struct List {
    name: &'static str,
    names: Names,
    given: Given,
}

impl List {
    fn new(name: &'static str, names: Names, given: Given) -> Self {
        Self { name, names, given }
    }
}

fn lists() -> Vec<List> {
    use Spread::{Clustered, Wide};
    vec![
        List::new("IPv4, 10", names!("IPv4, 10"), v4(10, Wide)),
        List::new("IPv4, 1,000", names!("IPv4, 1,000"), v4(1_000, Wide)),
        List::new("IPv4, 100,000", names!("IPv4, 100,000"), v4(100_000, Wide)),
        List::new(
            "IPv4, 100,000 in twenty networks",
            names!("IPv4, 100,000 in twenty networks"),
            v4(100_000, Clustered),
        ),
        List::new("IPv6, 10", names!("IPv6, 10"), v6(10, Wide)),
        List::new("IPv6, 1,000", names!("IPv6, 1,000"), v6(1_000, Wide)),
        List::new("IPv6, 100,000", names!("IPv6, 100,000"), v6(100_000, Wide)),
        List::new(
            "IPv6, 100,000 in twenty networks",
            names!("IPv6, 100,000 in twenty networks"),
            v6(100_000, Clustered),
        ),
    ]
}

pub(crate) fn table() -> Table {
    let mut table = Table {
        title: "An address in an allowlist",
        about: "Whether an entry of a list holds an address, for addresses in random order of which half are inside. The peer is a `prefix_trie::PrefixSet` for each family, asked in three ways; the fastest of them counts. Entries are of mixed lengths, anywhere but where it says otherwise.",
        figures: Vec::new(),
        bars: Vec::new(),
    };
    let lists = lists();
    for list in &lists {
        measure(&mut table, list);
    }
    table
}

fn measure(table: &mut Table, list: &List) {
    let List { name, names, given } = list;
    let entries = ranges(&given.networks);
    let ours: AddressRanges = entries.iter().collect();
    let trie = Trie::of(&given.networks);
    let at = [(); 4].map(|()| Cell::new(0));
    let next = |of: &Cell<usize>| {
        let place = of.get();
        of.set((place + 1) % ASKED);
        given.asked.get(place).copied().unwrap()
    };
    for address in &given.asked {
        assert_eq!(ours.contains(*address), trie.shortest(*address));
    }
    let [a, b, c, d] = &at;
    let [ours_name, spm, lpm, covered] = *names;
    let figures = compare(vec![
        Case::new(ours_name, || {
            black_box(ours.contains(next(a)));
        }),
        Case::new(spm, || {
            black_box(trie.shortest(next(b)));
        }),
        Case::new(lpm, || {
            black_box(trie.longest(next(c)));
        }),
        Case::new(covered, || {
            black_box(trie.covered(next(d)));
        }),
    ]);
    table.figures.extend(figures);
    let peers = [spm, lpm, covered].map(|peer| table.nanoseconds(peer));
    let fastest = peers.into_iter().fold(f64::INFINITY, f64::min);
    table.bar(
        format!("{name}: to the fastest way of `prefix-trie`"),
        table.nanoseconds(ours_name) / fastest,
        1.0,
        "x",
    );
    table.bar(
        format!("{name}: allocations of a look-up"),
        table.allocations(ours_name),
        0.0,
        "",
    );
    table.bar(
        format!("{name}: memory, to `prefix-trie`'s"),
        bytes_of(|| entries.iter().collect::<AddressRanges>())
            / bytes_of(|| Trie::of(&given.networks)),
        1.0,
        "x",
    );
    if entries.len() == 100_000 {
        table.bar(
            format!("{name}: making it, to `prefix-trie`"),
            milliseconds(|| entries.iter().collect::<AddressRanges>())
                / milliseconds(|| Trie::of(&given.networks)),
            1.0,
            "x",
        );
        table.bar(
            format!("{name}: making it"),
            milliseconds(|| entries.iter().collect::<AddressRanges>()),
            500.0,
            " ms",
        );
    }
}
