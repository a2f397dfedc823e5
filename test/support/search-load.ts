import { KindredClient } from '@kindred/client';
import { type QueryResponse, SearchMode } from '@kindred/contracts';

export interface LoadReport {
  queries: number;
  /** What went wrong, in words. */
  failures: string[];
  /** Answers with a vector that is not of the model the plan names. */
  mixed: number;
  models: ReadonlySet<string>;
}

/** Searches by meaning without pause, and looks at each answer's vectors. */
export class SearchLoad {
  readonly ids: string[];
  /** The model of the latest answer. */
  latest = '';
  private readonly client: KindredClient;
  private readonly dimensions = new Map<string, number>();
  private readonly report = { queries: 0, failures: [] as string[], mixed: 0, models: new Set<string>() };
  private running: Promise<void>[] = [];
  private stopped = false;

  constructor(
    address: string,
    private readonly collection: string,
    private readonly items: readonly { item_id: string; title: string }[],
  ) {
    this.client = new KindredClient({ address, deadlineMs: 20_000 });
    this.ids = items.map((item) => item.item_id);
  }

  start(clients: number): void {
    this.running = Array.from({ length: clients }, (_, client) => this.ask(client));
  }

  async stop(): Promise<LoadReport> {
    this.stopped = true;
    await Promise.all(this.running.splice(0));
    this.client.close();
    return this.report;
  }

  private async ask(client: number): Promise<void> {
    for (let at = client; !this.stopped; at += 7) {
      const { title } = this.items[at % this.items.length]!;
      const value = title.split(/\s+/).slice(0, 3).join(' ') || 'product';
      try {
        this.look(
          await this.client.search.query({
            collection: this.collection,
            by: { $case: 'text', value },
            mode: SearchMode.SEARCH_MODE_DENSE,
            with: { payload: false, vectors: true, explain: false },
            limit: 5,
          }),
        );
      } catch (error) {
        this.report.failures.push((error as Error).message);
      }
      this.report.queries += 1;
    }
  }

  /** Models differ in dimensions: one length per model, and one model per answer. */
  private look({ hits, plan }: QueryResponse): void {
    const model = plan?.model ?? '';
    if (hits.length === 0) return void this.report.failures.push('an answer without hits');
    const lengths = new Set(hits.map((hit) => hit.vector.length));
    const known = this.dimensions.get(model) ?? hits[0]!.vector.length;
    this.dimensions.set(model, known);
    if (lengths.size !== 1 || !lengths.has(known)) this.report.mixed += 1;
    this.report.models.add(model);
    this.latest = model;
  }
}
