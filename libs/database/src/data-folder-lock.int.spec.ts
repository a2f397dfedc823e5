import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder } from './data-folder-lock.ts';

/** Elsewhere a process is told by its number alone. */
const hasProc = existsSync('/proc/self/stat');

describe('lockDataFolder', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'kindred-lock-'));
    file = path.join(folder, 'kindred.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const leave = (holder: object | string) =>
    writeFileSync(file, typeof holder === 'string' ? holder : JSON.stringify(holder));
  const expectTakenOver = () => {
    const unlock = lockDataFolder(folder);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, host: os.hostname() });
    unlock();
    expect(readdirSync(folder)).toEqual([]);
  };

  it('keeps this process from opening a folder twice, and gives it back', () => {
    const unlock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(`in use by process ${process.pid}`);
    expect(() => lockDataFolder(`${folder}/.`)).toThrow('in use by process');
    unlock();
    expectTakenOver();
  });

  it('makes the folder', () => {
    const unlock = lockDataFolder(path.join(folder, 'a', 'b'));
    expect(existsSync(path.join(folder, 'a', 'b', 'kindred.lock'))).toBe(true);
    unlock();
  });

  it.runIf(hasProc)('names the process that runs on it', () => {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    leave({ pid: process.ppid, host: os.hostname(), started });
    expect(() => lockDataFolder(folder)).toThrow(`in use by process ${process.ppid}: stop it`);
    expect(existsSync(file)).toBe(true);
  });

  it('takes over from a process that is dead', () => {
    leave({ pid: 2 ** 22 + 1, host: os.hostname(), started: '1' });
    expectTakenOver();
  });

  it.runIf(hasProc)('takes over where another process has the number of the dead one, this one included', () => {
    leave({ pid: process.ppid, host: os.hostname(), started: '1' });
    expectTakenOver();
    leave({ pid: process.pid, host: os.hostname(), started: '1' });
    expectTakenOver();
  });

  it('takes over a lock that a crash of the machine left half written', () => {
    leave('{"pid":');
    expectTakenOver();
    leave('');
    expectTakenOver();
  });

  it('believes another machine for 20 s after its last sign of life', () => {
    leave({ pid: 1, host: 'elsewhere', started: '1' });
    expect(() => lockDataFolder(folder)).toThrow('in use by process 1 on elsewhere');
    const past = new Date(Date.now() - 21_000);
    utimesSync(file, past, past);
    expectTakenOver();
  });
});
