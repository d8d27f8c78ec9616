import { expect, it } from 'vitest'
import { commandsOf } from '../../src/report/records/commands.ts'

function merged(...lists: readonly (readonly string[])[]): readonly string[] {
  return commandsOf(lists.map((commands) => ({ repair: { action: 'push-again', why: '', commands } })))
}

it('lists the commands of one finding as they are', () => {
  expect(merged(['move a', 'restart', 'copy a'])).toEqual(['move a', 'restart', 'copy a'])
})

it('has everything out of the way before the one restart, and copies after it', () => {
  const lists = [
    ['move a', 'restart', 'copy v1', 'check v1'],
    ['move b', 'restart', 'copy v1', 'check v1'],
    ['move c', 'restart', 'copy v2', 'check v2'],
  ]
  expect(merged(...lists)).toEqual([
    'move a',
    'move b',
    'move c',
    'restart',
    'copy v1',
    'check v1',
    'copy v2',
    'check v2',
  ])
})

it('uploads what a manifest needs before the manifest', () => {
  expect(merged(['restart', 'put child', 'check'], ['restart', 'upload', 'put other', 'check'])).toEqual([
    'restart',
    'put child',
    'upload',
    'put other',
    'check',
  ])
})
