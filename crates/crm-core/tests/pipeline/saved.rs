//! A process that is saved goes on as it was.

use crm_core::ErrorKind;
use crm_core::idic::pipeline::{
    Audience, CustomerPlan, Customized, Idic, IdicOptions, IdicStage, Prepared, Round,
};
use crm_core::units::Language;

use crate::world::{finished, now, options, round, schema, world};

#[test]
fn the_same_seed_gives_the_same_bits_for_any_number_of_threads_and_over_a_pause_at_any_stage() {
    let world = world();
    let whole = finished(&world).to_bytes().unwrap();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    assert_eq!(pool.install(|| finished(&world)).to_bytes().unwrap(), whole);

    let mut idic = Idic::new(schema(), options()).unwrap();
    let again = |idic: &Idic| Idic::from_bytes(&idic.to_bytes().unwrap()).unwrap();
    idic = again(&idic);
    idic.identify(&world.records()).unwrap();
    let mut other = again(&idic);
    assert_eq!(other.stage(), IdicStage::Identify);
    assert_eq!(other.to_bytes().unwrap(), idic.to_bytes().unwrap());
    // The rest of the round, by the one that was saved.
    other.differentiate(&world.history()).unwrap();
    let read = again(&other);
    assert_eq!(read.to_bytes().unwrap(), other.to_bytes().unwrap());
    assert_eq!(
        read.differentiation().unwrap().classification(),
        other.differentiation().unwrap().classification(),
        "verdicts are made again to the bit"
    );

    let other = IdicOptions {
        seed: 1,
        ..options()
    };
    let mut differing = Idic::new(schema(), other).unwrap();
    round(&mut differing, &world, &world.records(), now()).unwrap();
    let actions = |idic: &Idic| idic.interaction().unwrap().actions().to_vec();
    assert_ne!(
        actions(&differing),
        actions(&finished(&world)),
        "another seed draws otherwise"
    );
}

#[test]
fn a_corrupt_state_is_an_error() {
    let bytes = finished(&world()).to_bytes().unwrap();
    let unreadable =
        |bytes: &[u8]| Idic::from_bytes(bytes).unwrap_err().kind() == ErrorKind::Unreadable;
    for length in (0..bytes.len()).step_by(9_973) {
        assert!(unreadable(&bytes[..length]));
    }
    for place in (0..bytes.len()).step_by(2_113) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        assert!(unreadable(&changed), "byte {place}");
    }
    assert!(unreadable(&[bytes.clone(), vec![0]].concat()));
    let mut newer = bytes;
    newer[8] = 2;
    let error = Idic::from_bytes(&newer).unwrap_err();
    assert!(error.to_string().contains("another version"), "{error}");
}

#[test]
fn a_round_is_resumed_at_the_stage_that_it_has_come_to() {
    let idic = finished(&world());
    let bytes = idic.to_bytes().unwrap();
    let round: Round<Customized> = Idic::from_bytes(&bytes).unwrap().into_round().unwrap();
    // What is not known is NaN, which equals nothing: texts are compared.
    let told = |plans: Vec<CustomerPlan>| format!("{:?}", plans);
    assert_eq!(told(round.plans().unwrap()), told(idic.plans().unwrap()));
    let hasty = idic.into_round::<Prepared>();
    assert_eq!(hasty.unwrap_err().kind(), ErrorKind::IllegalTransition);
}

#[test]
fn a_choice_without_a_constant_is_saved_and_explained() {
    let world = world();
    let mut options = options();
    options.choice.constant = false;
    let mut idic = Idic::new(schema(), options).unwrap();
    round(&mut idic, &world, &world.records(), now()).unwrap();
    let again = Idic::from_bytes(&idic.to_bytes().unwrap()).unwrap();
    assert_eq!(
        again.reasons(3, Language::En),
        idic.reasons(3, Language::En)
    );
}

#[test]
fn an_audience_of_types_and_tiers_is_kept() {
    let world = world();
    let mut options = options();
    options.actions[0].audience = Audience {
        needs: vec![1],
        ..Audience::default()
    };
    let mut idic = Idic::new(schema(), options).unwrap();
    round(&mut idic, &world, &world.records(), now()).unwrap();
    for plan in idic.plans().unwrap() {
        assert!(plan.action != 1 || plan.needs == Some(1));
    }
}
