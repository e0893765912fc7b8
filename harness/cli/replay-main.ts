import { runProcess } from './process.ts'
import { main } from './replay.ts'

/**
 * `flowbreak replay …` by itself: it is bundled into one file, which starts sooner than the command as a whole. Whatever it prints
 * is written at once, so that it may leave without taking its memory apart, which takes as long as replaying fifty thousand packets.
 */
void runProcess(([, ...args], signal) => main(args, { signal })).then(() => process.exit())
