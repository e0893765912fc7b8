import { runProcess } from './process.ts'
import { main } from './replay.ts'

/**
 * `flowbreak replay …` alone: it is bundled into one file, which starts faster than the whole command. Its output is
 * written at once, so that it can exit without freeing its memory, which would take as long as replaying fifty thousand packets.
 */
void runProcess(([, ...args], signal) => main(args, { signal })).then(() => process.exit())
