/** Whether something that is needed is present. */
export interface Finding {
  readonly name: string
  readonly there: boolean
  readonly why: string
  /** The command to type to get it. */
  readonly remedy: string
}
