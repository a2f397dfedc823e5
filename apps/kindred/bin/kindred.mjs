#!/usr/bin/env node
// Starts the built command line under the workspace's Node 24 where the machine's own Node is older.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const main = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'index.js');
const major = Number(process.versions.node.split('.')[0]);
const newerNode = major < 24 ? findNewerNode() : undefined;

if (!existsSync(main)) {
  console.error(
    'error: kindred is not built yet. Run `npm run build` in the repository (`npm start` does it for you).',
  );
  process.exit(1);
} else if (newerNode !== undefined) {
  runUnder(newerNode);
} else {
  hideKafkaTimerWarning();
  stopWithParent();
  const kindred = await import(pathToFileURL(main).href);
  await kindred.main(process.argv);
}

function findNewerNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
    const node = join(dirname(manifest), 'bin', 'node');
    return existsSync(node) ? node : undefined;
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function runUnder(node) {
  // The channel carries no messages: its end tells the child that this process was killed -9.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio });
  // On a terminal Ctrl-C reaches the whole process group, so the child has it already.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`error: cannot start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.exit(128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0));
  });
}

function stopWithParent() {
  if (process.channel === undefined) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}

// kafkajs 2.2.4 asks for a timer in the past now and then; Node 24 warns about each.
function hideKafkaTimerWarning() {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'string' ? rest[0] : rest[0]?.type;
    if (type !== 'TimeoutNegativeWarning') emitWarning(warning, ...rest);
  };
}
