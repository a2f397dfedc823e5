import type { ModelRef } from '@kindred/contracts';

/** "name", which is its newest version, or "name@version". Throws a TypeError for anything else. */
export function parseModelName(text: string): ModelRef {
  const at = text.indexOf('@');
  const [name, version] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  if (/^[^\s@]+$/.test(name) && (at === -1 || /^[^\s@]+$/.test(version))) return { name, version };
  throw new TypeError(`the model is "${text}"; write name or name@version`);
}

/** The way back; "" where no model is meant. */
export const modelName = (ref: ModelRef | undefined): string =>
  ref === undefined || ref.version === '' ? (ref?.name ?? '') : `${ref.name}@${ref.version}`;
