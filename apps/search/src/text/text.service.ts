import {
  KindredError,
  limits,
  type RunAnalyzerRequest,
  type RunAnalyzerResponse,
  type SuggestRequest,
  type SuggestResponse,
} from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import {
  type CollectionDirectory,
  compile,
  compileSettings,
  completeText,
  queryMorphology,
  runAnalyzer,
  type Vocabularies,
} from '@kindred/vector-index';

const defaultSuggestions = 8;
const mostSuggestions = 20;
/** Nobody types more than this and waits for suggestions. */
const longestTyped = 256;

/** Answers Suggest and RunAnalyzer. */
export class TextService {
  constructor(
    private readonly collections: CollectionDirectory,
    private readonly vocabularies: Vocabularies,
  ) {}

  /** Nothing for a text that is empty, or longer than what titles begin with. */
  async suggest(request: SuggestRequest, { tenant }: Caller): Promise<SuggestResponse> {
    const { text, limit = defaultSuggestions } = request;
    if (limit < 1 || limit > mostSuggestions) {
      const message = `limit is ${limit}; it must be from 1 to ${mostSuggestions}`;
      throw new KindredError('LIMIT_OUT_OF_RANGE', 'limit', message);
    }
    checkText(text);
    const collection = await this.collections.get(tenant, request.collection);
    if (text.length > longestTyped) return { suggestions: [] };
    const vocabulary = await this.vocabularies.of(collection);
    return { suggestions: vocabulary ? completeText(text, vocabulary, limit) : [] };
  }

  async runAnalyzer({ collection: name, text }: RunAnalyzerRequest, { tenant }: Caller): Promise<RunAnalyzerResponse> {
    checkText(text);
    if (name === '') return runAnalyzer(text, compile({}));
    const collection = await this.collections.get(tenant, name);
    const read = await queryMorphology(collection);
    return runAnalyzer(text, compileSettings(collection, read.morphology), read);
  }
}

function checkText(text: string): void {
  if (Buffer.byteLength(text) > limits.queryText) {
    const message = `text is longer than ${limits.queryText} bytes of UTF-8; shorten it`;
    throw new KindredError('FIELD_TOO_LARGE', 'text', message);
  }
}
