import { type Model, type ModelRef, ModelRole, ModelState } from '@kindred/contracts';
import type { ModelRole as Role, ModelState as State } from '@kindred/vector-index';
import type { KnownModel } from './model-registry.ts';

const states: Record<State, ModelState> = {
  registered: ModelState.MODEL_STATE_REGISTERED,
  candidate: ModelState.MODEL_STATE_CANDIDATE,
  active: ModelState.MODEL_STATE_ACTIVE,
  retired: ModelState.MODEL_STATE_RETIRED,
};

export const wireRoles: Record<Role, ModelRole> = {
  active: ModelRole.MODEL_ROLE_ACTIVE,
  next: ModelRole.MODEL_ROLE_NEXT,
  previous: ModelRole.MODEL_ROLE_PREVIOUS,
};

/** A registered model in wire form. */
export function modelOf(known: KnownModel): Model {
  const { identity, state, parameters, normalization, takes, dataset, metrics, registeredAt, collections } = known;
  const facts = { parameters, normalization, dataset, metrics, registeredAt, collections };
  return { ...identity, ...facts, takes: [...takes], state: states[state] };
}

export const refOf = ({ name, version }: { name: string; version: string }): ModelRef => ({ name, version });
