use super::table::Table;
use crate::idic::identify::dictionary::hash;

/// No record, no customer.
const NONE: u32 = u32::MAX;

/// The customer of each record, and the records of each customer as a chain from the last that was added to the first.
#[derive(Debug, Clone, Default)]
pub(super) struct Customers {
    /// By record.
    customers: Vec<u32>,
    /// By record: the one before it in the chain of its customer.
    before: Vec<u32>,
    /// The last record of each customer.
    last: Table,
    /// How many records have one.
    held: usize,
}

impl Customers {
    /// How many are not gone.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    pub(super) fn of(&self, record: u32) -> Option<u32> {
        let customer = self.customers.get(record as usize).copied();
        customer.filter(|&customer| customer != NONE)
    }

    /// A further record; `None` for one that is gone.
    pub(super) fn push(&mut self, customer: Option<u32>) {
        let record = self.customers.len() as u32;
        self.customers.push(NONE);
        self.before.push(NONE);
        if let Some(customer) = customer {
            self.put(record, customer);
        }
    }

    /// Gives a record that has no customer to one.
    fn put(&mut self, record: u32, customer: u32) {
        let customers = &self.customers;
        let of = |record: u32| customers.get(record as usize).copied().unwrap_or(NONE);
        let last = self
            .last
            .find_mut(hashed(customer), |other| of(other) == customer);
        let before = match last {
            Some(last) => std::mem::replace(last, record),
            None => {
                let hash_of =
                    |other: u32| hashed(if other == record { customer } else { of(other) });
                self.last.insert(hashed(customer), record, hash_of);
                NONE
            }
        };
        self.link(record, before);
        if let Some(place) = self.customers.get_mut(record as usize) {
            *place = customer;
            self.held += 1;
        }
    }

    /// Takes a record from its customer.
    pub(super) fn take(&mut self, record: u32) {
        let Some(customer) = self.of(record) else {
            return;
        };
        let next = self.next(record);
        let last = self.last(customer).unwrap_or(NONE);
        if last != record {
            let of_chain = std::iter::successors(Some(last), |&at| known(self.next(at)));
            let after = of_chain.take_while(|&at| at != record).last();
            self.link(after.unwrap_or(NONE), next);
        } else if next == NONE {
            self.last.remove(hashed(customer), |other| other == record);
        } else if let Some(last) = self
            .last
            .find_mut(hashed(customer), |other| other == record)
        {
            *last = next;
        }
        if let Some(place) = self.customers.get_mut(record as usize) {
            *place = NONE;
            self.held -= 1;
        }
    }

    /// Gives a record to another customer.
    pub(super) fn give(&mut self, record: u32, customer: u32) {
        self.take(record);
        self.put(record, customer);
    }

    /// The records of a customer, the last one first.
    pub(super) fn records(&self, customer: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(self.last(customer), |&record| known(self.next(record)))
    }

    fn last(&self, customer: u32) -> Option<u32> {
        self.last
            .find(hashed(customer), |other| self.of(other) == Some(customer))
    }

    fn next(&self, record: u32) -> u32 {
        self.before.get(record as usize).copied().unwrap_or(NONE)
    }

    fn link(&mut self, record: u32, before: u32) {
        if let Some(link) = self.before.get_mut(record as usize) {
            *link = before;
        }
    }
}

fn known(record: u32) -> Option<u32> {
    Some(record).filter(|&record| record != NONE)
}

fn hashed(customer: u32) -> u64 {
    hash(&customer.to_le_bytes())
}
