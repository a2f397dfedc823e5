import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { loadMedia } from './load-media.ts';
import { defaultMediaLimits, type MediaResources } from './media-access.ts';

const png = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1');
const limits = { ...defaultMediaLimits, bytes: 1_000, milliseconds: 3_000 };
const here: MediaResources = { allowPrivate: true, field: 'image_url' };
const load = (source: string | Uint8Array, resources: MediaResources = here, more = {}) =>
  loadMedia(source, { ...limits, ...more }, resources);

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** The address of a server of this test alone. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that answers these bytes, whatever HTTP says to them. */
async function serveRaw(answer: string, end = true): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => (end ? socket.end(answer) : socket.write(answer)));
    closing.push(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const redirectTo =
  (location: string): RequestListener =>
  (_request, response) => {
    response.writeHead(302, { location }).end();
  };

describe('media behind http addresses', () => {
  it('fetches the bytes, whatever type the server gives them', async () => {
    const url = await serve((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(png));
    expect(Buffer.from(await load(`${url}/a.png`, { ...here, kind: 'image' }))).toEqual(png);
  });

  it('sends no credentials, asks for the bytes as they are and says who asks', async () => {
    let headers: Record<string, unknown> = {};
    const url = await serve((request, response) => {
      headers = request.headers;
      response.end(png);
    });
    await load(url);
    expect(headers).toMatchObject({ 'accept-encoding': 'identity', 'user-agent': 'kindred' });
    expect(Object.keys(headers)).not.toContain('authorization');
  });

  it('refuses a server of this machine unless it is allowed, without a single request to it', async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.end(png);
    });
    await expect(load(url, { field: 'image_url' })).rejects.toMatchObject({
      code: 'MEDIA_ADDRESS_REFUSED',
      field: 'image_url',
    });
    expect(requests).toBe(0);
    await load(url, { allowedHosts: [new URL(url).host] });
    expect(requests).toBe(1);
  });

  it('follows redirects, relative ones too', async () => {
    const url = await serve((request, response) =>
      request.url === '/new.png' ? response.end(png) : redirectTo('/new.png')(request, response),
    );
    expect(await load(`${url}/old.png`)).toHaveLength(png.length);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/',
    'http://0.0.0.0/',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'http://user:password@127.0.0.1/',
  ])('refuses a redirect to %s', async (location) => {
    const url = await serve(redirectTo(location));
    await expect(load(url)).rejects.toMatchObject({ code: 'MEDIA_ADDRESS_REFUSED' });
  });

  it('refuses a redirect from an allowed host to one that is not allowed', async () => {
    const inner = await serve((_request, response) => response.end(png));
    const url = await serve(redirectTo(inner));
    const resources = { allowedHosts: [new URL(url).host] };
    await expect(load(url, resources)).rejects.toMatchObject({ code: 'MEDIA_ADDRESS_REFUSED' });
  });

  it('gives up after three redirects, and on one that leads nowhere', async () => {
    let requests = 0;
    const circle = await serve((request, response) => {
      requests += 1;
      redirectTo('/')(request, response);
    });
    await expect(load(circle)).rejects.toMatchObject({ code: 'MEDIA_UNREACHABLE' });
    expect(requests).toBe(4);
    const nowhere = await serve(redirectTo('http://'));
    await expect(load(nowhere)).rejects.toMatchObject({ code: 'MEDIA_UNREACHABLE' });
  });

  it('stops reading a body that does not end', async () => {
    let sent = 0;
    const url = await serve((_request, response) => {
      const more = () => {
        if (response.destroyed) return;
        sent += 100;
        response.write(Buffer.alloc(100), () => setImmediate(more));
      };
      more();
    });
    await expect(load(url)).rejects.toMatchObject({ code: 'FIELD_TOO_LARGE', field: 'image_url' });
    expect(sent).toBeLessThan(100_000_000);
  });

  it('refuses a body that is announced as too large, before it comes', async () => {
    const url = await serveRaw('HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n', false);
    await expect(load(url)).rejects.toMatchObject({ code: 'FIELD_TOO_LARGE' });
  });

  it('refuses a body that is shorter than announced', async () => {
    const url = await serveRaw('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nshort');
    await expect(load(url)).rejects.toMatchObject({ code: 'MEDIA_UNREACHABLE' });
  });

  it('reads no further than a body is announced', async () => {
    const url = await serveRaw(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst${'x'.repeat(5_000)}`);
    expect(Buffer.from(await load(url)).toString()).toBe('first');
  });

  it.each([
    ['answers nothing', '', false],
    ['answers half a header', 'HTTP/1.1 200 OK\r\ncontent-', false],
    ['never ends its body', 'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nslow', false],
  ])('gives up on a server that %s', async (_name, answer, end) => {
    const url = await serveRaw(answer, end);
    await expect(load(url, here, { milliseconds: 200 })).rejects.toMatchObject({
      code: 'MEDIA_UNREACHABLE',
      message: expect.stringContaining('within 200 ms'),
    });
  });

  it.each([404, 403, 500, 204])('refuses an answer of status %i', async (status) => {
    const url = await serve((_request, response) => response.writeHead(status).end());
    await expect(load(`${url}/a.png?signature=secret`)).rejects.toMatchObject({
      code: 'MEDIA_UNREACHABLE',
      message: expect.stringMatching(new RegExp(`/a\\.png answered with status ${status};`)),
    });
  });

  it('says that nothing listens, and that an answer is no HTTP', async () => {
    await expect(load('http://127.0.0.1:1/a.png')).rejects.toMatchObject({ code: 'MEDIA_UNREACHABLE' });
    await expect(load(await serveRaw('SSH-2.0-OpenSSH\r\n'))).rejects.toMatchObject({ code: 'MEDIA_UNREACHABLE' });
  });

  it('stops when the caller does, with the reason of the caller', async () => {
    const url = await serveRaw('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nslow', false);
    const controller = new AbortController();
    const loading = load(url, { ...here, signal: controller.signal });
    controller.abort(new Error('the caller left'));
    await expect(loading).rejects.toThrow('the caller left');
  });
});

describe('media in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-media-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const media = join(folder, 'media');
  mkdirSync(join(media, '사진'), { recursive: true });
  mkdirSync(join(folder, 'media-of-others'));
  writeFileSync(join(media, '사진', '구두 1.png'), png);
  writeFileSync(join(media, 'large.png'), Buffer.alloc(1_001));
  writeFileSync(join(folder, 'secret.png'), png);
  writeFileSync(join(folder, 'media-of-others', 'a.png'), png);
  symlinkSync(join(folder, 'secret.png'), join(media, 'link.png'));
  symlinkSync(folder, join(media, 'up'));
  symlinkSync(join(media, '사진'), join(media, 'photos'));
  const address = (...path: string[]) => pathToFileURL(join(media, ...path)).href;
  const resources = { folder: media, field: 'image_url' };

  it('reads a file below the folder, through links that stay there', async () => {
    expect(Buffer.from(await load(address('사진', '구두 1.png'), resources))).toEqual(png);
    expect(Buffer.from(await load(address('photos', '구두 1.png'), resources))).toEqual(png);
  });

  it('refuses files where no folder is set', async () => {
    await expect(load(address('사진', '구두 1.png'))).rejects.toMatchObject({ code: 'MEDIA_ADDRESS_REFUSED' });
  });

  it.each([
    ['a file outside', pathToFileURL(join(folder, 'secret.png')).href],
    ['dots', `${pathToFileURL(media).href}/%2e%2e/secret.png`],
    ['an encoded slash', `${pathToFileURL(media).href}/..%2Fsecret.png`],
    ['a link out', address('link.png')],
    ['a folder link out', address('up', 'secret.png')],
    ['a folder with a name that begins alike', pathToFileURL(join(folder, 'media-of-others', 'a.png')).href],
    ['the folder itself', pathToFileURL(media).href],
    ['a file that is not there', address('없음.png')],
    ['another host', 'file://server/share/a.png'],
    ['a null byte', `${pathToFileURL(media).href}/a%00.png`],
  ])('refuses %s', async (_name, source) => {
    await expect(load(source, resources)).rejects.toMatchObject({
      code: 'MEDIA_ADDRESS_REFUSED',
      field: 'image_url',
    });
  });

  it('refuses a folder and a file that is too large', async () => {
    await expect(load(address('사진'), resources)).rejects.toMatchObject({ code: 'MEDIA_UNREACHABLE' });
    await expect(load(address('large.png'), resources)).rejects.toMatchObject({ code: 'FIELD_TOO_LARGE' });
  });
});

describe('media given inline', () => {
  it('takes bytes as they are', async () => {
    expect(await load(png)).toBe(png);
    await expect(load(Buffer.alloc(1_001))).rejects.toMatchObject({ code: 'FIELD_TOO_LARGE' });
  });

  it.each([
    ['base64', `data:image/png;base64,${png.toString('base64')}`],
    ['base64 of URLs', `data:image/png;base64,${png.toString('base64url')}`],
    ['encoded base64', `DATA:;base64,${encodeURIComponent(png.toString('base64'))}`],
    ['percent signs', `data:image/png,${[...png].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`],
  ])('decodes a data: address in %s', async (_name, source) => {
    expect(Buffer.from(await load(source, { kind: 'image' }))).toEqual(png);
  });

  it('refuses data: addresses that are damaged or too large', async () => {
    for (const source of ['data:image/png;base64', 'data:;base64,a?b', 'data:;base64,a=b='])
      await expect(load(source)).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE' });
    for (const size of [1_001, 100_000])
      await expect(load(`data:,${'x'.repeat(size)}`)).rejects.toMatchObject({ code: 'FIELD_TOO_LARGE' });
  });

  it('refuses what is not of the kind that is asked for', async () => {
    await expect(load(png, { kind: 'sound', field: 'clip' })).rejects.toMatchObject({
      code: 'MEDIA_UNREADABLE',
      field: 'clip',
      message: expect.stringContaining('WAV, FLAC, MP3'),
    });
  });

  it.each([
    '',
    'a.png',
    '/etc/passwd',
    'ftp://example.org/a.png',
    'javascript:alert(1)',
    'gopher://127.0.0.1/',
    'http://',
  ])('refuses %j, which is no address of a kind that is read', async (source) => {
    await expect(load(source)).rejects.toMatchObject({ code: 'MEDIA_ADDRESS_REFUSED' });
  });
});
