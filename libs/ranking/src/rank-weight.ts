/** How the say of an item falls by its place, the newest having place 0. */
export interface RankDecay {
  /** In places, above 0: what can fall of the weight is halved so many places later. Infinity: nothing falls. */
  halfLife: number;
  /** Share of the weight that never falls, 0-1. Absent: 0. */
  lasting?: number;
}

export function rankWeight(rank: number, { halfLife, lasting = 0 }: RankDecay): number {
  if (!(halfLife > 0)) throw new RangeError('halfLife must be above 0');
  return lasting + (1 - lasting) * 2 ** (-rank / halfLife);
}
