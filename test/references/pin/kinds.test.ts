import { expect, it } from 'vitest'
import { keyOf } from '../../../src/references/image-parts.ts'
import { pinInPlace, whyNotInPlace } from '../../../src/references/pin/in-place.ts'
import { readReferences } from '../../../src/references/read.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`
const OPTIONS = { fromType: undefined, compose: { environment: {} }, buildArgs: new Map(), customImageFields: [] }

const POD = `apiVersion: v1
kind: Pod
metadata: {name: "ünï"}
spec:
  containers:
  - image: app:1<
    name: a
  volumes:
  - name: v
    image: {reference: "m:1<"} # models
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: c}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{name: x, image: 'app:2<'}]
`
const LIST = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'é' }, spec: { containers: [{ name: 'x', image: 'app:1<' }] } },
  ],
})
const WORKFLOW = `on: push
jobs:
  a:
    container: node:20<
    services:
      db:
        image: "postgres:16<" # db
    steps:
      - uses: docker://alpine:3<
`
const DOCKERFILE = `FROM --platform=linux/amd64 node:20< AS a
RUN --mount=type=bind,from=busybox:1<,target=/x true
COPY --from=nginx:1< /a /b
COPY --from=a /a /b
`
const GITLAB = `t:
  image: {name: "app:1<", entrypoint: [""]}
  services: ["pg:1<", {name: redis:7<, alias: r}]
  script: [x]
`
const WOODPECKER = 'steps:\n  - name: t\n    image: golang:1<\nservices:\n  - name: d\n    image: pg:1< # db\n'

it.each([
  ['pod.yaml', POD],
  ['list.json', LIST],
  ['.github/workflows/a.yml', WORKFLOW],
  ['Dockerfile', DOCKERFILE],
  ['.gitlab-ci.yml', GITLAB],
  ['.woodpecker.yml', WOODPECKER],
  ['images.txt', '# ours\nregistry.example.com/app:1< # the app\n'],
])('pins in %s, and changes nothing else in it', (name, marked) => {
  const text = marked.replaceAll('<', '')
  const { images } = readReferences([{ name, text }], OPTIONS, () => ({ isMissing: true, because: '' }))
  const texts = new Map([[name, text]])
  expect(images.map((image) => whyNotInPlace(image, texts, []))).toEqual(images.map(() => undefined))
  const uses = images.map(({ image, usedBy, place, span }) => {
    const use = { key: keyOf(image), digest: DIGEST, usedBy, place }
    return span === undefined ? use : { ...use, span }
  })
  expect(pinInPlace(uses, texts).get(name)).toBe(marked.replaceAll('<', `@${DIGEST}`))
})

it.each([
  ['Dockerfile', 'ARG TAG=1\nFROM app:$TAG\n'],
  ['compose.yaml', 'services:\n  web:\n    image: >-\n      app:1\n'],
  ['compose.yaml', 'services:\n  web:\n    image: "app\\u003a1"\n'],
])('refuses to pin in %s what does not stand there as it is: %j', (name, text) => {
  const { images } = readReferences([{ name, text }], OPTIONS, () => ({ isMissing: true, because: '' }))
  expect(images.map((image) => whyNotInPlace(image, new Map([[name, text]]), []))).toEqual([
    'its text has variables, or is not written on one line as it is',
  ])
})
