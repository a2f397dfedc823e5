import { KindredError } from '@kindred/contracts';

/** What makes two vectors comparable: any difference here means another vector table. */
export interface ModelIdentity {
  name: string;
  version: string;
  provider: string;
  dimensions: number;
  /** Numeric type the model computes in. */
  dtype: string;
  /** SHA-256 over the model's files and parameters, hex. */
  artifactHash: string;
}

export type EmbedPurpose = 'document' | 'query';

/** Bytes are those of an encoded file: a JPEG, a WAV. */
export type EmbedInput =
  | { kind: 'text'; text: string }
  | { kind: 'image'; bytes: Uint8Array }
  | { kind: 'sound'; bytes: Uint8Array };

export type InputKind = EmbedInput['kind'];

/** Text, image or sound to vector. One port for every provider. */
export interface EmbeddingModel {
  readonly identity: ModelIdentity;
  readonly takes: readonly InputKind[];
  /**
   * One L2-normalised vector per input, in order; all zeros only for a text without any token. Whole or not at all: a
   * KindredError with the field "inputs[n]" names an input that can never be embedded, any other error may pass.
   */
  embed(inputs: readonly EmbedInput[], purpose: EmbedPurpose, signal?: AbortSignal): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** One vector per text, of a model that takes text. */
export function embedTexts(
  model: EmbeddingModel,
  texts: readonly string[],
  purpose: EmbedPurpose,
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  return model.embed(
    texts.map((text) => ({ kind: 'text', text })),
    purpose,
    signal,
  );
}

/** Refuses the first input of a kind that the model does not take. */
export function checkInputs({ identity, takes }: EmbeddingModel, inputs: readonly EmbedInput[]): void {
  const at = inputs.findIndex(({ kind }) => !takes.includes(kind));
  if (at === -1) return;
  const message = `inputs[${at}] is ${inputs[at]!.kind}, and the model "${identity.name}" takes ${takes.join(' and ')}; choose another model`;
  throw new KindredError('INPUT_KIND_NOT_TAKEN', `inputs[${at}]`, message);
}

/** The texts of a model that takes nothing else. */
export function textsOf(model: EmbeddingModel, inputs: readonly EmbedInput[]): string[] {
  checkInputs(model, inputs);
  return inputs.map((input) => (input.kind === 'text' ? input.text : ''));
}
