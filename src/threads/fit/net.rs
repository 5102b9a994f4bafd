//! The hidden units: fitted on what the weights leave over, with Adam (Kingma and Ba, "Adam: a method for stochastic
//! optimization", 2015) over shuffled batches. A few small nets are fitted from different random starts and put side
//! by side, each with its share of the say, which is steadier than one. Each runs in its own order on one processor,
//! so the seed alone decides the result.

use rayon::prelude::*;

use super::logit::{Choices, Lesson, scales};
use crate::threads::net::{Net, UNITS};

/// Units of one of the small nets.
const PART: usize = 16;
/// Choices between two steps.
const BATCH: usize = 16;
/// Length of the first steps; it falls to nothing towards the end.
const RATE: f32 = 0.003;
/// How strongly weights are drawn to zero, as a share of them per unit of the rate.
const DECAY: f32 = 0.01;
/// Adam's memory of slopes and of their squares.
const MEMORY: (f32, f32) = (0.9, 0.999);
/// Slopes smaller than this are not followed.
const LEAST_SLOPE: f32 = 1e-5;
/// The random starts of hidden weights and of what the units say lie between plus and minus these.
const START: (f32, f32) = (0.25, 0.2);

/// A net that makes the right candidates likelier than the weights do alone, whose scores are the rows' offsets.
pub(super) fn fit(parts: &[&Choices], count: usize, epochs: usize, seed: u64) -> Net {
    let scales = scales(parts, count).into_iter().map(|scale| scale as f32).collect::<Vec<_>>();
    let lessons: Vec<(&Choices, Lesson)> =
        parts.iter().flat_map(|part| part.lessons().map(|lesson| (*part, lesson))).collect();
    let starts: Vec<u64> =
        (0..(UNITS / PART) as u64).map(|at| mix(seed.wrapping_mul(1_000).wrapping_add(at))).collect();
    let nets: Vec<Small> = starts.into_par_iter().map(|start| Small::fit(&lessons, &scales, epochs, start)).collect();
    let mut all = Net { hidden: vec![[0.0; UNITS]; count], bias: [0.0; UNITS], out: [0.0; UNITS] };
    for (at, net) in nets.iter().enumerate() {
        let units = at * PART..(at + 1) * PART;
        for ((whole, part), scale) in all.hidden.iter_mut().zip(&net.hidden).zip(&scales) {
            whole[units.clone()].iter_mut().zip(part).for_each(|(whole, part)| *whole = part / scale);
        }
        all.bias[units.clone()].copy_from_slice(&net.hidden[count]);
        let say = net.hidden[count + 1].map(|out| out / nets.len() as f32);
        all.out[units].copy_from_slice(&say);
    }
    all
}

/// One of the small nets: the weights of each feature, then the biases, then what each unit says.
struct Small {
    hidden: Vec<[f32; PART]>,
}

/// What a batch has to say of every weight, and what Adam remembers.
struct Slopes {
    now: Vec<[f32; PART]>,
    mean: Vec<[f32; PART]>,
    square: Vec<[f32; PART]>,
}

impl Small {
    fn fit(lessons: &[(&Choices, Lesson)], scales: &[f32], epochs: usize, start: u64) -> Small {
        let mut random = Random(start);
        let count = scales.len();
        let mut between = |bound: f32| (random.unit() * 2.0 - 1.0) * bound;
        let mut net = Small { hidden: (0..count).map(|_| std::array::from_fn(|_| between(START.0))).collect() };
        net.hidden.push([0.0; PART]);
        net.hidden.push(std::array::from_fn(|_| between(START.1)));
        let none = vec![[0.0; PART]; count + 2];
        let mut slopes = Slopes { now: none.clone(), mean: none.clone(), square: none };
        let inverse: Vec<f32> = scales.iter().map(|scale| 1.0 / scale).collect();
        let mut order: Vec<usize> = (0..lessons.len()).collect();
        let steps = lessons.len().div_ceil(BATCH) * epochs;
        let mut step = 0;
        for _ in 0..epochs {
            random.shuffle(&mut order);
            for batch in order.chunks(BATCH) {
                for at in batch {
                    let (choices, lesson) = &lessons[*at];
                    net.learn(choices, lesson, &inverse, &mut slopes.now);
                }
                step += 1;
                let rate = RATE * (1.0 - (step - 1) as f32 / steps as f32);
                net.step(&mut slopes, batch.len(), step, rate);
            }
        }
        net
    }

