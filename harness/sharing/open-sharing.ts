import type { MakeSharing } from '../model/sharing.ts'

/** The sharing of a setup made ready: the model to be given to one engine, and what it must let go of afterwards. */
export interface OpenSharing extends AsyncDisposable {
  readonly make: MakeSharing
}
