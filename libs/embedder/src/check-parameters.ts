import { KindredError } from '@kindred/contracts';
import type { z } from 'zod';
import type { ModelDefinition } from './open-model.ts';

/** The provider's parameters; a MODEL_UNUSABLE names the first that is wrong. */
export function checkParameters<Schema extends z.ZodType>(
  schema: Schema,
  definition: Pick<ModelDefinition, 'name' | 'parameters'>,
): z.output<Schema> {
  const checked = schema.safeParse(definition.parameters);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const unknown = issue!.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = ['parameters', ...issue!.path, ...(unknown === undefined ? [] : [unknown])].join('.');
  const message = `${field} of the model "${definition.name}": ${issue!.message}`;
  throw new KindredError('MODEL_UNUSABLE', field, message);
}
