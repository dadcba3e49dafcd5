/** One event of `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface ServerEvent {
  id: string | undefined;
  event: string;
  data: string;
}

/** Splits a stream of bytes into events; comments (the server's ping) and events without data are left out. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  let event = emptyEvent();
  for await (const line of readLines(body)) {
    if (line !== '') addField(event, line);
    else {
      if (event.data.length > 0) yield { id: event.id, event: event.name || 'message', data: event.data.join('\n') };
      event = emptyEvent();
    }
  }
}

interface OpenEvent {
  id: string | undefined;
  name: string;
  data: string[];
}

const emptyEvent = (): OpenEvent => ({ id: undefined, name: '', data: [] });

function addField(event: OpenEvent, line: string): void {
  const colon = line.indexOf(':');
  if (colon === 0) return;
  const field = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (field === 'data') event.data.push(value);
  else if (field === 'event') event.name = value;
  else if (field === 'id') event.id = value;
}

/** Lines end in LF, CRLF or CR; one that the connection cut off is not handed on. */
async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the very end may be half of a CRLF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
