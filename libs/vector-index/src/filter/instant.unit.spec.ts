import { afterEach, describe, expect, it } from 'vitest';
import { instant } from './instant.ts';

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe('an instant', () => {
  it.each(['UTC', 'Asia/Seoul'])('is read in UTC unless its text says otherwise, also where clocks show %s', (tz) => {
    process.env.TZ = tz;
    const noon = Date.UTC(2026, 0, 31, 12);
    expect(instant('2026-01-31T12:00:00Z')).toBe(noon);
    expect(instant('2026-01-31T12:00:00')).toBe(noon);
    expect(instant('2026-01-31 12:00')).toBe(noon);
    expect(instant('2026-01-31T21:00:00+09:00')).toBe(noon);
    expect(instant('2026-01-31t21:00:00.000+0900')).toBe(noon);
    expect(instant('2026-01-31')).toBe(Date.UTC(2026, 0, 31));
  });

  it.each(['', 'tomorrow', '2026', '2026-13-01', '2026-01-31T25:00:00Z', '2026-01-31T12:00:00+9', '31.1.2026', '어제'])(
    'is none: %s',
    (text) => expect(instant(text)).toBeNaN(),
  );
});
