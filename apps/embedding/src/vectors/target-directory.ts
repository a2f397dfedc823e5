import type { Database } from '@kindred/database';
import type { ModelPool } from '@kindred/embedder';
import { type CollectionRow, ensureModel, type InputKind, readModel, readRoles } from '@kindred/vector-index';
import { addModel, lockRoles } from './collection-models.store.ts';
import type { Target } from './target.ts';

/** Which models a collection's vectors are to be of. */
export class TargetDirectory {
  constructor(
    private readonly database: Database,
    private readonly models: ModelPool,
  ) {}

  /** Never cached: a role that began a moment ago counts. A collection that has none yet gets those it declares. */
  async of(collection: CollectionRow): Promise<Target[]> {
    const roles = await this.read(collection);
    const declared = declaredKinds(collection);
    if (declared.every(({ kind }) => roles.some((one) => one.kind === kind))) return roles;
    await this.adopt(collection);
    return this.read(collection);
  }

  /** Puts the models that the collection declares to work; text without a declared one goes to the standard model. */
  async adopt(collection: CollectionRow): Promise<void> {
    const { tenant, collectionId } = collection;
    const standard = await ensureModel(this.database, tenant, this.models.standard.identity);
    await this.database.transaction({ tenant }, async (sql) => {
      if (!(await lockRoles(sql, collectionId, 'update'))) return;
      for (const { kind, name } of declaredKinds(collection)) {
        const model = name === '' ? standard : await readModel(sql, name, '');
        if (model) await addModel(sql, collectionId, { kind, role: 'active', model });
      }
    });
  }

  private async read(collection: CollectionRow): Promise<Target[]> {
    const { tenant, collectionId } = collection;
    const roles = await this.database.transaction({ tenant, readOnly: true }, (sql) => readRoles(sql, collectionId));
    return roles.map((role) => ({ ...role, collection }));
  }
}

/** Text always has a model; pictures and sounds where one is named. */
function declaredKinds({ model, imageModel, soundModel }: CollectionRow): { kind: InputKind; name: string }[] {
  const media: { kind: InputKind; name: string }[] = [
    { kind: 'image', name: imageModel },
    { kind: 'sound', name: soundModel },
  ];
  return [{ kind: 'text', name: model }, ...media.filter(({ name }) => name !== '')];
}
