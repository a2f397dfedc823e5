/** A part of a word that carries its meaning: a noun, the stem of a verb or an adjective, an adverb. */
export interface Morpheme {
  text: string;
  /** In code units of the run; the end is not included. A stem that melted with its ending has the place of what it became. */
  start: number;
  end: number;
}

/** Takes runs of Hangul apart. The same run has the same morphemes wherever it stands: those of a query are those of the items. */
export interface Morphology {
  /** Analyzer and version: terms of two that differ must not be mixed. */
  identity: string;
  /** By their start. */
  morphemesOf(run: string): readonly Morpheme[];
}
