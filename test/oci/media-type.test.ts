import { describe, expect, it } from 'vitest'
import {
  isForeignLayerType,
  isImageConfigType,
  isImageType,
  isIndexType,
  isManifestType,
} from '../../src/oci/media-type.ts'

const DOCKER = 'application/vnd.docker.distribution'
const OCI = 'application/vnd.oci'

describe('a media type', () => {
  it.each([
    [`${DOCKER}.manifest.v2+json`, { image: true, index: false, manifest: true }],
    [`${OCI}.image.manifest.v1+json`, { image: true, index: false, manifest: true }],
    [`${DOCKER}.manifest.list.v2+json`, { image: false, index: true, manifest: true }],
    [`${OCI}.image.index.v1+json`, { image: false, index: true, manifest: true }],
    [`${DOCKER}.manifest.v1+json`, { image: false, index: false, manifest: true }],
    [`${DOCKER}.manifest.v1+prettyjws`, { image: false, index: false, manifest: true }],
    ['', { image: false, index: false, manifest: false }],
    ['application/json', { image: false, index: false, manifest: false }],
    [`${OCI}.image.manifest.v1+JSON`, { image: false, index: false, manifest: false }],
    [`${OCI}.image.manifest.v1+json; charset=utf-8`, { image: false, index: false, manifest: false }],
    ['application/vnd.cncf.helm.chart.v1+json', { image: false, index: false, manifest: false }],
  ])('%s leads where it says', (type, expected) => {
    expect({ image: isImageType(type), index: isIndexType(type), manifest: isManifestType(type) }).toEqual(expected)
  })

  it.each([
    ['application/vnd.docker.container.image.v1+json', true],
    [`${OCI}.image.config.v1+json`, true],
    [`${OCI}.empty.v1+json`, false],
    ['application/vnd.cncf.helm.config.v1+json', false],
    ['', false],
  ])('%s makes a config of something that runs: %s', (type, runs) => {
    expect(isImageConfigType(type)).toBe(runs)
  })

  it.each([
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', true],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar', true],
    [`${OCI}.image.layer.nondistributable.v1.tar`, true],
    [`${OCI}.image.layer.nondistributable.v1.tar+gzip`, true],
    [`${OCI}.image.layer.nondistributable.v1.tar+zstd`, true],
    [`${OCI}.image.layer.v1.tar+gzip`, false],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', false],
    [`x${OCI}.image.layer.nondistributable.v1.tar`, false],
    [`${OCI}.image.layer.nondistributable.v1.tar+gzip2x y`, false],
  ])('%s is a layer that need not be held: %s', (type, foreign) => {
    expect(isForeignLayerType(type)).toBe(foreign)
  })
})
