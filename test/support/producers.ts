import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export interface KeyedMessage {
  key: string;
  value: string;
}

/** Debian's kcat: a producer that shares no code with us. */
export const kcat = (brokers: string[], topic: string, messages: Iterable<KeyedMessage>) =>
  feed(
    'infra/tools/kcat.sh',
    ['-P', '-q', '-b', brokers.join(','), '-t', topic, '-K', '\t', '-X', 'acks=all'],
    messages,
  );

/** Kafka's own console producer. */
export const consoleProducer = (brokers: string[], topic: string, messages: Iterable<KeyedMessage>) =>
  feed(
    'infra/kafka/tool.sh',
    [
      'produce',
      '--bootstrap-server',
      brokers.join(','),
      '--topic',
      topic,
      '--reader-property',
      'parse.key=true',
      '--producer-property',
      'acks=all',
    ],
    messages,
  );

async function feed(script: string, args: string[], messages: Iterable<KeyedMessage>): Promise<void> {
  const child = spawn(resolve(root, script), args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const exited = once(child, 'exit');
  for (const { key, value } of messages) {
    if (!child.stdin.write(`${key}\t${value}\n`)) await Promise.race([once(child.stdin, 'drain'), exited]);
  }
  child.stdin.end();
  const [code] = await exited;
  if (code !== 0) throw new Error(`${script} exited with ${code}: ${complaint}`);
}
