import { Experiment, GetExperimentStatusResponse } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { statusText, stoppedText } from '../experiments/experiments-text.ts';
import { programRuns } from './run-program.fake.spec.ts';

const { server, state, run } = programRuns();
const asked = () => server.calls.at(-1)!;
const printed = () => state.terminal.printed.join('\n');
const begin = ['experiments', 'create', '홈 실험', '-c', '상품', '--scenario', 'home', '--arm', '지금=home'];

describe('kindred experiments', () => {
  it('creates one of arms with weights, guardrails and a holdout', async () => {
    const more = ['--arm', 'bold=home-bold:0.5', '--metric', 'revenue', '--guardrail', 'click=0.05'];
    expect(await run(...begin, ...more, '--holdout', '0.1=popular', '--days', '3')).toMatchObject({ code: 0 });
    expect(asked().request.experiment).toMatchObject({
      name: '홈 실험',
      collection: '상품',
      arms: [
        { name: '지금', scenario: 'home' },
        { name: 'bold', scenario: 'home-bold', weight: 0.5 },
      ],
      kind: 'split',
      metric: 'revenue',
      guardrails: [{ metric: 'click', mostRelativeDrop: 0.05 }],
      holdout: { share: 0.1, scenario: 'popular' },
      conversionDays: 3,
    });
    expect(printed()).toContain('홈 실험 runs on home of 상품: 2 arms, 지금 is the control');
  });

  it.each([
    [['--arm', 'bold'], 'name=scenario'],
    [['--arm', 'bold=home:much'], 'is no number'],
    [['--guardrail', 'click'], 'metric=drop'],
    [['--holdout', 'a tenth'], 'is no number'],
    [['--kind', 'bandit'], 'Allowed choices'],
    [['--alpha', '0.9'], '0.5'],
  ])('refuses %j', async (wrong, problem) => {
    expect(await run(...begin, ...wrong)).toMatchObject({ code: 2, line: expect.stringContaining(problem) });
  });

  it('prints counts and differences in aligned columns, with what to make of them', async () => {
    await run('experiments', 'status', '홈 실험', '-c', '상품');
    const lines = printed().split('\n');
    expect(lines[0]).toBe('홈 실험 on home: split, decided by click, runs since 2026-11-29 09:00:00');
    expect(lines[1]).toMatch(/^arm +answered by +people +answers +clicks +purchases +revenue$/);
    expect(lines[3]).toMatch(/^bold +home-bold +12,345 +40,000 +4,000 +40 +1,234.5$/);
    expect(lines[5]).toMatch(/^per answer +arm +value +to control +interval +p +verdict +people for 5 %$/);
    expect(lines[6]).toMatch(/^click +지금 +10.00 % +control$/);
    expect(lines[7]).toMatch(/^click +bold +11.00 % +\+10.0 % +\+4.0 % to \+16.0 % +0.0004 +win +17,778$/);
    expect(lines[9]).toMatch(/^conversion +bold +2.00 % +\+100.0 % +-0.5 to 2.5 points +no difference yet$/);
    expect(printed()).toContain('bold: wins (click, beside 지금)\n2 robots were left out');
    expect(lines.at(-1)).toBe('Intervals hold at every look, at 95 %.');
    await run('experiments', 'status', '홈 실험', '-c', '상품', '--json');
    expect(JSON.parse(state.terminal.printed.at(-1)!)).toMatchObject({
      arms: [{}, { metrics: [{ difference: { verdict: 'win', relative_low: 0.04 } }, { metric: 'conversion' }] }],
    });
  });

  it('tells of an arm without any by how much it differs, not by a share that is certain', () => {
    const difference = { difference: -0.1, low: -0.14, high: -0.06, relative: -1, relativeLow: -1, relativeHigh: -1 };
    const arms = [
      { arm: 'now', answers: 500n, metrics: [{ metric: 'click', value: 0.1 }] },
      { arm: 'bold', answers: 500n, metrics: [{ metric: 'click', value: 0, difference }] },
    ];
    const text = statusText(GetExperimentStatusResponse.fromPartial({ arms, alphaEach: 0.05 }));
    expect(text).toContain('-14.0 to -6.0 points');
    expect(text).not.toContain('to -100.0 %');
  });

  it('tells no share of arms that nobody was answered by, nor of pages on which nobody preferred one', () => {
    const metrics = [{ metric: 'click', value: 0 }];
    const textOf = (kind: string, answers: bigint[], value = 0) =>
      statusText(
        GetExperimentStatusResponse.fromPartial({
          experiment: { kind },
          arms: answers.map((count, at) => ({
            arm: `arm${at}`,
            answers: count,
            metrics: [{ ...metrics[0], value: at === 0 ? value : 0 }],
          })),
        }),
      );
    expect(textOf('split', [0n, 0n])).not.toContain('0.00 %');
    expect(textOf('split', [3n, 0n]).match(/0\.00 %/g)).toHaveLength(1);
    expect(textOf('interleave', [3n, 3n])).not.toContain('0.00 %');
    expect(textOf('interleave', [3n, 3n], 1)).toMatch(/arm0 +100\.00 %.*arm1 +0\.00 %/s);
  });

  it('lists, and stops with a reason', async () => {
    await run('experiments', 'list');
    expect(printed()).toMatch(/홈 실험 +상품 +home +split +지금=home, bold=home-bold +running/);
    await run('experiments', 'stop', '홈 실험', '-c', '상품', '--reason', '충분함');
    expect(asked().request).toMatchObject({ name: '홈 실험', reason: '충분함' });
    expect(printed()).toContain('ran 2026-11-29 09:00:00 to 2026-11-30 09:00:00 (충분함)');
    expect(printed()).not.toContain('already');
    const stopped = Experiment.fromPartial({ name: 'x', state: 'stopped', reason: 'the first one' });
    expect(stoppedText(stopped, 'another')).toMatch(
      /\(the first one\)\nit had stopped already: the reason is not changed$/,
    );
    expect(stoppedText(stopped)).not.toContain('already');
  });
});
