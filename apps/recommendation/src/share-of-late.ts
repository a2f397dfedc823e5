/** So much the newest one counts. */
const newestCounts = 0.1;

/** A share that follows what comes in, the newest counting most: an exponential mean. */
export const shareOfLate = (before: number, newest: number): number => before + newestCounts * (newest - before);
