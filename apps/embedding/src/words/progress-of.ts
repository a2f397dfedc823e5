/** At most this long without a value, so that callers see that the work goes on. */
const heartbeatMs = 2_000;

/**
 * Runs `work` and yields what it reports, the newest where several came, and the last one again every two seconds;
 * returns its result. Leaving the generator early aborts the work.
 */
export async function* progressOf<Report, Result>(
  initial: Report,
  signal: AbortSignal,
  work: (report: (value: Report) => void, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Report, Result> {
  const left = new AbortController();
  let newest = initial;
  let due = true;
  let wake = () => {};
  const report = (value: Report) => {
    newest = value;
    due = true;
    wake();
  };
  const timer = setInterval(() => report(newest), heartbeatMs);
  let ended = false;
  const working = work(report, AbortSignal.any([signal, left.signal]));
  const end = () => {
    ended = true;
    wake();
  };
  working.then(end, end);
  try {
    while (!ended) {
      if (due) {
        due = false;
        yield newest;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return await working;
  } finally {
    clearInterval(timer);
    left.abort();
  }
}
