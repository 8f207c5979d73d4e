/** The fewest and the most of `trials` that succeed with probability `chance`, but for `risk` in all. */
export function binomialBounds(
  trials: number,
  chance: number,
  risk: number,
): { readonly fewest: number; readonly most: number } {
  const probabilities: number[] = [];
  // In logarithms: the first of them is too small for a number.
  let logarithm = trials * Math.log1p(-chance);
  for (let successes = 0; successes <= trials; successes += 1) {
    probabilities.push(Math.exp(logarithm));
    logarithm += Math.log((trials - successes) / (successes + 1)) + Math.log(chance / (1 - chance));
  }
  return {
    fewest: outside(probabilities, risk / 2),
    most: trials - outside(probabilities.toReversed(), risk / 2),
  };
}

/** How many of the first outcomes have at most `tail` of the probability together. */
function outside(probabilities: readonly number[], tail: number): number {
  let sum = 0;
  const within = probabilities.findIndex((probability) => {
    sum += probability;
    return sum > tail;
  });
  return Math.max(within, 0);
}
