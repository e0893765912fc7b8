/** What the stateless engine does with a packet: only packets that it forwards reach the stateful engine and its state. */
export const Way = { forward: 0, pass: 1, drop: 2 } as const

/** An action in numeric form: its way, and the indices of its custom actions. */
export interface Step {
  readonly way: number
  readonly customs: readonly number[]
}
