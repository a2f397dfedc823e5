import type pg from 'pg';

interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** COPY table FROM STDIN of rows in its text form. */
export function copyIn(client: pg.Client, statement: string, rows: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    const query = {
      submit: (connection: CopyConnection) => connection.query(statement),
      handleCopyInResponse: (connection: CopyConnection) => {
        for (let at = 0; at < rows.length; at += 1_000) {
          connection.sendCopyFromChunk(Buffer.from(rows.slice(at, at + 1_000).join('')));
        }
        connection.endCopyFrom();
      },
      handleCommandComplete: () => {},
      handleError: (error: Error) => {
        failure = error;
        reject(error);
      },
      handleReadyForQuery: () => {
        if (!failure) resolve();
      },
    };
    client.query(query as unknown as pg.Submittable);
  });
}
