/** Something that has changed since it was written, or does not follow from what was observed. */
export interface Finding {
  /** `log`, `seal`, `end`, `totals`, `grade`, `evidence`, `files`, `summary` or `report`. */
  readonly check: string
  /** One sentence. */
  readonly message: string
}
