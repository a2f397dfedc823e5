import pg from 'pg';
import type { Scope } from './database.ts';
import { maintenanceJobs } from './maintenance.ts';
import type { ScopeStep } from './wire-client.ts';

const settingName = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/;
/** What decides whose rows are seen. No caller's setting may touch these. */
const reserved = new Set(['role', 'session_authorization', 'app.tenant', 'row_security', 'search_path']);

/**
 * Opens the transaction of a scope in one message. Every setting is local, so the end of the transaction takes it back
 * whatever happens.
 */
export function beginSql(scope: Scope): string {
  const local = settingsOf(scope).map(([name, value]) => `set local ${name} = ${pg.escapeLiteral(value)}`);
  return [scope.readOnly ? 'begin read only' : 'begin', ...local].join('; ');
}

/** The same for a transaction that is open already: a statement to be prepared, one for each number of settings. */
export function scopeStep(scope: Scope): ScopeStep {
  const settings = settingsOf(scope);
  const calls = settings.map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`);
  if (scope.readOnly) calls.push("set_config('transaction_read_only', 'on', true)");
  const name = `scope_${scope.readOnly ? 'read' : 'write'}_${settings.length}`;
  return { name, text: `select ${calls.join(', ')}`, values: settings.flat() };
}

/** Who asks comes first. */
function settingsOf(scope: Scope): [name: string, value: string][] {
  const settings = Object.entries(scope.settings ?? {});
  for (const [name, value] of settings) {
    if (!settingName.test(name) || reserved.has(name))
      throw new TypeError(`Not a setting that a scope may change: ${name}`);
    if (value.includes('\0')) throw new TypeError(`The setting ${name} holds a null byte`);
  }
  return [whoOf(scope), ...settings];
}

function whoOf(scope: Scope): [name: string, value: string] {
  if ('maintenance' in scope) {
    if (!Object.hasOwn(maintenanceJobs, scope.maintenance)) {
      throw new TypeError(
        `"${scope.maintenance}" is not a maintenance job: list it, with its reason, in maintenance.ts`,
      );
    }
    return ['role', 'kindred_maintenance'];
  }
  if (typeof scope.tenant !== 'string' || scope.tenant === '' || scope.tenant.includes('\0')) {
    throw new TypeError('A scope needs a tenant or a maintenance job');
  }
  return ['app.tenant', scope.tenant];
}
