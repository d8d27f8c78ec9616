/** A name that a server answers to. Ports do not count. */
export const ALLOWED_HOST: RegExp = /^(?:\*|(?:\*\.)?[a-zA-Z0-9](?:[a-zA-Z0-9_.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])$/

export const EXPECTED_HOST = 'expected a host without a port, such as regfsck.example.com, *.example.com or *'
