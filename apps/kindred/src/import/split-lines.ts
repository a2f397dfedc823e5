/**
 * Lines of a text that comes in chunks, without their "\n". Not node:readline: that one also splits at U+2028 and U+2029,
 * which JSON may hold inside its strings.
 */
export async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  yield rest;
}
