import { describe, expect, it } from 'vitest'
import { type Files, file, imagesOf, readFiles, unknownIn, unreadableIn } from './files.ts'

const COMPOSE = 'services: {web: {image: "app:${TAG}"}}\n'
const imageIn = (files: Files, options: Parameters<typeof readFiles>[1] = {}) =>
  readFiles({ 'compose.yaml': COMPOSE, ...files }, options).images.map(({ image }) => image)

describe('where a variable gets its value', () => {
  it('is .env in the directory of the project', () => {
    expect(imageIn({ '.env': 'TAG=dotenv\n' })).toEqual(['app:dotenv'])
    expect(
      imageIn({ 'deploy/compose.yaml': COMPOSE, 'deploy/.env': 'TAG=1\n' }, { named: ['deploy/compose.yaml'] }),
    ).toEqual(['app:1'])
  })

  it('is the environment of the process before .env', () => {
    expect(imageIn({ '.env': 'TAG=dotenv\n' }, { environment: { TAG: 'process' } })).toEqual(['app:process'])
    expect(imageIn({ '.env': 'TAG=x\n' }, { environment: { TAG: '' } })).toEqual(['app:'])
  })

  it('is --env-file in place of .env, and the last file before the others', () => {
    const files = { '.env': 'TAG=dotenv\nB=3\n', 'a.env': 'TAG=a\nA=1\n', 'b.env': 'TAG=b${A}${B:-}\n' }
    const envFiles = ['a.env', 'b.env'].map((name) => file(files, name))
    expect(imageIn(files, { envFiles })).toEqual(['app:b1'])
    expect(imageIn(files, { envFiles: envFiles.toReversed() })).toEqual(['app:a'])
    expect(imageIn(files, { envFiles, environment: { A: '7' } })).toEqual(['app:b7'])
    expect(imageIn(files, { envFiles, environment: { TAG: 'process' } })).toEqual(['app:process'])
  })

  it('is not env_file of a service, which is for its containers', () => {
    const files = { 'compose.yaml': 'services: {web: {image: "app:$TAG", env_file: web.env}}\n', 'web.env': 'TAG=1\n' }
    expect(unknownIn(readFiles(files))).toEqual([expect.stringContaining('the variable TAG has no value')])
  })

  it('is not .env if COMPOSE_DISABLE_ENV_FILE says so', () => {
    const read = (value: string) =>
      readFiles({ 'compose.yaml': COMPOSE, '.env': 'TAG=1' }, { environment: { COMPOSE_DISABLE_ENV_FILE: value } })
    expect(unknownIn(read('true'))).toHaveLength(1)
    expect(unknownIn(read('false'))).toEqual([])
  })

  it('is .env in the project directory that is named, not beside the file', () => {
    const files = { 'ops/compose.yaml': COMPOSE, 'ops/.env': 'TAG=beside\n', 'site/.env': 'TAG=site\n' }
    const read = readFiles(files, { named: ['ops/compose.yaml'], projectDirectory: 'site' })
    expect(imagesOf(read)).toEqual(['app:site <- service web @ ops/compose.yaml:1:26'])
  })
})

describe('an environment file that is wrong', () => {
  it('is named with its line, and what it may set is unknown', () => {
    const compose = 'services: {web: {image: "app:${TAG:-1}"}, db: {image: "db:${DB:-1}"}, c: {image: c}}\n'
    const read = readFiles({ 'compose.yaml': compose, '.env': 'A=1\n!\n' }, { environment: { DB: '17' } })
    expect(unreadableIn(read)).toEqual(['.env:2:1: not a line of the form NAME=VALUE'])
    expect(unknownIn(read)).toEqual([
      'app:${TAG:-1} <- service web @ compose.yaml:1:26: the variable TAG may be set in .env, which cannot be read',
    ])
    expect(read.images.map(({ image }) => image)).toEqual(['db:17', 'c'])
  })

  it('is named also if it is no file', () => {
    const read = readFiles({ 'compose.yaml': 'services: {web: {image: "app:${TAG:-1}"}}\n', '.env': 'DIRECTORY' })
    expect(unreadableIn(read)).toEqual(['.env:1:1: it cannot be read: it is a directory'])
    expect(unknownIn(read)).toHaveLength(1)
  })
})

describe('the name of the project', () => {
  const image = 'services: {web: {image: "registry.example.com/${COMPOSE_PROJECT_NAME}-web"}}\n'
  const name = (files: Files, options: Parameters<typeof readFiles>[1]) =>
    readFiles(files, options).images[0]?.image.replace(/^registry\.example\.com\/(.*)-web$/, '$1')

  it.each([
    ['what the environment says', 'name: shop\n', { COMPOSE_PROJECT_NAME: 'env' }, 'env'],
    ['what the file says', 'name: shop\n', {}, 'shop'],
    [
      'what the file says, with variables, in the letters of a name',
      'name: "_Shop ${STAGE}!"\n',
      { STAGE: 'B' },
      'shopb',
    ],
    ['the name of the directory', '', {}, 'mysite'],
  ])('is %s', (_what, line, environment, expected) => {
    expect(name({ 'My Site/compose.yaml': `${line}${image}` }, { named: ['My Site/compose.yaml'], environment })).toBe(
      expected,
    )
  })

  it('is the name of the current directory, if that is known', () => {
    const files = { 'compose.yaml': image }
    expect(name(files, { environment: { PWD: '/srv/shop' } })).toBe('shop')
    expect(unknownIn(readFiles(files))).toEqual([expect.stringContaining('COMPOSE_PROJECT_NAME has no value')])
  })
})
