/** A host name that the server answers to, with or without a wildcard. Ports are ignored. */
export const ALLOWED_HOST: RegExp = /^(?:\*|(?:\*\.)?[a-zA-Z0-9](?:[a-zA-Z0-9_.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])$/

/** The end of the error for a wrong host. */
export const EXPECTED_HOST = 'expected a host without a port, such as regfsck.example.com, *.example.com or *'
