/** Whether something that is needed is present. */
export interface Finding {
  readonly name: string
  readonly there: boolean
  readonly why: string
  /** True for what is there but cannot be used, because of a mistake in it. */
  readonly wrong?: true
  /** The command to type to get it, or where to correct what is wrong. */
  readonly remedy: string
}
