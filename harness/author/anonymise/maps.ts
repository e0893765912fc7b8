import { AddressMap } from './addresses.ts'
import { Filler, type PayloadWord } from './filler.ts'
import { HardwareMap } from './hardware.ts'
import { KeptPayload } from './kept-payload.ts'
import { NameMap } from './names.ts'
import { PrefixCipher } from './prefix-cipher.ts'

/** What addresses, names and payload are replaced by, from one key. */
export interface Maps {
  readonly addresses: AddressMap
  readonly hardware: HardwareMap
  readonly names: NameMap
  readonly filler: Filler
  /** Where payload is kept. */
  readonly kept: KeptPayload | undefined
}

/** `key`: 32 bytes. */
export function mapsOf(key: Uint8Array, payload: PayloadWord): Maps {
  const cipher = new PrefixCipher(key)
  const addresses = new AddressMap(cipher)
  const names = new NameMap(key)
  const filler = new Filler(payload)
  const kept = payload === 'keep' ? new KeptPayload({ names, addresses, filler }) : undefined
  return { addresses, hardware: new HardwareMap(cipher), names, filler, kept }
}