    /// Adds the slopes of one choice.
    fn learn(&self, choices: &Choices, lesson: &Lesson, inverse: &[f32], slopes: &mut [[f32; PART]]) {
        let (bias, out) = (inverse.len(), inverse.len() + 1);
        let sums = |row: usize| {
            let mut sums = self.hidden[bias];
            for (feature, value) in choices.cells(row) {
                let value = value * inverse[feature];
                sums.iter_mut().zip(&self.hidden[feature]).for_each(|(sum, weight)| *sum += value * weight);
            }
            sums
        };
        let hidden: Vec<[f32; PART]> = lesson.clone().map(sums).collect();
        let says = |sums: &[f32; PART]| sums.iter().zip(&self.hidden[out]).map(|(s, o)| s.max(0.0) * o).sum::<f32>();
        let scores = lesson.clone().zip(&hidden).map(|(row, sums)| choices.offset(row) + says(sums));
        let mut shares: Vec<f64> = scores.map(f64::from).collect();
        choices.shares(lesson, &mut shares);
        for ((row, share), sums) in lesson.clone().zip(shares).zip(&hidden) {
            let share = share as f32 * choices.weight;
            if share.abs() < LEAST_SLOPE {
                continue;
            }
            let mut back = [0.0; PART];
            for unit in (0..PART).filter(|unit| sums[*unit] > 0.0) {
                slopes[out][unit] += share * sums[unit];
                back[unit] = share * self.hidden[out][unit];
                slopes[bias][unit] += back[unit];
            }
            for (feature, value) in choices.cells(row) {
                let value = value * inverse[feature];
                slopes[feature].iter_mut().zip(&back).for_each(|(slope, back)| *slope += value * back);
            }
        }
    }

    /// Follows the slopes of a batch.
    fn step(&mut self, slopes: &mut Slopes, batch: usize, step: i32, rate: f32) {
        let warm = (1.0 - MEMORY.0.powi(step), 1.0 - MEMORY.1.powi(step));
        let share = 1.0 / batch as f32;
        let remembered = slopes.mean.as_flattened_mut().iter_mut().zip(slopes.square.as_flattened_mut());
        let weights = self.hidden.as_flattened_mut().iter_mut().zip(slopes.now.as_flattened_mut());
        for ((weight, slope), (mean, square)) in weights.zip(remembered) {
            let now = std::mem::take(slope) * share;
            *mean += (1.0 - MEMORY.0) * (now - *mean);
            *square += (1.0 - MEMORY.1) * (now * now - *square);
            *weight -= rate * (*mean / warm.0 / ((*square / warm.1).sqrt() + 1e-8) + DECAY * *weight);
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// From 0 to below 1.
    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for at in (1..order.len()).rev() {
            order.swap(at, (self.next() % (at as u64 + 1)) as usize);
        }
    }
}

fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Choices between two candidates: right is the one that has both features or neither, which no weights can tell.
    fn choices() -> Choices {
        let mut choices = Choices::new(1.0);
        for at in 0..600 {
            let (first, swap) = (f32::from(u8::from(at % 2 == 0)), at % 3 == 0);
            for same in [swap, !swap] {
                let second = if same { first } else { 1.0 - first };
                choices.push_row([first, second].into_iter(), same);
            }
            choices.close();
        }
        choices
    }

    #[test]
    fn what_only_shows_together_is_learned_and_the_fit_repeats_exactly() {
        let choices = choices();
        let net = fit(&[&choices], 2, 20, 1);
        let score = |row| net.score(choices.cells(row));
        let right = choices.lessons().filter(|rows| {
            let best = rows.clone().max_by(|a, b| score(*a).total_cmp(&score(*b)));
            best.is_some_and(|best| choices.is_right(best))
        });
        assert!(right.count() > 590);
        assert_eq!(fit(&[&choices], 2, 20, 1), net);
    }
}
