// The thread that PGlite runs in. It imports no source file, so that it starts the same way from src/ and from dist/.
import fs from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_textsearch } from '@electric-sql/pglite-pg_textsearch';
import { vector } from '@electric-sql/pglite-pgvector';

/** What the main thread sends: bytes of the wire protocol, or one of these. */
type Command = { dump: string } | { close: true };
type Reply =
  | { bytes: Uint8Array }
  | { ready: true }
  | { dumped: true; error?: string }
  | { closed: true }
  | { failed: string };

const port = parentPort as MessagePort;
/** Rows leave while the statement still runs, in pieces of this size: large answers are parsed meanwhile. */
const pieceBytes = 64 * 1024;
const { dataFolder, snapshot, settings } = workerData as { dataFolder?: string; snapshot?: string; settings: string[] };

const database = await PGlite.create({
  dataDir: dataFolder,
  loadDataDir: snapshot === undefined ? undefined : new Blob([fs.readFileSync(snapshot)]),
  extensions: { vector, pg_textsearch },
  startParams: [...PGlite.defaultStartParams, ...settings],
});

function reply(message: Reply, moved: ArrayBuffer[] = []): void {
  port.postMessage(message, moved);
}

/** How PGlite leaves a failed statement; its POSTGRES_MAIN_LONGJMP. */
const statementFailed = 100;

/**
 * PGlite swallows every exception of its engine and goes on: after a trap (memory used up, say) it would spin for ever.
 * Anything but a failed statement ends this thread.
 */
function endOnTrap(): void {
  const engine = database.Module as unknown as { _PostgresMainLoopOnce(): void };
  const runOnce = engine._PostgresMainLoopOnce;
  engine._PostgresMainLoopOnce = () => {
    try {
      runOnce();
    } catch (error) {
      if ((error as { status?: number }).status !== statementFailed) fail(error);
      throw error;
    }
  };
}

function fail(error: unknown): never {
  reply({ failed: String(error) });
  process.exit(1);
}

/** PGlite's memory is reused by the next statement: what leaves is a copy. */
async function execute(message: Uint8Array): Promise<void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const flush = () => {
    if (size === 0) return;
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    pieces = [];
    size = 0;
    reply({ bytes }, [bytes.buffer]);
  };
  await database.execProtocolRawStream(message, {
    onRawData: (data) => {
      pieces.push(data.slice());
      size += data.length;
      if (size >= pieceBytes) flush();
    },
  });
  flush();
}

async function dump(file: string): Promise<void> {
  try {
    const tar = await database.dumpDataDir('none');
    fs.writeFileSync(`${file}.new`, new Uint8Array(await tar.arrayBuffer()));
    fs.renameSync(`${file}.new`, file);
    reply({ dumped: true });
  } catch (error) {
    reply({ dumped: true, error: String(error) });
  }
}

async function handle(message: Uint8Array | Command): Promise<void> {
  if (message instanceof Uint8Array) return execute(message);
  if ('dump' in message) return dump(message.dump);
  await database.close();
  reply({ closed: true });
  port.close();
}

port.on('message', (message: Uint8Array | Command) => {
  handle(message).catch(fail);
});
endOnTrap();
reply({ ready: true });
