import type { Facts } from './knobs.ts'

/** The settings of sharing `store`: the defaults of its keys, times in seconds, and those that no key changes. */
export const storeModel = {
  store: { value: 'Redis', mark: 'DOC', source: 'VM-Series session resiliency' },
  miss: {
    value: 'tcp-reject-non-syn',
    mark: 'INF',
    source: 'the documentation says nothing about a miss in the store',
  },
  lag: { value: 0, mark: 'INF', source: 'the documentation says nothing about when sessions are written' },
  latency: {
    value: 0.001,
    mark: 'INF',
    source: 'the documentation does not say; a Redis in the same region answers so fast',
  },
  timeout: {
    value: 1,
    mark: 'INF',
    source: 'the documentation says nothing about how long an answer is waited for',
  },
} as const satisfies Facts['sharing']
