//! People, their records and what they bought.

use crm_core::Result;
use crm_core::idic::identify::{Field, FieldKind, Schema, TrainingOptions};
use crm_core::idic::interact::choice::ChooserOptions;
use crm_core::idic::interact::contact::{Channel, ContactPurpose};
use crm_core::idic::interact::policy::{ContactPolicy, FrequencyCap};
use crm_core::idic::pipeline::{
    ConsentChange, CustomerHistory, CustomerRecords, Idic, IdicOptions, Interactions, Keyed,
    KeyedColumns, NeedsOptions, NextAction, OfferOption, RecordSource,
};
use crm_core::ledger::{Chunk, CustomerColumn, SimulatedLog, Simulation, TimeColumn};
use crm_core::lifecycle::Stage;
use crm_core::units::Moment;

pub(crate) const PEOPLE: usize = 120;
const NAMES: [&str; 12] = [
    "Ann", "Tom", "Eva", "Ida", "Max", "Leo", "Mia", "Zoe", "Kai", "Ben", "Amy", "Jan",
];
const FAMILIES: [&str; 10] = [
    "Abelard",
    "Brunner",
    "Castillo",
    "Dumont",
    "Eriksson",
    "Fontana",
    "Grigor",
    "Hoffman",
    "Ibsen",
    "Jovanovic",
];

/// Each person once, and every fourth a second time under another key, with a typo in the name.
pub(crate) struct World {
    pub(crate) keys: Vec<String>,
    pub(crate) names: Vec<String>,
    pub(crate) mobiles: Vec<String>,
    pub(crate) emails: Vec<String>,
    pub(crate) log: SimulatedLog,
    pub(crate) dates: Vec<i32>,
    pub(crate) buyers: Vec<String>,
    pub(crate) people: Vec<String>,
    pub(crate) answers: [Vec<f64>; 2],
}

pub(crate) fn world() -> World {
    let mut world = World {
        keys: Vec::new(),
        names: Vec::new(),
        mobiles: Vec::new(),
        emails: Vec::new(),
        log: Simulation {
            customers: PEOPLE as u32,
            seed: 5,
            ..Simulation::default()
        }
        .run()
        .unwrap(),
        dates: Vec::new(),
        buyers: Vec::new(),
        people: (0..PEOPLE).map(|person| format!("A{person}")).collect(),
        answers: [Vec::new(), Vec::new()],
    };
    for person in 0..PEOPLE {
        let (first, family) = (NAMES[person % 12], FAMILIES[person / 12]);
        let mobile = format!("138{:08}", 10_007 * (person + 1));
        let email = format!("{first}.{family}@example.org").to_lowercase();
        world.record(
            format!("A{person}"),
            format!("{first} {family}"),
            &mobile,
            &email,
        );
        if person % 4 == 0 {
            let typo = format!("{first} {}", family.replacen('o', "oo", 1));
            world.record(format!("B{person}"), typo, &mobile, "");
        }
        let quality = if person % 3 == 0 { 9.0 } else { 2.0 };
        world.answers[0].push(quality);
        world.answers[1].push(if person == 7 {
            f64::NAN
        } else {
            10.0 - quality
        });
    }
    for (row, customer) in world.log.customer.iter().enumerate() {
        let person = customer - 1;
        let has_two = person % 4 == 0 && row % 2 == 0;
        let source = if has_two { 'B' } else { 'A' };
        world.buyers.push(format!("{source}{person}"));
    }
    world.dates = world.log.dates();
    world
}

impl World {
    fn record(&mut self, key: String, name: String, mobile: &str, email: &str) {
        self.keys.push(key);
        self.names.push(name);
        self.mobiles.push(mobile.to_owned());
        self.emails.push(email.to_owned());
    }

    /// The row of a key.
    pub(crate) fn place(&self, key: &str) -> usize {
        self.keys.iter().position(|known| known == key).unwrap()
    }

    pub(crate) fn records(&self) -> CustomerRecords<'_> {
        CustomerRecords {
            sources: vec![RecordSource {
                keys: &self.keys,
                fields: vec![&self.names, &self.mobiles, &self.emails],
            }],
            ..CustomerRecords::default()
        }
    }

    /// What they have bought, and what they answer.
    pub(crate) fn history(&self) -> CustomerHistory<'_> {
        CustomerHistory {
            log: vec![Chunk {
                customers: CustomerColumn::Texts(&self.buyers),
                times: TimeColumn::Dates(&self.dates),
                amounts: self.log.chunk().amounts,
                costs: None,
            }],
            needs: Some(KeyedColumns {
                keys: &self.people,
                columns: self.answers.iter().map(Vec::as_slice).collect(),
            }),
            ..CustomerHistory::default()
        }
    }
}

pub(crate) fn schema() -> Schema {
    Schema::new(vec![
        Field::new("name", FieldKind::Name),
        Field::new("mobile", FieldKind::Phone),
        Field::new("email", FieldKind::Email),
    ])
    .unwrap()
}

pub(crate) fn options() -> IdicOptions {
    let mut win_back = NextAction::new("win_back", Channel::Phone, ContactPurpose::WinBack);
    win_back.audience.stages = vec![Stage::Decline, Stage::Termination];
    let mut voucher = OfferOption::new("voucher", 30.0, 0.3);
    voucher.cost = 2.0;
    voucher.capacity = Some(20);
    IdicOptions {
        actions: vec![
            NextAction {
                cost: 1.0,
                ..NextAction::new("newsletter", Channel::Email, ContactPurpose::Sales)
            },
            win_back,
        ],
        offers: vec![voucher, OfferOption::new("sample", 8.0, 0.5)],
        choice: ChooserOptions {
            noise: 10.0,
            control_share: 0.1,
            ..ChooserOptions::default()
        },
        training: TrainingOptions {
            random_pairs: 5_000,
            ..TrainingOptions::default()
        },
        contact: ContactPolicy {
            caps: vec![FrequencyCap {
                contacts: 1,
                days: 30.0,
                channel: None,
                purpose: None,
            }],
            ..ContactPolicy::default()
        },
        needs: NeedsOptions {
            questions: vec!["quality".to_owned(), "price".to_owned()],
            groups: Some(2),
            ..NeedsOptions::default()
        },
        ..IdicOptions::default()
    }
}

pub(crate) fn now() -> Moment {
    "2026-01-05T10:00:00".parse().unwrap()
}

/// A whole round of the process.
pub(crate) fn round(
    idic: &mut Idic,
    world: &World,
    records: &CustomerRecords<'_>,
    at: Moment,
) -> Result<()> {
    idic.identify(records)?;
    idic.differentiate(&world.history())?;
    let agreed = |channel| ConsentChange {
        channel,
        is_given: true,
    };
    let mut consents = vec![agreed(Channel::Email); PEOPLE];
    consents.extend(vec![agreed(Channel::Phone); PEOPLE]);
    let twice = [world.people.as_slice(), &world.people].concat();
    idic.interact(&Interactions {
        consents: Keyed {
            keys: &twice,
            values: &consents,
        },
        ..Interactions::none(at)
    })?;
    idic.customize()
}

pub(crate) fn finished(world: &World) -> Idic {
    let mut idic = Idic::new(schema(), options()).unwrap();
    round(&mut idic, world, &world.records(), now()).unwrap();
    idic
}
