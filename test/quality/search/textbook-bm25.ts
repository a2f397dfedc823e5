import { analyze } from '@kindred/vector-index';

const k1 = 1.2;
const b = 0.75;

interface Posting {
  document: number;
  frequency: number;
}

/**
 * BM25 as the textbooks have it, over the tokens that the product searches by: Robertson and Zaragoza, "The Probabilistic
 * Relevance Framework: BM25 and Beyond" (2009), k1 = 1.2, b = .75, exact document lengths; idf = ln(1 + (N - n + .5) / (n + .5)),
 * as Lucene's BM25Similarity has it. Each distinct term of a query counts once.
 */
export class TextbookBm25 {
  private readonly postings = new Map<string, Posting[]>();
  private readonly lengths: number[] = [];
  private readonly average: number;

  constructor(
    private readonly ids: readonly string[],
    texts: readonly string[],
  ) {
    for (const [document, text] of texts.entries()) {
      const terms = analyze(text);
      this.lengths.push(terms.length);
      const counts = new Map<string, number>();
      for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
      for (const [term, frequency] of counts) {
        const list = this.postings.get(term) ?? [];
        if (list.push({ document, frequency }) === 1) this.postings.set(term, list);
      }
    }
    this.average = this.lengths.reduce((sum, length) => sum + length, 0) / this.lengths.length;
  }

  /** Ids of the best documents that have a term of the query, by descending score, then by id. */
  ranking(query: string, limit: number): string[] {
    return this.scored(query, limit).map(([document]) => this.ids[document]!);
  }

  /** The same as places and scores. */
  scored(query: string, limit: number): [number, number][] {
    const scores = new Map<number, number>();
    for (const term of new Set(analyze(query))) {
      const postings = this.postings.get(term) ?? [];
      const idf = Math.log(1 + (this.lengths.length - postings.length + 0.5) / (postings.length + 0.5));
      for (const { document, frequency } of postings) {
        const norm = k1 * (1 - b + (b * this.lengths[document]!) / this.average);
        scores.set(document, (scores.get(document) ?? 0) + (idf * frequency * (k1 + 1)) / (frequency + norm));
      }
    }
    const best = [...scores].sort(([left, one], [right, other]) => other - one || this.byId(left, right));
    return best.slice(0, limit);
  }

  private byId(left: number, right: number): number {
    return this.ids[left]! < this.ids[right]! ? -1 : 1;
  }
}
