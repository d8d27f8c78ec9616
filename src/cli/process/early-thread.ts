export { startThreadEarly } from '../../sources/storage/thread.ts'

/** Whether a command line is likely to scan storage. A wrong guess costs a thread that has nothing to do, or a later start. */
export function mayScanStorage([command, ...words]: readonly string[]): boolean {
  return command === 'scan' && !words.some((word) => HAS_NO_STORAGE.test(word))
}

const HAS_NO_STORAGE = /^(?:https?:\/\/|--help$|-h$)/i
