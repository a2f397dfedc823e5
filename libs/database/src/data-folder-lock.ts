import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface Holder {
  pid: number;
  host: string;
  /** When the process started, in the kernel's ticks: tells a new process with an old number. "" where unknown. */
  started: string;
}

/** Folders that this process holds: its own pid in a lock says nothing about them. */
const held = new Set<string>();
const beat = 5000;
/** Another machine or container that has not touched its lock for so long is gone. */
const longestSilence = 20_000;

/**
 * Takes the data folder for this process, or throws an error that names the process that has it. A lock left
 * by a dead process is taken over. Returns what gives it back.
 */
export function lockDataFolder(folder: string): () => void {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(fs.realpathSync(folder), 'kindred.lock');
  if (held.has(file)) throw inUse(folder, process.pid);
  const mine = JSON.stringify({
    pid: process.pid,
    host: os.hostname(),
    started: startOf(process.pid),
  } satisfies Holder);
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, mine);
  try {
    place(draft, file, folder);
  } finally {
    fs.rmSync(draft, { force: true });
  }
  held.add(file);
  const timer = setInterval(() => touch(file), beat).unref();
  return () => {
    clearInterval(timer);
    held.delete(file);
    if (read(file) === mine) fs.rmSync(file, { force: true });
  };
}

/** A hard link appears whole and only where nothing is: two processes cannot both succeed. */
function place(draft: string, file: string, folder: string): void {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (linked(draft, file)) return;
    removeIfStale(file, folder);
  }
  throw inUse(folder);
}

function linked(draft: string, file: string): boolean {
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moved away before it is deleted: if a third process was faster, what was moved is its lock, and goes back. */
function removeIfStale(file: string, folder: string): void {
  const text = read(file);
  if (text === undefined) return;
  const holder = parse(text);
  if (holder && isAlive(holder, file)) throw inUse(folder, holder.pid, holder.host);
  const aside = `${file}.stale.${process.pid}`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = read(aside);
  if (moved !== text) linked(aside, file);
  fs.rmSync(aside, { force: true });
}

function isAlive(holder: Holder, file: string): boolean {
  if (holder.host !== os.hostname()) return Date.now() - fs.statSync(file).mtimeMs < longestSilence;
  if (holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(holder.pid) === holder.started;
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may hold spaces and parentheses. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for a lock that a crash of the machine left empty or half written. */
function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function touch(file: string): void {
  const now = new Date();
  fs.utimes(file, now, now, () => {}); // only tells other machines that this one lives
}

function inUse(folder: string, pid?: number, host?: string): Error {
  const who =
    pid === undefined ? 'another process' : `process ${pid}${host && host !== os.hostname() ? ` on ${host}` : ''}`;
  const wayOut = 'stop it, talk to it over gRPC, or choose another folder by KINDRED_DATA';
  return new Error(`The data folder ${folder} is in use by ${who}: ${wayOut}`);
}
