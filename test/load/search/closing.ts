type Step<Result> = () => Promise<Result> | Result;

/**
 * Runs the work and then closes what it used, all of it, whatever fails. Throws what failed first: a database dropped under
 * an open client would end the process with that client's error instead.
 */
export async function closing<Result>(work: Step<Result>, ...closers: Step<unknown>[]): Promise<Result> {
  const errors: unknown[] = [];
  const [result] = await noting([work], errors);
  await noting(closers, errors);
  if (errors.length === 0) return result as Result;
  for (const later of errors.slice(1)) console.error('and then:', later);
  throw errors[0];
}

async function noting<Result>(steps: readonly Step<Result>[], errors: unknown[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const step of steps) {
    try {
      results.push(await step());
    } catch (error) {
      errors.push(error);
    }
  }
  return results;
}
