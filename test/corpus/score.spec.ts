import { describe, expect, it } from 'vitest';
import { scoreCorpus, type Found, type Labels } from './score.js';

const labels: Labels = {
  pages: {
    'text.html': {
      expected: [
        { email: 'info@acme-mill.de', technique: 'text', tier: 1 },
        { email: 'Büro@Müller-Brot.de', technique: 'idn', tier: 2 },
      ],
      optional: ['old@acme-mill.de'],
      tags: [],
    },
    'nothing.html': { expected: [], tags: [] },
  },
};

function score(found: Record<string, Partial<Found>>): ReturnType<typeof scoreCorpus> {
  const none: Found = { counted: [], flagged: [] };
  const pages = Object.entries(found).map(([page, part]) => [page, { ...none, ...part }] as const);
  return scoreCorpus(labels, new Map(pages));
}

describe('scoreCorpus', () => {
  it('counts an address once, however it is written', () => {
    const { recall, precision } = score({
      'text.html': { counted: ['INFO@acme-mill.de', 'info@ACME-mill.de', 'büro@xn--mller-brot-9db.de'] },
    });
    expect([recall, precision]).toEqual([1, 1]);
  });

  it('counts neither flagged nor optional addresses', () => {
    const { precision, flagged, negatives, misses } = score({
      'text.html': { counted: ['old@acme-mill.de'], flagged: ['info@acme-mill.de'] },
      'nothing.html': { flagged: ['you@example.com'] },
    });
    expect({ precision, flagged, negatives }).toEqual({ precision: 1, flagged: 2, negatives: { hit: 1, of: 1 } });
    expect(misses).toHaveLength(2);
  });

  it('names what is missing and what is wrong', () => {
    const { recall, precision, techniques, tiers, misses, falsePositives, negatives } = score({
      'text.html': { counted: ['info@acme-mill.de'] },
      'nothing.html': { counted: ['logo@2x.png'] },
    });
    expect([recall, precision]).toEqual([0.5, 0.5]);
    expect(techniques.get('idn')).toEqual({ hit: 0, of: 1 });
    expect(tiers.get('1')).toEqual({ hit: 1, of: 1 });
    expect(misses).toEqual([{ page: 'text.html', technique: 'idn', email: 'Büro@Müller-Brot.de' }]);
    expect(falsePositives).toEqual([{ page: 'nothing.html', email: 'logo@2x.png' }]);
    expect(negatives).toEqual({ hit: 0, of: 1 });
  });
});
