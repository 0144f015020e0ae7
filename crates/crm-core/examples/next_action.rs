//! From raw, duplicated records to the next action and offer for each customer, with reasons; then what came of it is learned.
#![expect(clippy::print_stdout, reason = "an example prints what it finds")]

use crm_core::Result;
use crm_core::idic::identify::{Field, FieldKind, Schema};
use crm_core::idic::interact::choice::{ChoiceStrategy, ChooserOptions};
use crm_core::idic::interact::contact::{Channel, ContactOutcome, ContactPurpose};
use crm_core::idic::pipeline::{
    ConsentChange, CustomerHistory, CustomerPlan, CustomerRecords, Identity, IdicOptions,
    Interactions, Keyed, NextAction, OfferOption, Outcome, Prepared, RecordSource, Round,
};
use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, TimeColumn};
use crm_core::units::{Date, Label, Language, Moment, Wording};

const KEYS: [&str; 10] = ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "B1", "B2"];
const NAMES: [&str; 10] = [
    "王小明",
    "Ann Abelard",
    "Tom Brunner",
    "Eva Castillo",
    "李雷",
    "Ida Eriksson",
    "Max Fontana",
    "Leo Hoffman",
    "Wang Xiaoming",
    "Ann Abelhard",
];
const MOBILES: [&str; 10] = [
    "13812340001",
    "13812340102",
    "13812340203",
    "13812340304",
    "13812340405",
    "13812340506",
    "13812340607",
    "13812340708",
    "+86 138 1234 0001",
    "138-1234-0102",
];
/// Key, day of 2026 and amount of each purchase.
const LOG: [(&str, i32, f64); 20] = [
    ("A1", 3, 80.0),
    ("B1", 20, 95.0),
    ("A1", 45, 90.0),
    ("B1", 70, 110.0),
    ("A2", 5, 40.0),
    ("B2", 33, 35.0),
    ("A2", 64, 30.0),
    ("A3", 8, 15.0),
    ("A3", 80, 18.0),
    ("A4", 12, 60.0),
    ("A4", 19, 55.0),
    ("A4", 25, 70.0),
    ("A5", 30, 25.0),
    ("A5", 58, 30.0),
    ("A5", 85, 45.0),
    ("A6", 9, 12.0),
    ("A7", 40, 20.0),
    ("A7", 66, 22.0),
    ("A7", 88, 25.0),
    ("A8", 50, 9.0),
];

fn options() -> IdicOptions {
    let mut call = NextAction::new("call", Channel::Phone, ContactPurpose::Sales);
    (call.label, call.cost) = (Wording::new("Call", "致电"), 2.0);
    let mut letter = NextAction::new("letter", Channel::Email, ContactPurpose::Sales);
    letter.label = Wording::new("E-mail", "电子邮件");
    let mut service = OfferOption::new("service", 30.0, 0.3);
    service.label = Wording::new("Service plan", "服务套餐");
    (service.cost, service.capacity) = (1.0, Some(2));
    let mut sample = OfferOption::new("sample", 8.0, 0.5);
    sample.label = Wording::new("Sample", "试用装");
    IdicOptions {
        actions: vec![call, letter],
        offers: vec![service, sample],
        choice: ChooserOptions {
            strategy: ChoiceStrategy::UpperConfidence,
            noise: 5.0,
            exploration: 0.0,
            seed: 1,
            ..ChooserOptions::default()
        },
        ..IdicOptions::default()
    }
}

fn show(plan: &CustomerPlan) {
    let (stage, kind) = (plan.stage, plan.customer_type);
    let action = ["nothing", "call", "letter"].get(plan.action);
    let offer = plan
        .offer
        .and_then(|offer| ["service", "sample"].get(offer as usize));
    println!(
        "{:>2} {} {:7.2} {:<11} {:<7} {:<7} {}",
        plan.customer,
        plan.records,
        plan.current,
        stage.map_or("-", Label::name),
        kind.map_or("-", Label::name),
        action.unwrap_or(&"-"),
        offer.unwrap_or(&"-")
    );
}

fn main() -> Result<()> {
    let schema = Schema::new(vec![
        Field::new("name", FieldKind::Name),
        Field::new("mobile", FieldKind::Phone),
    ])?;
    let first: Date = "2026-01-01".parse()?;
    let bought: Vec<&str> = LOG.iter().map(|(key, ..)| *key).collect();
    let dates: Vec<i32> = LOG.iter().map(|(_, day, _)| first.days() + day).collect();
    let amounts: Vec<f64> = LOG.iter().map(|(.., amount)| *amount).collect();
    let history = CustomerHistory {
        log: vec![Chunk {
            customers: CustomerColumn::Texts(&bought),
            times: TimeColumn::Dates(&dates),
            amounts: AmountColumn::Floats(&amounts),
            costs: None,
        }],
        ..CustomerHistory::default()
    };
    let agreed = |channel| ConsentChange {
        channel,
        is_given: true,
    };
    // Everybody agreed to e-mail, the first four to calls.
    let agreeing = [&KEYS[..], &["A1", "A2", "A3", "A4"]].concat();
    let consents = [
        vec![agreed(Channel::Email); 10],
        vec![agreed(Channel::Phone); 4],
    ]
    .concat();

    // Identify, differentiate, interact, customise.
    let now: Moment = "2026-04-01T10:00:00".parse()?;
    let identified = Round::<Prepared>::new(schema, options())?.identify(&CustomerRecords {
        sources: vec![RecordSource {
            keys: &KEYS.as_slice(),
            fields: vec![&NAMES.as_slice(), &MOBILES.as_slice()],
        }],
        ..CustomerRecords::default()
    })?;
    let customers = identified.idic().identity().map_or(0, Identity::len);
    println!("{} records of {customers} customers", KEYS.len());
    let mut round = identified
        .differentiate(&history)?
        .interact(&Interactions {
            consents: Keyed {
                keys: &agreeing,
                values: &consents,
            },
            ..Interactions::none(now)
        })?
        .customize()?;
    let plans = round.plans()?;
    plans.iter().for_each(show);
    for language in [Language::En, Language::Zh] {
        println!("{}", round.reasons(1, language)?.text());
    }

    // Letters sell, calls do not: the next round does better.
    let outcomes: Vec<Outcome> = plans
        .iter()
        .filter(|plan| plan.action > 0)
        .map(|plan| Outcome {
            decision: plan.decision,
            at: now,
            contact: Some(match plan.action {
                1 => ContactOutcome::Declined,
                _ => ContactOutcome::Purchased,
            }),
            reward: if plan.action == 1 { 0.0 } else { 12.0 },
        })
        .collect();
    println!("{} outcomes", round.learn(&outcomes)?.len());
    let later: Moment = "2026-05-01T10:00:00".parse()?;
    let next = round
        .next_round()
        .identify(&CustomerRecords::default())?
        .differentiate(&history)?
        .interact(&Interactions::none(later))?
        .customize()?;
    next.plans()?.iter().for_each(show);
    Ok(())
}
