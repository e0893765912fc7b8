import type { Mark } from '../../model/setup.ts'

/** What provenance marks say. */
export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  DOC: 'documentation',
  SRC: "a product's source",
  SEED: 'a source document',
  RUN: 'observed by experiment',
  MEM: 'memory',
  INF: 'inference',
}
