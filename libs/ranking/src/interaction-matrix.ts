/** Parallel arrays: user `users[i]` chose item `items[i]`; oldest first. Numbers are dense indexes from 0. */
export interface InteractionPairs {
  users: Uint32Array;
  items: Uint32Array;
  userCount: number;
  itemCount: number;
}

/** Rows of a sparse 0/1 matrix: row r holds columns[offsets[r]] to columns[offsets[r + 1] - 1]. */
export interface SparseRows {
  offsets: Uint32Array;
  columns: Uint32Array;
}

/** Each user's distinct items, newest first, at most `mostPerUser` of them. Throws RangeError for an index out of range. */
export function itemsByUser(pairs: InteractionPairs, mostPerUser: number): SparseRows {
  checkPairs(pairs);
  const all = grouped(pairs.users, pairs.items, pairs.userCount);
  const lastUser = new Uint32Array(pairs.itemCount);
  const offsets = new Uint32Array(pairs.userCount + 1);
  const columns = new Uint32Array(pairs.items.length);
  let end = 0;
  for (let user = 0; user < pairs.userCount; user++) {
    const start = end;
    for (let at = all.offsets[user + 1]! - 1; at >= all.offsets[user]! && end - start < mostPerUser; at--) {
      const item = all.columns[at]!;
      if (lastUser[item] === user + 1) continue;
      lastUser[item] = user + 1;
      columns[end++] = item;
    }
    offsets[user + 1] = end;
  }
  return { offsets, columns: columns.slice(0, end) };
}

export function transposed({ offsets, columns }: SparseRows, columnCount: number): SparseRows {
  const rows = new Uint32Array(columns.length);
  for (let row = 0; row + 1 < offsets.length; row++) rows.fill(row, offsets[row]!, offsets[row + 1]!);
  return grouped(columns, rows, columnCount);
}

/** Values by key in their order of appearance: a counting sort. */
function grouped(keys: Uint32Array, values: Uint32Array, keyCount: number): SparseRows {
  const offsets = new Uint32Array(keyCount + 1);
  for (let at = 0; at < keys.length; at++) offsets[keys[at]! + 1]!++;
  for (let key = 0; key < keyCount; key++) offsets[key + 1] = offsets[key + 1]! + offsets[key]!;
  const next = offsets.slice(0, keyCount);
  const columns = new Uint32Array(keys.length);
  for (let at = 0; at < keys.length; at++) columns[next[keys[at]!]!++] = values[at]!;
  return { offsets, columns };
}

function checkPairs({ users, items, userCount, itemCount }: InteractionPairs): void {
  if (users.length !== items.length) throw new RangeError('users and items must have the same length');
  for (let at = 0; at < users.length; at++) {
    if (users[at]! >= userCount || items[at]! >= itemCount) throw new RangeError(`Pair ${at} is out of range`);
  }
}
