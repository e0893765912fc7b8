/** Whether something that is needed is here. */
export interface Finding {
  readonly name: string
  readonly there: boolean
  readonly why: string
  /** What to type to get it. */
  readonly remedy: string
}
