import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CaptureFault, PlantedArchive } from './planted-archive.js';

/** A part of a file as it was asked for. */
interface Part {
  file: Buffer;
  bytes: Buffer;
  headers: { 'content-range': string };
}

type Send = (response: ServerResponse, part: Part) => void;

const FAULTS: Partial<Record<CaptureFault, Send>> = {
  'ignores range': (response, { file }) => response.writeHead(200).end(file),
  'wrong range': (response, { file, bytes }) =>
    response.writeHead(206, { 'content-range': `bytes 0-${bytes.length - 1}/${file.length}` }).end(bytes),
  'short part': (response, { bytes, headers }) => response.writeHead(206, headers).end(bytes.subarray(0, -5)),
  'long part': (response, { bytes, headers }) =>
    response.writeHead(206, headers).end(Buffer.concat([bytes, Buffer.alloc(50)])),
  'encoded part': (response, { bytes, headers }) =>
    response.writeHead(206, { ...headers, 'content-encoding': 'gzip' }).end(bytes),
  endless: (response, { headers }) => sendEndless(response.writeHead(206, headers)),
  missing: (response) => response.writeHead(404).end(),
  'hangs up': (response) => response.destroy(),
};
const sendPart: Send = (response, { bytes, headers }) => response.writeHead(206, headers).end(bytes);

/** Answers a ranged read of an archive's file, with the fault of the capture it is for. */
export function sendRange(archive: PlantedArchive, request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? '', 'http://data').pathname.slice(1);
  const file = archive.file(path);
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (file === undefined || from === undefined || to === undefined) return void response.writeHead(404).end();
  const capture = archive.captures.find(({ filename, offset }) => filename === path && offset === Number(from));
  const send = (capture?.fault && FAULTS[capture.fault]) ?? sendPart;
  const headers = { 'content-range': `bytes ${from}-${to}/${file.length}` };
  send(response, { file, bytes: file.subarray(Number(from), Number(to) + 1), headers });
}

function sendEndless(response: ServerResponse): void {
  const chunk = Buffer.alloc(16 * 1024, 1);
  const send = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', send);
  send();
}
