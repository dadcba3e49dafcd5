import { describe, expect, it } from 'vitest';
import { readEvents, type ServerEvent } from './event-stream.js';

async function* bytes(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
}

async function eventsOf(...chunks: string[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEvents(bytes(...chunks))) events.push(event);
  return events;
}

describe('readEvents', () => {
  it('reads events whatever way the network cuts them', async () => {
    const text = 'id: 7\nevent: progress\ndata: {"a":1}\n\nevent: complete\ndata: {}\n\n';
    const expected = [
      { id: '7', event: 'progress', data: '{"a":1}' },
      { id: undefined, event: 'complete', data: '{}' },
    ];
    expect(await eventsOf(text)).toEqual(expected);
    expect(await eventsOf(...text.split(''))).toEqual(expected);
  });

  it('takes CRLF and CR as line ends, also when a CRLF is cut in two', async () => {
    expect(await eventsOf('data: a\r', '\n\r\ndata: b\r\rdata: c\n', '\n')).toEqual(
      ['a', 'b', 'c'].map((data) => ({ id: undefined, event: 'message', data })),
    );
  });

  it('leaves out comments and events without data, and joins lines of data', async () => {
    expect(await eventsOf(': ping\n\nid: 9\n\ndata: a\ndata: b\nretry: 5\n\n')).toEqual([
      { id: undefined, event: 'message', data: 'a\nb' },
    ]);
  });

  it('does not hand on an event that was cut off', async () => {
    expect(await eventsOf('data: whole\n\ndata: ha')).toHaveLength(1);
  });

  it('decodes UTF-8 across chunks', async () => {
    const cut = Buffer.from('data: ü\n\n').toString('latin1');
    expect((await eventsOf(cut.slice(0, 7), cut.slice(7)))[0]?.data).toBe('ü');
  });
});
