import type { Mark } from '../../model/setup.ts'

/** The meanings of provenance marks. */
export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  DOC: 'documentation',
  SRC: "a product's source",
  SEED: 'a source document',
  RUN: 'observed by experiment',
  MEM: 'memory',
  INF: 'inference',
}
