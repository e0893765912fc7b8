import { rename } from 'node:fs/promises'
import { $ } from 'zx/core'

/** Puts an 802.1Q tag into every frame of a capture, as a switch's trunk would; not every kernel has VLAN devices. */
export async function tag(file: string, vlan: number): Promise<void> {
  const tagged = `${file}.tagged`
  const tags = ['--enet-vlan=add', `--enet-vlan-tag=${vlan}`, '--enet-vlan-cfi=0', '--enet-vlan-pri=0']
  await $({ quiet: true })`tcprewrite ${tags} --infile=${file} --outfile=${tagged}`
  await rename(tagged, file)
}
