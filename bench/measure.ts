/** The middle of the sorted samples. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export type Probe = { key: string; sample(): Promise<number> }

/**
 * Takes so many samples of each probe, in turns, so that what the machine does beside falls on all of them alike; the first turns only warm up.
 * Answers the medians.
 */
export async function measure(
  probes: readonly Probe[],
  turns: number,
  warmUp = Math.min(turns, 3),
): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>(probes.map(({ key }) => [key, []]))
  for (let turn = -warmUp; turn < turns; turn += 1) {
    for (const { key, sample } of probes) {
      const took = await sample()
      if (turn >= 0) samples.get(key)?.push(took)
    }
  }
  return new Map([...samples].map(([key, taken]) => [key, median(taken)]))
}

export type Judged = { ratios: Record<string, number>; limits: Record<string, number>; over: string[]; pass: boolean }

/** A ratio that is no number is over its limit: what was not measured has not passed. */
export function judge(ratios: Record<string, number>, limits: Record<string, number>): Judged {
  const held = Object.fromEntries(Object.entries(limits).filter(([name]) => name in ratios))
  const over = Object.keys(held).filter((name) => !(ratios[name]! <= held[name]!))
  return { ratios, limits: held, over, pass: over.length === 0 && Object.keys(held).length > 0 }
}
