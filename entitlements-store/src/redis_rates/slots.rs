//! Q7 over several slots, which no script can reach at once.

use entitlements_core::rate::{StoreAnswer, StoreAsk, StoreStanding};

use super::Rates;
use super::link::Fault;
use super::question::{Mode, Question, Said};

/// The asks of one slot, by their places among all.
struct Slot {
    places: Vec<usize>,
    question: Question,
}

impl Rates {
    /// Asks each slot in the order in which they are named. Where a later one denies, what the earlier ones gave is given back, and the rest is
    /// looked at, so that the answer says all there is to wait for.
    pub(super) async fn ask(&self, asks: &[StoreAsk], mode: Mode) -> Result<StoreAnswer, Fault> {
        let mut answer = Answer::to(asks.len());
        let slots = slots(&self.prefix, asks);
        let mut taken: Vec<(&Slot, Said)> = Vec::new();
        let mut mode = mode;
        for slot in &slots {
            let said = match self.ask_one(&slot.question, mode).await {
                Ok(said) => said,
                Err(fault) => {
                    // Nothing is known of this one; and nothing was admitted.
                    let _ = self.give_back(&taken, &mut answer).await;
                    return Err(fault);
                }
            };
            answer.hear(slot, &said);
            match (mode, said.is_admitted) {
                (Mode::Take, true) => taken.push((slot, said)),
                (Mode::Take, false) => {
                    // What was denied is, also where what was taken stays spent for want of an answer.
                    let _ = self.give_back(&taken, &mut answer).await;
                    mode = Mode::Look;
                }
                (Mode::Look, _) => {}
            }
        }
        Ok(answer.whole())
    }

    /// What is left then is what is said of it.
    async fn give_back(&self, taken: &[(&Slot, Said)], answer: &mut Answer) -> Result<(), Fault> {
        for (slot, said) in taken.iter().rev() {
            let Some(arguments) = slot.question.return_of(said) else {
                continue;
            };
            let said = self.run(&slot.question, &arguments).await?;
            answer.hear(slot, &said);
        }
        Ok(())
    }

    async fn ask_one(&self, question: &Question, mode: Mode) -> Result<Said, Fault> {
        self.run(question, &question.arguments(mode)).await
    }
}

/// What has been heard so far, by the places of the asks.
struct Answer(Vec<Option<StoreStanding>>);

impl Answer {
    fn to(asks: usize) -> Self {
        Self(vec![None; asks])
    }

    fn hear(&mut self, slot: &Slot, said: &Said) {
        let standings = slot.question.standings(said);
        for (place, standing) in slot.places.iter().zip(standings) {
            if let Some(known) = self.0.get_mut(*place) {
                *known = Some(standing);
            }
        }
    }

    fn whole(self) -> StoreAnswer {
        let standings = self.0.into_iter().flatten().collect();
        StoreAnswer { standings }
    }
}

/// In the order in which they are named first.
fn slots(prefix: &str, asks: &[StoreAsk]) -> Vec<Slot> {
    let mut named: Vec<(&str, Vec<usize>)> = Vec::new();
    for (place, ask) in asks.iter().enumerate() {
        let slot = ask.subject.slot();
        match named.iter_mut().find(|(known, _)| *known == slot) {
            Some((_, places)) => places.push(place),
            None => named.push((slot, vec![place])),
        }
    }
    let slot_of = |places: Vec<usize>| {
        let asks = places.iter().filter_map(|place| asks.get(*place));
        Slot {
            question: Question::new(prefix, asks),
            places,
        }
    };
    named
        .into_iter()
        .map(|(_, places)| slot_of(places))
        .collect()
}
