import type { Knobs } from './knobs.ts'

/** Knobs of Suricata's own tracking, as they stand for systems that track by plain windows. */
export const notSuricata = {
  asyncOneside: {
    value: false,
    mark: 'INF',
    source: 'a setting of Suricata; here one side alone is no session',
  },
  dropInvalid: { value: true, mark: 'INF', source: 'a setting of Suricata; here what is wrong is dropped' },
} as const satisfies Partial<Knobs>
