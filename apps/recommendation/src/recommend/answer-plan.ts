import { FusionMethod, limits, type Plan, type PlanLeg, type PlanStep } from '@kindred/contracts';

/** What ran, told by those who ran it. */
export class AnswerPlan {
  private readonly legs: PlanLeg[] = [];
  private readonly notes: string[] = [];
  private readonly steps: PlanStep[] = [];
  private readonly start = performance.now();
  private last = this.start;
  private complete = true;
  private content: { weight: number; model: string } | undefined;

  /** What was done since the step before. */
  step(name: string): number {
    const now = performance.now();
    const tookMs = now - this.last;
    this.steps.push({ name, tookMs });
    this.last = now;
    return tookMs;
  }

  leg(name: string, method: string, rows: number, tookMs: number, settings: Record<string, string>): void {
    // What a source looked at beside what it gave, nobody counts.
    const counted = { rows: BigInt(rows), examined: 0n };
    this.legs.push({ name, method, ...counted, complete: true, tookMs, settings, reason: '' });
  }

  contentRan(weight: number, model: string): void {
    this.content = { weight, model };
  }

  note(note: string, { complete = true } = {}): void {
    this.notes.push(note);
    this.complete &&= complete;
  }

  /** Before what was noted on the way. */
  noteFirst(notes: readonly string[]): void {
    this.notes.unshift(...notes);
  }

  pagingEnds(): void {
    this.note(`Paging ends at ${limits.pageDepth} hits: narrow the request with a filter`);
  }

  result(collectionItems: bigint): Plan {
    return {
      legs: this.legs,
      complete: this.complete,
      fusion: FusionMethod.FUSION_METHOD_NORMALIZED,
      denseWeight: this.content?.weight ?? 0,
      model: this.content?.model ?? '',
      notes: this.notes,
      tookMs: performance.now() - this.start,
      collectionItems,
      steps: this.steps,
    };
  }
}
