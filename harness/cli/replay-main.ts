import { runProcess } from './process.ts'
import { main } from './replay.ts'

/** `flowbreak replay …` by itself: it is bundled into one file, which starts sooner than the command as a whole. */
void runProcess(([, ...args], signal) => main(args, { signal }))
