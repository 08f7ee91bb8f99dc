export class DescriptorError extends Error {
  constructor(
    /** `upgrade-required`: well signed, but it holds rules that this version does not know. */
    readonly code: 'descriptor-invalid' | 'upgrade-required',
    message: string,
  ) {
    super(message);
    this.name = 'DescriptorError';
  }
}

export function invalid(message: string): DescriptorError {
  return new DescriptorError('descriptor-invalid', `The network descriptor is not valid: ${message}`);
}
