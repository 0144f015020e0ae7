use super::transitions::Transitions;

/// Which states a customer can stay in for ever.
///
/// A class of states is recurrent if each of them leads to each other and none leads out; a state that is
/// in no such class is transient: a customer is there only for some time. A recurrent class of one state
/// is an absorbing state.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Structure {
    /// The recurrent class of each state, numbered from 0 in the order of their first states; `None` for a
    /// transient state.
    pub recurrent_class: Vec<Option<usize>>,
    /// The number of recurrent classes: 1 or more.
    pub classes: usize,
}

impl Structure {
    /// The states that are in no recurrent class.
    #[must_use]
    pub fn transient_states(&self) -> Vec<usize> {
        self.states_where(|class| class.is_none())
    }

    /// The states of a recurrent class.
    #[must_use]
    pub fn states_of(&self, class: usize) -> Vec<usize> {
        self.states_where(|own| own == Some(class))
    }

    /// The states that are never left.
    #[must_use]
    pub fn absorbing_states(&self) -> Vec<usize> {
        let mut sizes = vec![0_usize; self.classes];
        for class in self.recurrent_class.iter().flatten() {
            if let Some(size) = sizes.get_mut(*class) {
                *size += 1;
            }
        }
        self.states_where(|class| class.is_some_and(|class| sizes.get(class) == Some(&1)))
    }

    fn states_where(&self, holds: impl Fn(Option<usize>) -> bool) -> Vec<usize> {
        let classes = self.recurrent_class.iter().enumerate();
        classes
            .filter(|(_, class)| holds(**class))
            .map(|(state, _)| state)
            .collect()
    }
}

impl Transitions {
    /// The recurrent classes and the transient states.
    ///
    /// ```
    /// use crm_core::clv::migration::Transitions;
    /// use crm_core::clv::switching::TransitionMatrix;
    ///
    /// let matrix = TransitionMatrix::new(&[[0.5, 0.5, 0.0], [0.2, 0.7, 0.1], [0.0, 0.0, 1.0]])?;
    /// let structure = Transitions::from(matrix).structure();
    /// assert_eq!(structure.recurrent_class, [None, None, Some(0)]);
    /// assert_eq!(structure.absorbing_states(), [2]);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    #[must_use]
    pub fn structure(&self) -> Structure {
        let components = strong_components(self);
        let mut closed = vec![true; components.count];
        for state in 0..self.states() {
            let own = components.of(state);
            if self.row(state).any(|(to, _)| components.of(to) != own)
                && let Some(flag) = own.and_then(|own| closed.get_mut(own))
            {
                *flag = false;
            }
        }
        let mut numbers = vec![None; components.count];
        let mut classes = 0;
        let recurrent_class = (0..self.states()).map(|state| {
            let own = components.of(state)?;
            let number = numbers
                .get_mut(own)
                .filter(|_| closed.get(own) == Some(&true))?;
            Some(*number.get_or_insert_with(|| {
                classes += 1;
                classes - 1
            }))
        });
        let recurrent_class = recurrent_class.collect();
        Structure {
            recurrent_class,
            classes,
        }
    }
}

struct Components {
    /// The component of each state.
    numbers: Vec<usize>,
    count: usize,
}

impl Components {
    fn of(&self, state: usize) -> Option<usize> {
        self.numbers.get(state).copied()
    }
}

const UNSEEN: usize = usize::MAX;

/// Sets of states that lead to each other (Tarjan 1972), with a stack of its own: chains of states may be long.
#[expect(
    clippy::indexing_slicing,
    reason = "every index is the number of a state"
)]
fn strong_components(transitions: &Transitions) -> Components {
    let states = transitions.states();
    let mut order = vec![UNSEEN; states];
    let mut lowest = vec![UNSEEN; states];
    let mut numbers = vec![UNSEEN; states];
    let (mut seen, mut count) = (0, 0);
    let (mut open, mut path) = (Vec::new(), Vec::new());
    for start in 0..states {
        if order[start] != UNSEEN {
            continue;
        }
        path.push((start, transitions.row(start)));
        while let Some((state, following)) = path.last_mut() {
            let state = *state;
            if order[state] == UNSEEN {
                (order[state], lowest[state]) = (seen, seen);
                seen += 1;
                open.push(state);
            }
            if let Some((to, _)) = following.next() {
                if order[to] == UNSEEN {
                    path.push((to, transitions.row(to)));
                } else if numbers[to] == UNSEEN {
                    lowest[state] = lowest[state].min(order[to]);
                }
                continue;
            }
            path.pop();
            if let Some((before, _)) = path.last() {
                lowest[*before] = lowest[*before].min(lowest[state]);
            }
            if lowest[state] == order[state] {
                while let Some(member) = open.pop() {
                    numbers[member] = count;
                    if member == state {
                        break;
                    }
                }
                count += 1;
            }
        }
    }
    Components { numbers, count }
}
