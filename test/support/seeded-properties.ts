import fc from 'fast-check';

/** The same cases in every run: a failure is the change's, never the day's. FAST_CHECK_SEED looks elsewhere. */
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_124) });
