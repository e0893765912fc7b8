/** One thing that is not as it was when it was written, or does not follow from what was observed. */
export interface Finding {
  /** `log`, `seal`, `end`, `totals`, `grade`, `files`, `summary` or `report`. */
  readonly check: string
  /** One sentence. */
  readonly message: string
}
