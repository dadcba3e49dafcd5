import type { Source } from './source.js';

/** The sources that are asked while a job runs, by the type that a job names. */
export class Sources {
  constructor(private readonly byType: Readonly<Record<string, Source>>) {}

  get(type: string): Source {
    const source = this.byType[type];
    if (source === undefined) throw new Error(`there is no source of type ${type} to ask`);
    return source;
  }
}
